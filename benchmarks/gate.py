"""What a server's gate costs for a push of many refs, merges or archives: CPU time and peak memory of pre-receive.

python benchmarks/gate.py refs 10000
python benchmarks/gate.py merges 1000
python benchmarks/gate.py archives 1000
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path

import generate_archives

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
        lines = PUSHES[kind](folder, number)
        started = time.monotonic()
        with gitspec(folder, "hook", "pre-receive") as judge:
            assert judge.stdin
            judge.stdin.write(lines.encode())
            judge.stdin.close()
            _, status, used = os.wait4(judge.pid, 0)
            judge.returncode = os.waitstatus_to_exitcode(status)
        print(
            f"{number} {kind}: exit {judge.returncode}, {time.monotonic() - started:.1f} s on the clock, "
            f"{used.ru_utime + used.ru_stime:.1f} s of CPU, {used.ru_maxrss / 1024:.0f} MB"
        )


def start(folder: str) -> str:
    """The first commit of main: a policy, a change and code."""
    files = "".join(f"M 100644 inline {path}\ndata {len(text)}\n{text}\n" for path, text in FILES.items())
    git(folder, "fast-import", "--quiet", said=f"commit refs/heads/main\nmark :1\n{WHO}data 5\nStart\n{files}\n")
    return git(folder, "rev-parse", "main").strip()


def many_refs(folder: str, number: int) -> str:
    """New branches, each with a commit of its own."""
    base = start(folder)
    script = "".join(
        f"commit refs/new/{n}\n{WHO}data {len(MESSAGE)}\n{MESSAGE}from {base}\nM 100644 inline src/{n}.py\ndata 1\nx\n\n"
        for n in range(number)
    )
    git(folder, "fast-import", "--quiet", said=script)
    rows = git(folder, "for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/new").splitlines()
    dropped = git(folder, "for-each-ref", "--format=delete %(refname)", "refs/new")
    git(folder, "update-ref", "--stdin", said=dropped)
    return "".join(f"{'0' * 40} {oid} refs/heads/b{name}\n" for oid, name in (row.split(" ") for row in rows))


def many_merges(folder: str, number: int, files: int = 100) -> str:
    """Merges one after the other; in each, one side renames all files and the other one edits some of them."""
    base = start(folder)
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
    git(folder, "update-ref", "refs/heads/main", base)
    return f"{base} {tip} refs/heads/main\n"


def many_archives(folder: str, number: int) -> str:
    """Changes to 200 capabilities, each proposed and archived by a commit, and their tags."""
    options = Namespace(capabilities=200, requirements=10, archives=number)
    script = b"".join(generate_archives.stream(options)).decode()
    git(folder, "fast-import", "--quiet", said=script)
    gitspec(folder, "tags", "--restore").wait()
    shutil.rmtree(Path(folder, "gitspec"))  # what that has proven
    base, tip = git(folder, "rev-parse", f"main~{2 * number}", "main").split()
    tags = git(folder, "for-each-ref", "--format=%(objectname) %(refname)", "refs/tags").splitlines()
    gone = git(folder, "for-each-ref", "--format=delete %(refname)", "refs/tags")
    git(folder, "update-ref", "--stdin", said=f"update refs/heads/main {base}\n{gone}")
    return f"{base} {tip} refs/heads/main\n" + "".join(f"{'0' * 40} {tag}\n" for tag in tags)


PUSHES = {"refs": many_refs, "merges": many_merges, "archives": many_archives}


def gitspec(folder: str, *args: str) -> "subprocess.Popen[bytes]":
    """Start gitspec in the bare repository, as a hook of it would be."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "GIT_DIR": "."}
    command = [sys.executable, "-m", "gitspec", *args]
    return subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.PIPE)


def git(folder: str, *args: str, said: str = "") -> str:
    """What git prints."""
    return subprocess.run(["git", *args], cwd=folder, input=said, text=True, capture_output=True, check=True).stdout


if __name__ == "__main__":
    main()
