"""What a name on the command line means: a capability, a requirement, a scenario, a change, an archived change."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from gitspec.domain.ids import RequirementRef, parse_requirement_ref
from gitspec.errors import UsageError
from gitspec.git.snapshot import WorkTree
from gitspec.store.spec import Archived, Spec

Kind = Literal["capability", "requirement", "scenario", "change", "archived"]
KINDS: tuple[Kind, ...] = ("capability", "requirement", "scenario", "change", "archived")


class Named(NamedTuple):
    """One thing that a name means. ``id`` names it for good; ``path`` is its file or folder."""

    kind: Kind
    id: str
    path: str
    ref: RequirementRef | None = None
    archived: Archived | None = None


def find_one(spec: Spec, name: str, kinds: Sequence[Kind] = KINDS) -> Named:
    """The one thing of ``kinds`` that ``name`` means.

    Raises UsageError: L011 (with the nearest names) when there is none, L013 (with the choices) when there are several.
    """
    found = list(find_all(spec, name, kinds))
    if not found:
        raise _unknown(spec, name, kinds)
    if len(found) > 1:
        raise _ambiguous(name, found)
    return found[0]


def find_all(spec: Spec, name: str, kinds: Sequence[Kind] = KINDS) -> Iterator[Named]:
    """All that ``name`` may mean; a requirement's bare id counts only when the name means nothing else."""
    anything = False
    for found in (*_whole(spec, name), *_requirement(spec, name)):
        if found.kind in kinds:
            anything = True
            yield found
    if not anything:
        yield from (found for found in _bare_requirement(spec, name) if found.kind in kinds)


def unknown_scenario(spec: Spec, name: str) -> UsageError:
    """The error L011 for ``<capability>/<requirement>#<scenario>`` of which only the requirement lives."""
    from gitspec.store.citable import outlines

    requirement = name.partition("#")[0]
    capability = requirement.rpartition("/")[0]
    lives = next((one for one in outlines(spec, [capability])[capability] or () if one.name == requirement), None)
    return no_scenario(name, [id_ for id_, _ in lives.scenarios] if lives else [])


def no_scenario(name: str, known: Sequence[str]) -> UsageError:
    """The error L011 for a scenario that is none of those ``known`` of its requirement."""
    from gitspec.domain.nearest import nearest

    requirement, _, scenario = name.partition("#")
    near = " or ".join(f"{requirement}#{one}" for one in nearest(scenario, known))
    help_ = f"did you mean {near}?" if near else f"it has {', '.join(known) or 'none'}"
    return UsageError("L011", f"{requirement} has no scenario '{scenario}'", help=help_)


def _whole(spec: Spec, name: str) -> Iterator[Named]:
    if path := spec.capability_paths([name]).get(name):
        yield Named("capability", name, path)
    if name in spec.change_ids():
        yield Named("change", name, spec.change(name).path)
    for archived in spec.archived():
        if name in (archived.id, f"{archived.day}-{archived.id}"):
            yield Named("archived", f"{archived.day}-{archived.id}", archived.folder, archived=archived)


def _requirement(spec: Spec, name: str) -> Iterator[Named]:
    ref = parse_requirement_ref(name) if "/" in name else ""
    if isinstance(ref, RequirementRef):
        path = spec.capability_paths([ref.capability]).get(ref.capability)
        if path and ref.requirement in _requirement_ids(spec, ref.capability):
            yield Named("scenario" if ref.scenario else "requirement", name, path, ref)


def _requirement_ids(spec: Spec, capability: str) -> Sequence[str]:
    from gitspec.store.facts import facts_of_capabilities

    return facts_of_capabilities(spec, [capability])[capability].requirement_ids


def _bare_requirement(spec: Spec, name: str) -> Iterator[Named]:
    requirement, mark, scenario = name.partition("#")
    if "/" in name or not requirement:
        return
    from gitspec.store.facts import facts_of_capabilities

    for capability, facts in facts_of_capabilities(spec).items():
        if requirement in facts.requirement_ids:
            ref = RequirementRef(capability, requirement, scenario if mark else None)
            yield Named("scenario" if mark else "requirement", str(ref), facts.path, ref)


def _unknown(spec: Spec, name: str, kinds: Sequence[Kind]) -> UsageError:
    from difflib import get_close_matches

    from gitspec.store.documents import capability_document

    if "change" in kinds and name in spec.archived_ids:
        spec.change(name)  # says that it is archived
    capability, _, requirement = name.partition("#")[0].rpartition("/")
    if capability and "requirement" in kinds and spec.capability_paths([capability]):
        capability_document(spec, capability).require(f"gitspec validate {capability}")
        near = get_close_matches(requirement, _requirement_ids(spec, capability), 3)
        hint = " or ".join(f"{capability}/{one}" for one in near)
        message, listed = f"there is no requirement '{name}'", f"gitspec show {capability} shows what there is"
    else:
        known = [*spec.capability_ids(), *spec.change_ids()]
        known += [archived.id for archived in spec.archived()] if "archived" in kinds else []
        hint = " or ".join(get_close_matches(name, known, 3))
        message, listed = f"there is nothing called '{name}'", "gitspec list, or gitspec list --specs"
    if not isinstance(spec.snapshot, WorkTree):
        message += f" at {spec.snapshot.name[:12]}"  # it may be in the work tree, and not committed
    return UsageError("L011", message, help=f"did you mean {hint}?" if hint else listed)


def _ambiguous(name: str, found: Sequence[Named]) -> UsageError:
    if len({one.kind for one in found}) == len(found):
        choices = [f"--type {one.kind} {name}" for one in found]
    else:
        choices = [one.id for one in found]
    shown = [*choices[:10], *(["…"] if len(choices) > 10 else [])]
    meant = ", ".join(f"{one.kind} {one.id}" for one in found[:10])
    return UsageError("L013", f"'{name}' may mean {meant}", help=f"write {' or '.join(shown)}")
