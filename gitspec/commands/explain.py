"""What each rule is about, why there is it, and how to mend what it finds: the texts of `gitspec explain` and docs/rules.md.

They stand in Markdown beside this module, one file for each family: `# <family>`, an introduction, and for each code
`## <code>` with what triggers it, then paragraphs that start with `Why:`, `Mend:` and, where the policy has a say beyond
severities, `Configure:`.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from gitspec.domain.finding import Severity
from gitspec.domain.nearest import nearest
from gitspec.domain.rules import RULES
from gitspec.domain.severity import CONFIGURABLE, WARNED
from gitspec.errors import UsageError

FOLDER = Path(__file__).parent / "explanations"
FAMILIES = (
    "references", "history", "archive", "deltas", "specs", "citations", "layout", "documents", "yaml", "machine", "imported", "usage",
)  # fmt: skip
"""The files, in the order in which the families are shown."""
_DIGITS = str.maketrans("OIL", "011")  # how codes are mistyped
_PARTS = ("Why", "Mend", "Configure")


class Explanation(NamedTuple):
    """A rule, explained. Texts are Markdown, each a paragraph on one line; ``configure`` may be empty."""

    code: str
    what: str
    why: str
    mend: str
    configure: str

    @property
    def severity(self) -> Severity:
        """Its severity by default."""
        return RULES[self.code].severity

    @property
    def summary(self) -> str:
        """A line that says what it is about."""
        return RULES[self.code].summary

    @property
    def is_configurable(self) -> bool:
        """Whether `severity` in the policy may change it."""
        return self.code in CONFIGURABLE

    @property
    def is_warned(self) -> bool:
        """Whether `mode: warn` makes it a warning."""
        return self.code in WARNED


class Family(NamedTuple):
    """The rules that one file explains: a heading, an introduction (may be empty), and the rules, per heading."""

    title: str
    introduction: str
    rules: tuple[Explanation, ...]


def explain(codes: Sequence[str]) -> list[Explanation]:
    """The explanations of ``codes``, in any case, in that order. Raises UsageError U000 for one that does not exist."""
    wanted = list(dict.fromkeys(code.strip().upper() for code in codes))
    if unknown := [code for code in wanted if code not in RULES]:
        near = nearest(unknown[0][:1] + unknown[0][1:].translate(_DIGITS), RULES)
        known = f"did you mean {' or '.join(near)}?" if near else "gitspec explain --all lists the rules"
        raise UsageError("U000", f"there is no rule '{unknown[0][:40]}'", help=known)
    texts = {rule.code: rule for rule in explain_all()}
    return [texts[code] for code in wanted]


def explain_all() -> list[Explanation]:
    """The explanations of all rules."""
    return [rule for family in families() for rule in family.rules]


def families() -> list[Family]:
    """All rules, as they are grouped."""
    return [family for name in FAMILIES for family in _families(text_of(name))]


def text_of(name: str) -> str:
    """The text of one of the files."""
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def _families(text: str) -> Iterator[Family]:
    for part in re.split(r"^# ", text, flags=re.MULTILINE)[1:]:
        head, *sections = re.split(r"^## ", part, flags=re.MULTILINE)
        title, _, introduction = head.partition("\n")
        yield Family(title.strip(), _flat(introduction), tuple(_explanation(section) for section in sections))


def _explanation(section: str) -> Explanation:
    code, _, rest = section.partition("\n")
    what, *paragraphs = [_flat(paragraph) for paragraph in rest.strip().split("\n\n")]
    parts = dict.fromkeys(_PARTS, "")
    for paragraph in paragraphs:
        name, _, said = paragraph.partition(": ")
        parts[name] = said
    return Explanation(code.strip(), what, *(parts[name] for name in _PARTS))


def _flat(text: str) -> str:
    return " ".join(text.split())
