"""Whether the approvals of a change count, judged again as they were when it landed."""

from typing import TYPE_CHECKING, NamedTuple

from gitspec.errors import GitspecError

if TYPE_CHECKING:
    from gitspec.commands.why_changes import ChangeAnswer
    from gitspec.git.repository import Repository
    from gitspec.store.part_spec import SpecParts
    from gitspec.store.spec import Spec


class Judged(NamedTuple):
    """``counts``: an approval does; None: it cannot be told. Of both others ``why`` says why not.

    ``policy_of`` is the commit whose policy says so, or `work tree`.
    """

    counts: bool | None
    why: str
    policy_of: str


def judged(parts: "SpecParts", change: "ChangeAnswer", tip: str) -> Judged | None:
    """Of an archived change by what its archive commit built on: policy, specs, proposal; of an active one by what is here.

    None where nothing can be judged: there is no approval, no commit here archived the change, or the policy asks for no
    recorded one. ``tip``: the commit that history is told from.
    """
    if not change.approvals or change.imported or (change.day and not change.archived_in):
        return None
    try:
        return _judged(parts.repo, change.id, *_before(parts, change, tip))
    except GitspecError as error:  # what is missing, as ssh-keygen or old history, is said instead
        return Judged(None, error.message, parts.name)


def _before(parts: "SpecParts", change: "ChangeAnswer", tip: str) -> "tuple[Spec, str]":
    """The specs that a change met, and a commit whose history brought it in."""
    from gitspec.git.objects import Objects
    from gitspec.git.snapshot import at_commit
    from gitspec.store.spec import Spec

    if not change.day:
        return parts.whole(), tip
    parent = Objects(parts.repo).resolve(f"{change.archived_in}^1")
    return Spec(at_commit(parts.repo, parent), parts.cache), parent


def _judged(repo: "Repository", change: str, spec: "Spec", tip: str) -> Judged | None:
    from gitspec.commands.approvals import why_unapproved

    policy = spec.policy().value if spec.has_policy else None
    if policy is None or policy.approvals.need != "recorded":
        return None
    if change not in spec.change_ids():
        return Judged(None, f"it came into the archive at once, and was not active in {tip[:12]}", tip)
    why = why_unapproved(repo, policy, spec, change, tip=tip, target=None)
    return Judged(not why, why, spec.snapshot.name)
