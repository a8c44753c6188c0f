"""Differences of living specs as one page of HTML: no script, nothing loaded, everything escaped."""

from collections.abc import Iterator, Sequence
from html import escape as escaped

from gitspec.domain.diff import CapabilityDiff, PartDiff
from gitspec.domain.finding import Finding
from gitspec.render.content_policy import source_digest
from gitspec.render.diff import scenarios
from gitspec.render.text import clean, clean_line, count
from gitspec.render.word_diff import segments

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --bad: #ffd7d5; --good: #ccf2d3; }
@media (prefers-color-scheme: dark) { :root { --bad: #67160e; --good: #0f4a21; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
section { border-top: 1px solid var(--line); margin-top: 1.5rem; }
h2, h3 { margin: 1rem 0 .25rem; } h3 { font-size: 1rem; }
.kind { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem; font-size: .8rem; font-weight: normal; }
dl { margin: .25rem 0 .75rem 1rem; } dt { font-weight: 600; } dd { margin: 0 0 .5rem 1rem; }
.text { white-space: pre-wrap; } dd dl { margin-left: 0; }
del { background: var(--bad); color: inherit; } ins { background: var(--good); color: inherit; text-decoration: none; }
ins { border-bottom: 1px solid; }
@media print { del { background: none; } ins { background: none; } }
"""
_POLICY = f"default-src 'none'; style-src {source_digest(_STYLE)}; base-uri 'none'; form-action 'none'"


def html(title: str, capabilities: Sequence[CapabilityDiff], findings: Sequence[Finding] = ()) -> list[str]:
    """The lines of the page."""
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_line(title)}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        "<main>",
        f"<h1>{_line(title)}</h1>",
        f"<p>{_line(_summary(capabilities))}</p>",
    ]
    for capability in capabilities:
        lines += _capability(capability)
    if findings:
        lines += ["<section>", "<h2>Left out</h2>", "<ul>"]
        lines += [f"<li>{_line(f'{f.place}: {f.code} {f.message}')}</li>" for f in findings]
        lines += ["</ul>", "</section>"]
    return [*lines, "</main>", "</body>", "</html>"]


def _summary(capabilities: Sequence[CapabilityDiff]) -> str:
    kinds: dict[str, int] = {}
    for capability in capabilities:
        for requirement in capability.requirements:
            kinds[requirement.kind] = kinds.get(requirement.kind, 0) + 1
    if not capabilities:
        return "No living spec differs."
    told = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
    differ = f"{count(len(capabilities), 'capability')} that {'differs' if len(capabilities) == 1 else 'differ'}"
    return f"{differ}. Requirements: {told or 'none'}."


def _capability(diff: CapabilityDiff) -> Iterator[str]:
    yield "<section>"
    yield f"<h2>{_line(diff.capability)} {_kind(diff.kind, diff.was)}</h2>"
    yield from _parts(diff.parts)
    for requirement in diff.requirements:
        name = f"{diff.capability}/{requirement.id}"
        yield f"<h3>{_line(name)} {_kind(requirement.kind, requirement.was)}</h3>"
        yield from _parts(requirement.parts)
    yield "</section>"


def _kind(kind: str, was: str) -> str:
    return f'<span class="kind">{_line(kind)}{f", was {_line(was)}" if was else ""}</span>'


def _parts(parts: Sequence[PartDiff]) -> Iterator[str]:
    if not parts:
        return
    yield "<dl>"
    for part in parts:
        if not part.scenario:
            yield f"<dt>{_line(part.part)}</dt>"
            yield f'<dd class="text">{_marked(part.before, part.after)}</dd>'
    for scenario, kind, was, rest in scenarios(parts):
        yield f"<dt>scenario {_line(scenario)} {_kind(kind, was)}</dt>"
        yield "<dd>"
        yield from _parts(rest)
        yield "</dd>"
    yield "</dl>"


def _marked(before: str | None, after: str | None) -> str:
    if before is None or after is None:
        tag = "del" if after is None else "ins"
        return f"<{tag}>{escaped(clean(before or after or ''))}</{tag}>"
    tags = {"-": "del", "+": "ins"}
    pieces = ((tags.get(sign), escaped(text)) for sign, text in segments(before, after))
    return "".join(f"<{tag}>{text}</{tag}>" if tag else text for tag, text in pieces)


def _line(text: str) -> str:
    return escaped(clean_line(text))
