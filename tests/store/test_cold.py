"""What the first archive in a clone may cost: what it needs of the change, and none of pydantic."""

import subprocess
import sys

from tests.archive.project import environment, project
from tests.conftest import Repo

_ARCHIVE = "import sys; from gitspec.__main__ import run; run(['archive', 'add-2fa']); print(*sys.modules)"


def test_a_sound_change_is_archived_without_pydantic(repo: Repo) -> None:
    project(repo)
    done = subprocess.run(
        [sys.executable, "-c", _ARCHIVE], cwd=repo.path, capture_output=True, text=True, check=True, env=environment()
    )
    assert repo.git("log", "-1", "--format=%s") == "Archive add-2fa: Two-factor authentication"
    assert not {"pydantic", "pydantic_core", "pygit2", "ruamel"} & set(done.stdout.split())
