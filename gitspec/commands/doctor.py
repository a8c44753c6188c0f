"""`gitspec doctor`: what may be wrong with a repository's set-up, and mending it on demand.

Each check only looks; what mends it is a function of its own, called with ``repair`` and only where something was found.
Nothing of the user's is removed, and no lock of other programs.
"""

import os
import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from gitspec.domain.finding import Finding, has_errors
from gitspec.domain.rules import finding
from gitspec.errors import GitspecError
from gitspec.git.journal import folder_of, is_pending, left_over, operation_lock, read_journal, shown
from gitspec.git.removing import remove_folder
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.snapshot import at_commit, open_snapshot
from gitspec.store.cache import Cache
from gitspec.store.layout import POLICY
from gitspec.store.spec import Spec

NEEDED_GIT = (2, 38)
_LONG = 600
_REPAIR = "gitspec doctor --repair"

State = Literal["ok", "problem", "repaired"]


class Checked(NamedTuple):
    """One check: what it found (after the repair, if there was one), and what the repair did."""

    name: str
    findings: tuple[Finding, ...]
    repaired: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        """How it ended."""
        return "problem" if self.findings else "repaired" if self.repaired else "ok"


class Diagnosis(NamedTuple):
    """All checks, in the order in which they were made."""

    checks: tuple[Checked, ...]

    @property
    def is_healthy(self) -> bool:
        """Whether there is no error; warnings may be left."""
        return not any(has_errors(check.findings) for check in self.checks)

    @property
    def can_be_repaired(self) -> bool:
        """Whether a finding names the repair as its way out."""
        return any(_REPAIR in f.help for check in self.checks for f in check.findings)


def diagnose(repo: Repository, *, repair: bool = False) -> Diagnosis:
    """Check a repository that was discovered without recovering. Never raises for what a check cannot do: that is a
    finding of it."""
    return Diagnosis(tuple(_checked(repo, name, look, mend, repair) for name, look, mend in _CHECKS))


Look = Callable[[Repository], list[Finding]]
Mend = Callable[[Repository], list[str]]


def _checked(repo: Repository, name: str, look: Look, mend: Mend | None, repair: bool) -> Checked:
    found = _looked(repo, look)
    if not (found and repair and mend) or not any(_REPAIR in f.help for f in found):
        return Checked(name, tuple(found))
    try:
        done = mend(repo)
    except GitspecError as error:
        return Checked(name, (*(f for f in found if _REPAIR not in f.help), _of_error(error)))
    return Checked(name, tuple(_looked(repo, look)), tuple(done))


def _looked(repo: Repository, look: Look) -> list[Finding]:
    try:
        return look(repo)
    except GitspecError as error:
        return [_of_error(error)]


def _of_error(error: GitspecError) -> Finding:
    return Finding(error.code, "error", error.message, error.place, help=error.help)


# -- the git program


def _git_version(repo: Repository) -> list[Finding]:
    said = git(repo, "version").decode("utf-8", "replace").strip()
    numbers = re.search(r"(\d+)\.(\d+)", said)
    if numbers and (int(numbers[1]), int(numbers[2])) >= NEEDED_GIT:
        return []
    needed = ".".join(map(str, NEEDED_GIT))
    return [finding("G054", f"{said} is older than {needed}, which gitspec needs", help="install a newer Git")]


# -- an operation that was interrupted


def _operation(repo: Repository) -> list[Finding]:
    if is_pending(repo):
        return _pending(repo)
    message = "what an operation left, and nobody needs"
    return [finding("G051", message, shown(repo, path), help=_REPAIR) for path in left_over(repo)]


def _pending(repo: Repository) -> list[Finding]:
    place = shown(repo, f"{folder_of(repo)}/journal.json")
    try:
        with operation_lock(repo, 0):
            journal = read_journal(repo)
    except GitspecError as error:
        if error.code != "G011":
            raise
        busy = finding("G011", "another gitspec command is writing to this repository right now", place)
        return [busy._replace(severity="info")]
    if journal is None:
        return []
    message = f"a {journal.what} of '{journal.change}' onto {journal.ref} was interrupted"
    return [finding("G050", message, place, help=f"{_REPAIR} finishes or undoes it, and so does any other command")]


def _finish_operation(repo: Repository) -> list[str]:
    from gitspec.git.recovery import recover

    said = recover(repo)
    lines = [said] if said else []
    if left_over(repo):
        with operation_lock(repo, 0):
            for path in [] if is_pending(repo) else left_over(repo):
                remove_folder(path)
                lines.append(f"removed {shown(repo, path)}")
    return lines


# -- locks of Git


