"""What `gitspec overlap` found, as text and as data for JSON."""

from collections.abc import Sequence
from typing import Any

from gitspec.commands.overlap_report import Clash, Group, Overlap, Pair, Shown, Versions
from gitspec.domain.overlap import Verdict
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.json import finding_data
from gitspec.render.text import clean_line, count, finding_lines
from gitspec.store.branches import HEADS, REMOTES
from gitspec.store.versions import WORK_TREE, Place

_FEW = 3
_MOST = 100
_WORDS: dict[Verdict, str] = {
    "conflicts": "conflict",
    "stale": "stale",
    "unknown": "unknown",
    "ordered": "in order",
    "merges": "merge",
}
_WIDTH = max(map(len, _WORDS.values()))


def overlap_text(found: Overlap, paint: Paint = PLAIN) -> list[str]:
    """The pairs, conflicts first; changes with several versions; the order in which groups merge."""
    lines = [_summary(found)]
    for pair in found.pairs[:_MOST]:
        lines += _pair(pair, found, paint)
    if len(found.pairs) > _MOST:
        more = count(len(found.pairs) - _MOST, "more pair")
        lines += ["", f"and {more}: --json shows all, --change those of one change"]
    for change in found.changes:
        if len(change.versions) > 1 or change.versions[0].state == "broken":
            lines += ["", *_versions(change, paint)]
    for group in (g for g in found.groups if len(g.changes) > 2):
        lines += ["", *_group(group, paint)]
    if found.shallow and any(len(change.versions) > 1 for change in found.changes):
        lines += [
            "",
            "history is cut off here (a shallow clone): old copies may show as versions; git fetch --unshallow",
        ]
    return lines


def _summary(found: Overlap) -> str:
    onto = short(found.base.ref) if found.base else "the work tree"
    seen = f"{count(len(found.changes), 'active change')}, {count(found.branches, 'branch', 'branches')}"
    pairs = f"{count(len(found.pairs), 'pair')} of changes touch the same" if found.pairs else "none touch the same"
    if len(found.pairs) == 1:
        pairs = "1 pair of changes touches the same"
    return f"onto {onto}: {seen}; {pairs}"


def short(ref: str) -> str:
    """The name of a branch as people say it, safe to show."""
    return clean_line(ref.removeprefix(HEADS).removeprefix(REMOTES)) if ref != WORK_TREE else "work tree"


def places_text(places: Sequence[Place]) -> str:
    """``work tree, main and 4 more``."""
    shown = [short(p.ref) + (" (archived there)" if p.archived else "") for p in places[:_FEW]]
    more = len(places) - _FEW
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _pair(pair: Pair, found: Overlap, paint: Paint) -> list[str]:
    colour = {"conflicts": paint.bad, "stale": paint.bad, "unknown": paint.warn, "ordered": paint.warn}
    word = colour.get(pair.verdict, paint.good)(_WORDS[pair.verdict].ljust(_WIDTH))
    first, second = pair.order or pair.changes
    joined = f"{first}, then {second}" if pair.order else f"{first}, {second}"
    names = ", ".join(map(clean_line, pair.names[:_FEW]))
    more = f" and {len(pair.names) - _FEW} more" if len(pair.names) > _FEW else ""
    lines = ["", f"{word}  {paint.strong(clean_line(joined))}  {names}{more}"]
    indent = " " * (_WIDTH + 2)
    if pair.verdict == "merges":
        return lines[1:]
    for change, trees in zip(pair.changes, pair.trees, strict=True):
        places = [
            p
            for c in found.changes
            if c.id == change
            for v in c.versions
            if v.version.tree in trees
            for p in v.version.places
        ]
        lines.append(f"{indent}{clean_line(change)}: {places_text(places)}")
    if pair.reason:
        lines.append(f"{indent}{clean_line(pair.reason)}")
    if pair.stale:
        said = " and ".join(pair.stale)
        verb = "does" if len(pair.stale) == 1 else "do"
        lines.append(
            f"{indent}{clean_line(said)} {verb} not fold alone either; help: gitspec rebase {clean_line(pair.stale[0])}"
        )
    for attempt in pair.attempts[: 1 if pair.verdict in ("ordered", "stale") else 2]:
        after = next(c for c in attempt.order if c != attempt.of)
        where = f"after {after}" if attempt.of == attempt.order[1] else "on its own"
        lines += _clashes(attempt.conflicts, f"{indent}{clean_line(attempt.of)} {clean_line(where)}: ")
    return lines


