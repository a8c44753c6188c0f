"""Seen, living and yours beside one another."""

import pytest

from gitspec.render.sides import side_by_side
from gitspec.render.text import width


def test_three_columns_line_up_also_with_wide_characters() -> None:
    shown = side_by_side("会話は三十分で切れる\nzwei", "会話は二十分で切れる", "x", 90)
    assert [word.strip() for word in shown[0].split("│")] == ["seen", "living", "yours"]
    bars = [[width(line[:at]) for at, char in enumerate(line) if char == "│"] for line in shown]
    assert bars == [bars[0]] * len(shown)


@pytest.mark.parametrize("columns", [1, 40, 84, 85, 100, 300])
def test_nothing_of_a_text_is_left_out_whatever_the_width(columns: int) -> None:
    words = [f"word{n}" for n in range(60)] + ["x" * 200]
    shown = side_by_side(" ".join(words), None, "y", columns)
    first = "".join(line.strip().split("│")[0].strip() + " " for line in shown)
    assert "".join(words) in first.replace(" ", "")
    assert columns < 85 or all(width(line) <= columns for line in shown)


def test_on_a_narrow_terminal_they_stand_below_one_another() -> None:
    assert side_by_side("a", None, "b", 40, by="") == ["seen:", "  a", "living:", "  (nothing)", "yours:", "  b"]


def test_what_could_steer_a_terminal_is_dropped() -> None:
    shown = "\n".join(side_by_side("\x1b[31mred", "\u202eleft", "\x07", 120))
    assert not set(shown) & {"\x1b", "\u202e", "\x07"}
