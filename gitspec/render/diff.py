"""Differences of living specs by requirement: as text with a diff of each part by line or by word, and as data for JSON."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gitspec.commands.diff import ChangeDiff
from gitspec.domain.diff import CapabilityDiff, PartDiff, RequirementDiff
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.json import finding_data
from gitspec.render.text import clean_line, clean_lines, findings_text

PartLines = Callable[[str | None, str | None, Paint], Iterator[str]]
"""How a part that differs is shown: ``line_diff`` or ``word_diff``."""

_SIGNS = {"added": "+", "removed": "-", "modified": "~", "renamed": "~", "moved": "~"}


def diff_text(diff: ChangeDiff, paint: Paint = PLAIN) -> list[str]:
    """Each capability and requirement that differs, with its parts; then what keeps the change from being archived."""
    lines = [line for capability in diff.capabilities for line in capability_lines(capability, paint)]
    if not lines and not diff.findings:
        return [f"{diff.record.id} changes no living spec"]
    return lines[:-1] + ([""] if lines and diff.findings else []) + findings_text(diff.findings, paint)


def capability_lines(diff: CapabilityDiff, paint: Paint = PLAIN, show: PartLines | None = None) -> Iterator[str]:
    """A capability that differs, then each requirement, with a blank line behind each."""
    was = f" (was {clean_line(diff.was)})" if diff.was else ""
    yield _signed(diff.kind, f"{clean_line(diff.capability)}{was}", paint)
    yield from part_lines(diff.parts, "  ", paint, show)
    yield ""
    for requirement in diff.requirements:
        yield from _requirement(diff.capability, requirement, paint, show)
        yield ""


def _requirement(capability: str, diff: RequirementDiff, paint: Paint, show: PartLines | None) -> Iterator[str]:
    was = f" (was {clean_line(diff.was)})" if diff.was and not diff.now else ""
    now = f" (now {clean_line(diff.now)})" if diff.now else ""
    name = clean_line(f"{capability}/{diff.id}") + was + now
    yield from _item(diff.kind, name, diff.parts, "  ", paint, show)


def _item(
    kind: str, name: str, parts: Sequence[PartDiff], by: str, paint: Paint, show: PartLines | None
) -> Iterator[str]:
    """A requirement or scenario; of a whole one that comes or goes the title stands in the first line."""
    whole = kind in ("added", "removed")
    title = next((p.after or p.before for p in parts if p.part == "title" and not p.scenario), None) if whole else None
    yield by + _signed(kind, name, paint) + (f": {clean_line(title)}" if title else "")
    rest = [p for p in parts if not (title and p.part == "title" and not p.scenario)]
    yield from part_lines(rest, by + "  ", paint, show)


def _signed(kind: str, text: str, paint: Paint) -> str:
    sign = _SIGNS[kind]
    colour = {"+": paint.good, "-": paint.bad}.get(sign, paint.warn)
    return f"{colour(f'{sign} {kind}')} {paint.strong(text)}"


def part_lines(
    parts: Sequence[PartDiff], by: str, paint: Paint = PLAIN, show: PartLines | None = None
) -> Iterator[str]:
    """The parts that differ, each named, those of a scenario below it."""
    for part in parts:
        if not part.scenario:
            yield f"{by}{paint.faint(clean_line(part.part))}"
            yield from (f"{by}  {line}".rstrip() for line in (show or line_diff)(part.before, part.after, paint))
    for scenario, kind, was, rest in scenarios(parts):
        name = f"scenario {clean_line(scenario)}{f' (was {clean_line(was)})' if was else ''}"
        yield from _item(kind, name, rest, by, paint, show)


def scenarios(parts: Sequence[PartDiff]) -> Iterator[tuple[str, str, str, list[PartDiff]]]:
    """(id, kind, id before if renamed, parts as those of a thing of its own) of each scenario that differs."""
    for scenario in dict.fromkeys(part.scenario for part in parts if part.scenario):
        own = [part._replace(scenario="") for part in parts if part.scenario == scenario]
        ids = next((part for part in own if part.part == "id"), None)
        kind, was = "modified", ""
        if ids is not None:
            kind = "added" if ids.before is None else "removed" if ids.after is None else "renamed"
            was = ids.before if ids.before and ids.after else ""
        yield scenario, kind, was, [part for part in own if part.part != "id"]


def word_diff(before: str | None, after: str | None, paint: Paint = PLAIN) -> Iterator[str]:
    """The lines of two texts in one with the words marked that differ; what comes or goes as a whole as ``line_diff``."""
    if before is None or after is None:
        yield from line_diff(before, after, paint)
        return
    from gitspec.render.word_diff import word_lines

    yield from word_lines(before, after, paint)


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
            "parts": [part_data(part) for part in c.parts],
            "requirements": [_requirement_data(c.capability, r) for r in c.requirements],
        }
        for c in capabilities
    ]


def _requirement_data(capability: str, diff: RequirementDiff) -> dict[str, Any]:
    return {
        "id": f"{capability}/{diff.id}",
        "kind": diff.kind,
        "was": diff.was or None,
        "now": diff.now or None,
        "parts": [part_data(part) for part in diff.parts],
    }


def part_data(part: PartDiff) -> dict[str, Any]:
    """A part that differs, as in `gitspec diff --json`."""
    return {"part": part.part, "scenario": part.scenario or None, "before": part.before, "after": part.after}
