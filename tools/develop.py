#!/usr/bin/env python3
"""Set up a clone for work on it: the environment of the tests, and the commit hooks that govern this repository."""

import subprocess

from environment import TOP, ensure


def main() -> int:
    python = ensure(".venv-test", "dev")
    return subprocess.run([python, "-m", "gitspec", "hooks", "install"], cwd=TOP, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
