"""docs/rules.md: a section for each rule, generated from the texts of `gitspec explain`, and the check that it is current.

python -m gitspec.render.rules_page           # write docs/rules.md
python -m gitspec.render.rules_page --check   # exit 1 when it is not what would be written
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import wrap

from gitspec.commands.explain import Explanation, Family, families, text_of
from gitspec.render.explain import configuring

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
_WIDTH = 120
_NOTE = "<!-- generated from gitspec/commands/explanations by python -m gitspec.render.rules_page -->"


def rules_page() -> str:
    """The whole page, with a final line break."""
    parts = [_NOTE, "", text_of("preface").rstrip("\n")]
    for family in families():
        parts += ["", *_family(family)]
    return "\n".join(parts) + "\n"


def _family(family: Family) -> Iterator[str]:
    yield f"## {family.title}"
    if family.introduction:
        yield from ("", *_wrapped(family.introduction))
    for rule in family.rules:
        yield from ("", *_rule(rule))


def _rule(rule: Explanation) -> Iterator[str]:
    yield from (f"### {rule.code}", "", f"{rule.severity}: **{rule.summary}**", "", *_wrapped(rule.what))
    parts = (("Why", rule.why), ("Mend", rule.mend), ("Policy", configuring(rule)))
    for name, text in parts:
        if text:
            yield from ("", *_wrapped(f"*{name}:* {text}"))


def _wrapped(text: str) -> list[str]:
    return wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def main(args: Sequence[str], path: Path = PAGE) -> int:
    """Write, or with ``--check`` compare."""
    if args not in ([], ["--check"]):
        sys.stderr.write("usage: python -m gitspec.render.rules_page [--check]\n")
        return 2
    page = rules_page().encode()
    if not args:
        path.write_bytes(page)
        return 0
    if path.is_file() and path.read_bytes() == page:
        return 0
    sys.stderr.write("docs/rules.md: not what the rules say\nhelp: python -m gitspec.render.rules_page\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
