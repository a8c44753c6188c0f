"""Commits, trees and messages that no porcelain would write: a verdict or exit 3, without a traceback or a raw byte."""

import resource
import time

import pytest

from tests.archive.project import gitspec
from tests.command import Ran
from tests.conftest import Repo
from tests.gates.team import team

WHO = b"A U Thor <author@example.com> 1 +0000"
GOOD = b"Store it\n\nChange: add-2fa\n"


@pytest.fixture
def main(repo: Repo) -> Repo:
    return team(repo)


def sneaked(repo: Repo) -> bytes:
    """The id of a tree with a line of code more than main's."""
    repo.write("src/evil.py", "evil\n")
    repo.git("add", "-A")
    return repo.git("write-tree").encode()


def literally(repo: Repo, kind: str, data: bytes) -> str:
    """Write an object whatever Git thinks of it."""
    return repo.git("hash-object", "-t", kind, "-w", "--stdin", "--literally", input=data)


def judged(repo: Repo, oid: str) -> Ran:
    """What `gitspec check` says; never a raw byte."""
    done = gitspec(repo, "check", f"base..{oid}")
    assert not [char for char in done.out + done.err if char != "\n" and not char.isprintable()]
    return done


def commit(tree: bytes, parent: bytes, message: bytes, *more: bytes, author: bytes | None = None) -> bytes:
    """A raw commit."""
    who = b"author " + WHO if author is None else author
    lines = [b"tree " + tree, b"parent " + parent, *([who] if who else []), b"committer " + WHO, *more]
    return b"\n".join(lines) + b"\n\n" + message


@pytest.mark.parametrize(
    ("more", "author", "message"),
    [
        ([b"encoding latin-1"], None, b"Sneak \xff\xfe\n"),
        ([b"encoding UTF-7"], None, b"Sneak+AAo-+AAo-Chang: add-2fa\n"),
        ([b"encoding UTF-16"], None, "Sneak\n\nChange: add-2fa\n".encode("utf-16")),
        ([b"encoding nonsense\x1b[2J"], None, b"Sneak \x9b31m\n"),
        ([b"gpgsig a\n Change: add-2fa"], None, b"Sneak\n"),
        ([b"Change: add-2fa"], None, b"Sneak\n"),
        ([b"mergetag object 0"], None, b"Sneak\n"),
        ([], b"", b"Sneak\n"),
        ([], b"author ", b"Sneak\n"),
        ([], b"author <<>>\x00\xff 99999999999999999999 +9999", b"Sneak\n"),
        ([], b"author A\x1b[31m\xe2\x80\xae <::error::@x> 1 +0000", b"::error::Sneak ##[add-path]x\n"),
        ([], None, b"Sneak\x00\n\nChange: add-2fa\n"),
        ([], None, b""),
        ([], None, b"\n\n\n"),
        ([], None, b"\xff" * 10_000),
        ([], None, b"Sneak\r\n\r\nChange\x00: add-2fa\r\n"),
    ],
)
def test_odd_commits_do_not_pass(main: Repo, more: list[bytes], author: bytes | None, message: bytes) -> None:
    base = main.git("rev-parse", "base").encode()
    oid = literally(main, "commit", commit(sneaked(main), base, message, *more, author=author))
    assert judged(main, oid).code in (1, 3)


@pytest.mark.parametrize("mode", [b"100664", b"100600", b"040000", b"0100644", b"777", b"100755", b"120000", b"160000"])
def test_trees_with_odd_modes_do_not_pass(main: Repo, mode: bytes) -> None:
    base = main.git("rev-parse", "base")
    blob = main.git("hash-object", "-w", "--stdin", input="evil\n")
    raw = main.run_git("cat-file", "tree", f"{base}^{{tree}}").stdout
    tree = literally(main, "tree", raw + mode + b" zz.py\0" + bytes.fromhex(blob))
    oid = literally(main, "commit", commit(tree.encode(), base.encode(), b"Sneak\n"))
    assert judged(main, oid).code in (1, 3)


@pytest.mark.parametrize("name", [b"..", b".git", b"a/b", b"", b"src"])
def test_trees_with_odd_names_do_not_pass(main: Repo, name: bytes) -> None:
    base = main.git("rev-parse", "base")
    blob = main.git("hash-object", "-w", "--stdin", input="evil\n")
    raw = main.run_git("cat-file", "tree", f"{base}^{{tree}}").stdout
    tree = literally(main, "tree", raw + b"100644 " + name + b"\0" + bytes.fromhex(blob))
    oid = literally(main, "commit", commit(tree.encode(), base.encode(), b"Sneak\n"))
    assert judged(main, oid).code in (1, 3)


@pytest.mark.parametrize("kind", ["tree", "blob", "parent"])
def test_missing_objects_are_exit_3(main: Repo, kind: str) -> None:
    base = main.git("rev-parse", "base").encode()
    gone = b"1" * 40
    if kind == "parent":
        data = commit(sneaked(main), gone, GOOD)
    elif kind == "tree":
        data = commit(gone, base, GOOD)
    else:
        tree = literally(main, "tree", b"40000 spec\0" + bytes.fromhex("1" * 40)).encode()
        data = commit(tree, base, GOOD)
    assert judged(main, literally(main, "commit", data)).code == 3


BOMB = "a: &a [x,x,x]\n" + "".join(
    f"{b}: &{b} [*{a},*{a},*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {x: 1}\n" + "".join(
    f"{b}: &{b} {{<<: [*{a},*{a}]}}\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.campaign
@pytest.mark.parametrize(
    "text", [BOMB, MERGES, "[" * 100_000, "a:\n" * 100_000, "x: " + "9" * 100_000, "\xff", "- " * 50_000]
)
@pytest.mark.parametrize(
    "path", ["spec/gitspec.yaml", "spec/changes/add-2fa/change.yaml", "spec/capabilities/auth.yaml"]
)
@pytest.mark.spec("files/strict-reading#bomb")
def test_yaml_bombs_are_judged_in_bounded_time(main: Repo, path: str, text: str) -> None:
    main.write(path, 'version: "1"\n' + text)
    main.commit("Bomb")
    main.git("branch", "-f", "base") if path.endswith("gitspec.yaml") else None
    main.write("src/evil.py", "evil\n")
    main.commit("Sneak")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    assert judged(main, "HEAD").code in (1, 3)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 10


@pytest.mark.campaign
def test_message_of_ten_megabytes(main: Repo) -> None:
    base = main.git("rev-parse", "base").encode()
    message = b"Sneak\n\n" + b"Chang: add-2fa\n::error::x\n" * 400_000
    oid = literally(main, "commit", commit(sneaked(main), base, message))
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, time.monotonic()
    assert judged(main, oid).code == 1
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 30, time.monotonic() - started


@pytest.mark.campaign
def test_a_hundred_thousand_paths(main: Repo) -> None:
    rows = "".join(f"M 100644 inline src/{n % 100}/{n}\ndata 1\nx\n" for n in range(100_000))
    script = f"commit refs/heads/main\ncommitter A <a@example.com> 1 +0000\ndata 6\nSneak\nfrom {main.head()}\n{rows}\n"
    main.git("fast-import", "--quiet", "--force", input=script)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = judged(main, "main")
    assert done.code == 1 and len(done.out) < 2_000
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 30
