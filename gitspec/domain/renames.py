"""Which capability or requirement is which between two states of the living specs."""

from collections.abc import Mapping

from gitspec.domain.capability import Capability
from gitspec.domain.names_between import Step, capability_before, names_after, names_before
from gitspec.domain.same_content import requirements_of, same_capabilities, same_requirements


def renames(before: Mapping[str, Capability], after: Mapping[str, Capability], step: Step) -> dict[str, str]:
    """Names before by names after, of capabilities and requirements, as ``diff`` takes them: only those that differ.

    Archived changes say what became what, and what was removed; what they leave open is told by content. Only
    capabilities that differ need be given.
    """
    names = _capabilities(before, after, step)
    old, new = requirements_of(before), requirements_of(after)
    was_called, is_called = names_before(new, step), names_after(old, step)
    explicit: dict[str, str] = {}
    for name, was in was_called.items():
        if was is not None and was != name and was in old and is_called[was] == name:
            explicit[name] = was
    told = set(explicit.values())
    carried = {}
    for name in new:
        home, _, requirement = name.rpartition("/")
        named = f"{names[home]}/{requirement}" if home in names else ""
        if named in old and named not in told and is_called[named] is not None:
            carried[name] = named
    known = carried | explicit
    taken = set(known.values())
    come = {n: r for n, r in new.items() if n not in known and (n not in old or n in taken)}
    gone = {n: r for n, r in old.items() if n not in taken and (n not in new or n in known)}
    gone = {n: r for n, r in gone.items() if is_called[n] is not None} if come else {}
    come = {n: r for n, r in come.items() if was_called[n] is not None} if gone else {}
    alike = same_requirements(gone, come)
    return names | known | alike


def _capabilities(before: Mapping[str, Capability], after: Mapping[str, Capability], step: Step) -> dict[str, str]:
    names: dict[str, str] = {}
    for capability in after:
        was = capability_before(capability, step)
        if was is not None and was != capability and was in before and was not in names.values():
            names[capability] = was
    come = {c: model for c, model in after.items() if c not in names and c not in before}
    gone = {c: model for c, model in before.items() if c not in names.values() and c not in after}
    return names | same_capabilities(gone, come)
