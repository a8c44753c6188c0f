"""Where the lines of a file come from: ``git blame`` read as data. One child for any number of lines."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from gitspec.errors import CannotJudge, UsageError
from gitspec.git.repository import Repository
from gitspec.git.run import GitFailed, run


class Span(NamedTuple):
    """Lines that stand together and come from one commit: ``first`` of the file asked about, ``was`` in the file ``path``
    of that commit. ``commit`` is empty for lines that are not committed yet.
    """

    commit: str
    first: int
    lines: int
    path: str
    was: int


class LineOrigins(NamedTuple):
    """The spans of the lines asked for, in their order, the text of the first line, and how many lines there are.

    ``missing_ignores`` is the file of ``blame.ignoreRevsFile`` when there is none, so that nothing was ignored.
    """

    spans: tuple[Span, ...]
    text: bytes
    lines: int
    missing_ignores: str = ""


class Wanted(NamedTuple):
    """What to ask of ``git blame``: the lines (``last`` 0: to the end), revisions to look through, and how to look.

    ``moved``: also follow lines that moved within a file; ``copied``: 1 to 3, how hard to look for lines from other files;
    ``spaces``: whether white space counts.
    """

    first: int = 1
    last: int = 0
    ignore: Sequence[str] = ()
    moved: bool = False
    copied: int = 0
    spaces: bool = True


_NO_GRAFTS = {"GIT_GRAFT_FILE": os.devnull}


def line_origins(repo: Repository, path: str, wanted: Wanted, at: str = "") -> LineOrigins:
    """Who last touched the lines of ``path`` (from the top of the repository) as of the commit ``at``, or of the work tree.

    Renames of the file are followed, and commits that ``blame.ignoreRevsFile`` lists are looked through, as Git does; of a
    commit the file is read from its tree where the disk has none, as in a bare repository.

    Raises UsageError U009 when the file has fewer lines, G005 for a revision to look through that there is not, and
    CannotJudge: G008 where Git does not find that file, G004 for what it cannot do.
    """
    options = [f"-L{wanted.first},{wanted.last or ''}"] if wanted.first > 1 or wanted.last else []
    options += [f"--ignore-rev={rev}" for rev in wanted.ignore]
    options += ["-M"] * wanted.moved + ["-C"] * wanted.copied + ["-w"] * (not wanted.spaces)
    args = ("blame", "--porcelain", "--no-textconv", "--encoding=UTF-8", *options, *([at] if at else []), "--", path)
    config = ("-c", "core.quotePath=false")
    result = run(repo, *config, *args, env=_NO_GRAFTS)
    missing = ""
    if at and result.status and b"could not open object name list" in result.err:
        missing = os.fsdecode(result.err).strip().splitlines()[-1].partition("list: ")[2]
        revs = _listed(repo, at, missing)
        with _unconfigured(repo) as plain:
            result = run(plain, *config, *args[:4], *(f"--ignore-rev={rev}" for rev in revs), *args[4:], env=_NO_GRAFTS)
        missing = "" if revs else missing
    if result.status:
        raise _refusal(args, path, result.status, result.err)
    return _parsed(result.out)._replace(missing_ignores=missing)


@contextmanager
def _unconfigured(repo: Repository) -> Iterator[Repository]:
    """The objects of a repository without its configuration: nothing else takes a file of blame.ignoreRevsFile back."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="gitspec-") as folder:
        for name in ("objects", "refs"):
            os.mkdir(f"{folder}/{name}")
        with open(f"{folder}/HEAD", "w") as file:
            file.write("ref: refs/heads/none\n")
        with open(f"{folder}/config", "w") as file:
            file.write("[core]\n\trepositoryFormatVersion = 1\n\tbare = true\n")
            file.write(f"[extensions]\n\tobjectFormat = {repo.object_format}\n")
        env: dict[str, str | None] = {
            **repo.env,
            "GIT_DIR": folder,
            "GIT_WORK_TREE": None,
            "GIT_INDEX_FILE": None,
            "GIT_OBJECT_DIRECTORY": repo.env.get("GIT_OBJECT_DIRECTORY") or f"{repo.common_dir}/objects",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": None,
            "GIT_CONFIG_PARAMETERS": None,
        }
        if os.path.exists(f"{repo.common_dir}/shallow"):
            env["GIT_SHALLOW_FILE"] = f"{repo.common_dir}/shallow"
        yield Repository(folder, folder, None, repo.object_format, env)


