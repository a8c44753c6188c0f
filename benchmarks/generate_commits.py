#!/usr/bin/env python3
"""Make a governed repository with many commits that name a change: ``generate_commits.py FOLDER [COMMITS]``.

Each touches three of 200 files. The subjects are conventional commits, so that other checkers have nothing to say either.
"""

import subprocess
import sys
from pathlib import Path

CHANGE = "change: add-2fa\ntitle: Two-factor authentication\ncreated: 2026-11-21\n"
POLICY = 'version: "1"\n'
LINT = "module.exports = { extends: ['@commitlint/config-conventional'] };\n"
WHO = "Bench <bench@example.com>"


def generate(folder: Path, commits: int) -> None:
    """Write the whole history by one ``git fast-import``; branch ``base`` stays at its first commit."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    files = {
        "spec/gitspec.yaml": POLICY,
        "spec/changes/add-2fa/change.yaml": CHANGE,
        "commitlint.config.js": LINT,
        **{f"src/file-{n}.py": "0\n" for n in range(200)},
    }
    lines = [_commit(0, "chore: start", files), "reset refs/heads/base\nfrom :1\n\n"]
    for n in range(1, commits + 1):
        touched = {f"src/file-{(n * 7 + k) % 200}.py": f"{n}\n" for k in range(3)}
        lines.append(_commit(n, f"feat: take step {n}\n\nWhy it is so.\n\nChange: add-2fa", touched))
    subprocess.run(["git", "-C", str(folder), "fast-import", "--quiet"], input="".join(lines).encode(), check=True)
    subprocess.run(["git", "-C", str(folder), "reset", "-q", "--hard"], check=True)


def _commit(number: int, message: str, files: dict[str, str]) -> str:
    head = f"commit refs/heads/main\nmark :{number + 1}\ncommitter {WHO} {1_700_000_000 + number} +0000\n"
    body = "".join(f"M 100644 inline {path}\n{_data(text)}" for path, text in files.items())
    return f"{head}{_data(message + chr(10))}{body}\n"


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
