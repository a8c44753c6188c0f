"""Remotes: which one a branch goes to, what it has there, fetching it, and pushing all or nothing."""

from collections.abc import Sequence
from typing import NamedTuple

from gitspec.errors import CannotJudge, GitspecError, Refused
from gitspec.git.repository import Repository
from gitspec.git.run import Result, git, run

_HEADS = "refs/heads/"
_PASSING = ("lock", "failed to update ref", "incorrect old value", "transaction failed", "fetch first", "stale info")
"""What receive-pack and push say when somebody else was writing at the same moment."""
_NOISE = ("error: failed to push some refs", "error: hook declined to update")


class Remote(NamedTuple):
    """``name`` is what Git takes for a remote; ``ref`` is the full name of the branch there."""

    name: str
    ref: str

    @property
    def branch(self) -> str:
        """The short name of the branch, with the remote's."""
        return f"{self.name}/{self.ref.removeprefix(_HEADS)}"


class Update(NamedTuple):
    """One ref of a push. ``new`` is an object id, empty to delete; ``expected`` forces, but only from that id."""

    ref: str
    new: str
    expected: str | None = None


class PushRejected(GitspecError):
    """The remote, or Git here, did not take the push; nothing of it landed. ``passing``: worth another try as it is."""

    def __init__(self, remote: str, reason: str, *, passing: bool) -> None:
        super().__init__("A023", f"{remote} refused the push: {reason}")
        self.reason = reason
        self.passing = passing


def find_remote(repo: Repository, branch_ref: str, given: str | None) -> Remote:
    """Where a local branch is pushed: the remote ``given``, or as `git push` would choose it.

    Raises Refused A021 when there is none, or no such.
    """
    branch = branch_ref.removeprefix(_HEADS)
    upstream = _config(repo, f"branch.{branch}.remote")
    name = given
    if name is None:
        name = _config(repo, f"branch.{branch}.pushRemote") or _config(repo, "remote.pushDefault") or upstream
    known = git(repo, "remote").decode("utf-8", "surrogateescape").splitlines()
    if not name:
        name = "origin" if "origin" in known else known[0] if len(known) == 1 else ""
    if not name or name == ".":
        some = f"; there are {', '.join(known)}" if known else ""
        raise Refused("A021", f"no remote is set for branch {branch}{some}", help="name it: --remote <remote>")
    if name.startswith("-") or (name not in known and not set(name) & set("/:")):
        raise Refused("A021", f"there is no remote '{name}'", help="git remote -v lists them")
    merged = _config(repo, f"branch.{branch}.merge") if name == upstream else ""
    return Remote(name, merged if merged.startswith(_HEADS) else branch_ref)


def tips_of(repo: Repository, remote: str, refs: Sequence[str]) -> dict[str, str]:
    """What the remote has now at each of ``refs`` that exists there. Raises CannotJudge G017."""
    result = run(repo, "ls-remote", "--quiet", "--", remote, *refs)
    if result.status:
        raise _unreachable(remote, result)
    rows = (row.split("\t") for row in result.out.decode("utf-8", "surrogateescape").splitlines())
    return {ref: oid for oid, ref in rows if ref in refs}


def fetch(repo: Repository, remote: str, ref: str, wanted: str) -> bool:
    """Have the commit ``wanted`` of the remote branch, and where it is tracked the tracking branch and tags on its way.

    False when it did not come, because the branch went elsewhere meanwhile. Raises CannotJudge G017.
    """
    known = _is_here(repo, wanted)
    tracked = (
        run(repo, "for-each-ref", "--count=1", f"--contains={wanted}", f"refs/remotes/{remote}") if known else None
    )
    if tracked and tracked.out:
        return True
    args = ("--quiet", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules")
    result = run(repo, "fetch", *args, "--", remote, _tracked(repo, remote, ref))
    if result.status and not _only_tracking(result):
        raise _unreachable(remote, result)
    return _is_here(repo, wanted)


def fetch_all(repo: Repository, remote: str) -> None:
    """Fetch what a plain `git fetch` would. Raises CannotJudge G017."""
    args = ("--quiet", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules")
    result = run(repo, "fetch", *args, "--", remote)
    if result.status and not _only_tracking(result):
        raise _unreachable(remote, result)


def push(repo: Repository, remote: str, updates: Sequence[Update]) -> None:
    """Push all or nothing. Hooks run. Raises PushRejected, or CannotJudge G017 when it is not even known to have failed.

    When the connection breaks after the remote has done it, it counts as done.
    """
    leases = [f"--force-with-lease={u.ref}:{u.expected}" for u in updates if u.expected is not None]
    args = ("--atomic", "--porcelain", "--no-follow-tags", "--no-progress", *leases)
    result = run(repo, "push", *args, "--", remote, *(f"{u.new}:{u.ref}" for u in updates))
    if result.status == 0:
        return
    said = result.out.decode("utf-8", "replace").splitlines()
    rows = [row.split("\t") for row in said if row.startswith("!\t")]
    reasons = [row[2] for row in rows if len(row) > 2 and "atomic push fail" not in row[2]]
    if not reasons and _landed(repo, remote, updates):
        return
    told = [line.strip() for line in result.err.decode("utf-8", "replace").splitlines()]
    if not rows and any(line.startswith("fatal:") and "atomic" not in line for line in told):
        raise _unreachable(remote, result)
    hints = [line.removeprefix("remote:").strip() for line in told if line.startswith(("remote:", "fatal:", "error:"))]
    passing = any(word in text for word in _PASSING for text in (*reasons, *hints))
    telling = [hint for hint in hints if hint and not hint.startswith(_NOISE)]
    shown = "; ".join(dict.fromkeys([*telling[:3], *reasons]))
    raise PushRejected(remote, shown or "no reason given", passing=passing)


def _landed(repo: Repository, remote: str, updates: Sequence[Update]) -> bool:
    there = tips_of(repo, remote, [update.ref for update in updates])
    return all(there.get(update.ref, "") == update.new for update in updates)


def _is_here(repo: Repository, commit: str) -> bool:
    return run(repo, "cat-file", "-e", f"{commit}^{{commit}}", env={"GIT_NO_LAZY_FETCH": "1"}).status == 0


def _tracked(repo: Repository, remote: str, ref: str) -> str:
    """The refspec for a branch, as a clone configures it: Git fetches tags along only with what it tracks."""
    configured = run(repo, "config", "--get-all", f"remote.{remote}.fetch").out.decode("utf-8", "surrogateescape")
    usual = f"+{_HEADS}*:refs/remotes/{remote}/*"
    return f"+{ref}:refs/remotes/{remote}/{ref.removeprefix(_HEADS)}" if usual in configured.split("\n") else ref


def _only_tracking(result: Result) -> bool:
    """Whether the fetch failed for the lock of a remote-tracking branch only, which another one held."""
    return b"cannot lock ref" in result.err or b"unable to update local ref" in result.err


def _config(repo: Repository, key: str) -> str:
    return run(repo, "config", "--get", key).out.decode("utf-8", "surrogateescape").rstrip("\n")


def _unreachable(remote: str, result: Result) -> CannotJudge:
    said = [line for line in result.err.decode("utf-8", "replace").splitlines() if line.strip()]
    reason = next((line for line in said if line.startswith(("fatal:", "ssh:", "error:"))), said[-1] if said else "")
    return CannotJudge(
        "G017",
        f"{remote} cannot be reached: {reason.partition(': ')[2] or reason or f'exit {result.status}'}",
        help=f"git fetch {remote}" if remote and not remote.startswith("-") else "",
    )
