"""spec/ is closed: what the layout has against the paths that one commit adds or changes there. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from gitspec.domain.commit import Touched
from gitspec.domain.finding import Finding
from gitspec.store.layout import SPEC, collision, folded, layout_findings

_OF_A_PATH = ("L001", "L002", "L003", "L004")


def closed_findings(
    touched: Sequence[Touched], names_in: Callable[[Sequence[str]], Mapping[str, Iterable[str]]]
) -> tuple[Finding, ...]:
    """Findings L001 to L004 about paths below spec/ that a commit leaves behind and touches: for ``CommitFacts.layout``.

    ``names_in`` gives the names that folders of the commit's tree hold (``spec/changes`` …, and nothing for what is no
    folder); it is asked once, and only about folders on the way to paths that are new.
    """
    mine = [t for t in touched if t.new_mode and (t.path == SPEC or t.path.startswith(f"{SPEC}/"))]
    if not mine:
        return ()
    found = [f for f in layout_findings((t.path, t.new_mode, None) for t in mine) if f.code in _OF_A_PATH]
    known = {f.path for f in found if f.code == "L003"}
    fresh = [t.path for t in mine if not t.old_mode]
    folders = list(dict.fromkeys(folder for path in fresh for folder, _ in _steps(path)))
    alike: dict[str, dict[str, list[str]]] = {}
    for folder, names in (names_in(folders) if folders else {}).items():
        for name in names:
            alike.setdefault(folder, {}).setdefault(folded(name), []).append(name)
    for path in fresh:
        if (twin := _twin(path, alike)) and twin.path not in known:
            known.add(twin.path)
            found.append(twin)
    return tuple(found)


def _twin(path: str, alike: Mapping[str, Mapping[str, Sequence[str]]]) -> Finding | None:
    """The finding about another path of the tree that some file system takes for this one."""
    for folder, name in _steps(path):
        others = [other for other in alike.get(folder, {}).get(folded(name), ()) if other != name]
        if others:
            return collision(f"{folder}/{name}", f"{folder}/{others[0]}")
    return None


def _steps(path: str) -> list[tuple[str, str]]:
    """The folders on the way to a path, each with the name in it that leads on."""
    parts = path.split("/")
    return [("/".join(parts[:depth]), parts[depth]) for depth in range(1, len(parts))]