def _clashes(conflicts: Sequence[Clash], head: str) -> list[str]:
    lines = [f"{head}{c.code} {clean_line(c.message)}" for c in conflicts[:_FEW]]
    if len(conflicts) > _FEW:
        lines.append(f"{head}{len(conflicts) - _FEW} more (--json shows all)")
    return lines


def _versions(change: Versions, paint: Paint) -> list[str]:
    those = change.versions
    lines = [f"{paint.strong(clean_line(change.id))}: {count(len(those), 'version')}"]
    for shown in those:
        notes = [f"differs: {_paths(shown.differs)}"] if shown.differs else []
        notes += {"outdated": ["an old copy"], "broken": ["has errors"], "closed": ["closed"]}.get(shown.state, [])
        said = f" ({'; '.join(notes)})" if notes else ""
        lines.append(f"  {shown.version.tree[:8]}  {places_text(shown.version.places)}{said}")
        if shown.state == "broken":
            lines += [f"            {line}" for f in shown.version.findings[:_FEW] for line in finding_lines(f, paint)]
    return lines


def _paths(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _FEW} more" if len(paths) > _FEW else ""
    return ", ".join(map(clean_line, paths[:_FEW])) + more


def _group(group: Group, paint: Paint) -> list[str]:
    lines = []
    if group.order:
        lines.append(f"these merge in this order: {paint.strong(clean_line(', '.join(group.order)))}")
    for change, conflicts in group.left.items():
        lines.append(f"then {paint.strong(clean_line(change))} conflicts; help: gitspec rebase {clean_line(change)}")
        lines += _clashes(conflicts, "  ")
    return lines


def overlap_data(found: Overlap) -> dict[str, Any]:
    """The body of `gitspec overlap --json`."""
    return {
        "onto": {"ref": found.base.ref, "commit": found.base.commit} if found.base else None,
        "branches": found.branches,
        "shallow": found.shallow,
        "conflicts": found.has_conflicts,
        "complete": found.is_complete,
        "changes": [
            {"id": c.id, "title": c.title or None, "versions": [_version_data(v) for v in c.versions]}
            for c in found.changes
        ],
        "pairs": [_pair_data(pair) for pair in found.pairs],
        "groups": [
            {
                "changes": list(group.changes),
                "order": list(group.order),
                "left": [{"change": c, "conflicts": [_clash_data(x) for x in xs]} for c, xs in group.left.items()],
            }
            for group in found.groups
        ],
    }


def _version_data(shown: Shown) -> dict[str, Any]:
    return {
        "tree": shown.version.tree,
        "state": shown.state,
        "places": [{"ref": p.ref or None, "archived": p.archived} for p in shown.version.places],
        "differs": list(shown.differs),
        "findings": [finding_data(f) for f in shown.version.findings],
    }


def _pair_data(pair: Pair) -> dict[str, Any]:
    return {
        "changes": [
            {"id": change, "trees": list(trees)} for change, trees in zip(pair.changes, pair.trees, strict=True)
        ],
        "touch": list(pair.names),
        "verdict": pair.verdict,
        "order": list(pair.order) if pair.order else None,
        "stale": list(pair.stale),
        "reason": pair.reason or None,
        "attempts": [
            {"order": list(a.order), "change": a.of, "conflicts": [_clash_data(c) for c in a.conflicts]}
            for a in pair.attempts
        ],
    }


def _clash_data(clash: Clash) -> dict[str, Any]:
    return {
        "code": clash.code,
        "requirement": clash.name,
        "part": clash.part or None,
        "message": clash.message,
        "help": clash.help or None,
    }
