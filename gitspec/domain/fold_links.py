"""Links at the end of a fold: those that follow a new name, and those that hold up what they point to."""

from collections.abc import Callable, Iterable

from gitspec.domain.capability import LinkType, Requirement
from gitspec.domain.delta import LinksEdit
from gitspec.domain.fold_result import Conflict
from gitspec.domain.fold_state import Folding, Gone, State

LinksTo = Callable[[str], Iterable[str]]
"""The names of living requirements that link to the one named `<capability>/<requirement>`."""


def fold_links(folding: Folding, links_to: LinksTo) -> None:
    """Let links of touched requirements follow; report the links that would be left pointing at nothing."""
    states = {state.final_id: state for state in folding.states.values() if not state.retired}
    gone = {name: gone for name, gone in folding.gone.items() if not _exists(name, states)}
    _refuse_links_to_kept(folding, states, links_to)
    if not gone:
        return
    linkers: dict[str, list[str]] = {}
    for state in states.values():
        _follow(state, gone, linkers)
    for name in gone:
        linkers.setdefault(name, []).extend(_outside(folding, links_to(name)))
    folding.conflicts += [_conflict(gone[name], name, found) for name, found in linkers.items() if found]


def _refuse_links_to_kept(folding: Folding, states: dict[str, State], links_to: LinksTo) -> None:
    """Links to what cannot be removed for another reason, so that both are known at once."""
    for name, kept in folding.kept.items():
        inside = [
            f"{state.final_id}/{requirement.id}"
            for state in states.values()
            for requirement in state.items
            if any(name in targets for targets in requirement.links.values())
        ]
        found = [linker for linker in inside + _outside(folding, links_to(name)) if linker not in folding.kept]
        if found:
            folding.conflicts.append(_conflict(kept, name, found))


def _outside(folding: Folding, linkers: Iterable[str]) -> list[str]:
    """The linkers in capabilities that no delta names."""
    return sorted({linker for linker in linkers if linker.rpartition("/")[0] not in folding.states})


def without_renames(folding: Folding, edit: LinksEdit) -> LinksEdit:
    """The edit without the links that only follow a new name: removed under the old, added under the new one.

    The link follows by itself, for its requirement is touched; if others have removed it since, it stays away.
    """
    pairs = {(kind, old): folding.new_name(old) for kind, targets in edit.removed.items() for old in targets}
    pairs = {(kind, old): new for (kind, old), new in pairs.items() if new and new in edit.added.get(kind, ())}
    if not pairs:
        return edit
    arrived = {(kind, new) for (kind, _), new in pairs.items()}
    removed = {k: tuple(t for t in targets if (k, t) not in pairs) for k, targets in edit.removed.items()}
    added = {k: tuple(t for t in targets if (k, t) not in arrived) for k, targets in edit.added.items()}
    return edit.model_copy(update={"removed": removed, "added": added})


def _exists(name: str, states: dict[str, State]) -> bool:
    capability, _, requirement = name.rpartition("/")
    return capability in states and requirement in states[capability].items


def _follow(state: State, gone: dict[str, Gone], linkers: dict[str, list[str]]) -> None:
    renamed_whole = state.final_id != state.id
    for requirement in list(state.items):
        if not any(target in gone for targets in requirement.links.values() for target in targets):
            continue
        touched = renamed_whole or requirement.id in state.touched
        links: dict[LinkType, tuple[str, ...]] = {}
        for kind, targets in requirement.links.items():
            links[kind] = tuple(dict.fromkeys(_new_name(gone.get(t), t) if touched else t for t in targets))
        for target in sorted({t for targets in links.values() for t in targets if t in gone}):
            linkers.setdefault(target, []).append(f"{state.final_id}/{requirement.id}")
        if links != requirement.links:
            state.items.replace(requirement.id, _linked(requirement, links))


def _linked(requirement: Requirement, links: dict[LinkType, tuple[str, ...]]) -> Requirement:
    return requirement.model_copy(update={"links": links})


def _new_name(gone: Gone | None, name: str) -> str:
    return f"{gone.state.final_id}/{gone.requirement}" if gone and gone.state else name


def _conflict(gone: Gone, name: str, linkers: list[str]) -> Conflict:
    entry = gone.entry
    shown = ", ".join(linkers[:3]) + (f" and {len(linkers) - 3} more" if len(linkers) > 3 else "")
    what = "is to be removed" if gone.state is None else f"is to become {_new_name(gone, name)}"
    verb = "links" if len(linkers) == 1 else "link"
    return entry.conflict(
        "D006",
        f"{name} {what}, and {shown} {verb} to it",
        f"change the link in the same change: `gitspec delta modify {entry.change} {linkers[0]}`",
        part="links",
    )
