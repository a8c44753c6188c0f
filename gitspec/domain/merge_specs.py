"""Three-way merge of one file of specs as plain data: capabilities, deltas, changes. Decides; writes nothing.

Data are the dicts, lists and texts of a file, so that fields which no model knows survive. Lists of entries merge by
id, lists of words as sets, mappings by key; a text is one piece and so is an edit (`from`, `to`). What one requirement
says stays of one piece, as in the fold: its text changed by one side and the steps of a scenario by the other, or the
digests of what was seen and either of them, is a conflict. So is one requirement or scenario with two new ids, and
entries of a delta about one requirement that two sides have put into different lists.
"""

from gitspec.domain.merge_order import merged_order
from gitspec.domain.merge_pieces import crossed_entries, force_pieces, renamed_items

TYPE_CHECKING = False  # a merge driver starts for every file: typing would double its time
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gitspec.domain.merge_pieces import Forced

ABSENT = None
"""What stands for no value: files hold none."""

ENTRIES = ("requirements", "added", "modified", "removed", "renamed", "moved")


class Plan:
    """What becomes of one value; one of the classes below."""

    __slots__ = ()


class Keep(Plan):
    """It is taken whole from ``side``: `ours`, `theirs`, or `same` when both say the same."""

    __slots__ = ("side",)

    def __init__(self, side: str) -> None:
        self.side = side


class Joined(Plan):
    """A mapping or list whose ``parts`` are merged one by one; ``parts`` are in their order, by key or identity."""

    __slots__ = ("parts",)

    def __init__(self, parts: "dict[Any, Plan]") -> None:
        self.parts = parts


class Clash(Plan):
    """A conflict. ``ours`` and ``theirs`` name the part on each side, None where there is none."""

    __slots__ = ("label", "ours", "theirs")

    def __init__(self, label: str, ours: "Any", theirs: "Any") -> None:
        self.label = label
        self.ours = ours
        self.theirs = theirs


def merge_specs(base: "dict[str, Any]", ours: "dict[str, Any]", theirs: "dict[str, Any]") -> Joined:
    """Merge three versions of a file; an empty dict for a file that was not there."""
    crossed = crossed_entries(base, ours, theirs)

    def entry(key: str, b: "Any", o: "Any", t: "Any") -> "Plan | None":
        if key in ENTRIES and _are_lists(b, o, t):
            below = keyed(b) or {}, keyed(o) or {}, keyed(t) or {}
            return _unless_emptied(_entries(key, *below, crossed.get(key, frozenset())), key, key, o, t)
        if key in crossed and o != t:
            return Clash(key, key if o is not ABSENT else None, key if t is not ABSENT else None)
        return _part(key, key, b, o, t)

    return _mapping(base, ours, theirs, entry)


def clashes(plan: Plan) -> "list[Clash]":
    """All conflicts of a plan, in the order of the file."""
    if isinstance(plan, Joined):
        return [found for part in plan.parts.values() for found in clashes(part)]
    return [plan] if isinstance(plan, Clash) else []


def planned(plan: Plan, ours: "Any", theirs: "Any", prefer: str) -> "Any":
    """The data that a plan comes to, with every conflict decided for the side ``prefer``; ABSENT for nothing."""
    if isinstance(plan, Keep):
        return theirs if plan.side == "theirs" else ours
    if isinstance(plan, Clash):
        return theirs if prefer == "theirs" else ours
    assert isinstance(plan, Joined)
    if isinstance(ours or theirs, dict):
        found = {}
        for key, part in plan.parts.items():
            value = planned(part, ours.get(key), theirs.get(key), prefer)
            if value is not ABSENT:
                found[key] = value
        return found
    mine, other = keyed(ours) or {}, keyed(theirs) or {}
    values = (_planned_item(part, name, mine, other, prefer) for name, part in plan.parts.items())
    return [value for value in values if value is not ABSENT]


def _planned_item(plan: Plan, name: "Any", ours: "dict[Any, Any]", theirs: "dict[Any, Any]", prefer: str) -> "Any":
    if isinstance(plan, Clash):
        return ours.get(plan.ours) if prefer == "ours" else theirs.get(plan.theirs)
    return planned(plan, ours.get(name), theirs.get(name), prefer)


def identity(item: "Any") -> "Any":
    """What makes an item of a list that item, whatever else it says."""
    if not isinstance(item, dict):
        return item if isinstance(item, str) else repr(item)
    if isinstance(item.get("id"), str):
        return item["id"]
    if isinstance(item.get("requirement"), str):
        return f"{item['requirement']} {item.get('part')}"
    return repr(sorted(item.items(), key=repr))


