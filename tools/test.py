#!/usr/bin/env python3
"""Run the tests in an environment of their own: ``python3 tools/test.py [pytest arguments]``.

Without arguments the suite runs on all cores; campaigns (slow) run with ``-m campaign``.
"""

import os
import subprocess
import sys

from environment import TOP, ensure


def main() -> int:
    python = ensure(".venv-test", "dev")
    arguments = sys.argv[1:] or ["-n", "auto"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    return subprocess.run([python, "-m", "pytest", *arguments], cwd=TOP, env=environment, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
