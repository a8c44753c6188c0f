"""Whether a change is approved, as the policy of the branch that it lands on asks for it."""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from gitspec.errors import CannotJudge, GitspecError, Refused
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.git.snapshot import Snapshot, WorkTree, at_commit
from gitspec.git.spec_history import shallow_boundary
from gitspec.store import layout

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy
    from gitspec.store.spec import ChangeFolder, Spec


def why_unapproved(
    repo: Repository,
    policy: "Policy",
    spec: "Spec",
    change: str,
    *,
    tip: str,
    target: Snapshot | None,
    author: str = "",
) -> str:
    """Why a change does not count as approved; empty when it does. For who gathers ``CommitFacts.unapproved``.

    ``policy`` is that of the branch it lands on, before it landed. ``spec`` has the change among the active ones: the
    commit's own, or for a commit that archives it the first parent's. ``tip`` is a commit whose history brought the
    change in, ``author`` the address of who brings it in when no commit has it yet. ``target`` is spec/ at the tip of
    the branch it lands on, before it landed; None: there is no such branch.

    Raises CannotJudge G016 when a shallow clone hides who brought the change in, G056 without ssh-keygen.
    """
    need = policy.approvals.need
    if need == "none":
        return ""
    if change not in spec.change_ids():
        return "it is not active here"
    if need == "merged":
        return _why_not_merged(spec.snapshot, target, change)
    folder = spec.change(change)
    model = folder.change.value
    if model is None:
        return "its change.yaml cannot be read"
    if not model.approvals:
        return "nobody has approved it"
    from gitspec.domain.approvals import NAMESPACE, why_not_recorded
    from gitspec.git.ssh_signatures import is_signed_by

    try:
        digest = digest_of(spec, folder)
    except CannotJudge:
        raise
    except GitspecError as error:
        return f"what results from it cannot be told: {error.message}"
    authors = [a for a in (author, *authors_of(repo, tip, layout.change_path(change, "change.yaml"))) if a]

    def verify(payload: bytes, signature: str, email: str, key: str) -> bool:
        return is_signed_by(repo, payload, signature, email, key, NAMESPACE)

    return why_not_recorded(change, model.approvals, digest, authors, policy.approvals, verify)


def digest_of(spec: "Spec", folder: "ChangeFolder") -> str:
    """The digest of what an approval of an active change covers. Raises Refused when its files or its fold have errors."""
    from gitspec.domain.approvals import content_digest
    from gitspec.store.folding import fold_change

    if not folder.has("proposal.md"):
        help_ = "write it, with ## Why and ## What Changes"
        raise Refused("P010", "there is no proposal to approve", place=f"{folder.path}/proposal.md", help=help_)
    fold = fold_change(spec, folder.id)
    if conflicts := fold.result.conflicts:
        raise Refused(conflicts[0].code, conflicts[0].message, place=folder.path, help=f"gitspec validate {folder.id}")
    return content_digest(folder.read("proposal.md"), fold.before, fold.result)


def _why_not_merged(here: Snapshot, target: Snapshot | None, change: str) -> str:
    """`merged`: proposal.md and deltas/ are, byte for byte, what the branch has."""
    if target is None:
        return "there is no branch yet that its proposal could stand on"
    mine, theirs = (_proposed(snapshot, change) for snapshot in (here, target))
    if not theirs:
        return "its proposal is not on the branch that it lands on"
    folder = layout.change_folder(change)
    differing = sorted(path for path in mine.keys() | theirs.keys() if mine.get(path) != theirs.get(path))
    if differing:
        more = f" and {len(differing) - 1} more" if len(differing) > 1 else ""
        return f"{differing[0].removeprefix(folder + '/')}{more} is not as on the branch that it lands on"
    return ""


def _proposed(snapshot: Snapshot, change: str) -> dict[str, str]:
    folder = layout.change_folder(change)
    paths = [
        entry.path
        for entry in snapshot.entries()
        if entry.path == f"{folder}/proposal.md" or entry.path.startswith(f"{folder}/deltas/")
    ]
    return dict(zip(paths, snapshot.oids(paths), strict=True))