def _locks(repo: Repository) -> list[Finding]:
    import time

    found = []
    for name in ("index.lock", "HEAD.lock", "config.lock", "packed-refs.lock"):
        for folder in dict.fromkeys((repo.git_dir, repo.common_dir)):
            path = f"{folder}/{name}"
            try:
                age = time.time() - os.lstat(path).st_mtime
            except OSError:
                continue
            if age > _LONG:
                message = f"a lock has been there for {int(age // 60)} minutes; a git command may have been killed"
                found.append(
                    finding("G055", message, shown(repo, path), help=f"if no git command runs any more: rm '{path}'")
                )
    return found


# -- the policy


def _policy(repo: Repository) -> list[Finding]:
    spec = Spec(open_snapshot(repo))
    if not spec.has_policy:
        message = "the project has no policy, so gitspec judges nothing"
        return [finding("L010", message, POLICY, help="gitspec init")]
    return list(spec.policy().findings)


# -- hooks


def _hooks(repo: Repository) -> list[Finding]:
    from gitspec.commands.hooks import status
    from gitspec.git.hooks import hooks_folder

    if repo.is_bare:
        return []
    hooks_folder(repo)  # raises when it leads out of the repository
    problems = status(repo).problems
    return [finding(s.code, s.problem, s.path, help=_hook_help(s.help)) for s in problems]


def _hook_help(help_: str) -> str:
    return f"{help_}, or {_REPAIR}"


def _install_hooks(repo: Repository) -> list[str]:
    from gitspec.commands.hooks import install

    return [f"installed {script.hook} in {script.path}" for script in install(repo).scripts]


# -- settings of this clone


def _settings(repo: Repository) -> list[Finding]:
    from gitspec.commands.init_git import ATTRIBUTES, lacking

    missing = lacking(repo)
    if not missing:
        return []
    message = f"{ATTRIBUTES} names drivers that this clone does not have: {', '.join(missing)}"
    return [finding("G053", message, help=f"gitspec hooks install, or {_REPAIR}")]


def _set_settings(repo: Repository) -> list[str]:
    from gitspec.commands.init_git import configure

    return [f"set {key} in this clone's Git configuration" for key in configure(repo)]


# -- caches


def _caches(repo: Repository) -> list[Finding]:
    """One finding for each reason: after an update of gitspec all files are of another version."""
    paths: dict[str, list[str]] = {}
    for path, why in Cache(repo).unusable().items():
        paths.setdefault(why, []).append(path)
    found = []
    for why, those in paths.items():
        more = f" (and {len(those) - 1} more)" if len(those) > 1 else ""
        message = f"a cache file that {why}, and is not read{more}"
        found.append(finding("G051", message, shown(repo, those[0]), help=_REPAIR))
    return found


def _drop_caches(repo: Repository) -> list[str]:
    lines = []
    for path in Cache(repo).unusable():
        try:
            os.unlink(path)  # noqa: PTH108
        except OSError as error:
            lines.append(f"could not remove {shown(repo, path)}: {error.strerror}")
        else:
            lines.append(f"removed {shown(repo, path)}")
    return lines


# -- archive tags


def _tags(repo: Repository) -> list[Finding]:
    from gitspec.git.objects import Objects
    from gitspec.store.records import records_of

    if Objects(repo).find("HEAD") is None:
        return []
    spec = Spec(at_commit(repo, "HEAD"))
    listed = git(repo, "for-each-ref", "--format=%(refname)", "refs/tags/archive/")
    there = set(os.fsdecode(listed).splitlines())
    lacking = [a for a in spec.archived() if f"refs/tags/archive/{a.day}-{a.id}" not in there]
    records = records_of(spec, [spec.archived_change(a) for a in lacking])
    missing = [
        f"archive/{a.day}-{a.id}"
        for a, record in zip(lacking, records, strict=True)
        if record.change and not record.change.closed and not record.change.imported
    ]
    if not missing:
        return []
    shown = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
    message = f"{len(missing)} archived changes have no tag here: {shown}"
    if len(missing) == 1:
        message = f"1 archived change has no tag here: {shown}"
    return [finding("G052", message, help=f"git fetch --tags, or {_REPAIR} (as gitspec tags --restore)")]


def _restore_tags(repo: Repository) -> list[str]:
    from gitspec.commands.tags import restore_tags

    return [f"made the tag archive/{name}" for name in restore_tags(repo, None, Cache(repo)).restored]


_CHECKS: tuple[tuple[str, Look, Mend | None], ...] = (
    ("git", _git_version, None),
    ("operation", _operation, _finish_operation),
    ("locks", _locks, None),
    ("policy", _policy, None),
    ("hooks", _hooks, _install_hooks),
    ("settings", _settings, _set_settings),
    ("caches", _caches, _drop_caches),
    ("tags", _tags, _restore_tags),
)
