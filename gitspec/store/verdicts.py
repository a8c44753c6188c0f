"""The verdicts on all commits that touch spec/: what is new is judged, on all cores, and the rest remembered.

A verdict follows from the commit and what came before it, so it is kept under the commit's id, for this version of
gitspec and of the fold, and only for the user who judged it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gitspec.domain.finding import Finding
from gitspec.domain.fold_version import FOLD_VERSION
from gitspec.domain.quotes import Quote
from gitspec.git.repository import Repository
from gitspec.git.spec_history import Commit, changes_below, claiming, merge_bases, present, walk, was_ever
from gitspec.git.tree_edit import PathChange
from gitspec.store import layout
from gitspec.store.cache import Cache
from gitspec.store.proving import Exempted, Landed, Prover, Verdict, wanted_objects
from gitspec.store.step import Step, needs_judging

_KIND = f"fsck-{FOLD_VERSION}"
_SLICES = 128
_MOST_TIPS = 50
_MOST_ROWS = 50_000
_PARALLEL_ABOVE = 400


class History(NamedTuple):
    """All commits of a range, parents first, and the verdicts on those that touch spec/ (active changes aside)."""

    commits: int
    verdicts: tuple[Verdict, ...]
    judged: int
    """How many commits were looked at now, and not remembered."""


def judge_history(repo: Repository, tips: Sequence[str], since: str | None, cache: Cache | None) -> History:
    """Judge what ``tips`` reach, without what ``since`` reaches. Raises CannotJudge when history is missing."""
    commits = walk(repo, tips, [since] if since else [])
    known = cache.load(_KIND) if cache else {}
    rows: dict[str, Any] = known.get("rows", {})
    settled = _settled(commits, known.get("tips", []))
    fresh = [commit for commit in commits if commit.oid not in settled and commit.oid not in rows]
    verdicts = _judged(repo, commits, fresh, rows) if fresh else {}
    if cache and fresh:
        _remember(cache, commits, tips, since, rows | {oid: _plain(v) for oid, v in verdicts.items()}, known)
    held = {oid: _verdict(oid, rows[oid]) for oid in (c.oid for c in commits) if oid in rows}
    found = held | verdicts
    return History(len(commits), tuple(found[c.oid] for c in commits if c.oid in found), len(fresh))


def verdicts_on(
    repo: Repository, commits: Sequence[tuple[str, tuple[str, ...]]], wanted: Sequence[str], cache: Cache | None
) -> dict[str, Verdict]:
    """The verdicts on the ``wanted`` ones among the commits (with parents) of a range, parents first; some need none."""
    known = cache.load(_KIND) if cache else {}
    rows: dict[str, Any] = known.get("rows", {})
    found = {oid: _verdict(oid, rows[oid]) for oid in wanted if oid in rows}
    missing = set(wanted) - found.keys()
    fresh = [Commit(*commit) for commit in commits if commit[0] in missing]
    if fresh:
        found |= _judged(repo, [Commit(*commit) for commit in commits], fresh, rows)
    return found


def _settled(commits: Sequence[Commit], tips: Sequence[str]) -> set[str]:
    """The commits that an earlier run has judged, with all before them."""
    settled = set(tips)
    for commit in reversed(commits):
        if commit.oid in settled:
            settled.update(commit.parents)
    return settled


def _judged(
    repo: Repository, commits: Sequence[Commit], fresh: Sequence[Commit], rows: Mapping[str, Any]
) -> dict[str, Verdict]:
    """The verdicts on ``fresh`` commits, those that need one."""
    firsts = changes_below(repo, [(c.oid, c.parents[0] if c.parents else None) for c in fresh], layout.SPEC)
    changes = {commit.oid: found for commit, found in zip(fresh, firsts, strict=True)}
    governed = _governed(repo, commits, changes, rows)
    steps = _steps(repo, fresh, changes, governed)
    claims = claiming(repo, [s.commit for s in steps if not needs_judging(s.changes)], "Archived")
    steps = [s for s in steps if needs_judging(s.changes) or s.dropped or s.commit in claims]
    verdicts = {verdict.commit: verdict for verdict in _judge_all(repo, steps)}
    return verdicts | _with_imports(repo, steps, verdicts, rows)


def _governed(
    repo: Repository, commits: Sequence[Commit], changes: Mapping[str, Sequence[PathChange]], rows: Mapping[str, Any]
) -> dict[str, bool]:
    """Whether a commit or one before it had a policy, also for the parents at the edge of the range.

    Only commits of which that is so have rows; of those that an earlier run settled without one it follows.
    """
    governed: dict[str, bool] = {}
    for commit in commits:
        for parent in commit.parents:
            if parent not in governed:
                governed[parent] = was_ever(repo, parent, layout.POLICY)
        brings = any(path == layout.POLICY and new for path, _, new in changes.get(commit.oid, ()))
        governed[commit.oid] = brings or commit.oid in rows or any(governed[p] for p in commit.parents)
    return governed


def _steps(
    repo: Repository,
    fresh: Sequence[Commit],
    changes: Mapping[str, tuple[PathChange, ...]],
    governed: Mapping[str, bool],
) -> list[Step]:
    """The commits to judge: each against its first parent, or the first one that has a policy."""
    steps: list[Step] = []
    rebased: list[int] = []
    for commit in fresh:
        if not governed[commit.oid]:
            continue
        base = next((p for p in commit.parents if governed[p]), commit.parents[0] if commit.parents else None)
        is_adoption = not any(governed[p] for p in commit.parents)
        if base is not None and base != commit.parents[0]:
            rebased.append(len(steps))
        steps.append(Step(commit.oid, commit.parents, base, changes[commit.oid], is_adoption))
    again = changes_below(repo, [(steps[i].commit, steps[i].base) for i in rebased], layout.SPEC)
    for i, found in zip(rebased, again, strict=True):
        steps[i] = steps[i]._replace(changes=found)
    return _with_dropped(repo, steps)


def _with_dropped(repo: Repository, steps: list[Step]) -> list[Step]:
    """Note in merges the archived folders of other parents that are gone, and that nobody has taken back before."""
    pairs = [(i, parent) for i, s in enumerate(steps) for parent in s.parents if parent != s.base]
    wanted = [(steps[i].commit, parent) for i, parent in pairs]
    for (i, parent), found in zip(pairs, changes_below(repo, wanted, layout.ARCHIVE, only="D"), strict=True):
        names = [c.path.split("/")[2] for c in found if layout.classify(c.path).kind == "change"]
        base = steps[i].base
        if not names or base is None:
            continue
        asked = [
            (ancestor, f"{layout.ARCHIVE}/{name}/change.yaml")
            for ancestor in merge_bases(repo, base, parent)
            for name in names
        ]
        known = {path for (_, path), has in zip(asked, present(repo, asked), strict=True) if has}
        lost = tuple((parent, name) for name in names if f"{layout.ARCHIVE}/{name}/change.yaml" not in known)
        steps[i] = steps[i]._replace(dropped=(*steps[i].dropped, *lost))
    return steps


def _judge_all(repo: Repository, steps: Sequence[Step]) -> list[Verdict]:
    """The verdicts in order; many are shared out to all cores, each with a git child of its own to read."""
    if not steps:
        return []
    from gitspec.store.bulk import map_many

    size = -(-len(steps) // _SLICES) if len(steps) > _PARALLEL_ABOVE else len(steps)
    slices = [steps[at : at + size] for at in range(0, len(steps), size)]
    provers: list[Prover] = []
    _build_models()

    def work(index: int) -> list[list[Any]]:
        if not provers:
            provers.append(Prover(repo))
        prover = provers[0]
        prover.reader.hold(oid for step in slices[index] for oid in wanted_objects(step, prover.reader))
        return [[step.commit, _plain(prover.judge(step))] for step in slices[index]]

    try:
        answers = map_many(work, len(slices), parallel_above=2)
    finally:
        for prover in provers:
            prover.reader.close()
    return [_verdict(oid, row) for answer in answers for oid, row in answer]


def _build_models() -> None:
    """Build the validators once, before children inherit them."""
    from gitspec.domain.capability import Capability
    from gitspec.domain.change import Change
    from gitspec.domain.delta import Delta

    for model in (Capability, Change, Delta):
        model.model_rebuild()


def _with_imports(
    repo: Repository,
    steps: Sequence[Step],
    verdicts: Mapping[str, Verdict],
    rows: Mapping[str, Any],
) -> dict[str, Verdict]:
    """Merges that failed, judged again with the capabilities that exempted commits on their side brought."""
    failed = [s for s in steps if len(s.parents) > 1 and not verdicts[s.commit].is_proven]
    brought = {oid: v.imported for oid, v in verdicts.items() if v.imported}
    brought |= {oid: _verdict(oid, row).imported for oid, row in rows.items() if row[7]}
    if not failed or not brought:
        return {}
    again = []
    for step in failed:
        side = {c.oid for c in walk(repo, step.parents, [step.base] if step.base else [])}
        imported = tuple(pair for oid, pairs in brought.items() if oid in side for pair in pairs)
        if imported:
            again.append(step._replace(imported=imported))
    return {verdict.commit: verdict for verdict in _judge_all(repo, again)}


def _remember(
    cache: Cache,
    commits: Sequence[Commit],
    tips: Sequence[str],
    since: str | None,
    rows: dict[str, Any],
    known: Mapping[str, Any],
) -> None:
    settled = [] if since else list(tips)
    settled += [tip for tip in known.get("tips", []) if tip not in settled]
    if len(rows) > _MOST_ROWS:
        here = {commit.oid for commit in commits}
        rows = {oid: row for oid, row in rows.items() if oid in here}
        settled = [] if since else list(tips)
    cache.save(_KIND, {"tips": settled[:_MOST_TIPS], "rows": rows})


def _plain(verdict: Verdict) -> list[Any]:
    return [
        [list(f) for f in verdict.findings],
        [[kind, list(paths)] for kind, paths in verdict.exempted],
        [list(one) for one in verdict.landed],
        list(verdict.restored),
        list(verdict.proposed),
        verdict.committer,
        [list(q) for q in verdict.quotes],
        [list(pair) for pair in verdict.imported],
    ]


def _verdict(commit: str, row: Sequence[Any]) -> Verdict:
    findings, exempted, landed, restored, proposed, committer, quotes, imported = row
    return Verdict(
        commit,
        tuple(Finding(*f) for f in findings),
        tuple(Exempted(kind, tuple(paths)) for kind, paths in exempted),
        tuple(Landed(*one) for one in landed),
        tuple(restored),
        tuple(proposed),
        committer,
        tuple((capability, oid) for capability, oid in imported),
        tuple(Quote(*quote) for quote in quotes),
    )
