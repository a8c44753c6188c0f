"""Fold deltas into living specs by three-way merge: what the author saw, what lives now, what the author wants.

Pure and deterministic. In all deltas of a change first everything is renamed, then moved, removed, modified and added;
the id of a requirement in an entry is the one that it has when its turn comes. Ids of capabilities are those from
before the fold, except in links and in `moved`, which may say what `rename_to` makes of them.

- `renamed`, `moved`: the old id must exist; the new one must be free, and have been free before the fold. So a second
  fold of the entry is refused, and no two entries can swap what they name.
- `modified`: see ``fold_requirement``. Of an entry that conflicts nothing is folded.
- `removed`: nothing of it may have been edited or added since it was seen, and nothing may link to it at the end.
- `added`: exists with the same content: applied already; with other content: a conflict.
- `after` that names nothing puts the new item at the end; `validate` warns.
- A capability that does not exist is new; only `added` and moves into it can be said of it. A plain `title`, `purpose`
  or `capability_notes` is an edit from none.
- `retire` is a conflict while a requirement is left.
- Links that requirements touched by the change hold to something that it renames or moves follow; an edit that only
  says the same brings back no link that others removed. A link that any other requirement holds is a conflict, for
  only what a delta touches may change.
"""

from collections.abc import Mapping, Sequence

from gitspec.domain.capability import Capability
from gitspec.domain.delta import Delta
from gitspec.domain.fold_capability import end_capability, open_capability
from gitspec.domain.fold_links import LinksTo, fold_links
from gitspec.domain.fold_phases import AddedBy, add, modify, move, remove, rename
from gitspec.domain.fold_result import ANY_CHANGE, Conflict, FoldResult, Touched
from gitspec.domain.fold_state import Folding
from gitspec.domain.fold_version import FOLD_VERSION

__all__ = ["FOLD_VERSION", "AddedBy", "Conflict", "FoldResult", "LinksTo", "Touched", "fold"]


def fold(
    living: Mapping[str, Capability],
    deltas: Sequence[Delta],
    *,
    links_to: LinksTo,
    added_by: AddedBy | None = None,
    change: str = ANY_CHANGE,
) -> FoldResult:
    """Fold the deltas of one change.

    Only capabilities that the deltas name are looked up in ``living``. ``links_to`` is asked about what goes or gets
    another name, ``added_by`` only for a message; ``change`` goes into helps. Nothing that a delta says makes it raise.
    """
    folding = Folding(living, deltas, change)
    for phase in (open_capability, rename, move, remove, modify):
        for delta in folding.deltas:
            phase(folding, delta)
    for delta in folding.deltas:
        add(folding, delta, added_by)
    for delta in folding.deltas:
        end_capability(folding, delta)
    fold_links(folding, links_to)
    return _result(folding)


def _result(folding: Folding) -> FoldResult:
    capabilities: dict[str, Capability | None] = {}
    touched = []
    for state in folding.states.values():
        built = state.built()
        if state.living is not None and (built is None or state.final_id != state.id):
            capabilities[state.id] = None
        if built is not None and built != state.living:
            capabilities[state.final_id] = built
        if state.there:
            touched.append(state.summary())
    return FoldResult(capabilities, tuple(folding.conflicts), tuple(touched))
