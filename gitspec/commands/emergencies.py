"""Commits that skipped for a reason to be settled, such as an emergency: which are open, and what settles them."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gitspec.domain.finding import Finding
from gitspec.domain.references import References, references
from gitspec.domain.rules import finding
from gitspec.git.ref_tips import commit_of, is_ancestor
from gitspec.git.repository import Repository
from gitspec.git.run import git

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy
    from gitspec.store.cache import Cache

_KIND = "emergencies"
_SHORT = 12
_SHORTEST, _HEX = 7, frozenset("0123456789abcdef")


class Open(NamedTuple):
    """A commit that waits to be settled. ``day`` is that of its committer, in UTC."""

    commit: str
    reason: str
    day: str
    author: str
    subject: str


class _Seen(NamedTuple):
    """What the messages up to a tip say: commits that skip with any reason, and what later ones want to settle."""

    skips: tuple[Open, ...]
    settled: tuple[str, ...]


def reasons_to_settle(policy: "Policy") -> frozenset[str]:
    """The reasons that the policy lists with `settle: true`."""
    return frozenset(skip.reason for skip in policy.skip if skip.settle)


def unsettled(repo: Repository, policy: "Policy", tip: str, cache: "Cache | None" = None) -> list[Open]:
    """The commits that ``tip`` (a full id) reaches, that skip for a reason to be settled and that none settles.

    Oldest first. Free where the policy lists no such reason. With a cache only what came since the last time is read.
    """
    reasons = reasons_to_settle(policy)
    if not reasons:
        return []
    seen = _seen(repo, tip, cache)
    return [
        one
        for one in seen.skips
        if one.reason in reasons and not any(one.commit.startswith(value) for value in seen.settled)
    ]


def settles(repo: Repository, policy: "Policy", tip: str, values: Iterable[str]) -> dict[str, bool]:
    """For each value of `Settles:` whether it names a commit that ``tip`` reaches and that is to be settled.

    For ``CommitFacts.settles``; ``tip`` is the first parent (HEAD for a commit about to be made). Ask only when the
    message has `Settles:`. Settling twice is no fault: two branches may do so.
    """
    reasons = reasons_to_settle(policy)
    return {value: bool(reasons) and _is_to_settle(repo, reasons, tip, value) for value in values}


def unsettled_findings(found: Sequence[Open]) -> list[Finding]:
    """R017 for each commit that is open: notes of a report."""
    return [
        finding(
            "R017",
            f"'{one.reason}' of {one.day} is not settled: {one.subject}",
            one.commit[:_SHORT],
            help=f"do it properly as a change, and end a commit's message with 'Settles: {one.commit[:_SHORT]}'",
        )
        for one in found
    ]


def _is_to_settle(repo: Repository, reasons: frozenset[str], tip: str, value: str) -> bool:
    if not _is_oid(value):
        return False
    oid = commit_of(repo, value)
    if not oid.startswith(value) or not oid or not is_ancestor(repo, oid, tip):
        return False
    raw = git(repo, "cat-file", "commit", oid)
    refs = references(raw.partition(b"\n\n")[2].decode("utf-8", "surrogateescape"))
    return not refs.changes and not reasons.isdisjoint(refs.skips)


def _is_oid(value: str) -> bool:
    return _SHORTEST <= len(value) <= 64 and set(value) <= _HEX


def _seen(repo: Repository, tip: str, cache: "Cache | None") -> _Seen:
    held = cache.load(_KIND) if cache else {}
    before = held.get("tip")
    if before == tip:
        return _from_data(held)
    is_later = isinstance(before, str) and _is_known(repo, before) and is_ancestor(repo, before, tip)
    old = _from_data(held) if is_later else _Seen((), ())
    new = _read(repo, [tip, f"^{before}"] if is_later else [tip])
    seen = _Seen((*old.skips, *new.skips), tuple(dict.fromkeys((*old.settled, *new.settled))))
    if cache:
        cache.save(_KIND, {"tip": tip, "skips": [list(one) for one in seen.skips], "settled": list(seen.settled)})
    return seen


def _is_known(repo: Repository, value: str) -> bool:
    return len(value) in (40, 64) and set(value) <= _HEX and commit_of(repo, value) == value


def _from_data(held: dict[str, Any]) -> _Seen:
    return _Seen(tuple(Open(*row) for row in held["skips"]), tuple(held["settled"]))


def _read(repo: Repository, revisions: Sequence[str]) -> _Seen:
    """One child reads all messages that speak of it. Commits come parents first."""
    out = git(
        repo, "log", "-z", "--topo-order", "--reverse", "--no-show-signature", "--no-notes", "--no-mailmap",
        "--encoding=UTF-8", "--extended-regexp", "--regexp-ignore-case", "--grep=^(change-skip|settles)[ \t]*:",
        "--format=%H%n%ct%n%an%n%B", *revisions, "--",
    )  # fmt: skip
    skips: list[Open] = []
    settled: list[str] = []
    for record in out.decode("utf-8", "surrogateescape").split("\0"):
        if not record.strip("\n"):
            continue
        oid, seconds, author, message = record.split("\n", 3)
        refs = references(message)
        skips += _skipping(oid, int(seconds), author, message, refs)
        if refs.changes:
            settled += [value for value in refs.settles if _is_oid(value)]
    return _Seen(tuple(skips), tuple(dict.fromkeys(settled)))


def _skipping(oid: str, seconds: int, author: str, message: str, refs: References) -> list[Open]:
    from gitspec.git.identity import utc_date

    if refs.changes:
        return []
    subject = message.split("\n", 1)[0]
    return [Open(oid, reason, utc_date(seconds), author, subject) for reason in refs.skips]
