"""What must stay of one piece when two sides have edited a file of specs, on plain data."""

TYPE_CHECKING = False  # a merge driver starts for every file: typing would double its time
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_DELTA_LISTS = ("renamed", "moved", "removed", "modified", "added")


class Forced:
    """Parts of a requirement that are in conflict although only one side changed each of them.

    ``keys``: fields; ``scenarios``: (list of a delta's scenario edits or '', id).
    """

    __slots__ = ("keys", "scenarios")

    def __init__(self, keys: "set[str]", scenarios: "set[tuple[str, str]]") -> None:
        self.keys = keys
        self.scenarios = scenarios


def force_pieces(base: "dict[str, Any]", ours: "dict[str, Any]", theirs: "dict[str, Any]") -> Forced:
    """Which parts of a requirement, or of an entry about one, clash because they belong together.

    What both sides have changed in the same way is no change against the other.
    """
    mine, other = _text(base, ours, theirs), _text(base, theirs, ours)
    my_steps, other_steps = _steps(base, ours, theirs), _steps(base, theirs, ours)
    my_seen, other_seen = _seen(base, ours, theirs), _seen(base, theirs, ours)
    forced = Forced(set(), set())
    if (mine and other_steps) or (other and my_steps):
        forced.keys.add("text")
        forced.scenarios |= my_steps | other_steps
    if (my_seen and (other or other_steps)) or (other_seen and (mine or my_steps)):
        forced.keys.add("seen")
        forced.scenarios |= my_steps | other_steps
        if mine or other:
            forced.keys.add("text")
    return forced


def _text(base: "dict[str, Any]", side: "dict[str, Any]", other: "dict[str, Any]") -> bool:
    return side.get("text") not in (base.get("text"), other.get("text"))


def _seen(base: "dict[str, Any]", side: "dict[str, Any]", other: "dict[str, Any]") -> bool:
    """Whether a side has stamped an entry anew that was there."""
    was, now, there = base.get("seen"), side.get("seen"), other.get("seen")
    if not isinstance(was, dict) or now == there:
        return False
    return not isinstance(now, dict) or any(now.get(key) != value for key, value in was.items())


def _steps(base: "dict[str, Any]", side: "dict[str, Any]", other: "dict[str, Any]") -> "set[tuple[str, str]]":
    """The scenarios that were there and whose steps a side has changed or taken away; new ids change none."""
    was, now, there = base.get("scenarios"), side.get("scenarios"), other.get("scenarios")
    if any(isinstance(value, dict) for value in (was, now, there)):
        return {
            (key, name)
            for key in ("modified", "removed")
            for name in _edits(was, key).keys() | _edits(now, key).keys()
            if _edits(now, key).get(name) not in (_edits(was, key).get(name), _edits(there, key).get(name))
        }
    old, new, others = _scenarios(was), _scenarios(now), _scenarios(there)
    arrived = {steps for name, steps in new.items() if name not in old and steps}
    return {
        ("", name)
        for name, steps in old.items()
        if new.get(name) not in (steps, others.get(name)) and not (name not in new and steps in arrived)
    }


def _edits(scenarios: "Any", key: str) -> "dict[str, str]":
    """What a delta's scenario edits of one kind say, by the scenario."""
    found = scenarios.get(key) if isinstance(scenarios, dict) else None
    return {
        item["id"]: repr(item.get("steps") if key == "modified" else item)
        for item in (found if isinstance(found, list) else ())
        if isinstance(item, dict) and isinstance(item.get("id"), str)
    }


def _scenarios(scenarios: "Any") -> "dict[str, str]":
    """The steps of a requirement's scenarios, by id."""
    return {
        item["id"]: repr(item.get("steps") or "")
        for item in (scenarios if isinstance(scenarios, list) else ())
        if isinstance(item, dict) and isinstance(item.get("id"), str)
    }


def renamed_items(base: "dict[Any, Any]", side: "dict[Any, Any]") -> "dict[Any, Any]":
    """New ids by old ids, of items that one side goes on with under another id: their content tells."""
    arrived: dict[str, Any] = {}
    for name, item in side.items():
        if name not in base and (content := _content(item)):
            arrived.setdefault(content, name)
    found = {}
    for name, item in base.items() if arrived else ():
        if name not in side and (content := _content(item)) in arrived:
            found[name] = arrived.pop(content)
    return found


def _content(item: "Any") -> str:
    """What an item says that hardly two of them say alike; empty for an item without such content."""
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        return ""
    content = [item[key] for key in ("text", "steps") if item.get(key)]
    return repr(content) if content else ""


def crossed_entries(
    base: "dict[str, Any]", ours: "dict[str, Any]", theirs: "dict[str, Any]"
) -> "dict[str, frozenset[Any]]":
    """Entries of a delta, by list, about a requirement for which the other side has edited another list."""
    mine, other = _touched(base, ours), _touched(base, theirs)
    found: dict[str, set[Any]] = {}
    for name in mine.keys() & other.keys():
        if mine[name] != other[name] and {k for k, _ in mine[name]} != {k for k, _ in other[name]}:
            for key, entry in mine[name] | other[name]:
                found.setdefault(key, set()).add(entry)
    return {key: frozenset(entries) for key, entries in found.items()}


def _touched(base: "dict[str, Any]", side: "dict[str, Any]") -> "dict[str, set[tuple[str, Any]]]":
    """(list, id of the entry) of what a side has edited, by each requirement that the entry names."""
    found: dict[str, set[tuple[str, Any]]] = {}
    for key in _DELTA_LISTS:
        was, now = dict(_named(base.get(key))), dict(_named(side.get(key)))
        for entry in was.keys() | now.keys():
            if was.get(entry) != now.get(entry):
                for item in (was.get(entry), now.get(entry)):
                    for name in (entry, item.get("to") if item and key == "renamed" else None):
                        if isinstance(name, str):
                            found.setdefault(name, set()).add((key, entry))
    return found


def _named(items: "Any") -> "Iterator[tuple[str, dict[str, Any]]]":
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            yield item["id"], item
