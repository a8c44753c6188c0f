"""Use cases of `gitspec delta`: what a change does to requirements, written as differences.

Each reads the change in the work tree, edits one or more of its deltas (``gitspec.domain.edit_delta``) and writes only
what differs. A delta that says nothing any more is removed.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from gitspec.domain.fold_result import ANY_CHANGE
from gitspec.domain.ids import RequirementRef, parse_requirement_ref, problem_with_capability_id
from gitspec.errors import Refused, UsageError
from gitspec.git.repository import Repository
from gitspec.git.snapshot import at_work_tree
from gitspec.store import layout
from gitspec.store.spec import BrokenSpec, ChangeFolder, Spec
from gitspec.store.writing import remove_file, write_file

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability, Requirement
    from gitspec.domain.delta import Delta

EditDelta = Callable[["Delta"], "Delta"]


class Entry(NamedTuple):
    """An entry that a delta has now: operation, capability, requirement, and the parts that it changes."""

    capability: str
    operation: str
    requirement: str
    parts: tuple[str, ...] = ()


class Written(NamedTuple):
    """What a command did to the deltas of a change."""

    change: str
    written: tuple[str, ...]
    removed: tuple[str, ...]
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


class Workshop:
    """A change in the work tree whose deltas are being edited. ``living`` is what the change is folded onto."""

    def __init__(self, repo: Repository, change: str) -> None:
        from gitspec.store.folding import fold_change

        self.repo = repo
        self.spec = Spec(at_work_tree(repo))
        self.spec.require_policy()
        self.folder: ChangeFolder = self.spec.change(change)
        self.change = change
        self._refuse_without_deltas()
        self.deltas: dict[str, Delta] = {d.capability: d for d in self.folder.require_deltas()}
        self._before = dict(self.deltas)
        self.folded = fold_change(self.spec, change)
        self.living: Mapping[str, Capability] = self.folded.before

    def _refuse_without_deltas(self) -> None:
        model = self.folder.change.value
        if model is None:
            raise BrokenSpec(f"{self.folder.path}/change.yaml", self.folder.change.findings)
        if model.no_deltas:
            place = f"{self.folder.path}/change.yaml"
            raise Refused("D026", "the change says `no_deltas: true`", place=place, help="delete that line first")

    def living_capability(self, capability: str) -> "Capability | None":
        """The capability as the change meets it, or None."""
        return self.living.get(capability)

    def edit(self, capability: str, edit: EditDelta) -> None:
        """Let ``edit`` make a new delta of the one for ``capability``."""
        from gitspec.domain.edit_delta import empty_delta

        before = self.deltas.get(capability) or empty_delta(capability, self.living_capability(capability))
        try:
            self.deltas[capability] = edit(before)
        except Refused as error:
            error.help = error.help.replace(ANY_CHANGE, self.change)
            raise

    def relink(self, old: str, new: str) -> tuple[str, ...]:
        """Let living requirements that link to ``old`` link to ``new``; the names of those that needed an entry."""
        from gitspec.domain.edit_delta import relinked

        linkers = self.spec.links_to(old)
        changed = relinked(self.deltas, self.living, linkers, old, new)
        self.deltas.update(changed)
        return tuple(name for name in linkers if name.rpartition("/")[0] in changed)

    def resulting(self, ref: RequirementRef) -> "Requirement | None":
        """The requirement as it is with the change's own edits."""
        found = self.folded.result.capabilities.get(ref.capability, self.living_capability(ref.capability))
        return found.requirement(ref.requirement) if found else None

    def conflicts(self, ref: RequirementRef) -> tuple[str, ...]:
        """What keeps the change's own entry for that requirement from being folded."""
        found = self.folded.result.conflicts
        return tuple(c.message for c in found if (c.capability, c.requirement) == (ref.capability, ref.requirement))

    def write(self, *notes: str) -> Written:
        """Write the deltas that differ, remove those that say nothing."""
        from gitspec.yaml.emit import emit
        from gitspec.yaml.splice import rewrite

        written, removed = [], []
        entries: list[Entry] = []
        for capability in sorted(self.deltas):
            delta = self.deltas[capability]
            path = layout.delta_path(self.folder.path, capability)
            there = self.folder.has("deltas", f"{capability}.yaml")
            if says_nothing(delta):
                if there:
                    remove_file(self.repo, path)
                    removed.append(path)
                continue
            before = self._before.get(capability)
            if delta != before:
                data = rewrite(self.spec.snapshot.read(path), delta, path) if there else emit(delta)
                write_file(self.repo, path, data)
                written.append(path)
                old = dict(entries_of(before)) if before else {}
                entries += [entry for entry, content in entries_of(delta) if old.get(entry) != content]
        return Written(self.change, tuple(written), tuple(removed), tuple(entries), notes)


