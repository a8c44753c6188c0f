"""The quick reader of outlines takes nothing for what the strict reader would not."""

import random
from typing import Any

import pytest

from gitspec.yaml.outline import Part, read_outline
from gitspec.yaml.outline_nodes import outline_of
from tests.merge.files import DELTA, LIVING

TOKENS = [
    "- ", "  ", " #", "#", ": ", ":", '"', "'", "[", "]", "|", ">", "? ", "! ", "&a ", "*a", "\t", "%", "---", "...",
    "{", "}", ",", "~", "\u00a0", "é", "@", "`", "|-", "[]", "[a, b]", "[a,]", '""', "\\", "<<: x", "\u2028", "\r",
]  # fmt: skip


def flat(part: Part) -> Any:
    """Everything that a part holds."""
    below = [flat(p) for p in part.block.parts] if part.block else None
    return part.name, part.lead, part.rows, part.col, part.dash, part.data, below


def mutated(text: str, chance: random.Random) -> str:
    """A text with some of its lines damaged."""
    lines = text.split("\n")
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        line, place = lines[at], chance.randint(0, len(lines[at]))
        lines[at] = chance.choice(
            [
                " " * chance.randint(0, 6) + line.lstrip(),
                line[:place] + chance.choice(TOKENS) + line[place:],
                line[:place],
                chance.choice(TOKENS),
                f"{line}\n{chance.choice(lines)}",
            ]
        )
    return "\n".join(lines)


def compare(text: str) -> bool:
    """Whether the quick reader takes a text; then it must be as the strict reader has it."""
    quick = read_outline(text)
    if quick is None:
        return False
    strict = outline_of(text.encode(), "x")
    assert strict is not None, text
    assert [flat(p) for p in quick.root.parts] == [flat(p) for p in strict.root.parts], text
    assert quick.tail == strict.tail, text
    return True


def test_damaged_files_are_read_alike_or_left_to_the_strict_reader() -> None:
    chance = random.Random(11)
    taken = [compare(mutated(chance.choice([LIVING, DELTA]), chance)) for _ in range(1_500)]
    assert 100 < sum(taken) < 1_400


@pytest.mark.campaign
def test_many_damaged_files_are_read_alike_or_left_to_the_strict_reader() -> None:
    chance = random.Random()
    for _ in range(60_000):
        compare(mutated(chance.choice([LIVING, DELTA]), chance))


@pytest.mark.parametrize(
    "text",
    [
        "a: |\n  text\n # c\n", "a: |\n\n  text\n", "a: b\n  c\n", "a:\n", "- a\n", "a: b\na: c\n", "a: *x\n", "a: 'it''s'\n",
        "a: |2\n   x\n", "a: >\n  x\n", "a: {b: c}\n", "a:\n  - - b\n", "a:\n  -\n    b: c\n", "a: b: c\n", '"a": b\n',
        "a: |\n  x\n   \n  y\n",
    ],
)  # fmt: skip
def test_what_is_unusual_is_left_to_the_strict_reader(text: str) -> None:
    assert read_outline(text) is None
