"""Where things are below spec/, and what may be there: the one mapping between paths and ids. Pure.

``spec/`` is closed: it holds these paths, each an ordinary file, and nothing else.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from gitspec.domain import ids, places
from gitspec.domain.finding import Finding
from gitspec.errors import UsageError

SPEC = places.SPEC
POLICY = places.POLICY
CAPABILITIES = places.CAPABILITIES
CHANGES = places.CHANGES
ARCHIVE = places.ARCHIVE

Kind = Literal["policy", "capability", "change", "proposal", "tasks", "design", "delta", "unknown"]
_KIND_OF_FILE: dict[str, Kind] = {
    "change.yaml": "change",
    "proposal.md": "proposal",
    "tasks.md": "tasks",
    "design.md": "design",
}


class Place(NamedTuple):
    """What a path means. ``folder`` is the change's folder, ``day`` set when that is archived.

    Of an ``unknown`` path ``code`` and ``problem`` say what is wrong.
    """

    kind: Kind
    capability: str = ""
    change: str = ""
    folder: str = ""
    day: str = ""
    code: str = ""
    problem: str = ""


def capability_path(capability: str) -> str:
    """The file of a living capability."""
    return f"{CAPABILITIES}/{_good(capability, ids.problem_with_capability_id(capability))}.yaml"


def change_folder(change: str) -> str:
    """The folder of an active change."""
    return f"{CHANGES}/{_good(change, ids.problem_with_change_id(change))}"


def change_path(change: str, *parts: str) -> str:
    """A path within the folder of an active change."""
    return "/".join((change_folder(change), *parts))


def archive_name(day: str, change: str) -> str:
    """``<YYYY-MM-DD>-<change>``: the name of an archived folder, and of the tag below ``archive/``."""
    if not is_day(day):
        raise UsageError("I001", f"'{day}' is no date; write YYYY-MM-DD")
    return f"{day}-{_good(change, ids.problem_with_change_id(change))}"


def archive_folder(day: str, change: str) -> str:
    """The folder of an archived change."""
    return f"{ARCHIVE}/{archive_name(day, change)}"


def delta_path(folder: str, capability: str) -> str:
    """The delta of a capability within a change's folder, active or archived."""
    return f"{folder}/deltas/{_good(capability, ids.problem_with_capability_id(capability))}.yaml"


def is_day(text: str) -> bool:
    """Whether ``text`` is a date as YYYY-MM-DD."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-" or not text.isascii():
        return False
    from datetime import date

    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def split_archive_name(name: str) -> tuple[str, str] | None:
    """(day, change) of an archived folder's name; None when it is none."""
    day, dash, change = name[:10], name[10:11], name[11:]
    return (day, change) if dash == "-" and is_day(day) and not ids.problem_with_change_id(change) else None


def classify(path: str) -> Place:
    """What ``path`` (below spec/) means."""
    parts = path.split("/")
    if parts[0] != SPEC or "" in parts:
        return Place("unknown", code="L001", problem="is not below spec/")
    if path == POLICY:
        return Place("policy")
    area = parts[1] if len(parts) > 2 else ""
    if area == "capabilities":
        capability, problem = _id_of_file(path[len(CAPABILITIES) + 1 :])
        return problem or Place("capability", capability)
    if area in ("changes", "archive") and len(parts) > 3:
        return _within_change(area, parts)
    return Place("unknown", code="L001", problem="is no path that spec/ may hold")