def add(
    repo: Repository,
    change: str,
    capability: str,
    content: "Callable[[Workshop], Requirement]",
    *,
    after: str | None = None,
    title: str | None = None,
    purpose: str | None = None,
    replace: bool = False,
) -> Written:
    """Add a requirement to a capability, living or new. ``title`` and ``purpose`` are for a new capability.

    One that the change adds already, with other content, gives way with ``replace`` only: else Refused D007.
    """
    from gitspec.domain.edit_delta import with_added

    _check_capability(capability)
    shop = Workshop(repo, change)
    living = shop.living_capability(capability)
    if living is not None:
        _refuse_own_words(capability, title, purpose)
    requirement = content(shop)
    place = after or getattr(requirement, "after", None)
    _check_after(shop, capability, place)
    if not replace:
        _refuse_other_content(shop, capability, requirement)
    words = _words(title, purpose)
    shop.edit(capability, lambda d: with_added(d, living, requirement, after=place).model_copy(update=words))
    return shop.write(*_new_capability(shop, capability))


def _refuse_other_content(shop: Workshop, capability: str, requirement: "Requirement") -> None:
    from gitspec.domain.difference import added_requirement

    mine = shop.deltas.get(capability)
    for there in mine.added if mine else ():
        if there.id == requirement.id and there != added_requirement(requirement, there.after):
            name = f"{capability}/{requirement.id}"
            raise Refused(
                "D007",
                f"{name} is added by this change already, with other content",
                place=layout.delta_path(shop.folder.path, capability),
                help=f"gitspec delta modify {shop.change} {name}, or --replace to put this in its place",
            )


def modify(
    repo: Repository, change: str, name: str, content: "Callable[[Workshop, Requirement], Requirement]"
) -> Written:
    """Make of a requirement what ``content`` gives for it as it is now, and write the difference."""
    from gitspec.domain.edit_delta import base_of, with_modified

    ref = requirement_ref(name)
    shop = Workshop(repo, change)
    _refuse_old_name(shop, ref)
    base = base_of(ref.capability, ref.requirement, shop.living, shop.deltas.values())
    current = shop.resulting(ref) or base
    if current is None:
        raise _no_requirement(shop, ref)
    wanted = content(shop, current)
    notes = tuple(f"was in conflict, and starts anew from what lives: {message}" for message in shop.conflicts(ref))
    shop.edit(ref.capability, lambda delta: with_modified(delta, base, wanted))
    return shop.write(*notes)


def remove(
    repo: Repository,
    change: str,
    name: str,
    *,
    reason: str | None = None,
    migration: str | None = None,
    retire: bool = False,
) -> Written:
    """Remove a requirement; with ``retire`` its capability goes too once nothing is left in it."""
    from gitspec.domain.edit_delta import with_removed, with_retire

    ref = requirement_ref(name)
    shop = Workshop(repo, change)
    living = shop.living_capability(ref.capability)

    def edit(delta: "Delta") -> "Delta":
        edited = with_removed(delta, living, ref.requirement, reason=reason, migration=migration)
        return with_retire(edited, living) if retire and living else edited

    shop.edit(ref.capability, edit)
    linkers = shop.spec.links_to(f"{ref.capability}/{ref.requirement}")
    return shop.write(*(f"{linker} still links to it: gitspec delta modify {change} {linker}" for linker in linkers))


