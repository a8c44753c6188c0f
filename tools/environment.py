"""A virtual environment of the project's own, made once and made again when pyproject.toml changes."""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)


def ensure(folder: str, *extras: str) -> Path:
    """The interpreter of ``<top>/<folder>``, with gitspec and ``extras`` installed; exits with a reason if it cannot."""
    if sys.version_info < OLDEST:
        sys.exit(f"gitspec needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: python3.11 {sys.argv[0]}")
    home = TOP / folder
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    wanted = hashlib.sha256((TOP / "pyproject.toml").read_bytes() + repr((sys.version_info[:2], extras)).encode())
    stamp = home / "installed"
    if python.exists() and stamp.exists() and stamp.read_text() == wanted.hexdigest():
        return python
    print(f"Installing gitspec and what it needs into {folder}/ …", flush=True)
    venv.create(home, with_pip=True, clear=True)
    target = f"{TOP}[{','.join(extras)}]" if extras else str(TOP)
    quiet = ["--quiet", "--disable-pip-version-check"]
    done = subprocess.run([python, "-m", "pip", "install", *quiet, "--editable", target], check=False)
    if done.returncode:
        sys.exit("The installation failed; what pip said is above.")
    stamp.write_text(wanted.hexdigest())
    return python
