"""What history knows of an active change's entries: where each comes from, and whether what it says was ever true."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from gitspec.domain.names_since import follow, follow_capability, follow_latest
from gitspec.domain.provenance import Claim, Doubt, doubt, fits, owner_of
from gitspec.domain.rebase_notes import Lineage, Origin, Stale
from gitspec.errors import Refused
from gitspec.git.run import git
from gitspec.store.lived import Lived, Version

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability, Requirement
    from gitspec.domain.names_since import Archive
    from gitspec.store.spec import ChangeFolder


class Unfounded(Refused):
    """An entry whose `from` or `seen` no living spec bears out."""

    def __init__(self, found: Doubt, name: str, capability: str, message: str, help: str) -> None:  # noqa: A002
        super().__init__(found.code, message, help=help)
        self.name = name
        self.capability = capability
        self.part = found.part


class Origins:
    """Finds the origins of a change's entries. ``living``: what the change folds onto now."""

    def __init__(self, lived: Lived, folder: "ChangeFolder", living: "Mapping[str, Capability]") -> None:
        self._lived = lived
        self._folder = folder
        self._living = living

    def lineage(self) -> Lineage:
        """For a rebase. Raises Unfounded (D035, D036, D037) for entries that say what never lived; CannotJudge G016."""
        return Lineage(self._entry, self._capability, self._name)

    def version(self, name: str, claim: Claim) -> Version:
        """The newest version of a requirement that a claim fits. Raises Unfounded, and CannotJudge G016."""
        now = self._requirement(name)
        if now is not None and fits(claim, now):
            return Version("", now)
        found = self._lived.find(name, claim)
        found = found or next((v for v in self._of_dependencies(name) if fits(claim, v.requirement)), None)
        if found is None:
            raise self._unfounded(name, claim)
        return found

    def _requirement(self, name: str) -> "Requirement | None":
        capability, _, requirement = name.rpartition("/")
        found = self._living.get(capability)
        return found.requirement(requirement) if found else None

    def _entry(self, capability: str, name: str, entry: Stale) -> Origin:
        if isinstance(entry, Claim) and entry.seen is not None:
            version = self.version(name, entry)
            if not version.commit:
                return Origin(name, version.requirement)
            return Origin(follow(name, self._lived.archives_since(version.commit)).name, version.requirement)
        if self._requirement(name) is not None and not self._is_reused(capability, name):
            return Origin(name)
        return Origin(follow_latest(name, self._lived.archives()).name)

    def _is_reused(self, capability: str, name: str) -> bool:
        """Whether what is called so now came after the delta: the name had been given up in between."""
        commit = self._lived.brought_in(f"{self._folder.path}/deltas/{capability}.yaml")
        if commit is None:
            return False
        return follow(name, self._lived.archives_since(commit)).name != name

    def _capability(self, capability: str) -> str | None:
        if capability in self._living:
            return capability
        return _latest_capability(capability, self._lived.archives())

    def _name(self, name: str) -> str:
        if self._requirement(name) is not None:
            return name
        return follow_latest(name, self._lived.archives()).name or name

    def _of_dependencies(self, name: str) -> Iterator[Version]:
        """What the change met of what it depends on, at the commits that wrote its deltas."""
        from gitspec.git.snapshot import at_commit
        from gitspec.store.folding import Watched, living_before
        from gitspec.store.spec import Spec

        change = self._folder.change.value
        if change is None or not change.depends_on or not self._lived.tips:
            return
        repo = self._lived.repo
        listed = git(repo, "rev-list", *self._lived.tips, "--", f"{self._folder.path}/deltas").decode().split()
        for commit in listed:
            spec = Spec(at_commit(repo, commit))
            if change.change not in spec.change_ids():
                continue
            try:
                living = living_before(spec, change.change, Watched(spec))
                found = living.get(name.rpartition("/")[0])
            except Refused:  # files that were broken then
                continue
            requirement = found.requirement(name.rpartition("/")[2]) if found else None
            if requirement is not None:
                yield Version(commit, requirement)

    def _unfounded(self, name: str, claim: Claim) -> Unfounded:
        versions = [v.requirement for v in (*self._lived.versions(name), *self._of_dependencies(name))]
        now = self._requirement(name)
        found = doubt(claim, [*versions, now] if now else versions)
        assert found is not None
        return unfounded(found, self._folder.id, name, self._all_requirements())

    def _all_requirements(self) -> "dict[str, Requirement]":
        return {f"{c}/{r.id}": r for c, capability in self._living.items() for r in capability.requirements}


def unfounded(found: Doubt, change: str, name: str, others: "Mapping[str, Requirement]") -> Unfounded:
    """The error about a claim that no version bears out, in words."""
    help_ = f"gitspec delta modify {change} {name}"
    capability = name.rpartition("/")[0]
    if found.code == "D035":
        message = f"`from` of {found.part.lstrip('#')} of {name} {found.why}"
        return Unfounded(found, name, capability, message, f"start anew from what lives: {help_}")
    if found.code == "D036":
        owner = owner_of(found.digest, {n: r for n, r in others.items() if n != name})
        copied = f": it is that of {owner}" if owner else ""
        message = f"what `seen` says of {found.part.lstrip('#')} of {name} {found.why}{copied}"
        stamp = f"delete `seen` and `from` of the entry and type `gitspec delta stamp {change}`"
        return Unfounded(found, name, capability, message, stamp)
    message = f"what `seen` says of {name} {found.why}"
    return Unfounded(found, name, capability, message, f"start anew from what lives: {help_}")


def _latest_capability(capability: str, archives: "Sequence[Archive]") -> str | None:
    """Follow the id of a capability that does not live, from the last archived change that gave it up."""
    for at in range(len(archives) - 1, -1, -1):
        followed = follow_capability(capability, archives[at:])
        if followed.name != capability:
            return followed.name
    return capability