def _listed(repo: Repository, at: str, path: str) -> list[str]:
    """The commits that a file of the tree lists, as ``blame.ignoreRevsFile`` would, those that are here."""
    from gitspec.git.ref_tips import commits_of

    result = run(repo, "cat-file", "blob", f"{at}:{path}")
    lines = (line.partition(b"#")[0].strip() for line in result.out.split(b"\n"))
    names = [line.decode("ascii", "replace") for line in lines if len(line) in (40, 64) and line.isalnum()]
    return [oid for oid in commits_of(repo, names).values() if oid]


def _parsed(out: bytes) -> LineOrigins:
    """The output of ``git blame --porcelain``: of each line a head, of each commit once what it is, then the line."""
    spans: list[Span] = []
    paths: dict[bytes, str] = {}
    text: bytes | None = None
    count = 0
    lines = iter(out.split(b"\n"))
    for head in lines:
        if not head:
            break
        oid, was, now = head.split(b" ")[:3]
        path = ""
        for line in lines:
            if line.startswith(b"\t"):
                text = line[1:] if text is None else text
                break
            if line.startswith(b"filename "):
                path = paths[oid] = _unquoted(line[9:])
        path = path or paths.get(oid, "")
        count += 1
        last = spans[-1] if spans else None
        commit = "" if not oid.strip(b"0") else oid.decode()
        line_was, line_now = int(was), int(now)
        if (
            last is not None
            and (last.commit, last.path) == (commit, path)
            and last.first + last.lines == line_now
            and last.was + last.lines == line_was
        ):
            spans[-1] = last._replace(lines=last.lines + 1)
        else:
            spans.append(Span(commit, line_now, 1, path, line_was))
    return LineOrigins(tuple(spans), text or b"", count)


_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}


def _unquoted(name: bytes) -> str:
    """A path that Git may have put between quotes, in the manner of C."""
    if not name.startswith(b'"'):
        return os.fsdecode(name)
    import re

    def byte(match: re.Match[bytes]) -> bytes:
        sign = match[1].decode()
        return bytes([_ESCAPES[sign] if sign in _ESCAPES else int(sign, 8) & 255])

    return os.fsdecode(re.sub(rb'\\([abtnvfr"\\]|[0-7]{3})', byte, name[1:-1]))


def _refusal(args: tuple[str, ...], path: str, status: int, err: bytes) -> Exception:
    said = err.decode("utf-8", "replace").strip()
    last = said.splitlines()[-1] if said else ""
    if "no such path" in last:
        return UsageError("U009", "is not tracked: none of it is committed", place=path, help="git add it, and commit")
    if "no such ref: HEAD" in last:
        return CannotJudge("G005", "nothing is committed yet", help="git commit")
    if "has only" in last:
        lines = last.rpartition("has only ")[2]
        return UsageError("U009", f"has only {lines}", place=path, help="name a line that is there")
    if "cannot find revision" in last:
        rev = last.partition("cannot find revision ")[2].partition(" to ignore")[0]
        return UsageError("G005", f"'{rev}' is no commit", help="git log --oneline shows commits to ignore")
    if "could not open object name list" in last:
        return CannotJudge(
            "G008",
            f"blame.ignoreRevsFile names {last.partition('list: ')[2]}, which is not there",
            help="write it (it may be empty), or: git config --unset blame.ignoreRevsFile",
        )
    if "invalid object name" in last:
        return CannotJudge(
            "G004",
            f"the file of blame.ignoreRevsFile holds what is no commit: {last.rpartition(': ')[2]}",
            help="mend it, or: git config --unset blame.ignoreRevsFile",
        )
    return GitFailed(args, status, err)
