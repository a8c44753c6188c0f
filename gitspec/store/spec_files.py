"""What lies in spec/ at a commit, for history: which folder a change has, and which deltas may touch a requirement.

Listed once for each tree of spec/ and remembered with the history index. Of the deltas only those are ever parsed that
may have to do with what is asked: by their path, or because their text gives new names and holds the one that is asked.
"""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gitspec.domain.requirement_changes import Chains, Names, Step
from gitspec.git.objects import Objects
from gitspec.git.run import git
from gitspec.store import layout

if TYPE_CHECKING:
    from gitspec.store.history_index import History

_KEPT = 3
_UNREAD = ("/proposal.md", "/design.md")


class SpecFiles:
    """spec/ at the tip of a history."""

    def __init__(self, history: "History") -> None:
        self._history = history
        self._objects = Objects(history.repo)
        asked = f"{history.tip}:{layout.SPEC}\n".encode()
        kind, oid = git(history.repo, "cat-file", "--batch-check=%(objecttype) %(objectname)", input=asked).split()[:2]
        self.tree = oid.decode() if kind == b"tree" else ""
        self._kind = f"spec {self.tree}"
        self._chains: dict[str, tuple[list[str], Chains]] = {}
        self._contents: dict[tuple[str, str, str], bytes] | None = None

    def living(self, capability: str) -> str:
        """The blob of a living capability; empty when there is none."""
        return str(self._fact(f"living {capability}") or "")

    def living_ids(self) -> list[str]:
        """The ids of all living capabilities."""
        return list(self._fact("capabilities") or ())

    def change_ids(self) -> list[str]:
        """The ids of all changes, active and archived."""
        return list(self._fact("changes") or ())

    def archived_ids(self) -> set[str]:
        """The ids of the changes in the archive."""
        return {id_ for id_ in self.change_ids() if self.change(id_)[0].startswith(f"{layout.ARCHIVE}/")}

    def change(self, change: str) -> tuple[str, dict[str, str]]:
        """(folder, blob by name within it) of a change; empty when there is none."""
        folder, files = self._fact(f"change {change}") or ("", {})
        return folder, files

    def read(self, oid: str) -> bytes:
        """The content of a blob."""
        return self._objects.read(oid)

    def changes_of(self, name: str) -> tuple[list[str], Chains]:
        """The names that a requirement has had (the one it has, or had last, first), and the chains that tell of it."""
        if name not in self._chains:
            self._chains[name] = self._changes_of(name)
        return self._chains[name]

    def _changes_of(self, name: str) -> tuple[list[str], Chains]:
        names, naming = self._all_names(name)
        wanted = {(folder, capability): blob for folder, capability, blob in naming}
        for capability in {one.rpartition("/")[0] for one in names}:
            wanted |= {(folder, capability): blob for folder, blob in self._fact(f"deltas {capability}") or ()}
        steps: dict[str, list[Names]] = {}
        for (folder, capability), blob in sorted(wanted.items()):
            if (found := self.names(blob, capability)) is not None:
                steps.setdefault(folder, []).append(found)
        chains = Chains(self._in_order(steps))
        known = [one for one in names if chains.of(one)]
        last = next((one for one in known if one == name), known[0] if known else name)
        return [last, *(one for one in names if one != last)], chains

    def steps_of(self, change: str) -> list[Names]:
        """What the deltas of a change do; broken ones are passed over."""
        _, files = self.change(change)
        found = ((path, blob) for path, blob in sorted(files.items()) if path.startswith("deltas/"))
        return [names for path, blob in found if (names := self.names(blob, path[7:-5])) is not None]

    def names(self, blob: str, capability: str) -> Names | None:
        """What a delta does; None when it is broken."""
        row = self._history.fact("delta", blob)
        if row is None:
            row = _row(self._objects.read(blob), capability)
            self._history.keep_fact("delta", blob, row)
        if row["capability"] != capability:
            return None
        pairs = {key: tuple(map(tuple, row[key])) for key in ("renamed", "moved")}
        lists = {key: tuple(row[key]) for key in ("added", "modified", "removed")}
        return Names(capability, **lists, **pairs, rename_to=row["rename_to"])  # type: ignore[arg-type]

    def close(self) -> None:
        """End the child that reads."""
        self._objects.close()

    def _fact(self, key: str) -> Any:
        if not self.tree:
            return None
        found = self._history.fact(self._kind, _key(key))
        if found is None and self._history.fact(self._kind, "") is None:  # the index turned out to be damaged
            self._list()
            found = self._history.fact(self._kind, _key(key))
        return found

    def _keep(self, key: str, value: Any) -> None:
        self._history.keep_fact(self._kind, _key(key), value)

    def _all_names(self, name: str) -> tuple[list[str], list[tuple[str, str, str]]]:
        """All names that may be those of the requirement, and the deltas (folder, capability, blob) that give them."""
        naming = [(row[0], row[1], row[2]) for row in self._fact("naming") or ()]
        if not naming:
            return [name], []
        if self._contents is None:
            self._contents = dict(zip(naming, self._objects.read_many([blob for _, _, blob in naming]), strict=True))
        contents = self._contents
        names = {name: None}
        used: dict[tuple[str, str, str], None] = {}
        pending = [name]
        while pending:
            one = pending.pop()
            word = one.rpartition("/")[2].encode()
            for row, data in contents.items():
                if row in used or not (word in data or b"rename_to" in data or b"\\" in data):
                    continue
                found = self.names(row[2], row[1])
                if found is None:
                    continue
                more = [other for other in _other_names(one, found) if other not in names]
                if more or _names_it(one, found):
                    used[row] = None
                    names.update(dict.fromkeys(more))
                    pending += more
        return list(names), list(used)

    def _in_order(self, steps: dict[str, list[Names]]) -> Iterable[Step]:
        placed = []
        for folder, deltas in steps.items():
            name = folder.rpartition("/")[2]
            split = layout.split_archive_name(name) if folder.startswith(f"{layout.ARCHIVE}/") else None
            if split is None:
                placed.append(((1, 0, name), Step(name, folder, deltas, is_active=True)))
                continue
            claims = [line for line, claimed in self._history.archiving(split[1]) if claimed == name]
            at = self._history.moment(claims[0].oid) if claims else _midnight(split[0])
            if not self._is_closed(split[1]):
                placed.append(((0, at, name), Step(split[1], folder, deltas)))
        return [step for _, step in sorted(placed)]

    def _is_closed(self, change: str) -> bool:
        _, files = self.change(change)
        data = self.read(files["change.yaml"]) if "change.yaml" in files else b""
        if b"closed" not in data:  # mostly, and then nothing is parsed
            return False
        from gitspec.domain.change import Change
        from gitspec.yaml.binding import load

        found = load(Change, data, "change.yaml").value
        return found is not None and found.closed is not None

    def _list(self) -> None:
        """Remember what is there: capabilities, changes, the deltas of each capability, and those that give names."""
        changes: dict[str, tuple[str, dict[str, str]]] = {}
        deltas: dict[str, list[tuple[str, str]]] = {}
        living = []
        for row in os.fsdecode(git(self._history.repo, "ls-tree", "-r", "-z", self.tree)).split("\0")[:-1]:
            facts, _, path = row.partition("\t")
            mode, _, oid = facts.split(" ")
            if mode != "100644" or path.endswith(_UNREAD):
                continue
            place = layout.classify(f"{layout.SPEC}/{path}")
            if place.kind == "capability":
                living.append(place.capability)
                self._keep(f"living {place.capability}", oid)
            elif place.folder:
                folder, files = changes.setdefault(place.change, (place.folder, {}))
                if folder == place.folder:
                    files[path[len(folder) - len(layout.SPEC) :]] = oid
                    if place.kind == "delta":
                        deltas.setdefault(place.capability, []).append((folder, oid))
        for change, found in changes.items():
            self._keep(f"change {change}", found)
        for capability, rows in deltas.items():
            self._keep(f"deltas {capability}", rows)
        self._keep("naming", self._naming(deltas))
        self._keep("capabilities", living)
        self._keep("changes", list(changes))
        self._keep("", 1)
        self._history.forget_facts("spec ", _KEPT)

    def _naming(self, deltas: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str, str]]:
        rows = [(folder, capability, blob) for capability, found in deltas.items() for folder, blob in found]
        new = [blob for _, _, blob in rows if self._history.fact("names", blob) is None]
        for blob, data in zip(new, self._objects.read_many(new), strict=True):
            self._history.keep_fact("names", blob, int(_may_name(data)))
        return [row for row in rows if self._history.fact("names", row[2])]


