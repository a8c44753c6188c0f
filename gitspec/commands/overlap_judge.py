"""Verdicts on changes that touch the same, folded for real and remembered with all that they depend on."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gitspec.commands.overlap_report import Attempt, Clash, Group, Pair, Versions
from gitspec.domain.overlap import best_order, components, meetings
from gitspec.git.promised import fetch_promised
from gitspec.git.snapshot import WorkTree
from gitspec.store.spec import BrokenSpec, Spec
from gitspec.store.versions import Contents, Version, delta_files, load_deltas

if TYPE_CHECKING:
    from gitspec.domain.fold_result import Conflict
    from gitspec.domain.overlap import Bench, Side
    from gitspec.git.objects import Objects
    from gitspec.store.cache import Cache

_KIND = "overlap"
_SPARE = 2000
_PARALLEL_ABOVE = 1000
_MOST = 20_000
"""Pairs that one run judges: their number grows with the square of the changes that touch one requirement."""
_RANKS = {"conflicts": 0, "stale": 1, "unknown": 2, "ordered": 3, "merges": 4}


class Desk(NamedTuple):
    """What judging needs: the spec to fold onto, and where contents come from (``objects`` those of the spec)."""

    spec: Spec
    contents: Contents
    objects: "Objects"
    cache: "Cache | None"


class Alike(NamedTuple):
    """Versions of one change that fold alike, with what they depend on; the first one stands for all."""

    key: str
    versions: tuple[Version, ...]
    before: tuple[Version, ...]

    @property
    def change(self) -> str:
        return self.versions[0].change

    @property
    def all(self) -> tuple[Version, ...]:
        return (*self.before, self.versions[0])


def alike_versions(changes: Sequence[Versions]) -> dict[str, Alike]:
    """The versions that can be folded, those together that fold alike."""
    by_change: dict[str, list[Version]] = {}
    for change in changes:
        by_change[change.id] = [shown.version for shown in change.versions if shown.state == "active"]
    found: dict[str, list[Version]] = {}
    before: dict[str, tuple[Version, ...]] = {}
    for version in (v for those in by_change.values() for v in those):
        needed = _needed(version, by_change)
        key = _digest([version.fold_key, *(v.fold_key for v in needed)])
        found.setdefault(key, []).append(version)
        before.setdefault(key, needed)
    return {key: Alike(key, tuple(those), before[key]) for key, those in found.items()}


def _needed(version: Version, by_change: Mapping[str, Sequence[Version]]) -> tuple[Version, ...]:
    """What a version depends on, directly or not, in the order to fold: as it stands where the version is."""
    places = set(version.places)
    reached = {version.change}
    ordered: list[Version] = []
    todo: list[tuple[Version, bool]] = [(version, False)]
    while todo:
        at, is_done = todo.pop()
        if is_done:
            ordered.append(at)
            continue
        todo.append((at, True))
        for other in sorted(at.depends_on, reverse=True):
            if other not in reached and (those := by_change.get(other)):
                reached.add(other)
                todo.append((next((v for v in those if places & set(v.places)), those[0]), False))
    return tuple(ordered[:-1])


class Judge:
    """Verdicts on pairs and groups, remembered with all that they depend on."""

    def __init__(self, desk: Desk, alike: Mapping[str, Alike]) -> None:
        self._desk = desk
        self._alike = alike
        self._known: dict[str, Any] = desk.cache.load(_KIND) if desk.cache else {}
        self._used: dict[str, Any] = {}
        self._fresh = False
        self._bench: Bench | None = None
        self._sides: dict[str, Side] = {}
        self._living = dict(
            zip(desk.spec.capability_paths(), desk.spec.oids(list(desk.spec.capability_paths().values())), strict=True)
        )
        self._whole = _digest([f"{name} {oid}" for name, oid in self._living.items()])

    def pairs_and_groups(
        self, leads: Mapping[str, str], only: str | None
    ) -> tuple[tuple[Pair, ...], tuple[Group, ...]]:
        """All pairs that touch the same, and the groups of leading versions that hang together through them."""
        touches = {key: alike.versions[0].touches for key, alike in self._alike.items()}
        met = meetings(touches, {key: alike.change for key, alike in self._alike.items()})
        if only is not None:
            met = {p: n for p, n in met.items() if only in (self._alike[p[0]].change, self._alike[p[1]].change)}
        self._judge_many([pair for pair in met if self._pair_key(*pair) not in self._known])
        pairs = {pair: self._pair(*pair, names) for pair, names in met.items()}
        leading = {k for k, alike in self._alike.items() if any(v.tree == leads[v.change] for v in alike.versions)}
        groups = self._groups({pair: found for pair, found in pairs.items() if leading.issuperset(pair)})
        shown = sorted(pairs.values(), key=lambda p: (_RANKS[p.verdict], p.changes, p.trees))
        return tuple(shown), tuple(sorted(groups, key=lambda g: g.changes))

    def save(self) -> None:
        """Remember the verdicts; those that nobody asked for now stay only while they are few."""
        if self._desk.cache and self._fresh:
            spare = (
                {k: row for k, row in self._known.items() if "reason" not in row} if len(self._known) <= _SPARE else {}
            )
            self._desk.cache.save(_KIND, {**spare, **self._used})

    def _judge_many(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Judge pairs, on all cores when they are many; beyond _MOST they stay unknown."""
        from gitspec.store.bulk import map_many

        judged = pairs[:_MOST]
        self._prefetch(
            {(v.change, v.tree): v for pair in judged for key in pair for v in self._alike[key].all}.values()
        )
        rows = map_many(lambda i: self._judged(*judged[i]), len(judged), parallel_above=_PARALLEL_ABOVE)
        rows += [_unknown(f"more than {_MOST} pairs meet; look at one change with --change")] * (
            len(pairs) - len(judged)
        )
        for pair, row in zip(pairs, rows, strict=True):
            self._known[self._pair_key(*pair)] = row
            self._fresh = True

    def _prefetch(self, versions: Collection[Version]) -> None:
        """Read what judging will ask for one by one, with one child; others must not share it."""
        self._desk.contents.prefetch([oid for v in versions for _, oid in delta_files(v.files)])
        if not isinstance(self._desk.spec.snapshot, WorkTree):
            living = {c for v in versions for c in v.capabilities if c in self._living}
            oids = [self._living[c] for c in sorted(living)]
            fetch_promised(self._desk.objects.repo, oids)
            self._desk.objects.prefetch(oids)
        if any(v.asks_for_links for v in versions):
            self._desk.spec.links_to("")
        self._desk.objects.close()

    def _pair(self, one: str, other: str, names: tuple[str, ...]) -> Pair:
        ids = (self._alike[one].change, self._alike[other].change)
        row = self._remembered(self._pair_key(one, other), lambda: self._judged(one, other))
        return Pair(
            ids,
            (_trees(self._alike[one]), _trees(self._alike[other])),
            names,
            row["verdict"],
            None if row["order"] is None else (ids[row["order"]], ids[1 - row["order"]]),
            tuple(ids[i] for i in row["stale"]),
            tuple(
                Attempt((ids[first], ids[1 - first]), ids[of], tuple(Clash(*c) for c in clashes))
                for first, of, clashes in row["tries"]
            ),
            row.get("reason", ""),
        )

    def _judged(self, one: str, other: str) -> dict[str, Any]:
        try:
            judged = self._the_bench().judge(self._side(one), self._side(other))
        except BrokenSpec as error:
            reason = f"{error.place.partition(':')[0]} has errors: {error.code} {error.message}"
            return _unknown(reason)
        at = {one: 0, other: 1}
        row: dict[str, Any] = {
            "verdict": judged.verdict,
            "order": at[judged.order[0]] if judged.order else None,
            "stale": [at[key] for key in judged.stale],
            "tries": [[at[t.order[0]], at[t.of], _clashes(t.conflicts)] for t in judged.tries],
        }
        return row if judged.verdict != "unknown" else _unknown("each depends on the other")

    def _groups(self, pairs: Mapping[tuple[str, str], Pair]) -> list[Group]:
        members = [set(keys) for keys in components(pairs)]
        at = {key: index for index, keys in enumerate(members) for key in keys}
        within: list[dict[tuple[str, str], Pair]] = [{} for _ in members]
        for pair, found in pairs.items():
            within[at[pair[0]]][pair] = found
        return [self._group(keys, held) for keys, held in zip(members, within, strict=True)]

    def _group(self, keys: set[str], pairs: Mapping[tuple[str, str], Pair]) -> Group:
        names = {key: self._alike[key].change for key in keys}
        key_of = {change: key for key, change in names.items()}
        first = [
            (key_of[p.order[0]], key_of[p.order[1]])
            for p in pairs.values()
            if p.order and set(p.order) <= key_of.keys()
        ]
        first += [(key_of[v.change], key) for key in keys for v in self._alike[key].before if v.change in key_of]
        apart = [pair for pair, p in pairs.items() if p.verdict in ("conflicts", "stale") and keys.issuperset(pair)]
        order = best_order(keys, first, apart, names)
        row = self._remembered(self._key("group", order), lambda: self._folded(order))
        left = {names[order[i]]: tuple(Clash(*c) for c in clashes) for i, clashes in row["left"]}
        ordered = tuple(names[key] for key in order)
        return Group(tuple(sorted(ordered)), tuple(c for c in ordered if c not in left), left)

    def _folded(self, order: Sequence[str]) -> dict[str, Any]:
        try:
            landing = self._the_bench().in_order([self._side(key) for key in order])
        except BrokenSpec:  # the pairs say so
            return {"left": [[i, []] for i in range(len(order))], "reason": "unknown"}
        return {"left": [[order.index(key), _clashes(conflicts)] for key, conflicts in landing.left.items()]}

    def _remembered(self, key: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        row: Any = self._known.get(key)
        if row is None:
            row = work()
            self._fresh = True
        if "reason" not in row:
            self._used[key] = row
        return dict(row)

    def _pair_key(self, one: str, other: str) -> str:
        return self._key("pair", (one, other))

    def _key(self, what: str, keys: Sequence[str]) -> str:
        """All that a verdict depends on: the versions, and the living specs that they touch or ask about."""
        versions = [v for key in keys for v in self._alike[key].all]
        if any(v.asks_for_links for v in versions):
            living = [self._whole]
        else:
            names = sorted({c for v in versions for c in v.capabilities})
            living = [f"{name} {self._living.get(name)}" for name in names]
        return _digest([what, *keys, *living])

    def _the_bench(self) -> "Bench":
        from gitspec.domain.overlap import Bench

        if self._bench is None:
            self._bench = Bench(self._desk.spec.living, self._desk.spec.links_to)
        return self._bench

    def _side(self, key: str) -> "Side":
        from gitspec.domain.overlap import Side

        if key not in self._sides:
            alike = self._alike[key]
            before = tuple(self._plain_side(v) for v in alike.before)
            self._sides[key] = Side(key, alike.change, load_deltas(alike.versions[0], self._desk.contents), before)
        return self._sides[key]

    def _plain_side(self, version: Version) -> "Side":
        from gitspec.domain.overlap import Side

        if version.fold_key not in self._sides:
            self._sides[version.fold_key] = Side(
                version.fold_key, version.change, load_deltas(version, self._desk.contents)
            )
        return self._sides[version.fold_key]


def _unknown(reason: str) -> dict[str, Any]:
    return {"verdict": "unknown", "order": None, "stale": [], "tries": [], "reason": reason}


def _trees(alike: Alike) -> tuple[str, ...]:
    return tuple(version.tree for version in alike.versions)


def _clashes(conflicts: "Sequence[Conflict]") -> list[list[str]]:
    return [list(Clash(c.code, c.capability, c.requirement, c.part, c.message, c.help)) for c in conflicts]


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:40]
