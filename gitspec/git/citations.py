"""Finds what tests and code cite: one `git grep` names the files that may, and only those are read.

Neither the user's configuration nor attributes change what is found: a file is binary when its content is.
"""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from gitspec.domain.citations import COMMENT, MARK, Citation, is_prose, names_in
from gitspec.domain.code_paths import path_matcher
from gitspec.domain.places import SPEC
from gitspec.errors import CannotJudge
from gitspec.git.objects import batch_answer
from gitspec.git.repository import Repository
from gitspec.git.run import Coprocess, ask, git

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy

_GREP = (
    "grep", "-l", "-z", "--text", "--no-color", "--no-recurse-submodules", "--no-textconv",
    "-F", "-e", COMMENT.decode(), "-e", MARK.decode(),
)  # fmt: skip
_ELSEWHERE = ("--", f":(top,exclude){SPEC}")
INDEX = "index"
"""What `citations_at` takes for the index: the name of its snapshot."""
_KIND = "citations"
_KEPT = 4
"""So many trees are remembered."""
_REQUESTS = 4096
"""So many bytes of questions wait for their answers at a time: less than any pipe holds."""


class Facts(Protocol):
    """A cache of facts, such as ``gitspec.store.cache.Cache``."""

    def load(self, kind: str) -> dict[str, Any]:
        """What is kept under ``kind``."""

    def save(self, kind: str, facts: dict[str, Any]) -> None:
        """Replace what is kept under ``kind``."""


def citations_at(
    repo: Repository, at: str | None, policy: "Policy", cache: Facts | None = None
) -> tuple[Citation, ...]:
    """All citations in tests and code, by path and line: at a commit (its full id), in the index (INDEX), or in the work tree (None).

    A test is what the policy's `tests.paths` match, code what `code.include` minus `code.exclude` do; other files, prose,
    what `!` takes out among tests and spec/ cite nothing. In the work tree untracked files count, ignored ones do not; a bare repository has HEAD instead.
    A commit is remembered in ``cache`` by its tree. Raises CannotJudge: G004 Git cannot read it, G006 a file is missing.
    """
    if at is None and repo.is_bare:
        at = "HEAD"
    classify = _Classify(policy)
    if at is None:
        return _cited(_in_work_tree(repo, classify.wanted(_files(repo, None))), classify)
    if at == INDEX:
        return _cited(_in_tree(repo, "", classify.wanted(_files(repo, ""))), classify)
    tree = git(repo, "rev-parse", "--verify", "--end-of-options", f"{at}^{{tree}}").decode().strip()
    key = f"{tree} {classify.key}"
    known = cache.load(_KIND) if cache else {}
    if key in known:
        return tuple(Citation(*row) for row in known[key])
    found = _cited(_in_tree(repo, tree, classify.wanted(_files(repo, tree))), classify)
    if cache:
        kept = dict(list(known.items())[-_KEPT + 1 :])
        cache.save(_KIND, kept | {key: [list(citation) for citation in found]})
    return found


class _Classify:
    """Which files count, and as what."""

    def __init__(self, policy: "Policy") -> None:
        import hashlib  # OpenSSL costs milliseconds

        self._is_test = path_matcher(policy.tests.paths)
        self._is_among_tests = path_matcher([p for p in policy.tests.paths if not p.startswith("!")])
        self._included = path_matcher(policy.code.include)
        self._excluded = path_matcher(policy.code.exclude)
        patterns = repr((tuple(policy.tests.paths), tuple(policy.code.include), tuple(policy.code.exclude)))
        self.key = hashlib.sha256(patterns.encode("utf-8", "surrogateescape")).hexdigest()[:16]

    def is_test(self, path: str) -> bool:
        """Whether what the file names is thereby tested."""
        return self._is_test(path)

    def wanted(self, paths: Sequence[str]) -> list[str]:
        """The tests and code among files."""
        return [path for path in paths if not is_prose(path) and (self._is_test(path) or self._is_code(path))]

    def _is_code(self, path: str) -> bool:
        """What `!` takes out among tests are their fixtures, and no code either."""
        return self._included(path) and not self._excluded(path) and not self._is_among_tests(path)


def _cited(contents: Iterator[tuple[str, bytes]], classify: _Classify) -> tuple[Citation, ...]:
    return tuple(
        Citation(path, line, name, classify.is_test(path))
        for path, data in contents
        for line, name in names_in(path, data)
    )


def _files(repo: Repository, tree: str | None) -> list[str]:
    """The files that may cite something, sorted; an empty ``tree`` is the index."""
    where = ("--untracked", "--exclude-standard") if tree is None else (tree,) if tree else ("--cached",)
    env = {"GIT_LITERAL_PATHSPECS": None}
    out = ask(repo, *_GREP, *where, *_ELSEWHERE, env=env) or b""
    cut = len(tree) + 1 if tree else 0
    return sorted(path[cut:] for path in os.fsdecode(out).split("\0")[:-1])


def _in_work_tree(repo: Repository, paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        try:
            fd = os.open(f"{repo.top}/{path}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(fd, "rb", buffering=0) as file:
                yield path, file.readall()
        except (FileNotFoundError, IsADirectoryError):  # gone since it was found
            continue
        except OSError as error:
            raise CannotJudge("G008", f"cannot be read: {error.strerror}", place=path) from None


def _in_tree(repo: Repository, tree: str, paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    if not paths:
        return
    batch = Coprocess(repo, "cat-file", "--batch", "-z")
    try:
        for some in _portions(tree, paths):
            batch.send(b"".join(request for _, request in some))
            for path, _ in some:
                kind, data = batch_answer(batch) or ("", b"")
                if kind != "blob":
                    raise CannotJudge("G006", "there is no such file in the repository", place=path)
                yield path, data
    finally:
        batch.close()


def _portions(tree: str, paths: Sequence[str]) -> Iterator[list[tuple[str, bytes]]]:
    some: list[tuple[str, bytes]] = []
    waiting = 0
    for path in paths:
        request = f"{tree}:".encode() + os.fsencode(path) + b"\0"
        if some and waiting + len(request) > _REQUESTS:
            yield some
            some, waiting = [], 0
        some.append((path, request))
        waiting += len(request)
    if some:
        yield some
