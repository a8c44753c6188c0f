"""What a change does to the living specs, as text with a line diff of each part, and as data for JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from gitspec.commands.diff import ChangeDiff
from gitspec.domain.diff import CapabilityDiff, PartDiff, RequirementDiff
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.json import finding_data
from gitspec.render.text import clean_line, clean_lines, findings_text

_SIGNS = {"added": "+", "removed": "-", "modified": "~", "renamed": "~", "moved": "~"}


def diff_text(diff: ChangeDiff, paint: Paint = PLAIN) -> list[str]:
    """Each capability and requirement that differs, with its parts; then what keeps the change from being archived."""
    lines = [line for capability in diff.capabilities for line in _capability(capability, paint)]
    if not lines and not diff.findings:
        return [f"{diff.record.id} changes no living spec"]
    return lines[:-1] + ([""] if lines and diff.findings else []) + findings_text(diff.findings, paint)


def _capability(diff: CapabilityDiff, paint: Paint) -> Iterator[str]:
    was = f" (was {clean_line(diff.was)})" if diff.was else ""
    yield _signed(diff.kind, f"{clean_line(diff.capability)}{was}", paint)
    yield from _parts(diff.parts, "  ", paint)
    yield ""
    for requirement in diff.requirements:
        yield from _requirement(diff.capability, requirement, paint)
        yield ""


def _requirement(capability: str, diff: RequirementDiff, paint: Paint) -> Iterator[str]:
    was = f" (was {clean_line(diff.was)})" if diff.was else ""
    name = clean_line(f"{capability}/{diff.id}") + was
    yield from _item(diff.kind, name, diff.parts, "  ", paint)


def _item(kind: str, name: str, parts: Sequence[PartDiff], by: str, paint: Paint) -> Iterator[str]:
    """A requirement or scenario; of a whole one that comes or goes the title stands in the first line."""
    whole = kind in ("added", "removed")
    title = next((p.after or p.before for p in parts if p.part == "title" and not p.scenario), None) if whole else None
    yield by + _signed(kind, name, paint) + (f": {clean_line(title)}" if title else "")
    yield from _parts([p for p in parts if not (title and p.part == "title" and not p.scenario)], by + "  ", paint)


def _signed(kind: str, text: str, paint: Paint) -> str:
    sign = _SIGNS[kind]
    colour = {"+": paint.good, "-": paint.bad}.get(sign, paint.warn)
    return f"{colour(f'{sign} {kind}')} {paint.strong(text)}"


def _parts(parts: Sequence[PartDiff], by: str, paint: Paint) -> Iterator[str]:
    for part in parts:
        if not part.scenario:
            yield f"{by}{paint.faint(clean_line(part.part))}"
            yield from (f"{by}  {line}" for line in line_diff(part.before, part.after, paint))
    for scenario in dict.fromkeys(part.scenario for part in parts if part.scenario):
        own = [part._replace(scenario="") for part in parts if part.scenario == scenario]
        ids = next((part for part in own if part.part == "id"), None)
        kind, was = "modified", ""
        if ids is not None:
            kind = "added" if ids.before is None else "removed" if ids.after is None else "renamed"
            was = f" (was {clean_line(ids.before)})" if ids.before and ids.after else ""
        rest = [part for part in own if part.part != "id"]
        yield from _item(kind, f"scenario {clean_line(scenario)}{was}", rest, by, paint)


def line_diff(before: str | None, after: str | None, paint: Paint = PLAIN) -> Iterator[str]:
    """The lines of two texts: ``- `` only before, ``+ `` only after, two spaces in both."""
    old = clean_lines(before) if before is not None else []
    new = clean_lines(after) if after is not None else []
    from difflib import SequenceMatcher

    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield from (f"  {line}".rstrip() for line in old[i:j])
        else:
            yield from (paint.bad(f"- {line}".rstrip()) for line in old[i:j])
            yield from (paint.good(f"+ {line}".rstrip()) for line in new[k:m])


def diff_data(diff: ChangeDiff) -> dict[str, Any]:
    """The body of `gitspec diff --json`."""
    return {
        "id": diff.record.id,
        "path": diff.record.path,
        "capabilities": capabilities_data(diff.capabilities),
        "findings": [finding_data(f) for f in diff.findings],
    }


def capabilities_data(capabilities: Sequence[CapabilityDiff]) -> list[dict[str, Any]]:
    """Capabilities that differ, as in `gitspec diff --json`."""
    return [
        {
            "capability": c.capability,
            "kind": c.kind,
            "was": c.was or None,
            "parts": [_part_data(part) for part in c.parts],
            "requirements": [_requirement_data(c.capability, r) for r in c.requirements],
        }
        for c in capabilities
    ]


def _requirement_data(capability: str, diff: RequirementDiff) -> dict[str, Any]:
    return {
        "id": f"{capability}/{diff.id}",
        "kind": diff.kind,
        "was": diff.was or None,
        "parts": [_part_data(part) for part in diff.parts],
    }


def _part_data(part: PartDiff) -> dict[str, Any]:
    return {"part": part.part, "scenario": part.scenario or None, "before": part.before, "after": part.after}
