"""What the files of a change said at earlier commits: its tasks, and what its deltas wanted of a requirement."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gitspec.domain.task_identity import followed
from gitspec.domain.task_status import Item
from gitspec.git.file_versions import file_versions
from gitspec.git.object_batch import ObjectBatch
from gitspec.git.objects import MODE_FILE, MODE_TREE, Objects
from gitspec.git.repository import Repository
from gitspec.git.tree_edit import Trees
from gitspec.store.memo import remembered

if TYPE_CHECKING:
    from gitspec.store.cache import Cache

Files = Mapping[str, str]
"""Deltas: the object id of each capability's."""


class ChangeThen:
    """One change's folder at any commit. ``now``: its tasks as they are."""

    def __init__(self, repo: Repository, folder: str, now: Sequence[Item], cache: "Cache | None") -> None:
        self._repo = repo
        self._folder = folder
        self._now = now
        self._cache = cache
        self._objects = Objects(repo)
        self._trees = Trees(self._objects.read, ObjectBatch(repo.object_format))
        self._lists: dict[str, dict[str, list[Item]]] = {}

    def close(self) -> None:
        """End the child that reads."""
        self._objects.close()

    def numbers_at(self, commits: Iterable[str]) -> dict[str, str]:
        """The numbers that tasks have now by those that they had at the first of ``commits`` that has tasks."""
        for commit in commits:
            if found := self._file(commit, "tasks.md"):
                return {old.id: new for new, olds in self._list(found).items() for old in olds}
        return {}

    def ticks(self, tip: str, wanted: Iterable[Item]) -> dict[str, str]:
        """For done tasks the commit since which each has been done without a break; empty while no commit has it done."""
        left = {item.id for item in wanted}
        found: dict[str, str] = {}
        at_tip = self._file(tip, "tasks.md")
        for number in [n for n in left if at_tip is None or not self._is_done(at_tip, n)]:
            found[number] = ""
            left.discard(number)
        if not left:
            return found
        for version in file_versions(self._repo, tip, f"{self._folder}/tasks.md"):
            if version.new is None or version.new.mode != MODE_FILE:
                continue
            before = [old.oid for old in version.old if old is not None and old.mode == MODE_FILE]
            for number in sorted(left):
                if self._is_done(version.new.oid, number) and not any(self._is_done(old, number) for old in before):
                    found[number] = version.commit
                    left.discard(number)
            if not left:
                break
        return found

    def deltas_at(self, commit: str) -> Files:
        """The deltas that a commit has."""
        folder = self._trees.at(self._root(commit), f"{self._folder}/deltas")
        if folder is None or folder.mode != MODE_TREE:
            return {}
        files = self._trees.files(folder.oid)
        return {path.removesuffix(".yaml"): item.oid for path, item in files if item.mode == MODE_FILE}

    def is_same(self, name: str, then: Files, now: Files, read_now: Callable[[str], bytes]) -> bool:
        """Whether two versions of the deltas want the same of a requirement; ``read_now``: the text of a capability's."""
        differing = sorted(c for c in then.keys() | now.keys() if then.get(c) != now.get(c))
        for capability in differing:
            old, new = then.get(capability), now.get(capability)
            before = self._wanted(capability, old, self._objects.read) if old else {}
            after = self._wanted(capability, new, lambda _, at=capability: read_now(at)) if new else {}  # type: ignore[misc]
            if before.get(name, before.get("")) != after.get(name, after.get("")):
                return False
        return True

    def _wanted(self, capability: str, oid: str, read: Callable[[str], bytes]) -> dict[str, Any]:
        """What a delta wants, by the names of requirements; of one that cannot be read its id stands for all."""

        def work(_: Sequence[int]) -> list[Any]:
            from gitspec.domain.delta import Delta
            from gitspec.domain.delta_entries import wanted_of
            from gitspec.yaml.binding import load

            delta = load(Delta, read(oid), f"{capability}.yaml").value
            return [{"": oid} if delta is None else wanted_of(delta)]

        found = remembered(self._cache, "delta-entries", [f"{oid} {capability}"], work)[0]
        assert isinstance(found, dict)
        return found

    def _is_done(self, oid: str, number: str) -> bool:
        """Whether a version of tasks.md has the task of that number, as it is now, as done."""
        return any(item.status == "done" for item in self._list(oid).get(number, ()))

    def _list(self, oid: str) -> dict[str, list[Item]]:
        """The tasks of a version of tasks.md by the numbers that they have now."""
        if oid not in self._lists:
            from gitspec.markdown.checklist import read_checklist

            then = read_checklist(self._objects.read(oid), "").items
            numbers = followed(then, self._now)
            by_number: dict[str, list[Item]] = {}
            for item in then:
                if item.id in numbers:
                    by_number.setdefault(numbers[item.id], []).append(item)
            self._lists[oid] = by_number
        return self._lists[oid]

    def _file(self, commit: str, name: str) -> str | None:
        found = self._trees.at(self._root(commit), f"{self._folder}/{name}")
        return found.oid if found and found.mode == MODE_FILE else None

    def _root(self, commit: str) -> str:
        return self._objects.read(commit).split(b"\n", 1)[0].removeprefix(b"tree ").decode()
