"""`gitspec overlap`: which active changes, wherever they are, touch the same, and how they fold one after the other."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.commands.overlap_judge import Desk, Judge, alike_versions
from gitspec.commands.overlap_report import Overlap, Shown, State, Versions
from gitspec.errors import UsageError
from gitspec.git.run import git
from gitspec.git.snapshot import at_tree, open_snapshot
from gitspec.store.branches import Branch, TreeReader, branches, former_trees, is_shallow, landing_base
from gitspec.store.spec import Spec
from gitspec.store.versions import WORK_TREE, Contents, Place, Version, places_of, versions_of, work_tree_files

if TYPE_CHECKING:
    from gitspec.git.repository import Repository
    from gitspec.store.cache import Cache


class Options(NamedTuple):
    """``onto`` a revision instead of the default branch, only pairs with ``change``, with remote-tracking branches."""

    onto: str | None = None
    change: str | None = None
    remote: bool = True


def overlap(repo: "Repository", options: Options, cache: "Cache | None") -> Overlap:
    """Look at all branches and the work tree. Raises UsageError L011 when ``options.change`` is active nowhere,
    CannotJudge G005 when ``options.onto`` names no commit, G006 when objects are missing."""
    from gitspec.domain.gc_paused import gc_paused

    with gc_paused():
        return _Look(repo, options, cache).result()


class _Look:
    """One run: what was read, and the spec that everything is folded onto."""

    def __init__(self, repo: "Repository", options: Options, cache: "Cache | None") -> None:
        self.repo = repo
        self.options = options
        self.cache = cache
        self.base = landing_base(repo, options.onto, remote=options.remote)
        self.branches = branches(repo, remote=options.remote)
        self.reader = TreeReader(repo, cache)
        self.contents = Contents(self.reader.objects)
        self.spec = (
            Spec(at_tree(repo, self.base.commit, self.reader.objects), cache)
            if self.base
            else Spec(open_snapshot(repo), cache)
        )

    def result(self) -> Overlap:
        versions = self._versions()
        states = self._states(versions)
        changes = self._changes(versions, states)
        if self.options.change is not None and not any(c.id == self.options.change for c in changes):
            raise _unknown(self.options.change, [c.id for c in changes])
        judge = Judge(Desk(self.spec, self.contents, self.reader.objects, self.cache), alike_versions(changes))
        pairs, groups = judge.pairs_and_groups(_leads(changes), self.options.change)
        judge.save()
        self.reader.objects.close()
        return Overlap(self.base, len(self.branches), is_shallow(self.repo), changes, pairs, groups)

    def _versions(self) -> list[Version]:
        landed = self.spec.archived_ids
        folders = self.reader.folders(self.branches, {a.folder.rpartition("/")[2]: "" for a in self.spec.archived()})
        where = places_of(self.branches, folders, landed)
        here = {} if self.repo.is_bare else work_tree_files(Spec(open_snapshot(self.repo), self.cache), self.contents)
        for place in here:
            if place[0] not in landed:
                where.setdefault(place, []).insert(0, Place(WORK_TREE))
        self.reader.save()
        return versions_of(where, here, self.reader, self.contents, self.cache)

    def _states(self, versions: Sequence[Version]) -> dict[tuple[str, str], State]:
        """By tree and change. Old copies are looked for only where the base has the change in another version."""
        by_change: dict[str, list[Version]] = {}
        for version in versions:
            by_change.setdefault(version.change, []).append(version)
        here = set(self.spec.change_ids()) if self.base else set()
        several = sorted(change for change, those in by_change.items() if len(those) > 1 and change in here)
        former = former_trees(self.repo, self.base, several) if self.base else {}
        current = {change: self.spec.change(change).tree() for change in several}
        states: dict[tuple[str, str], State] = {}
        for version in versions:
            old = version.tree in former.get(version.change, ()) and version.tree != current.get(version.change)
            states[version.tree, version.change] = (
                "outdated" if old else "broken" if version.broken else "closed" if version.is_closed else "active"
            )
        return states

    def _changes(self, versions: Sequence[Version], states: Mapping[tuple[str, str], State]) -> tuple[Versions, ...]:
        by_change: dict[str, list[Version]] = {}
        for version in versions:
            by_change.setdefault(version.change, []).append(version)
        dates = _dates(self.repo, self.branches, [v for those in by_change.values() if len(those) > 1 for v in those])
        found = []
        for change, those in sorted(by_change.items()):
            those.sort(key=lambda v: self._rank(v, states[v.tree, v.change], dates))
            lead = those[0]
            shown = tuple(Shown(v, states[v.tree, v.change], _differing(lead.files, v.files)) for v in those)
            found.append(Versions(change, lead.title, shown))
        return tuple(found)

    def _rank(self, version: Version, state: State, dates: Mapping[str, int]) -> tuple[bool, bool, bool, int, str]:
        """Leading is what can be folded; of that what only the work tree has, then what the base has not, then the newest."""
        refs = [place.ref for place in version.places]
        on_base = self.base is not None and self.base.ref in refs
        return state != "active", refs != [WORK_TREE], on_base, -max(dates.get(r, 0) for r in refs), version.tree


def _dates(repo: "Repository", found: Sequence[Branch], versions: Sequence[Version]) -> dict[str, int]:
    """The committer's date of the tips of the branches that hold these versions, by ref."""
    refs = {place.ref for version in versions for place in version.places}
    tips = {b.ref: b.commit for b in found if b.ref in refs}
    if not tips:
        return {}
    asked = "".join(f"{commit}\n" for commit in dict.fromkeys(tips.values())).encode()
    rows = git(repo, "log", "--no-walk=unsorted", "--format=%H %ct", "--stdin", input=asked).decode().split()
    dates = dict(zip(rows[0::2], map(int, rows[1::2]), strict=True))
    return {ref: dates[commit] for ref, commit in tips.items()}


def _differing(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(path for path in {*one, *other} if one.get(path) != other.get(path)))


def _leads(changes: Sequence[Versions]) -> dict[str, str]:
    """The tree of the leading version of each change."""
    return {change.id: change.versions[0].version.tree for change in changes}


def _unknown(change: str, known: Sequence[str]) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(change, known, 3, 0.5)
    help_ = f"did you mean {', '.join(near)}?" if near else "'gitspec overlap' shows what there is"
    return UsageError("L011", f"no branch has an active change '{change}'", help=help_)
