import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gitspec.errors import CannotJudge
from gitspec.git.run import Coprocess, GitFailed, environment, git, run
from tests.conftest import Repo

needs_proc = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no /proc to look at")


def children() -> set[str]:
    """The process ids of this process's children, dead ones that nobody waited for and those of other tests too."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # ended meanwhile
            if stat.read_text("utf-8", "replace").rpartition(")")[2].split()[1] == str(os.getpid()):
                found.add(stat.parent.name)
    return found


def test_output_and_input_larger_than_any_pipe_do_not_block(repo: Repo) -> None:
    blob = os.urandom(1 << 20) * 5
    oid = git(str(repo.path), "hash-object", "-w", "--stdin", input=blob).decode().strip()
    assert git(str(repo.path), "cat-file", "blob", oid) == blob


def test_many_answers_while_many_questions_are_still_being_written(repo: Repo) -> None:
    oid = git(str(repo.path), "hash-object", "-w", "--stdin", input=b"x" * 10_000).decode().strip()
    out = git(str(repo.path), "cat-file", "--batch", input=f"{oid}\n".encode() * 2_000)
    assert out.count(b"\n") == 4_000


def test_a_child_that_needs_no_input_is_judged_by_its_status(repo: Repo) -> None:
    assert git(str(repo.path), "--version", input=b"x" * 1_000_000).startswith(b"git version")


def test_a_failure_names_the_command_and_what_git_said(repo: Repo) -> None:
    with pytest.raises(GitFailed, match="git cat-file failed: fatal: Not a valid object name nope") as caught:
        git(str(repo.path), "cat-file", "blob", "nope")
    assert (caught.value.status, caught.value.exit_code, caught.value.code) == (128, 3, "G004")


def test_without_check_the_output_until_the_failure_is_given(repo: Repo) -> None:
    assert git(str(repo.path), "cat-file", "blob", "nope", check=False) == b""
    assert run(str(repo.path), "cat-file", "-e", "nope").status == 128


def test_a_missing_git_program_is_a_clear_refusal(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repo.path))
    with pytest.raises(CannotJudge, match="git program was not found") as caught:
        git(str(repo.path), "--version")
    assert caught.value.code == "G003"


def test_an_argument_with_a_nul_is_refused_before_anything_runs(repo: Repo) -> None:
    with pytest.raises(CannotJudge, match="NUL"):
        git(str(repo.path), "cat-file", "blob", "a\0b")


@needs_proc
def test_no_file_descriptor_or_child_stays_behind(repo: Repo) -> None:
    git(str(repo.path), "--version")
    before = os.listdir("/proc/self/fd"), children()
    for _ in range(20):
        run(str(repo.path), "rev-parse", "nope", input=b"x")
    coprocess = Coprocess(str(repo.path), "cat-file", "--batch")
    assert len(children()) > len(before[1])
    coprocess.close()
    coprocess.close()
    assert len(os.listdir("/proc/self/fd")) == len(before[0])
    assert not children() - before[1]


def test_works_when_the_standard_streams_are_closed(repo: Repo) -> None:
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); os.close(0); os.close(1); os.close(2)\n"
        "from gitspec.git.run import git\n"
        "out = git('.', 'hash-object', '--stdin', input=b'x' * 100000)\n"
        "open('answer', 'wb').write(out)"
    )
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    subprocess.run([sys.executable, "-c", code, root], check=True, cwd=repo.path)
    assert repo.read("answer") == repo.git("hash-object", "--stdin", input="x" * 100_000) + "\n"


@needs_proc
def test_an_interrupted_call_leaves_no_child(repo: Repo) -> None:
    def interrupt() -> None:
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)

    others = children()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job starts with it ignored
    try:
        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            run(str(repo.path), "-c", "alias.wait=!sleep 30", "wait")
    finally:
        signal.signal(signal.SIGINT, before)
    assert not children() - others


def test_user_settings_that_would_change_answers_do_not_reach_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "evil")
    monkeypatch.setenv("GIT_ICASE_PATHSPECS", "1")
    env = environment(".", {"GIT_INDEX_FILE": "x", "HOME": None})
    assert env["LC_ALL"] == "C"
    assert env["GIT_NO_REPLACE_OBJECTS"] == env["GIT_LITERAL_PATHSPECS"] == "1"
    assert env["GIT_INDEX_FILE"] == "x"
    assert not {"LANGUAGE", "GIT_EXTERNAL_DIFF", "GIT_ICASE_PATHSPECS", "HOME"} & env.keys()


def test_a_file_system_monitor_of_the_repository_is_not_run(repo: Repo) -> None:
    repo.write("evil", "#!/bin/sh\ntouch ran\n").chmod(0o755)
    repo.git("config", "core.fsmonitor", str(repo.path / "evil"))
    git(str(repo.path), "status", "--porcelain")
    assert not (repo.path / "ran").exists()
