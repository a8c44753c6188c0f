"""Fold what a delta says about the capability itself: its fields, whether it exists, its new id, its end."""

from gitspec.domain.delta import Delta, LineEdit, TextEdit
from gitspec.domain.fold_parts import merges
from gitspec.domain.fold_result import Conflict
from gitspec.domain.fold_state import Folding

FIELDS = {"title": "title", "purpose": "purpose", "capability_notes": "notes"}
"""Keys of a delta, and the fields of the capability that they are about."""


def open_capability(folding: Folding, delta: Delta) -> None:
    """Begin with the capability of a delta: one that does not exist is new, if the delta only adds to it."""
    state = folding.open(delta.capability)
    if state.living is None:
        entries = [e for group in (delta.renamed, delta.moved, delta.removed, delta.modified) for e in group]
        if entries or delta.rename_to or delta.retire:
            state.blocked.update(entry.id for entry in entries)
            folding.conflicts.append(_missing_capability(folding, delta))
            return
        state.there = True
    for key, field in FIELDS.items():
        edit: str | LineEdit | TextEdit | None = getattr(delta, key)
        if edit is None:
            continue
        before, after = (None, edit) if isinstance(edit, str) else (edit.before, edit.after)
        current = getattr(state.living, field) if state.living else None
        if merges(current, before, after):
            state.fields[field] = after
        else:
            folding.conflicts.append(_field_clash(folding, delta, key, (before, current, after)))


def end_capability(folding: Folding, delta: Delta) -> None:
    """Apply `rename_to` and `retire`, when everything else is done."""
    state = folding.open(delta.capability)
    if state.living is None:
        return
    if delta.retire:
        left = [requirement.id for requirement in state.items]
        if left:
            folding.conflicts.append(_not_empty(folding, delta, left))
        else:
            state.retired = True
    elif delta.rename_to and delta.rename_to != delta.capability:
        if folding.is_capability_taken(delta.rename_to):
            folding.conflicts.append(_capability_exists(folding, delta, delta.rename_to))
        else:
            folding.rename_capability(delta, delta.rename_to)


def _missing_capability(folding: Folding, delta: Delta) -> Conflict:
    return folding.entry(delta, "", "capability").conflict(
        "D009",
        f"capability {delta.capability} does not exist (any more)",
        "`gitspec list --specs` names those that do; of a new one a delta can only say what is added",
    )


def _field_clash(
    folding: Folding, delta: Delta, key: str, texts: tuple[str | None, str | None, str | None]
) -> Conflict:
    field = FIELDS[key]
    plain = isinstance(getattr(delta, key), str)
    message = (
        f"capability {delta.capability} exists already and has another {field}"
        if plain
        else f"{field} of capability {delta.capability} was changed since the author saw it"
    )
    return folding.entry(delta, "", *([key] if plain else [key, "from"])).conflict(
        "D003",
        message,
        f"see it with `gitspec show {delta.capability}`; give as `from` under `{key}` what is there now "
        "and as `to` what shall hold, or delete the key",
        part=field,
        seen=texts[0],
        living=texts[1],
        yours=texts[2],
    )


def _not_empty(folding: Folding, delta: Delta, left: list[str]) -> Conflict:
    shown = ", ".join(left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
    return folding.entry(delta, "", "retire").conflict(
        "D012",
        f"capability {delta.capability} is to be retired and still has {shown}",
        f"remove or move what is left: `gitspec delta remove {folding.change} {delta.capability}/{left[0]}`",
    )


def _capability_exists(folding: Folding, delta: Delta, new_id: str) -> Conflict:
    return folding.entry(delta, "", "rename_to").conflict(
        "D013",
        f"capability {delta.capability} is to be renamed to {new_id}, which exists already",
        "choose another id, or move the requirements there: "
        f"`gitspec delta move {folding.change} {delta.capability}/<requirement> {new_id}/<requirement>`",
    )