def keyed(value: "Any") -> "dict[Any, Any] | None":
    """The items of a list by identity (nothing for no list yet); None for what is no list of different items."""
    if value is ABSENT or value == "":
        return {}
    if not isinstance(value, list):
        return None
    found = {identity(item): item for item in value}
    return found if len(found) == len(value) else None


def _are_lists(base: "Any", ours: "Any", theirs: "Any") -> bool:
    """Whether a list is to be merged item by item: a side that has taken away all items may have no list any more."""
    values = (base, ours, theirs)
    new = base is ABSENT and (ours is ABSENT or theirs is ABSENT)
    return (
        not new
        and all(value is ABSENT or isinstance(value, list) for value in values)
        and None not in map(keyed, values)
    )


def _mapping(
    base: "dict[str, Any]",
    ours: "dict[str, Any]",
    theirs: "dict[str, Any]",
    merge: "Callable[[str, Any, Any, Any], Plan | None]",
) -> Joined:
    """Merge key by key; ``merge`` decides about one."""
    found: dict[str, Plan] = {}
    for key in dict.fromkeys([*ours, *theirs]):
        plan = merge(key, base.get(key), ours.get(key), theirs.get(key))
        if plan is not None:
            found[key] = plan
    order = merged_order(list(base), list(ours), list(theirs), found)
    return Joined({key: found[key] for key in order})


def _part(name: "Any", label: str, base: "Any", ours: "Any", theirs: "Any") -> "Plan | None":
    """Merge what stands at one place; None when it goes."""
    if ours is theirs is ABSENT:
        return None
    if _are_lists(base, ours, theirs):
        items = keyed(base) or {}, keyed(ours) or {}, keyed(theirs) or {}
        joined = _items(items, lambda k, b, o, t: _part(k, f"{_named(k)} in {label}", b, o, t), label)
        return _unless_emptied(joined, name, label, ours, theirs)
    if ours is ABSENT or theirs is ABSENT:
        return _one_sided(name, label, base, ours, theirs)
    if _is_mapping(ours) and _is_mapping(theirs):
        below = base if _is_mapping(base) else {}
        joined = _mapping(below, ours, theirs, lambda k, b, o, t: _part(k, f"{k} of {label}", b, o, t))
        return _unless_emptied(joined, name, label, ours, theirs)
    return decide(name, label, base, ours, theirs)


def _unless_emptied(joined: Joined, name: "Any", label: str, ours: "Any", theirs: "Any") -> "Plan | None":
    """Nothing at all where the two sides together have taken everything away; a conflict as a whole where one may."""
    parts = joined.parts.values()
    if not parts:
        return Keep("same") if ours == theirs else None
    if any(all(isinstance(part, Clash) and side(part) is None for part in parts) for side in (_of_ours, _of_theirs)):
        return Clash(label, None if ours is ABSENT else name, None if theirs is ABSENT else name)
    return joined


def _of_ours(clash: Clash) -> "Any":
    return clash.ours


def _of_theirs(clash: Clash) -> "Any":
    return clash.theirs


def _is_mapping(value: "Any") -> bool:
    """Whether a value merges key by key; an edit is one piece."""
    return isinstance(value, dict) and not (value and value.keys() <= {"from", "to"})


def decide(name: "Any", label: str, base: "Any", ours: "Any", theirs: "Any") -> Plan:
    """Merge one piece that both sides have."""
    if ours == theirs:
        return Keep("same")
    if theirs == base:
        return Keep("ours")
    return Keep("theirs") if ours == base else Clash(label, name, name)


def _one_sided(name: "Any", label: str, base: "Any", ours: "Any", theirs: "Any") -> "Plan | None":
    """What one side does not have: it is new, it goes, or it goes on one side and was changed on the other."""
    value, side = (theirs, "theirs") if ours is ABSENT else (ours, "ours")
    if base is ABSENT:
        return Keep(side)
    if value == base:
        return None
    return Clash(label, name if side == "ours" else None, name if side == "theirs" else None)


