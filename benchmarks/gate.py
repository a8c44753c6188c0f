"""What a server's gate costs for a push of many refs, or of many merges: CPU time and peak memory of pre-receive.

python benchmarks/gate.py refs 10000
python benchmarks/gate.py merges 1000
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
WHO = "committer A U Thor <author@example.com> 1 +0000\n"
MESSAGE = "Edit\n\nChange: add-2fa\n"
FILES = {
    "spec/gitspec.yaml": 'version: "1"\n',
    "spec/changes/add-2fa/change.yaml": "change: add-2fa\ntitle: Two factors\ncreated: 2026-11-21\n",
    "src/code.py": "pass\n",
}


def main() -> None:
    """Make a bare repository, push to it as Git would tell the hook, and print what that took."""
    kind, number = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        git(folder, "init", "-q", "--bare", "-b", "main")
        files = "".join(f"M 100644 inline {path}\ndata {len(text)}\n{text}\n" for path, text in FILES.items())
        git(folder, "fast-import", "--quiet", said=f"commit refs/heads/main\nmark :1\n{WHO}data 5\nStart\n{files}\n")
        base = git(folder, "rev-parse", "main").strip()
        lines = many_refs(folder, base, number) if kind == "refs" else many_merges(folder, base, number)
        git(folder, "update-ref", "refs/heads/main", base)
        started = time.monotonic()
        env = {**os.environ, "PYTHONPATH": str(ROOT), "GIT_DIR": "."}
        command = [sys.executable, "-m", "gitspec", "hook", "pre-receive"]
        done = subprocess.run(command, cwd=folder, input=lines.encode(), check=False, env=env)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(
            f"{number} {kind}: exit {done.returncode}, {time.monotonic() - started:.1f} s on the clock, "
            f"at most {used.ru_utime + used.ru_stime:.1f} s of CPU, {used.ru_maxrss / 1024:.0f} MB"
        )


def many_refs(folder: str, base: str, number: int) -> str:
    """New branches, each with a commit of its own."""
    script = "".join(
        f"commit refs/new/{n}\n{WHO}data {len(MESSAGE)}\n{MESSAGE}from {base}\nM 100644 inline src/{n}.py\ndata 1\nx\n\n"
        for n in range(number)
    )
    git(folder, "fast-import", "--quiet", said=script)
    rows = git(folder, "for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/new").splitlines()
    dropped = git(folder, "for-each-ref", "--format=delete %(refname)", "refs/new")
    git(folder, "update-ref", "--stdin", said=dropped)
    return "".join(f"{'0' * 40} {oid} refs/heads/b{name}\n" for oid, name in (row.split(" ") for row in rows))


def many_merges(folder: str, base: str, number: int, files: int = 100) -> str:
    """Merges one after the other; in each, one side renames all files and the other one edits some of them."""
    texts = [f"{n} line\n" * 20 for n in range(files)]
    whole = "".join(f"M 100644 inline src/0/{n}\ndata {len(t)}\n{t}\n" for n, t in enumerate(texts))
    said = f"{WHO}data {len(MESSAGE)}\n{MESSAGE}"
    script = [f"commit refs/heads/main\nmark :1\n{said}from {base}\n{whole}\n"]
    for n in range(number):
        mark, text = 3 * n + 2, f"{n}\n" + texts[n % files]
        texts[n % files] = text
        edit = f"M 100644 inline src/{n}/{n % files}\ndata {len(text)}\n{text}\n"
        script.append(f"commit refs/heads/one\nmark :{mark}\n{said}from :{mark - 1}\nR src/{n} src/{n + 1}\n\n")
        script.append(f"commit refs/heads/two\nmark :{mark + 1}\n{said}from :{mark - 1}\n{edit}\n")
        new = edit.replace(f"src/{n}/", f"src/{n + 1}/", 1)
        script.append(
            f"commit refs/heads/main\nmark :{mark + 2}\n{WHO}data 5\nMerge\nfrom :{mark}\nmerge :{mark + 1}\n{new}\n"
        )
    git(folder, "fast-import", "--quiet", "--force", said="".join(script))
    tip = git(folder, "rev-parse", "main").strip()
    for branch in ("one", "two"):
        git(folder, "update-ref", "-d", f"refs/heads/{branch}")
    return f"{base} {tip} refs/heads/main\n"


def git(folder: str, *args: str, said: str = "") -> str:
    """What git prints."""
    return subprocess.run(["git", *args], cwd=folder, input=said, text=True, capture_output=True, check=True).stdout


if __name__ == "__main__":
    main()