def layout_findings(entries: Iterable[tuple[str, int, str | None]]) -> list[Finding]:
    """All that is wrong with the paths and modes below spec/; takes a snapshot's entries."""
    from gitspec.domain.rules import finding

    found: list[Finding] = []
    spelled: dict[str, str] = {}
    folders_of: dict[str, str] = {}
    holds_change: set[str] = set()
    for path, mode, _ in entries:
        if mode != 0o100644:
            found.append(finding("L002", f"is {_MODES.get(mode, 'no ordinary file')}", path, help=_mode_help(mode)))
        place = classify(path)
        if place.kind == "unknown":
            found.append(finding(place.code, place.problem, path, help=_HELP[place.code]))
        elif place.folder:
            folders_of.setdefault(place.folder, place.change)
            if place.kind == "change":
                holds_change.add(place.folder)
        found += _collisions(path, spelled)
    found += [
        finding(
            "L005", "the folder of a change has no change.yaml", folder, help="git checkout -- it, or remove the folder"
        )
        for folder in folders_of
        if folder not in holds_change
    ]
    return found + _used_twice(folders_of)


_MODES = {0o100755: "executable", 0o120000: "a symbolic link", 0o160000: "a submodule or nested repository"}
_HELP = {
    "L001": "move it out of spec/; it may hold gitspec.yaml, capabilities/, changes/ and archive/ as documented",
    "L004": "use lower-case ASCII letters, digits and single hyphens",
}


def _mode_help(mode: int) -> str:
    return "chmod -x (and git update-index --chmod=-x)" if mode == 0o100755 else "replace it by an ordinary file"


def _within_change(area: str, parts: Sequence[str]) -> Place:
    name, rest = parts[2], parts[3:]
    folder = "/".join(parts[:3])
    if area == "archive":
        split = split_archive_name(name)
        if split is None:
            return Place("unknown", code="L004", problem=f"'{name}' is not named <YYYY-MM-DD>-<change>")
        day, change = split
    else:
        day, change = "", name
        if problem := ids.problem_with_change_id(name):
            return Place("unknown", code="L004", problem=f"name of the folder: {problem}")
    if len(rest) == 1 and rest[0] in _KIND_OF_FILE:
        return Place(_KIND_OF_FILE[rest[0]], "", change, folder, day)
    if rest[0] == "deltas" and len(rest) > 1:
        capability, problem_place = _id_of_file("/".join(rest[1:]))
        return problem_place or Place("delta", capability, change, folder, day)
    return Place("unknown", code="L001", problem="is no file that the folder of a change may hold")


def _id_of_file(name: str) -> tuple[str, Place | None]:
    stem = name.removesuffix(".yaml")
    if stem == name:
        return "", Place("unknown", code="L001", problem="does not end in .yaml")
    problem = ids.problem_with_capability_id(stem)
    return stem, Place("unknown", code="L004", problem=f"name of the file: {problem}") if problem else None


def _collisions(path: str, spelled: dict[str, str]) -> list[Finding]:
    """A part of ``path`` that a file system may take for another one; ``spelled`` remembers all seen so far."""
    at = len(path)
    new = []
    while at > 0 and spelled.get(prefix := path[:at]) != prefix:
        new.append(prefix)
        at = path.rfind("/", 0, at)
    for prefix in reversed(new):
        other = spelled.setdefault(folded(prefix), prefix)
        if other != prefix:
            return [collision(prefix, other)]
    return []


def folded(path: str) -> str:
    """What two paths have in common that a file system may take for one."""
    if path.isascii():
        return path.lower()
    import unicodedata

    return unicodedata.normalize("NFC", path).casefold()


def collision(path: str, other: str) -> Finding:
    """The finding about two such paths."""
    from gitspec.domain.rules import finding

    return finding("L003", f"is the same path as {other} on some machines", path, help="rename one of them")


def _used_twice(folders_of: dict[str, str]) -> list[Finding]:
    from gitspec.domain.rules import finding

    by_change: dict[str, list[str]] = {}
    for folder, change in folders_of.items():
        by_change.setdefault(change, []).append(folder)
    return [
        finding("L007", f"the id '{change}' is used by {folders[0]} too", folder, help="an id is used once, for ever")
        for change, folders in by_change.items()
        for folder in folders[1:]
    ]


def _good(value: str, problem: str | None) -> str:
    if problem:
        raise UsageError("I001", problem, help="use lower-case ASCII letters, digits and single hyphens")
    return value
