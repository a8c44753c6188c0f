"""Ids: of changes, capabilities, requirements and scenarios, and references built from them.

Rules: ids of changes and each segment of a capability id are lower-case ASCII letters, digits and single hyphens,
start with a letter or digit, and have at most 80 characters. Ids of requirements and scenarios may use letters and
digits of any one script (NFC, single script after UTS #39). Nothing that Git refuses in a ref name or Windows refuses
as a file name is accepted.
"""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import regex

MAX_LENGTH = 80
_ASCII = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_WINDOWS_DEVICES = frozenset(
    ["con", "prn", "aux", "nul"] + [f"com{n}" for n in range(10)] + [f"lpt{n}" for n in range(10)]
)
RESERVED_SCENARIO_IDS = frozenset(["text"])  # the key of the requirement's own text under `seen`


def problem_with_change_id(value: str) -> str | None:
    """Why ``value`` is no id of a change (or segment of a capability id); None when it is one."""
    return _problem(value, unicode=False)


def problem_with_capability_id(value: str) -> str | None:
    """Why ``value`` is no id of a capability: segments, each as a change id, joined by ``/``."""
    if not value:
        return "'' is no id"
    if len(value) > 3 * MAX_LENGTH:
        return f"'{_shown(value[:40])}…' is longer than {3 * MAX_LENGTH} characters"
    for segment in value.split("/"):
        if problem := _problem(segment, unicode=False):
            return f"'{_shown(value)}' has an empty segment" if not segment else problem
    return None


def problem_with_requirement_id(value: str) -> str | None:
    """Why ``value`` is no id of a requirement; letters and digits of any one script are allowed."""
    return _problem(value, unicode=True)


def problem_with_scenario_id(value: str) -> str | None:
    """Why ``value`` is no id of a scenario; as for requirements, and ``text`` is reserved."""
    if value in RESERVED_SCENARIO_IDS:
        return f"'{value}' is reserved for the requirement's own text"
    return _problem(value, unicode=True)


def derived_title(value: str) -> str:
    """The title of what has none: `session-expiry` reads `Session expiry`; of a path the last segment counts."""
    words = value.rpartition("/")[2].replace("-", " ")
    return words[:1].upper() + words[1:]


class RequirementRef(NamedTuple):
    """``<capability>/<requirement>[#<scenario>]``: the last segment before ``#`` is the requirement."""

    capability: str
    requirement: str
    scenario: str | None = None

    def __str__(self) -> str:
        ref = f"{self.capability}/{self.requirement}"
        return ref if self.scenario is None else f"{ref}#{self.scenario}"


def parse_requirement_ref(value: str) -> RequirementRef | str:
    """The reference that ``value`` spells, or, as a str, why it is none."""
    path, mark, scenario = value.partition("#")
    capability, slash, requirement = path.rpartition("/")
    if not slash:
        return f"'{_shown(value)}' names no requirement: write <capability>/<requirement>"
    problem = problem_with_capability_id(capability) or problem_with_requirement_id(requirement)
    if problem is None and mark:
        problem = problem_with_scenario_id(scenario)
    return problem or RequirementRef(capability, requirement, scenario if mark else None)


def _problem(value: str, *, unicode: bool) -> str | None:
    if not value:
        return "'' is no id"
    if len(value) > MAX_LENGTH:
        return f"'{_shown(value[:40])}…' is longer than {MAX_LENGTH} characters"
    if not (set(value) - {"-"} <= _ASCII):
        if not unicode or value.isascii():
            return f"'{_shown(value)}' may hold only lower-case ASCII letters, digits and single hyphens"
        if problem := _problem_with_script(value):
            return problem
    if value.startswith("-") or value.endswith("-") or "--" in value:
        return f"'{_shown(value)}' may hold hyphens only singly, between letters or digits"
    if value in _WINDOWS_DEVICES:
        return f"'{value}' is a device name on Windows"
    return None


def _problem_with_script(value: str) -> str | None:
    import unicodedata

    if unicodedata.normalize("NFC", value) != value:
        return f"'{_shown(value)}' is not in Unicode normal form C"
    if value != value.lower():
        return f"'{_shown(value)}' has upper-case letters"
    import regex  # heavy, and only for ids beyond ASCII

    if regex.search(r"\p{Default_Ignorable_Code_Point}", value) or not regex.fullmatch(r"[\p{L}\p{M}\p{N}-]+", value):
        return f"'{_shown(value)}' may hold only letters, digits and single hyphens"
    if not _one_script(value):
        return f"'{_shown(value)}' mixes letters of more than one script"
    return None


# UTS #39, section 5.1: scripts that are written together count as one.
_TOGETHER = (("Han", "Hiragana", "Katakana"), ("Han", "Hangul"), ("Han", "Bopomofo"))


def _one_script(value: str) -> bool:
    common = _pattern(r"[-\p{Script_Extensions=Common}\p{Script_Extensions=Inherited}]")
    letters = [c for c in value if not common.match(c)]
    if not letters:
        return True
    if all("a" <= c <= "z" for c in letters):
        return True
    for scripts in _TOGETHER:
        pattern = _pattern("|".join(rf"\p{{Script_Extensions={s}}}" for s in scripts))
        if all(pattern.match(c) for c in letters):
            return True
    first = letters[0]
    for name in _scripts_of(first):
        pattern = _pattern(rf"\p{{Script_Extensions={name}}}")
        if all(pattern.match(c) for c in letters):
            return True
    return False


_SCRIPTS = [
    "Latin",
    "Greek",
    "Cyrillic",
    "Armenian",
    "Hebrew",
    "Arabic",
    "Syriac",
    "Thaana",
    "Devanagari",
    "Bengali",
    "Gurmukhi",
    "Gujarati",
    "Oriya",
    "Tamil",
    "Telugu",
    "Kannada",
    "Malayalam",
    "Sinhala",
    "Thai",
    "Lao",
    "Tibetan",
    "Myanmar",
    "Georgian",
    "Hangul",
    "Ethiopic",
    "Khmer",
    "Mongolian",
    "Hiragana",
    "Katakana",
    "Bopomofo",
    "Han",
]


def _scripts_of(char: str) -> list[str]:
    """The recommended scripts (UAX #31, table 5) that ``char`` belongs to; others are not accepted in ids."""
    return [name for name in _SCRIPTS if _pattern(rf"\p{{Script_Extensions={name}}}").match(char)]


@cache
def _pattern(expression: str) -> "regex.Pattern[str]":
    """The compiled expression; looking it up in the library's own cache costs more than matching."""
    import regex

    return regex.compile(expression)


def _shown(value: str) -> str:
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in value)