def _items(
    items: "tuple[dict[Any, Any], dict[Any, Any], dict[Any, Any]]",
    merge: "Callable[[Any, Any, Any, Any], Plan | None]",
    label: str,
) -> Joined:
    """Merge a list item by item. An item with a new id is paired with what the other side made of it."""
    base, ours, theirs = items
    found: dict[Any, Plan] = {}
    paired: set[Any] = set()
    ours_now, theirs_now = renamed_items(base, ours), renamed_items(base, theirs)
    for name in base:
        mine, other = ours_now.get(name, name), theirs_now.get(name, name)
        if mine == other or (base[name] == ours.get(name)) or (base[name] == theirs.get(name)):
            continue  # another id on one side only, and the other has left the item alone
        here, there = mine if mine in ours else None, other if other in theirs else None
        found[here if here is not None else there] = Clash(f"{_named(name)} in {label}", here, there)
        paired |= {name, mine, other}
    for name in dict.fromkeys([*ours, *theirs]):
        if name not in paired:
            plan = merge(name, base.get(name), ours.get(name), theirs.get(name))
            if plan is not None:
                found[name] = plan
    order = merged_order(list(base), list(ours), list(theirs), found)
    return Joined({name: found[name] for name in order})


def _entries(
    key: str, base: "dict[Any, Any]", ours: "dict[Any, Any]", theirs: "dict[Any, Any]", crossed: "frozenset[Any]"
) -> Joined:
    """Merge the requirements of a living spec, or one list of a delta's entries about requirements."""

    def merge(name: "Any", b: "Any", o: "Any", t: "Any") -> "Plan | None":
        if name in crossed and o != t:
            return Clash(_named(name), name if o is not ABSENT else None, name if t is not ABSENT else None)
        if _is_mapping(o) and _is_mapping(t):
            return _requirement(_named(name), b if _is_mapping(b) else {}, o, t)
        return _part(name, _named(name), b, o, t)

    return _items((base, ours, theirs), merge, key)


def _requirement(label: str, base: "dict[str, Any]", ours: "dict[str, Any]", theirs: "dict[str, Any]") -> Joined:
    forced = force_pieces(base, ours, theirs)

    def merge(key: str, b: "Any", o: "Any", t: "Any") -> "Plan | None":
        where = f"{key} of {label}"
        if key in forced.keys and o != t:
            return Clash(where, key if o is not ABSENT else None, key if t is not ABSENT else None)
        if key == "scenarios" and forced.scenarios:
            return _scenarios(label, b, o, t, forced)
        return _part(key, where, b, o, t)

    return _mapping(base, ours, theirs, merge)


def _scenarios(label: str, base: "Any", ours: "Any", theirs: "Any", forced: "Forced") -> "Plan | None":
    """Merge scenarios (or edits of scenarios) some of which are in conflict with what else the other side changed."""

    def scenario(below: str) -> "Callable[[Any, Any, Any, Any], Plan | None]":
        def merge(name: "Any", b: "Any", o: "Any", t: "Any") -> "Plan | None":
            where = f"{_named(name)} in {label}"
            if (below, name) not in forced.scenarios or o == t:
                return _part(name, where, b, o, t)
            if below or not _is_mapping(o) or not _is_mapping(t):
                return Clash(where, name if o is not ABSENT else None, name if t is not ABSENT else None)

            def field(k: str, was: "Any", x: "Any", y: "Any") -> "Plan | None":
                if k == "steps" and x != y:
                    return Clash(f"steps of {where}", k if x is not ABSENT else None, k if y is not ABSENT else None)
                return _part(k, f"{k} of {where}", was, x, y)

            return _mapping(b if _is_mapping(b) else {}, o, t, field)

        return merge

    if isinstance(ours, dict) and isinstance(theirs, dict):

        def edits(key: str, b: "Any", o: "Any", t: "Any") -> "Plan | None":
            three = keyed(b), keyed(o), keyed(t)
            if None in three:
                return Clash(
                    f"scenarios of {label}", key if o is not ABSENT else None, key if t is not ABSENT else None
                )
            joined = _items((three[0] or {}, three[1] or {}, three[2] or {}), scenario(key), label)
            return _unless_emptied(joined, key, f"{key} scenarios of {label}", o, t)

        joined = _mapping(base if isinstance(base, dict) else {}, ours, theirs, edits)
        return _unless_emptied(joined, "scenarios", f"scenarios of {label}", ours, theirs)
    three = keyed(base), keyed(ours), keyed(theirs)
    if None in three:
        return Clash(
            f"scenarios of {label}",
            "scenarios" if ours is not ABSENT else None,
            "scenarios" if theirs is not ABSENT else None,
        )
    joined = _items((three[0] or {}, three[1] or {}, three[2] or {}), scenario(""), label)
    return _unless_emptied(joined, "scenarios", f"scenarios of {label}", ours, theirs)


def _named(name: "Any") -> str:
    """A key or an identity in the label of a conflict."""
    return str(name)
