"""What a commit may do below spec/: living specs change by archiving, archived folders never, the policy stays."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gitspec.domain.commit import CommitFacts, Touched
from gitspec.domain.finding import Finding
from gitspec.domain.judge_attributes import judge_attributes
from gitspec.domain.judge_words import listed
from gitspec.domain.places import ARCHIVE, CAPABILITIES, POLICY, takes_for_spec
from gitspec.domain.references import SPEC_EDIT_KEY, References
from gitspec.domain.rules import finding

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy

IMPORT = "import"
"""The reason for Spec-Edit that may only add files."""
_LIVING = f"{CAPABILITIES}/"
_ARCHIVE = f"{ARCHIVE}/"


def judge_spec_paths(
    facts: CommitFacts, refs: References, code: Sequence[Touched], policy: "Policy | None"
) -> list[Finding]:
    """Findings about the paths below spec/ that a commit touches.

    Whether what an archive or unarchive commit writes is what folding gives is proven elsewhere (``store.verdicts``);
    here it counts that the commit archives a change that was active, or makes one active again that was archived.
    """
    found = [*facts.layout, *judge_attributes(facts.attributes), *_taken_for_spec(facts), *_about_policy(facts)]
    folders_before = set(facts.archived_before.values())
    archives = {c for c in facts.archived if c not in facts.archived_before and c in facts.active_before}
    restored = {folder for change, folder in facts.archived_before.items() if _is_restored(change, facts)}
    old: list[Touched] = []
    fresh: list[Touched] = []
    for touched in facts.touched:
        if not touched.path.startswith(_ARCHIVE):
            continue
        folder = _folder(touched.path)
        if folder in folders_before:
            if folder not in restored or touched.new_mode:
                old.append(touched)
        elif not any(facts.archived[c] == folder for c in archives):
            fresh.append(touched)
    if old:
        found.append(
            finding(
                "R011",
                f"the commit changes what is archived: {listed(t.path for t in old)}",
                old[0].path,
                help=f"git restore --staged --worktree {_folder(old[0].path)}; put the edit into a new change",
            )
        )
    if not facts.governed:
        return found
    living = [t for t in facts.touched if t.path.startswith(_LIVING)]
    if refs.spec_edits:
        return found + _judge_spec_edit(refs, living, code, facts, policy.spec_edits if policy else (IMPORT,))
    by_hand = living if not archives and not restored else []
    if by_hand or fresh:
        touched_by_hand = by_hand or fresh
        found.append(
            finding(
                "R010",
                f"living specs change by archiving a change, not by hand: {listed(t.path for t in touched_by_hand)}",
                touched_by_hand[0].path,
                help="say it as a delta: gitspec delta modify <change> <capability>/<requirement>; "
                f"specs that an import adds need '{SPEC_EDIT_KEY}: {IMPORT}' in the message",
            )
        )
    return found


def _is_restored(change: str, facts: CommitFacts) -> bool:
    """Whether the commit takes the archive of a change back: its folder goes, and the change is active again."""
    return change not in facts.archived and change in facts.active and change not in facts.active_before


def _about_policy(facts: CommitFacts) -> Iterator[Finding]:
    for touched in facts.touched:
        if touched.path != POLICY or not facts.governed:
            continue
        if touched.new_mode:
            message = "the commit changes the policy: it is judged by the old one, and later ones by this one"
            yield finding("R016", message, POLICY, help="gitspec policy show says what holds")
        else:
            yield finding("R012", "the commit removes the policy", POLICY, help=f"git checkout HEAD -- {POLICY}")


def _taken_for_spec(facts: CommitFacts) -> Iterator[Finding]:
    for touched in facts.touched:
        if touched.new_mode and takes_for_spec(touched.path):
            top = touched.path.partition("/")[0]
            message = f"some machines take {listed([top])} for spec"
            yield finding("L003", message, touched.path, help="rename it: git mv")
            return


def _judge_spec_edit(
    refs: References, living: Sequence[Touched], code: Sequence[Touched], facts: CommitFacts, allowed: Sequence[str]
) -> list[Finding]:
    unlisted = [reason for reason in refs.spec_edits if reason not in allowed]
    if unlisted:
        words = ", ".join(allowed) or "none"
        return [
            finding("R013", f"'{SPEC_EDIT_KEY}: {unlisted[0]}' is not allowed", facts.place, help=f"allowed: {words}")
        ]
    edited = [t.path for t in living if t.old_mode]
    if edited and IMPORT in refs.spec_edits:
        message = f"'{SPEC_EDIT_KEY}: {IMPORT}' may only add files, and {listed(edited)} existed"
        return [finding("R013", message, facts.place, help="change what exists by a delta: gitspec delta modify")]
    if code:
        message = f"'{SPEC_EDIT_KEY}: {refs.spec_edits[0]}' may touch no code, and {listed(t.path for t in code)} is"
        return [finding("R013", message, facts.place, help="commit the code for itself")]
    return []


def _folder(path: str) -> str:
    return "/".join(path.split("/", 3)[:3])
