"""What of a text is not found in what became of it: words, counted, with the mark-up that turns into structure set aside."""

import re
from collections import Counter
from collections.abc import Iterable

from gitspec.domain.capability import steps_text
from gitspec.markdown.openspec import SpecFile
from gitspec.markdown.openspec_lines import heading_of, read_lines
from gitspec.markdown.openspec_steps import KEYWORD_OF

STRUCTURE = frozenset(
    [
        "requirement",
        "requirements",
        "scenario",
        "added",
        "modified",
        "removed",
        "renamed",
        "purpose",
        "specification",
        "from",
        "to",
        "reason",
        "migration",
        "需求",
        "要求",
        "要件",
        "场景",
        "情景",
        "目的",
        "用途",
        "原因",
        "理由",
        "迁移",
        "移行",
        "シナリオ",
        "시나리오",
        "요구사항",
        "szenario",
        "scénario",
        "escenario",
        "cenário",
        "anforderung",
        "exigence",
        "requisito",
    ]
)
NUMBERED_STEP = re.compile(r"^[ \t]*[0-9]+[.)](?=[ \t]+[*_]*(?:" + "|".join(KEYWORD_OF) + r"))", re.IGNORECASE)
LABEL = re.compile(r"[\s>*+-]*(?:FROM|TO|Reason|Migration|原因|理由|迁移|移行)\b", re.IGNORECASE)


def words(texts: Iterable[str]) -> "Counter[str]":
    """The words of the texts; keywords of steps in whatever language are their English ones."""
    found: Counter[str] = Counter()
    for text in texts:
        for word in re.findall(r"\w+", text):
            bare = word.strip("_").casefold()
            if bare:
                found[KEYWORD_OF.get(bare, bare).casefold()] += 1
    return found


def texts_of(spec: SpecFile) -> list[str]:
    """Every text that the file was read into."""
    found: list[str | None] = [spec.title, spec.purpose, spec.notes]
    for entry in spec.entries:
        requirement = entry.requirement
        found += [requirement.title, None if entry.textless else requirement.text, requirement.notes]
        found += [entry.reason, entry.migration, entry.notes]
        for scenario in requirement.scenarios:
            found += [scenario.title, steps_text(scenario.steps), scenario.notes]
    found += [part for renaming in spec.renamings for part in renaming[:2]]
    return [text for text in found if text]


def dropped_words(source: str, spec: SpecFile) -> dict[str, int]:
    """Words of the source that no text of the result has, with how often they are missing."""
    return dict(needed_words(source) - words(texts_of(spec)))


def needed_words(source: str) -> "Counter[str]":
    """The words of a spec or delta that must be somewhere afterwards."""
    needed: Counter[str] = Counter()
    for line in read_lines(source):
        here = words([NUMBERED_STEP.sub("", line.text)])
        if not line.masked and (heading_of(line.text) or LABEL.match(line.text) or "Requirement:" in line.text):
            for word in STRUCTURE & here.keys():
                del here[word]
        needed += here
    return needed


def dropped_lines(source: str, spec: SpecFile) -> list[str]:
    """Lines of prose (no headings, no steps) that are not in the result as they were."""
    there = {line.strip() for text in texts_of(spec) for line in text.split("\n")}
    found = []
    for line in read_lines(source):
        text = line.text.strip()
        mark_up = not line.masked and (heading_of(line.text) or LABEL.match(line.text) or _starts_step(text))
        if text and not mark_up and text not in there and not re.fullmatch(r"[-*_ \t]+", text):
            found.append(text)
    return found


def _starts_step(text: str) -> bool:
    word = re.match(r"(?:(?:[-*+]|\d+[.)])[ \t]+)?[*_]*(\w+)", text)
    return bool(word) and word[1].strip("_").casefold() in KEYWORD_OF
