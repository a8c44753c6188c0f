"""spec/ is closed: what the layout has against the paths that one commit adds or changes there. Pure."""

from collections.abc import Callable, Iterable, Sequence

from gitspec.domain.commit import Touched
from gitspec.domain.finding import Finding
from gitspec.store.layout import SPEC, collision, folded, layout_findings

_OF_A_PATH = ("L001", "L002", "L003", "L004")


def closed_findings(touched: Sequence[Touched], names_in: Callable[[str], Iterable[str]]) -> tuple[Finding, ...]:
    """Findings L001 to L004 about paths below spec/ that a commit leaves behind and touches: for ``CommitFacts.layout``.

    ``names_in`` gives the names that a folder of the commit's tree holds (``spec/changes`` …, and nothing for what is no
    folder); it is asked only about folders on the way to paths that are new.
    """
    mine = [t for t in touched if t.new_mode and (t.path == SPEC or t.path.startswith(f"{SPEC}/"))]
    if not mine:
        return ()
    found = [f for f in layout_findings((t.path, t.new_mode, None) for t in mine) if f.code in _OF_A_PATH]
    known = {f.path for f in found if f.code == "L003"}
    looked_at: dict[str, dict[str, list[str]]] = {}
    for fresh in mine:
        if not fresh.old_mode and (twin := _twin(fresh.path, names_in, looked_at)) and twin.path not in known:
            known.add(twin.path)
            found.append(twin)
    return tuple(found)


def _twin(
    path: str, names_in: Callable[[str], Iterable[str]], looked_at: dict[str, dict[str, list[str]]]
) -> Finding | None:
    """The finding about another path of the tree that some file system takes for this one."""
    parts = path.split("/")
    for depth in range(1, len(parts)):
        folder, name = "/".join(parts[:depth]), parts[depth]
        if folder not in looked_at:
            alike: dict[str, list[str]] = {}
            for other in names_in(folder):
                alike.setdefault(folded(other), []).append(other)
            looked_at[folder] = alike
        others = [other for other in looked_at[folder].get(folded(name), ()) if other != name]
        if others:
            return collision(f"{folder}/{name}", f"{folder}/{others[0]}")
    return None