def _key(text: str) -> str:
    """The key of a fact is UTF-8; names and paths may be any bytes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _may_name(data: bytes) -> bool:
    """Whether the text of a delta may give new names. Its keys stand at the start of lines, plain or in quotes."""
    text = b"\n" + data
    keys = (b"renamed", b"moved", b"rename_to")
    return any(b"\n" + key in text for key in keys) or b'\n"' in text or b"\n'" in text


def _names_it(name: str, found: Names) -> bool:
    capability, _, requirement = name.rpartition("/")
    if found.rename_to and capability in (found.capability, found.rename_to):
        return True
    in_it = capability == found.capability and any(requirement in pair for pair in found.renamed)
    away = capability == found.capability and any(requirement == old for old, _ in found.moved)
    return in_it or away or any(to == name for _, to in found.moved)


def _other_names(name: str, found: Names) -> list[str]:
    """What the requirement was called before, or is called after, a delta that gives names."""
    capability, _, requirement = name.rpartition("/")
    others = []
    if found.capability == capability:
        others += [f"{capability}/{old}" for old, new in found.renamed if new == requirement]
        others += [f"{capability}/{new}" for old, new in found.renamed if old == requirement]
        others += [to for old, to in found.moved if old == requirement]
    others += [f"{found.capability}/{old}" for old, to in found.moved if to == name]
    if found.rename_to:
        if capability == found.capability:
            others.append(f"{found.rename_to}/{requirement}")
        if capability == found.rename_to:
            others.append(f"{found.capability}/{requirement}")
    return others


def _row(data: bytes, capability: str) -> dict[str, Any]:
    from gitspec.domain.delta import Delta
    from gitspec.yaml.binding import load

    delta = load(Delta, data, f"{capability}.yaml").value
    if delta is None:
        return {"capability": ""}
    return {
        "capability": delta.capability,
        "added": [r.id for r in delta.added],
        "modified": [r.id for r in delta.modified],
        "removed": [r.id for r in delta.removed],
        "renamed": [(r.id, r.to) for r in delta.renamed],
        "moved": [(r.id, r.to) for r in delta.moved],
        "rename_to": delta.rename_to,
    }


def _midnight(day: str) -> int:
    from datetime import UTC, datetime

    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