def rename(repo: Repository, change: str, name: str, to: str, *, title: str | None = None) -> Written:
    """Give a requirement another id in its capability; links of other requirements follow."""
    from gitspec.domain.edit_delta import with_renamed

    ref = requirement_ref(name)
    target = requirement_ref(to if "/" in to else f"{ref.capability}/{to}")
    if target.capability != ref.capability:
        help_ = f"gitspec delta move {change} {name} {to}"
        raise Refused("D028", f"{target.capability} is another capability", help=help_)
    shop = Workshop(repo, change)
    living = shop.living_capability(ref.capability)
    shop.edit(ref.capability, lambda d: with_renamed(d, living, ref.requirement, target.requirement, title=title))
    linkers = shop.relink(name, str(target))
    return shop.write(*(f"{linker} links to it, and follows" for linker in linkers))


def rename_capability(repo: Repository, change: str, capability: str, to: str) -> Written:
    """Give a capability another id; links of other requirements follow."""
    from gitspec.domain.edit_delta import with_rename_to

    _check_capability(capability)
    _check_capability(to)
    shop = Workshop(repo, change)
    living = shop.living_capability(capability)
    if living is None:
        shop.spec.capability(capability)  # says which there are
        raise Refused("D009", f"there is no capability {capability}", help="gitspec list --specs")
    if to != capability and to in shop.living:
        raise Refused("D013", f"capability {to} exists already", help="choose another id")
    shop.edit(capability, lambda delta: with_rename_to(delta, to))
    linkers: list[str] = []
    for requirement in living.requirements:
        linkers += shop.relink(f"{capability}/{requirement.id}", f"{to}/{requirement.id}")
    return shop.write(*(f"{linker} links to it, and follows" for linker in dict.fromkeys(linkers)))


def move(
    repo: Repository, change: str, name: str, to: str, *, title: str | None = None, purpose: str | None = None
) -> Written:
    """Move a requirement to another capability: ``to`` is a capability, or the new name; links follow.

    A capability that does not exist needs a ``purpose``: nothing is made by a mistyped id.
    """
    from gitspec.domain.edit_delta import with_moved

    ref = requirement_ref(name)
    shop = Workshop(repo, change)
    if "/" not in to or to in shop.living:
        to = f"{to}/{ref.requirement}"
    target = requirement_ref(to)
    living = shop.living_capability(ref.capability)
    there = shop.living_capability(target.capability)
    if there is not None and there.requirement(target.requirement):
        raise Refused("D008", f"{target} exists already", help=f"gitspec delta move {change} {name} {target}-2")
    if there is not None:
        _refuse_own_words(target.capability, title, purpose)
    elif purpose is None and target.capability not in shop.deltas:
        help_ = f"name one that exists, or say what it is for: --purpose '<what {target.capability} is for>'"
        raise Refused("D009", f"there is no capability {target.capability}", help=help_)
    shop.edit(ref.capability, lambda delta: with_moved(delta, living, ref.requirement, str(target)))
    if purpose or title:
        shop.edit(target.capability, lambda delta: delta.model_copy(update=_words(title, purpose)))
    linkers = shop.relink(name, str(target))
    return shop.write(*_new_capability(shop, target.capability), *(f"{x} links to it, and follows" for x in linkers))


def requirement_ref(name: str) -> RequirementRef:
    """The requirement that ``name`` spells. Raises UsageError I001."""
    ref = parse_requirement_ref(name)
    if isinstance(ref, str):
        raise UsageError("I001", ref, help="write <capability>/<requirement>")
    if ref.scenario is not None:
        raise UsageError("I001", f"'{name}' names a scenario", help=f"{ref.capability}/{ref.requirement}")
    return ref


def says_nothing(delta: "Delta") -> bool:
    """Whether the delta holds no entry and no edit of the capability."""
    empty = type(delta).model_construct(capability=delta.capability)
    return delta == empty


