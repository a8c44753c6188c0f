"""proposal.md: a title, and sections under headings of level two, of which some are required and not empty."""

from collections.abc import Sequence
from typing import NamedTuple

from gitspec.domain import rules
from gitspec.domain.finding import Finding
from gitspec.markdown.source import SourceLine, heading, read_source

REQUIRED = ("Why", "What Changes")


class Proposal(NamedTuple):
    """``sections`` maps each heading of level two to its text, without comments and the blank lines around it."""

    title: str
    sections: dict[str, str]
    findings: tuple[Finding, ...]


class _Section(NamedTuple):
    name: str
    line: int
    lines: list[SourceLine]

    @property
    def text(self) -> str:
        return "\n".join(line.text.rstrip() for line in self.lines if not line.comment).strip("\n")

    @property
    def empty(self) -> bool:
        """Whether there is nothing but comments, further headings, rules and the marks of empty lists."""
        return all(
            line.comment or line.blank or (not line.inert and (heading(line.text) or not line.text.strip(" \t-*_+>.…")))
            for line in self.lines
        )


def read_proposal(data: bytes, path: str, required: Sequence[str] = ()) -> Proposal:
    """Title and sections, with findings at line and column; never raises.

    ``required``: headings that the policy asks for beyond ``REQUIRED``.
    """
    source = read_source(data, path, "P")
    findings = list(source.findings)
    if not source.lines and findings:
        return Proposal("", {}, tuple(findings))
    title, sections = _split(source.lines)
    wanted = list(dict.fromkeys([*REQUIRED, *required]))
    findings += _judged(source.lines, sections, wanted, path)
    texts: dict[str, str] = {}
    for section in sections:
        texts.setdefault(section.name, section.text)
    return Proposal(title, texts, tuple(sorted(findings, key=lambda f: (f.line, f.col))))


def _split(lines: Sequence[SourceLine]) -> tuple[str, list[_Section]]:
    title = ""
    sections: list[_Section] = []
    for line in lines:
        found = None if line.inert else heading(line.text)
        if found and found[0] == 1 and not sections and not title:
            title = found[1]
        elif found and found[0] <= 2:
            sections.append(_Section(found[1] if found[0] == 2 else "", line.number, []))
        elif sections:
            sections[-1].lines.append(line)
    return title, [section for section in sections if section.name]


def _judged(
    lines: Sequence[SourceLine], sections: Sequence[_Section], wanted: Sequence[str], path: str
) -> list[Finding]:
    findings = []
    first: dict[str, int] = {}
    for section in sections:
        if section.name in wanted and section.empty:
            help_ = f"say below '## {section.name}' what the change needs its readers to know; comments do not count"
            findings.append(rules.finding("P011", f"section '{section.name}' is empty", path, section.line, 1, help_))
        if section.name in first:
            message = f"section '{section.name}' stands on line {first[section.name]} already"
            findings.append(rules.finding("P012", message, path, section.line, 1, "join the two"))
        first.setdefault(section.name, section.line)
    missing = [name for name in wanted if name not in first]
    for name in missing:
        near = _meant_as(name, lines)
        if near:
            message = f"looks like the heading '## {name}' and is not"
            findings.append(rules.finding("P013", message, path, near.number, 1, f"## {name}"))
        else:
            findings.append(
                rules.finding("P010", f"section '{name}' is missing", path, 0, 0, f"add a heading: ## {name}")
            )
    return findings


def _meant_as(name: str, lines: Sequence[SourceLine]) -> SourceLine | None:
    """The line that was meant as the heading: other case or level, no space, bold, a colon, a typing error."""
    from difflib import get_close_matches

    plain = name.casefold()
    for line in lines:
        if line.inert or line.blank or len(line.text) > len(name) + 20:
            continue
        bare = line.text.strip().strip("#*_: \t").casefold()
        marked = line.text.lstrip()[:1] in ("#", "*", "_")
        if marked and (bare == plain or get_close_matches(bare, [plain], 1, 0.8)):
            return line
    return None
