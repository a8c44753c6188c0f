"""What a proof that fails means, in words. Paths are those of the commit; the caller says which commit it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gitspec.domain.finding import Finding
from gitspec.domain.fold_version import FOLD_VERSION
from gitspec.domain.places import ARCHIVE, CAPABILITIES
from gitspec.domain.prove import Mismatch, Proof, Unfolded
from gitspec.domain.rules import finding

_SHOWN = 6
_BY_DELTA = "say it as a delta of a change, and archive that"


def proof_findings(
    proof: Proof, folders: Mapping[str, str], untouched: bool, *, is_merge: bool, is_undoing: bool, fold_version: int
) -> list[Finding]:
    """The findings about one commit.

    ``folders`` gives the names of archived folders by the ids of their changes; ``untouched`` says that the commit
    changes no living spec at all.
    """
    found = [_unfolded(one, folders.get(one.change, ""), is_merge=is_merge) for one in proof.unfolded]
    found += [_not_undone(one) for one in proof.not_undone]
    content = [m for m in proof.mismatches if not m.is_order_only]
    if content and folders and untouched and not proof.unfolded:
        return found + [_not_folded(name, content) for name in folders.values()]
    blamed = {c.capability for one in (*proof.unfolded, *proof.not_undone) for c in one.conflicts}
    for capability, group in _by_capability(content):
        if capability in blamed:
            continue  # a change that does not fold has no result to compare with
        if capability not in proof.changed:
            found.append(by_hand(capability, group))
        elif is_undoing and not folders:
            found.append(_not_as_before(capability, group))
        else:
            found.append(_not_as_folded(capability, group, fold_version))
    if not is_merge and not is_undoing:
        found += [_in_order(m) for m in proof.mismatches if m.is_order_only]
    return found


def by_hand(capability: str, group: Sequence[Mismatch]) -> Finding:
    """The finding about a living spec that was edited other than by archiving."""
    message = f"living spec changed by hand: {_listed(_edits(group))}"
    return finding("H001", message, capability_path(capability), help=f"git revert it; {_BY_DELTA}")


def capability_path(capability: str) -> str:
    """The file of a living capability."""
    return f"{CAPABILITIES}/{capability}.yaml"


def _not_as_folded(capability: str, group: Sequence[Mismatch], fold_version: int) -> Finding:
    message = f"is not what folding the archived changes gives: {_listed(_wrongs(group))}"
    way_out = f"git revert it and archive again with 'gitspec archive'; or {_BY_DELTA}"
    if fold_version > FOLD_VERSION:
        way_out = f"the commit says that version {fold_version} of the fold made it: prove it with a newer gitspec"
    return finding("H002", message, capability_path(capability), help=way_out)


def _not_as_before(capability: str, group: Sequence[Mismatch]) -> Finding:
    message = f"is not what it would be without the change: {_listed(_wrongs(group))}"
    return finding("H013", message, capability_path(capability), help=f"what else shall differ, {_BY_DELTA}")


def _not_folded(name: str, content: Sequence[Mismatch]) -> Finding:
    message = f"was put into the archive without being folded: {_listed(_wrongs(content))}"
    way_out = "git revert it, then 'gitspec archive <change>'; 'gitspec close' for one that is given up"
    return finding("H004", message, f"{ARCHIVE}/{name}", help=way_out)


def _in_order(mismatch: Mismatch) -> Finding:
    what = f"scenarios, tags or links of {mismatch.name}" if mismatch.requirement else "requirements"
    message = f"the content is what folding gives, the order of {what} is not"
    return finding("H014", message, capability_path(mismatch.capability), help="nothing is lost; leave it")


def _unfolded(one: Unfolded, name: str, *, is_merge: bool) -> Finding:
    first, *more = one.conflicts
    others = f" (and {len(more)} more)" if more else ""
    subject = f"{first.capability}/{first.requirement}: " if first.requirement else f"{first.capability}: "
    about = "" if first.message.startswith(subject) else subject
    message = f"change '{one.change}' does not fold onto the first parent: {about}{first.code} {first.message}{others}"
    way_out = f"git revert it; 'gitspec rebase {one.change}' on the branch before it lands"
    if is_merge:
        message += "; the merge joined edits that nobody decided on"
        way_out = f"undo the merge; archive again on the target: 'gitspec rebase {one.change}', then merge"
    return finding("H003", message, f"{ARCHIVE}/{name}" if name else "", help=way_out)


def _not_undone(one: Unfolded) -> Finding:
    first = one.conflicts[0]
    message = f"the change is taken back although later ones build on it: {first.code} {first.message}"
    return finding("H013", message, capability_path(first.capability), help="take the later ones back first")


def _by_capability(content: Iterable[Mismatch]) -> Iterator[tuple[str, list[Mismatch]]]:
    groups: dict[str, list[Mismatch]] = {}
    for mismatch in content:
        groups.setdefault(mismatch.capability, []).append(mismatch)
    return iter(sorted(groups.items()))


def _edits(group: Sequence[Mismatch]) -> list[str]:
    verbs = {"missing": "removed", "unexpected": "added"}
    return [
        f"{verbs[m.what]} {m.name}" if m.what in verbs else f"edited {m.name} ({', '.join(m.parts)})" for m in group
    ]


def _wrongs(group: Sequence[Mismatch]) -> list[str]:
    return [
        f"{m.name} is {m.what}" if m.what != "differs" else f"{m.name} differs ({', '.join(m.parts)})" for m in group
    ]


def _listed(items: Sequence[str]) -> str:
    more = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return ", ".join(items[:_SHOWN]) + more
