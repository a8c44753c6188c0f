"""A forge with a runner."""

import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ci.forge import Forge
from tests.ci.runner import Runner


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    return Forge(tmp_path / "forge")


@pytest.fixture(scope="session")
def quick_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python whose virtual environments see the packages of this one, and whose pip notes what it is asked to do."""
    python = tmp_path_factory.mktemp("quick") / "python"
    python.write_text(f"""\
#!/bin/sh
[ "$*" = "-I -m venv $4" ] || exec "{sys.executable}" "$@"
"{sys.executable}" -I -m venv --without-pip "$4"
packages=$("$4/bin/python" -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo "{sysconfig.get_path("purelib")}" > "$packages/outer.pth"
mv "$4/bin/python3" "$4/bin/real" 2>/dev/null || true
ln -sf "{sys.executable}" "$4/bin/real"
rm -f "$4/bin/python"
cat > "$4/bin/python" <<'WRAPPER'
#!/bin/sh
here=$(dirname "$0")
case "$*" in
  "-I -m pip "*) {{ echo "$*"; env | grep ^PIP_; pwd; }} > "$here/pip.log"; exit 0 ;;
esac
exec "$here/real" "$@"
WRAPPER
chmod +x "$4/bin/python"
""")
    python.chmod(0o755)
    return python


@pytest.fixture
def runner(forge: Forge, tmp_path: Path, quick_python: Path) -> Callable[[], Runner]:
    """Make a fresh runner: each job has a machine of its own."""
    count = iter(range(100))
    return lambda: Runner(forge, tmp_path / f"machine-{next(count)}", quick_python)
