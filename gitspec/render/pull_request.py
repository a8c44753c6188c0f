"""What landing a pull request does to specs, as Markdown for the summary of a step: inert whatever the texts hold."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from gitspec.commands.pull_request import Judged
from gitspec.commands.pull_request_specs import ChangeTrial, NewerEdit, SpecsTrial, State
from gitspec.domain.diff import CapabilityDiff, PartDiff
from gitspec.render.check import check_data
from gitspec.render.check_items import shortened
from gitspec.render.diff import capabilities_data, line_diff
from gitspec.render.json import finding_data
from gitspec.render.markdown_report import LARGEST, escape, markdown_summary
from gitspec.render.text import clean_line, count

_STATES: dict[State, str] = {
    "complete": "✅ complete: archiving it works",
    "unfinished": "🚧 tasks are open; it folds as far as it goes",
    "waiting": "⏳ complete, and waits for changes that it depends on",
    "refused": "❌ cannot be archived: see the findings",
}
_SIGNS = {"added": "+", "removed": "-"}
_TICKS = re.compile("`+")
_MOST_LINES = 2_000
_MOST_ROWS = 200


def judged_markdown(judged: Judged, *, strict: bool = False) -> str:
    """The findings, then the requirement-level difference of each change, in at most ``LARGEST`` bytes."""
    head = markdown_summary(judged.report, strict=strict, largest=LARGEST // 2)
    parts = [head]
    left = LARGEST - len(head.encode()) - 200
    for number, block in enumerate(blocks := list(_blocks(judged.specs))):
        left -= len(block.encode())
        if left < 0:
            parts.append(f"\n{len(blocks) - number} more sections: the summary is full.\n")
            break
        parts.append(block)
    return "".join(parts)


def _blocks(specs: SpecsTrial) -> Iterator[str]:
    if specs.changes:
        yield "\n## Specs, once this has landed\n"
        yield f"\nTried out after archiving {_first(specs.first)} of the merged tree.\n"
    for trial in specs.changes:
        yield _change(trial)
    if specs.left:
        rows = [f"- {escape(change)}: {escape(shortened(why, 300))}" for change, why in specs.left[:_MOST_ROWS]]
        yield "\n".join(["\nComplete, and left aside because archiving fails:\n", *rows, ""])


def _first(names: Sequence[str]) -> str:
    if not names:
        return "no other change, for none is complete,"
    shown = ", ".join(escape(name) for name in names[:20])
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return f"what else is complete ({shown}{more}),"


def _change(trial: ChangeTrial) -> str:
    lines = [
        f"\n### Change {escape(trial.change)}: {escape(shortened(trial.title, 200))}",
        "",
        _STATES[trial.state],
        "",
    ]
    if trial.newer:
        lines += ["⚠️ Edited in the living specs since this delta was first committed:", ""]
        lines += [_newer(edit) for edit in trial.newer[:_MOST_ROWS]]
        lines += [f"- and {len(trial.newer) - _MOST_ROWS} more"] if len(trial.newer) > _MOST_ROWS else []
        lines.append("")
    changed = list(_difference(trial.capabilities))
    if not changed:
        return "\n".join([*lines, "Changes no living spec.", ""])
    touched = sum(len(capability.requirements) for capability in trial.capabilities)
    shown = changed[:_MOST_LINES]
    if len(changed) > len(shown):
        shown.append(f"@@ {len(changed) - len(shown)} more lines: gitspec diff {clean_line(trial.change)} @@")
    fence = "`" * max(3, 1 + max((len(run) for line in shown for run in _TICKS.findall(line)), default=0))
    lines += [f"<details><summary>{count(touched, 'requirement')}</summary>", "", f"{fence}diff", *shown, fence, ""]
    return "\n".join([*lines, "</details>", ""])


def _newer(edit: NewerEdit) -> str:
    by = f", last by archived change {escape(edit.by)}" if edit.by else ""
    return f"- {escape(edit.name)}: {escape(edit.kind)} ({escape(shortened(', '.join(edit.parts), 300))}){by}"


def _difference(capabilities: Sequence[CapabilityDiff]) -> Iterator[str]:
    for capability in capabilities:
        if capability.parts or capability.was or capability.kind in _SIGNS:
            yield _heading(capability.kind, f"capability {capability.capability}", capability.was)
            yield from _parts(capability.parts)
        for requirement in capability.requirements:
            yield _heading(requirement.kind, f"{capability.capability}/{requirement.id}", requirement.was)
            yield from _parts(requirement.parts)


def _heading(kind: str, name: str, was: str) -> str:
    return f"@@ {kind} {clean_line(name)}{f' (was {clean_line(was)})' if was else ''} @@"


def _parts(parts: Sequence[PartDiff]) -> Iterator[str]:
    for part in parts:
        where = f"scenario {clean_line(part.scenario)}, " if part.scenario else ""
        yield f"  {where}{clean_line(part.part)}:"
        yield from line_diff(part.before, part.after)


def judged_data(judged: Judged, *, strict: bool = False) -> dict[str, Any]:
    """The body of `gitspec ci --json`: that of `gitspec check --json`, and the specs."""
    return {
        **check_data(judged.report, strict=strict),
        "base": judged.base or None,
        "head": judged.head or None,
        "landings": list(judged.landings),
        "archived_first": list(judged.specs.first),
        "left": [{"change": change, "reason": reason} for change, reason in judged.specs.left],
        "changes": [
            {
                "id": trial.change,
                "title": trial.title,
                "state": trial.state,
                "newer": [edit._asdict() | {"parts": list(edit.parts), "by": edit.by or None} for edit in trial.newer],
                "capabilities": capabilities_data(trial.capabilities),
                "findings": [finding_data(f) for f in trial.findings],
            }
            for trial in judged.specs.changes
        ],
    }
