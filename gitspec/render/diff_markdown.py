"""Differences of living specs as Markdown: headings, lists and marked words; inert whatever the texts hold."""

from collections.abc import Iterator, Sequence

from gitspec.domain.diff import CapabilityDiff, PartDiff, RequirementDiff
from gitspec.domain.finding import Finding
from gitspec.render.diff import scenarios
from gitspec.render.markdown_report import escape
from gitspec.render.text import clean_lines
from gitspec.render.word_diff import segments

_TAGS = {"-": "del", "+": "ins"}


def markdown(title: str, capabilities: Sequence[CapabilityDiff], findings: Sequence[Finding] = ()) -> list[str]:
    """A page: a heading, each capability with its requirements, and what could not be read."""
    lines = [f"# {escape(title)}", ""]
    for capability in capabilities:
        lines += capability_markdown(capability)
    if not capabilities:
        lines += ["No living spec differs.", ""]
    if findings:
        lines += ["## Left out", ""]
        lines += [f"- {escape(f'{f.place}: {f.code} {f.message}')}" for f in findings]
        lines.append("")
    return lines[:-1]


def capability_markdown(diff: CapabilityDiff, level: int = 2) -> Iterator[str]:
    """A capability under a heading of that level, each requirement one level below."""
    yield f"{'#' * level} {escape(diff.capability)} ({diff.kind}{_was(diff.was)})"
    yield ""
    if diff.parts:
        yield from parts_markdown(diff.parts)
        yield ""
    for requirement in diff.requirements:
        yield f"{'#' * (level + 1)} {_requirement(diff.capability, requirement)}"
        yield ""
        if requirement.parts:
            yield from parts_markdown(requirement.parts)
            yield ""


def _requirement(capability: str, diff: RequirementDiff) -> str:
    now = f", now {escape(diff.now)}" if diff.now else ""
    return f"{escape(f'{capability}/{diff.id}')} ({diff.kind}{now or _was(diff.was)})"


def _was(name: str) -> str:
    return f", was {escape(name)}" if name else ""


def parts_markdown(parts: Sequence[PartDiff], by: str = "") -> Iterator[str]:
    """The parts that differ, as a list; those of a scenario as a list below it."""
    for part in parts:
        if not part.scenario:
            yield f"{by}- **{escape(part.part)}**: {marked(part.before, part.after)}"
    for scenario, kind, was, rest in scenarios(parts):
        yield f"{by}- scenario **{escape(scenario)}** ({kind}{_was(was)})"
        yield from parts_markdown(rest, by + "  ")


def marked(before: str | None, after: str | None) -> str:
    """A part with what goes in ``<del>`` and what comes in ``<ins>``, its lines kept apart."""
    if before is None or after is None:
        sign = "-" if after is None else "+"
        pieces = [(sign, before or after or "")]
    else:
        pieces = [(sign, text) for sign, text in segments(before, after)]
    return "".join(_piece(sign, text) for sign, text in pieces)


def _piece(sign: str, text: str) -> str:
    lines = [_escaped(line) for line in clean_lines(text)]
    tag = _TAGS.get(sign)
    return "<br>".join(f"<{tag}>{line}</{tag}>" if tag and line.strip() else line for line in lines)


def _escaped(line: str) -> str:
    """One line, with the blanks around it, which ``escape`` takes away."""
    inner = escape(line)
    if not inner:
        return " " if line else ""
    return (" " if line[0].isspace() else "") + inner + (" " if line[-1].isspace() else "")