def authors_of(repo: Repository, tip: str, path: str) -> list[str]:
    """The addresses of the authors of all commits that added a file to the history of ``tip``."""
    out = git(
        repo, "log", "--full-history", "--no-merges", "--diff-filter=A", "--no-renames", "--no-mailmap",
        "--format=%H%x00%ae", tip, "--", path,
    )  # fmt: skip
    rows = [row.split("\0") for row in os.fsdecode(out).splitlines() if "\0" in row]
    hidden = shallow_boundary(repo)
    if any(oid in hidden for oid, _ in rows):
        message = f"the clone is shallow: who brought {path} in is not here"
        raise CannotJudge("G016", message, help="git fetch --unshallow")
    return [email for _, email in rows]


def why_not_ready(repo: Repository, policy: "Policy", spec: "Spec", change: str, tip: str, branch: str) -> str:
    """Why a change lacks the approval that it needs to be archived on ``branch`` (a short name); empty when it does not.

    ``tip`` is the commit that it is archived onto. With `merged` a protected branch, here or on a remote, must have the
    same proposal, unless ``branch`` is protected itself.
    """
    from gitspec.domain.branches import branch_matcher

    need = policy.approvals.need
    is_protected = branch_matcher(policy.protected.branches)
    if need == "none" or (need == "merged" and is_protected(branch)):
        return ""
    targets = _protected(repo, is_protected) if need == "merged" else []
    reasons = [why_unapproved(repo, policy, spec, change, tip=tip, target=target) for target in [*targets, None]]
    return "" if "" in reasons else reasons[0]


def refuse_unapproved(repo: Repository, policy: "Policy", spec: "Spec", change: str, tip: str, branch: str) -> None:
    """Raise Refused A032 while an approval that the policy asks for is missing; as ``why_not_ready``."""
    if why := why_not_ready(repo, policy, spec, change, tip, branch):
        help_ = f"gitspec approve {change}, by somebody whom the policy lists"
        if policy.approvals.need == "merged":
            help_ = "have the proposal and deltas merged first"
        place = layout.change_folder(change)
        raise Refused("A032", f"change '{change}' is not approved: {why}", place=place, help=help_)


def _protected(repo: Repository, is_protected: Callable[[str], bool]) -> list[Snapshot]:
    """spec/ at the tips of protected branches, local ones and those of remotes."""
    listed = os.fsdecode(git(repo, "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/remotes"))
    tips: dict[str, None] = {}
    for row in listed.splitlines():
        oid, _, ref = row.partition(" ")
        name = ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else ref.split("/", 3)[-1]
        if is_protected(name):
            tips[oid] = None
    return [at_commit(repo, oid) for oid in tips]


def missing_approvals(spec: "Spec", changes: Iterable[str]) -> dict[str, str]:
    """Active changes that lack the approval that their policy asks for, with the reason: for who looks at them.

    A policy that does not speak of approvals costs no more than a look at its text.
    """
    if not spec.has_policy or b"approvals" not in spec.snapshot.read(layout.POLICY):
        return {}
    policy, tip = spec.policy().value, commit_of(spec)
    if policy is None or policy.approvals.need == "none" or not tip:
        return {}
    repo = spec.snapshot.repo
    branch = os.fsdecode(run(repo, "symbolic-ref", "--quiet", "--short", "HEAD").out).strip()
    reasons = {change: why_not_ready(repo, policy, spec, change, tip, branch) for change in changes}
    return {change: why for change, why in reasons.items() if why}


def commit_of(spec: "Spec") -> str:
    """The commit that a snapshot is of, HEAD for the work tree; empty when nothing is committed."""
    at = "HEAD" if isinstance(spec.snapshot, WorkTree) else spec.snapshot.name
    found = run(spec.snapshot.repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{at}^{{commit}}")
    return os.fsdecode(found.out).strip()
