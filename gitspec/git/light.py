"""Asking Git and reading files with what is built into the interpreter: ``os`` and its like would cost the hooks a tenth."""

import posix
import sys

from gitspec import __version__
from gitspec.domain.places import CHANGES, POLICY, SPEC, takes_for_spec
from gitspec.git.hardening import HARDENING, hardened

MAX_MESSAGE = 1 << 16
MAX_INDEX = 1 << 24
EMPTY_BLOBS = ("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813")  # fmt: skip
"""Ids of nothing, which `git add --intent-to-add` leaves in the index for a file that is not added."""


def read_file(path: str | bytes, most: int = MAX_MESSAGE) -> bytes | None:
    """The content of a file; None when there is none, or ``most`` or more of it."""
    try:
        fd = posix.open(path, posix.O_RDONLY)
    except OSError:
        return None
    try:
        size = posix.fstat(fd).st_size or most - 1  # files of /proc have no size
        return posix.read(fd, size) if size < most else None
    except OSError:
        return None
    finally:
        posix.close(fd)


def variable(name: bytes) -> bytes | None:
    """A variable of the environment."""
    return posix.environ.get(name)


def start(args: list[str]) -> tuple[int, int]:
    """Start ``git <args>``, for ``answer``; several may run at once."""
    read, write = posix.pipe()
    actions = [(posix.POSIX_SPAWN_DUP2, write, 1), (posix.POSIX_SPAWN_OPEN, 2, "/dev/null", posix.O_WRONLY, 0)]
    try:
        pid = posix.posix_spawnp("git", ["git", *HARDENING, *args], hardened(_environment()), file_actions=actions)
    except OSError:  # no git program: the engine says so
        pid = 0
    posix.close(write)
    return pid, read


def answer(child: tuple[int, int]) -> bytes | None:
    """What the child has printed; None when it failed."""
    pid, read = child
    with open(read, "rb") as file:
        out = file.read()
    return None if not pid or posix.waitpid(pid, 0)[1] else out


def index_oid(index: bytes, path: bytes) -> str:
    """The id of ``path`` in the content of an index file, if it surely is an ordinary file there that is not empty.

    Looks for the entry as ``gitformat-index`` lays it out in versions 2 and 3 with SHA-1: mode, six fields on, the
    flags (stage, length of the name), the name, NUL. A mode holds NUL, so that no name can feign an entry. Where the
    answer is empty, Git has to be asked.
    """
    at = index.find(path + b"\0") if index.startswith((b"DIRC\0\0\0\2", b"DIRC\0\0\0\3")) else -1
    while at >= 38:
        entry = index[at - 38 : at]
        flags = entry[36] << 8 | entry[37]
        oid = entry[16:36].hex()
        if entry[:4] == b"\0\0\x81\xa4" and flags & 0x7FFF == len(path) and oid not in EMPTY_BLOBS:
            return oid
        at = index.find(path + b"\0", at + 1)
    return ""


def indexed(paths: list[str]) -> dict[str, str]:
    """Those of the ``paths`` that the index has as ordinary files, with their ids: a look into it, or Git's own word."""
    file = variable(b"GIT_INDEX_FILE") or (variable(b"GIT_DIR") or b".git") + b"/index"
    index = read_file(file, MAX_INDEX) or b""
    there = {path: oid for path in paths if (oid := index_oid(index, path.encode()))}
    missing = [path for path in paths if path not in there]
    if missing:
        listed = answer(start(["ls-files", "-s", "-z", "--", *missing])) or b""
        for row in listed.decode("latin-1").split("\0")[:-1]:
            facts, _, path = row.partition("\t")
            mode, oid, stage = facts.split(" ")
            if mode == "100644" and stage == "0" and oid not in EMPTY_BLOBS:
                there[path] = oid
    return there


POLICY_FACTS = "gitspec/hook-policy"
"""File in the common Git folder, which the engine writes (``gitspec.git.commit_facts.remember_policy``).

Four parts, a line each and then to the end: version and blob id of the policy; ``references`` if naming an active change
is enough for a commit of code; the reasons to skip that have a limit of lines alone, as ``reason:limit``; the patterns of
what is not code that ``gitspec.git.unreferenced.plain_patterns`` gives.
"""


