"""A merge written down: the plan for three versions of a file, onto the lines of ours.

What a side has not touched keeps its bytes; what comes from theirs comes with the lines and comments it has there, at
the indent that it gets here.
"""

from gitspec.domain.merge_specs import Clash, Joined, Keep, identity, planned
from gitspec.domain.merge_style import Style, merged_lead
from gitspec.yaml.outline import Block, Outline, Part

TYPE_CHECKING = False  # a merge driver starts for every file: typing would double its time
if TYPE_CHECKING:
    from typing import Any

    from gitspec.domain.merge_specs import Plan

POISON = "conflict in a merge base"


class Escalated(Exception):
    """A conflict (or a list) that cannot be shown where it is, only as part of what is around it."""


def merged_lines(plan: Joined, base: Outline, ours: Outline, theirs: Outline, style: Style) -> list[str]:
    """The lines of the merged file."""
    rows = _block(plan, base.root, ours.root, theirs.root, style, "")
    return rows + merged_lead(base.tail, ours.tail, theirs.tail)


def _block(plan: Joined, base: Block | None, ours: Block, theirs: Block, style: Style, dash: str) -> list[str]:
    """The lines of a mapping or list; ``dash`` goes before its first entry."""
    below, mine, other = _parts(base), _parts(ours), _parts(theirs)
    shift = ours.col - theirs.col
    rows: list[str] = []
    for name, part in plan.parts.items():
        if isinstance(part, Clash):
            three = below.get(name), mine.get(part.ours), other.get(part.theirs)
        else:
            three = below.get(name), mine.get(name), other.get(name)
        if rows and three[1] is None and three[2] is not None and not three[2].lead:
            rows += _gap(theirs, three[2])
        rows += _part(part, *three, shift, ours.col, style, dash)
        dash = ""
    return rows


def _parts(block: Block | None) -> "dict[Any, Part]":
    if block is None:
        return {}
    return {identity(p.data) if block.is_list else p.name: p for p in block.parts}


def _gap(block: Block, part: Part) -> list[str]:
    """The blank line that stands between the items of a list whose first one now gets a place further down."""
    parts = block.parts
    return [""] if block.is_list and parts[0] is part and len(parts) > 1 and parts[1].lead[:1] == [""] else []


def _part(
    plan: "Plan",
    base: Part | None,
    ours: Part | None,
    theirs: Part | None,
    shift: int,
    col: int,
    style: Style,
    dash: str,
) -> list[str]:
    if isinstance(plan, Joined):  # of a list that a side has taken away with all its items
        ours = ours or _emptied(theirs, shift)
        theirs = theirs or _emptied(ours, -shift)
    leads = [part.lead if part else [] for part in (base, ours, theirs)]
    lead = merged_lead(leads[0], leads[1], _shifted(leads[2], shift)) if ours and theirs else []
    if isinstance(plan, Joined) and ours and theirs:
        try:
            return lead + _joined(plan, base, ours, theirs, style, dash)
        except Escalated:
            name = ours.name if ours.name is not None else identity(ours.data)
            plan = Clash(str(name), name, name)
    if isinstance(plan, Clash):
        return lead + _clash(plan, base, ours, theirs, shift, col, style, dash)
    assert isinstance(plan, Keep)
    by_theirs = plan.side == "theirs" or (plan.side == "same" and base and ours and ours.rows == base.rows)
    if theirs and (by_theirs or not ours):
        own = lead if ours else _shifted(theirs.lead, shift)
        return own + _dashed(_shifted(theirs.rows, shift), dash)
    assert ours is not None
    return (lead if theirs else ours.lead) + _dashed(ours.rows, dash)


def _emptied(part: Part | None, shift: int) -> Part:
    """A list as the side has it that has taken all its items away."""
    assert part is not None
    block = Block([], part.block.col + shift, is_list=True) if part.block else None
    return Part(part.name, _shifted(part.lead, shift), _shifted(part.rows[:1], shift), part.col + shift, block, [])


def _joined(plan: Joined, base: Part | None, ours: Part, theirs: Part, style: Style, dash: str) -> list[str]:
    if ours.block is None or theirs.block is None:
        return _dashed(_words(plan, ours, theirs), dash)
    below = base.block if base else None
    first = next(iter(plan.parts.values()))
    if ours.name is None:
        if isinstance(first, Clash) and (first.ours is None or first.theirs is None) and style.mode == "markers":
            raise Escalated
        return _block(plan, below, ours.block, theirs.block, style, ours.dash)
    return _dashed(ours.rows[:1], dash) + _block(plan, below, ours.block, theirs.block, style, "")


def _words(plan: Joined, ours: Part, theirs: Part) -> list[str]:
    """A list of words that at least one side has in brackets, as ours are written."""
    words = planned(plan, ours.data, theirs.data, "ours")
    if words == ours.data:
        return ours.rows
    if words == theirs.data and ours.block is None:
        return _shifted(theirs.rows, ours.col - theirs.col)
    from gitspec.yaml.scalars import is_plain, quoted

    if not isinstance(words, list) or not all(isinstance(word, str) and "\n" not in word for word in words):
        raise Escalated
    if ours.block is None:
        texts = [word if is_plain(word) and not set(word) & set(",[]{}") else quoted(word) for word in words]
        return [f"{' ' * ours.col}{ours.name}: [{', '.join(texts)}]"]
    mine = {part.data: part for part in ours.block.parts}
    lead = " " * ours.block.col
    rows = ours.rows[:1]
    for word in words:
        part = mine.get(word)
        rows += part.lead + part.rows if part else [f"{lead}- {word if is_plain(word) else quoted(word)}"]
    return rows


def _clash(
    plan: Clash,
    base: Part | None,
    ours: Part | None,
    theirs: Part | None,
    shift: int,
    col: int,
    style: Style,
    dash: str,
) -> list[str]:
    both = ours is not None and theirs is not None
    mine = _dashed(ours.rows, dash) if ours else []
    other = _dashed(_shifted(theirs.rows, shift), dash) if theirs else []
    if not both:
        mine = (ours.lead if ours else []) + mine
        other = (_shifted(theirs.lead, shift) if theirs else []) + other
    if style.mode == "ours":
        return mine
    if style.mode == "theirs":
        return other
    if style.mode == "base":
        one = ours or theirs
        assert one is not None
        return _dashed(_shifted(_poisoned(one), col - one.col), dash)
    was = _dashed(_shifted(base.rows, col - base.col), dash) if base else []
    return style.conflict(plan.label, mine, was, other)


def _poisoned(part: Part) -> list[str]:
    """An entry with values that no side can have, so that whoever decides it differs from the base."""
    block = part.block
    if block is not None and block.is_list:
        return part.rows[:1] + [row for item in block.parts for row in (*item.lead, *_poisoned(item))]
    if part.name is not None:
        return [f"{' ' * part.col}{part.name}: {POISON}"]
    return [*part.rows, f"{' ' * block.col}merge-conflict: {POISON}"] if block else part.rows


def _dashed(rows: list[str], dash: str) -> list[str]:
    return [dash + rows[0][len(dash) :], *rows[1:]] if dash and rows else rows


def _shifted(rows: list[str], shift: int) -> list[str]:
    if not shift:
        return rows
    if shift > 0:
        return [" " * shift + row if row else row for row in rows]
    return [row[-shift:] if row[:-shift].strip(" ") == "" else row for row in rows]
