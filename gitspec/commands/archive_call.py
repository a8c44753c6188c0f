"""What `gitspec archive`, `close`, `unarchive` and `task done --commit` are told, and what they give back."""

from collections.abc import Callable
from typing import Generic, NamedTuple, Protocol, TypeVar

from gitspec.errors import Refused, UsageError
from gitspec.git.target import Target
from gitspec.git.transaction import Operation, Outcome


class Planned(Protocol):
    """What a planner gives; ``operation`` is None when there is nothing to do."""

    @property
    def operation(self) -> Operation | None:
        """What shall happen."""


P = TypeVar("P", bound=Planned)


class Options(NamedTuple):
    """What the command line says: ``onto`` a branch instead of HEAD's, ``expect`` a tree id or how it begins."""

    onto: str | None = None
    expect: str | None = None
    with_tag: bool = True
    use_cache: bool = True
    push: bool = False
    remote: str | None = None
    """The remote to push to, instead of the one that Git would choose."""
    all_branches: bool = False
    """Whether to look at all its branches first, and not only at the one that is pushed to."""
    strict: bool = False
    """Whether warnings keep a change from being archived."""


class Done(NamedTuple, Generic[P]):
    """What was archived or closed, and on which branch as it was; ``recovered``: a line about an interrupted operation.

    ``outcome`` is None when there was nothing to do; ``pushed``: the remote branch that has it.
    """

    plan: P
    target: Target
    outcome: Outcome | None
    recovered: str | None
    pushed: str = ""


class Preview(NamedTuple, Generic[P]):
    """What would be archived: the plan, and what the commits would show as a diff."""

    plan: P
    target: Target
    diff: bytes


Planner = Callable[[Target], P]


def refuse_unexpected(operation: Operation | None, expect: str | None) -> None:
    """Raise Refused A010 when the result is another tree than ``expect`` (an id, or how it begins)."""
    if expect is None:
        return
    if len(expect) < 7 or not set(expect) <= set("0123456789abcdef"):
        raise UsageError("U000", f"--expect '{expect}' is no tree id", help="--dry-run prints the tree id")
    if operation is None or not operation.tree.startswith(expect):
        result = f"the result would be tree {operation.tree}" if operation else "nothing would change"
        raise Refused("A010", f"{result}, not {expect}", help="look again at what --dry-run shows")
