"""What deltas quote, looked up in all that the living specs ever said."""

from collections.abc import Iterator, Sequence

from gitspec.domain.capability import Capability
from gitspec.domain.quotes import Quote, brought, carried, texts_of, unseen
from gitspec.errors import CannotJudge
from gitspec.git.repository import Repository
from gitspec.git.spec_history import shallow_boundary, versions_of
from gitspec.store import layout
from gitspec.store.folding import dependencies
from gitspec.store.history_reader import Reader, Unreadable
from gitspec.store.spec import BrokenSpec, Spec

Quoted = tuple[str, str, Quote]
"""A commit, the path of a delta or nothing, and the quotation."""


def active_quotes(spec: Spec) -> Iterator[tuple[str, Quote]]:
    """Quotations of active changes that neither the living specs have nor what the change depends on."""
    for change in spec.change_ids():
        folder = spec.change(change)
        also: set[tuple[bool, str, str]] = set()
        for other in dependencies(spec, change):
            for loaded in spec.change(other).deltas.values():
                also |= brought(loaded.value) if loaded.value else set()
        deltas = [loaded.value for loaded in folder.deltas.values() if loaded.value]
        try:
            also |= carried(deltas, spec.living)
        except BrokenSpec:
            continue
        for capability, loaded in folder.deltas.items():
            if loaded.value is None:
                continue  # validate says what is wrong with it
            try:
                found = unseen(loaded.value, spec.living, also)
            except BrokenSpec:
                continue
            yield from ((layout.delta_path(folder.path, capability), quote) for quote in found)


def never_said(repo: Repository, quoted: Sequence[Quoted], tips: Sequence[str]) -> Iterator[Quoted]:
    """Those of ``quoted`` that no version of the capability ever said, of any of its requirements.

    Raises CannotJudge G016 when a shallow clone may hide the version that said it.
    """
    by_path: dict[str, list[Quoted]] = {}
    for one in quoted:
        by_path.setdefault(layout.capability_path(one[2].capability), []).append(one)
    reader = Reader(repo)
    try:
        left = [one for path, group in sorted(by_path.items()) for one in _unsaid(repo, reader, group, tips, path)]
        # what a requirement was before it was moved stands in another file
        left = _unsaid(repo, reader, left, tips, layout.CAPABILITIES)
    finally:
        reader.close()
    if left and shallow_boundary(repo):
        message = f"this clone hides the history in which {left[0][2].name} may have been as a delta quotes it"
        raise CannotJudge("G016", message, help="git fetch --unshallow")
    yield from left


def _unsaid(repo: Repository, reader: Reader, quoted: list[Quoted], tips: Sequence[str], path: str) -> list[Quoted]:
    left = quoted
    for oid in versions_of(repo, tips, path) if left else ():
        try:
            there = texts_of(reader.model(Capability, oid, path))
        except Unreadable:
            continue
        left = [one for one in left if (bool(one[2].requirement), one[2].part, one[2].text) not in there]
        if not left:
            break
    return left