def policy_facts(policy: str) -> tuple[bool, dict[str, int], list[str]] | None:
    """What is remembered of the policy with that blob id; None when nothing is, or not by this user and version."""
    git_dir = (variable(b"GIT_DIR") or b".git").decode("latin-1")
    common = read_file(f"{git_dir}/commondir")
    if common is not None:
        inner = common.decode("latin-1").rstrip("\n")
        git_dir = inner if inner.startswith("/") else f"{git_dir}/{inner}"
    path = f"{git_dir}/{POLICY_FACTS}"
    data = read_file(path)
    if data is None or posix.lstat(path).st_uid != posix.geteuid():
        return None
    lines = data.decode("latin-1").split("\n")
    if len(lines) < 4 or lines[0] != f"{__version__} {policy}":
        return None
    skips = {}
    for row in lines[2].split(" ") if lines[2] else ():
        reason, _, most = row.partition(":")
        if not most.isdigit():
            return None
        skips[reason] = int(most)
    return lines[1] == "references", skips, lines[3:-1]


def is_special() -> bool:
    """Whether the commit may be an amended one or a merge, or an option says what it is for."""
    git_dir = (variable(b"GIT_DIR") or b".git").decode("latin-1")
    head = read_file(f"{git_dir}/HEAD") or b""
    on_branch = head.startswith(b"ref: refs/heads/") and not head.startswith(b"ref: refs/heads/.")
    if not on_branch and head[:1] not in b"0123456789abcdef":
        return True
    if b"gitspec.change" in (variable(b"GIT_CONFIG_PARAMETERS") or b"").lower() or variable(b"GIT_CONFIG_COUNT"):
        return True
    if read_file(f"{git_dir}/MERGE_HEAD") is not None:
        return True
    command = read_file(f"/proc/{posix.getppid()}/cmdline")
    if command is None:
        return False
    program = command.split(b"\0", 1)[0].rpartition(b"/")[2]
    return program != b"git" or b"\0--am" in command


def is_stated() -> bool:
    """Whether the branch's name or ``gitspec use`` says what the commit is for."""
    git_dir = (variable(b"GIT_DIR") or b".git").decode("latin-1")
    head = read_file(f"{git_dir}/HEAD") or b""
    return head.startswith(b"ref: refs/heads/change/") or read_file(f"{git_dir}/GITSPEC_CHANGE") is not None


def is_harmless(facts: str, path: str) -> bool:
    """Whether the engine has nothing to say of a touched path, but for the changes that the commit names.

    ``facts`` are what `git diff-index --raw` says of it. Left to the engine: the policy, living specs, archived folders,
    changes that come or lose files, whatever else the layout of spec/ may not know, and attributes.
    """
    parts = path.split("/")
    if parts[0] != SPEC:
        return path != ".gitattributes" and not takes_for_spec(path)
    if facts[1:14] != "100644 100644" and (facts[1:14] != "000000 100644" or parts[-1] == "change.yaml"):
        return False
    if len(parts) < 4 or parts[1] != "changes" or not _is_plain_id(parts[2]):
        return False
    if len(parts) == 4:
        return parts[3] in ("change.yaml", "proposal.md", "tasks.md", "design.md")
    *folders, name = parts[4:]
    return parts[3] == "deltas" and name.endswith(".yaml") and all(map(_is_plain_id, [*folders, name[:-5]]))


def are_active(changes: list[str]) -> bool:
    """Whether the index has those changes, the policy asks for no more than that one is named, and the commit leaves alone
    what only the engine can judge."""
    child = start(["diff-index", "--cached", "--raw", "-z", "--no-renames", "HEAD", "--"])
    wanted = [f"{CHANGES}/{change}/change.yaml" for change in changes]
    there = indexed([POLICY, *wanted])
    touched = answer(child)
    if touched is None or not all(path in there for path in wanted):
        return False
    fields = touched.decode("latin-1").split("\0")[:-1]
    if not all(is_harmless(facts, path) for facts, path in zip(fields[::2], fields[1::2], strict=True)):
        return False
    if POLICY not in there:
        return True
    known = policy_facts(there[POLICY])
    return known is not None and known[0]


_ID = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_DEVICES = ("con", "prn", "aux", "nul", "com", "lpt")


def _is_plain_id(word: str) -> bool:
    """Whether it surely is an id; ``gitspec.domain.ids`` knows all of them."""
    if not word or len(word) > 80 or not _ID.issuperset(word) or (len(word) < 5 and word[:3] in _DEVICES):
        return False
    return word[0] != "-" and word[-1] != "-" and "--" not in word


def _environment() -> dict[str, str]:
    encoding, errors = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
    return {k.decode(encoding, errors): v.decode(encoding, errors) for k, v in posix.environ.items()}
