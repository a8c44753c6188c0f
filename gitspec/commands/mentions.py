"""What there is for the trailers `Task:` and `Spec:` to name: facts for the engine."""

from collections.abc import Iterable, Sequence

from gitspec.errors import GitspecError
from gitspec.store.spec import ChangeFolder, Spec


def tasks_named(specs: Sequence[Spec], changes: Iterable[str]) -> dict[str, frozenset[str]]:
    """The numbers of the tasks of each change: for ``CommitFacts.tasks``.

    ``specs`` are those of the commit and of its first parent (where there is one). Ask only when the message has `Task:`.
    A change that is nowhere has none; of a broken tasks.md what can be read counts.
    """
    found: dict[str, frozenset[str]] = {}
    for change in changes:
        lists = [folder.tasks for folder in _folders(specs, change)]
        found[change] = frozenset(task.id for tasks in lists if tasks for task in tasks.tasks)
    return found


def specs_named(specs: Sequence[Spec], changes: Iterable[str], names: Iterable[str]) -> dict[str, bool]:
    """For each name whether a requirement of that name lives or one of ``changes`` adds it: for ``CommitFacts.specs``.

    Ask only when the message has `Spec:`. Scenarios (`auth/session-expiry#idle-timeout`) count as their requirement.
    """
    folders = [folder for change in changes for folder in _folders(specs, change)]
    return {name: _lives(specs, name) or _is_added(folders, name) for name in names}


def _folders(specs: Sequence[Spec], change: str) -> list[ChangeFolder]:
    found = []
    for spec in specs:
        if change in spec.change_ids():
            found.append(spec.change(change))
        found += [spec.archived_change(one) for one in spec.archived() if one.id == change]
    return found


def _lives(specs: Sequence[Spec], name: str) -> bool:
    capability, _, requirement = name.partition("#")[0].rpartition("/")
    for spec in specs:
        try:
            living = spec.living.get(capability)
        except GitspecError:  # its file is broken: that is said elsewhere
            continue
        if living is not None and living.requirement(requirement) is not None:
            return True
    return False


def _is_added(folders: Iterable[ChangeFolder], name: str) -> bool:
    """Whether a delta adds it, or gives it that name."""
    capability, _, requirement = name.partition("#")[0].rpartition("/")
    for folder in folders:
        for loaded in folder.deltas.values():
            delta = loaded.value
            if delta is None:
                continue
            if any(entry.to == f"{capability}/{requirement}" for entry in delta.moved):
                return True
            if capability not in (delta.capability, delta.rename_to):
                continue
            if any(e.id == requirement for e in delta.added) or any(e.to == requirement for e in delta.renamed):
                return True
    return False