def entries_of(delta: "Delta") -> list[tuple[Entry, object]]:
    """All that a delta says: each entry as data for messages, and what it holds."""
    capability = delta.capability
    entries: list[tuple[Entry, object]] = []
    entries += [(Entry(capability, "renamed", e.id, (f"to {e.to}",)), e) for e in delta.renamed]
    entries += [(Entry(capability, "moved", e.id, (f"to {e.to}",)), e) for e in delta.moved]
    entries += [(Entry(capability, "removed", e.id), e) for e in delta.removed]
    entries += [(Entry(capability, "modified", e.id, tuple(_parts(e))), e) for e in delta.modified]
    entries += [(Entry(capability, "added", e.id), e) for e in delta.added]
    if delta.rename_to:
        entries.append((Entry(capability, "renamed", "", (f"to {delta.rename_to}",)), delta.rename_to))
    if delta.retire:
        entries.append((Entry(capability, "retired", ""), True))
    return entries


def _parts(entry: object) -> list[str]:
    names = ("title", "text", "rationale", "tags", "links", "attributes", "deferred", "notes")
    parts = [name for name in names if getattr(entry, name)]
    scenarios = getattr(entry, "scenarios", None)
    for kind in ("added", "modified", "renamed", "removed"):
        parts += [f"{kind} #{scenario.id}" for scenario in getattr(scenarios, kind, ())]
    return parts


def _check_capability(capability: str) -> None:
    if problem := problem_with_capability_id(capability):
        raise UsageError("I001", problem, help="lower-case letters, digits and single hyphens, segments joined by /")


def _check_after(shop: Workshop, capability: str, after: str | None) -> None:
    if after is None:
        return
    living = shop.living_capability(capability)
    mine = shop.deltas.get(capability)
    known = [r.id for r in living.requirements] if living else []
    known += [e.id for e in mine.added] if mine else []
    if after not in known:
        raise Refused(
            "D024", f"there is no requirement {capability}/{after} to stand behind", help=f"gitspec show {capability}"
        )


def _refuse_old_name(shop: Workshop, ref: RequirementRef) -> None:
    """Refuse a name that the change itself takes away, unless it gives it to another requirement."""
    delta = shop.deltas.get(ref.capability)
    if delta is None or any(e.id == ref.requirement for e in delta.added):
        return
    names = {e.id: f"{ref.capability}/{e.to}" for e in delta.renamed} | {e.id: e.to for e in delta.moved}
    new = names.get(ref.requirement)
    given = {to for d in shop.deltas.values() for to in _names_given(d)}
    if new is not None and str(ref) not in given:
        raise Refused("D022", f"this change names {ref} {new}", help=f"gitspec delta modify {shop.change} {new}")


def _names_given(delta: "Delta") -> list[str]:
    """The names that requirements have by the delta's renames and moves."""
    return [f"{delta.capability}/{e.to}" for e in delta.renamed] + [e.to for e in delta.moved]


def _words(title: str | None, purpose: str | None) -> dict[str, str]:
    return {name: value for name, value in (("title", title), ("purpose", purpose)) if value}


def _refuse_own_words(capability: str, title: str | None, purpose: str | None) -> None:
    """A living capability has a title and a purpose of its own."""
    if title or purpose:
        help_ = "leave --title and --purpose out, or edit the delta: `purpose:` with `from:` and `to:`"
        raise Refused("D028", f"capability {capability} exists and has its own", help=help_)


def _new_capability(shop: Workshop, capability: str) -> tuple[str, ...]:
    """A note when an id may have been mistyped, so that a new capability appears."""
    if capability in shop.living or shop.folder.has("deltas", f"{capability}.yaml"):
        return ()
    from difflib import get_close_matches

    near = get_close_matches(capability, list(shop.living), 1, 0.7)
    return (f"{capability} is a new capability" + (f" (there is {near[0]})" if near else ""),)


def _no_requirement(shop: Workshop, ref: RequirementRef) -> Refused:
    from difflib import get_close_matches

    living = shop.living_capability(ref.capability)
    if living is None:
        shop.spec.capability(ref.capability)  # raises, naming the nearest ids
        near = []
    else:
        near = get_close_matches(ref.requirement, [r.id for r in living.requirements], 3, 0.5)
    listed = ", ".join(f"{ref.capability}/{n}" for n in near)
    help_ = f"did you mean {listed}?" if near else f"gitspec show {ref.capability} names what there is"
    return Refused("D002", f"there is no requirement {ref}", help=help_)
