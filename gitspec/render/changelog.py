"""Release notes as text, as Markdown and as data for JSON."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gitspec.commands.changelog import Changelog, Released
from gitspec.domain.diff import CapabilityDiff
from gitspec.domain.version_bump import Level, Reason
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.compare import between, sides_data
from gitspec.render.diff import capabilities_data
from gitspec.render.json import finding_data
from gitspec.render.markdown_report import escape
from gitspec.render.text import clean_line, count, findings_text
from gitspec.store.release_facts import Effect

_SECTIONS: tuple[tuple[str, tuple[Level, ...]], ...] = (
    ("Breaking", ("major",)),
    ("Added", ("minor",)),
    ("Other changes", ("patch", "none")),
)
_MOST_REASONS = 20
Clean = Callable[[str], str]


def changelog_text(notes: Changelog, paint: Paint = PLAIN) -> list[str]:
    """What the release asks for and why, then the changes, breaking ones first."""
    lines = [f"{between(notes.sides)}: {count(len(notes.changes), 'change')} archived", f"version: {_advice(notes)}"]
    lines += [f"  {clean_line(f'{r.name} {r.what}')}" for r in _told(notes.bump.reasons)]
    lines += _more(notes.bump.reasons)
    for title, some in _sections(notes):
        lines += ["", paint.strong(title)]
        for one in some:
            lines += _change(one, paint)
    if notes.others:
        lines += ["", paint.strong("By no change")]
        lines += [f"  {line}" for line in _others(notes.others, clean_line)]
    if notes.findings:
        lines += ["", *findings_text(notes.findings, paint)]
    return lines


def _advice(notes: Changelog) -> str:
    level = notes.bump.level
    if level == "none":
        return "nothing differs"
    return f"{clean_line(notes.next_version)} ({level})" if notes.next_version else level


def _told(reasons: Sequence[Reason]) -> Sequence[Reason]:
    return reasons[:_MOST_REASONS]


def _more(reasons: Sequence[Reason]) -> list[str]:
    return [f"  and {len(reasons) - _MOST_REASONS} more"] if len(reasons) > _MOST_REASONS else []


def _sections(notes: Changelog) -> Iterator[tuple[str, Sequence[Released]]]:
    for title, levels in _SECTIONS:
        if some := [one for one in notes.changes if one.level in levels]:
            yield title, some
    for title, others in (("Given up", notes.closed), ("Taken back", notes.taken_back), ("Imported", notes.imported)):
        if others:
            yield title, others


def _change(one: Released, paint: Paint) -> Iterator[str]:
    facts = one.facts
    yield f"  {paint.strong(clean_line(facts.id))}: {clean_line(_title(one))} ({clean_line(_about(one))})"
    if facts.closed:
        yield f"    {clean_line(facts.closed)}{_instead(one, clean_line)}"
        return
    for effect in facts.effects:
        yield f"    {_effect(effect, clean_line)}"
        if effect.migration:
            yield f"      migration: {clean_line(effect.migration)}"


def _title(one: Released) -> str:
    return one.facts.title or "its change.yaml cannot be read"


def _about(one: Released) -> str:
    return ", ".join(word for word in (one.facts.kind, one.facts.day) if word)


def _instead(one: Released, safe: Clean) -> str:
    return f" (superseded by {safe(one.facts.superseded_by)})" if one.facts.superseded_by else ""


def _effect(effect: Effect, safe: Clean) -> str:
    was = f" (was {safe(effect.was)})" if effect.was else ""
    parts = f": {safe(', '.join(effect.parts))}" if effect.parts and effect.kind == "modified" else ""
    reason = f": {safe(effect.reason)}" if effect.reason else ""
    return f"{effect.kind} {safe(effect.name)}{was}{parts}{reason}"


def _others(capabilities: Sequence[CapabilityDiff], safe: Clean) -> Iterator[str]:
    for capability in capabilities:
        if capability.parts or not capability.requirements:
            yield f"{capability.kind} {safe(capability.capability)}"
        for requirement in capability.requirements:
            was = f" (was {safe(requirement.was)})" if requirement.was else ""
            yield f"{requirement.kind} {safe(f'{capability.capability}/{requirement.id}')}{was}"


def changelog_markdown(notes: Changelog) -> list[str]:
    """A page of release notes; inert whatever the texts hold."""
    name = notes.next_version or f"{notes.sides.from_name}..{notes.sides.to_name}"
    lines = [f"# {escape(name)}", "", f"Suggested version: {escape(_advice(notes))}", ""]
    lines += [f"- {escape(f'{r.name} {r.what}')}" for r in _told(notes.bump.reasons)]
    lines += [f"- {line.strip()}" for line in _more(notes.bump.reasons)]
    if notes.bump.reasons:
        lines.append("")
    for title, some in _sections(notes):
        lines += [f"## {title}", ""]
        for one in some:
            lines += _change_markdown(one)
        lines.append("")
    if notes.others:
        lines += ["## By no change", "", *(f"- {line}" for line in _others(notes.others, escape)), ""]
    if notes.findings:
        lines += ["## Not read", "", *(f"- {escape(f'{f.place}: {f.code} {f.message}')}" for f in notes.findings), ""]
    return lines[:-1] if not lines[-1] else lines


def _change_markdown(one: Released) -> Iterator[str]:
    facts = one.facts
    yield f"- **{escape(_title(one))}** ({escape(', '.join(part for part in (facts.id, _about(one)) if part))})"
    if facts.closed:
        yield f"  - {escape(facts.closed)}{_instead(one, escape)}"
        return
    for effect in facts.effects:
        yield f"  - {_effect(effect, escape)}"
        if effect.migration:
            yield f"    - migration: {escape(effect.migration)}"


def changelog_data(notes: Changelog) -> dict[str, Any]:
    """The body of `gitspec changelog --json`."""
    return {
        **sides_data(notes.sides),
        "bump": {"level": notes.bump.level, "reasons": [reason._asdict() for reason in notes.bump.reasons]},
        "next_version": notes.next_version,
        "changes": [_change_data(one) for one in notes.changes],
        "closed": [_change_data(one) for one in notes.closed],
        "taken_back": [_change_data(one) for one in notes.taken_back],
        "imported": [_change_data(one) for one in notes.imported],
        "others": capabilities_data(notes.others),
        "findings": [finding_data(f) for f in notes.findings],
        "cut_off": list(notes.cut_off),
    }


def _change_data(one: Released) -> dict[str, Any]:
    facts = one.facts
    return {
        "id": facts.id,
        "path": facts.folder,
        "date": facts.day,
        "title": facts.title or None,
        "kind": facts.kind or None,
        "commit": one.commit or None,
        "level": one.level,
        "closed": facts.closed or None,
        "superseded_by": facts.superseded_by or None,
        "effects": [
            {
                "kind": effect.kind,
                "id": effect.name,
                "was": effect.was or None,
                "level": effect.level,
                "parts": list(effect.parts),
                "reason": effect.reason or None,
                "migration": effect.migration or None,
            }
            for effect in facts.effects
        ],
    }
