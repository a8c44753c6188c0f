"""What commands need to know about living capabilities, without their documents: cached by the id of the blob.

Warm, nothing but the cache file is read, and neither pydantic nor YAML is imported. Cold, only files whose content is
new are parsed (on all cores when there are many).

    facts = facts_of_capabilities(spec)            # {"auth": CapabilityFacts(...)}
    facts["auth"].requirement_ids                  # ("session-expiry", ...)
    facts["auth"].findings                         # what the file alone gets wrong, with paths

A checker that looks at one capability alone and is a pure function of it may ride along (``Check``): its findings are
cached too, under its ``key``, which must change whenever it might answer differently (the policy's blob id).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gitspec.domain.finding import Finding

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability
    from gitspec.store.spec import Spec
    from gitspec.yaml.reader import Document

Row = list[Any]
"""A capability's facts as the cache holds them (plain JSON); ``_row_of`` writes it, ``CapabilityFacts`` reads it."""


class Check(NamedTuple):
    """A rule on one capability alone: ``judge(capability, document, path)`` gives findings (their path is kept)."""

    key: str
    judge: "Callable[[Capability, Document, str], Iterable[Finding]]"


class Link(NamedTuple):
    """A link from a requirement of the capability. ``target`` is `<capability>/<requirement>`."""

    requirement: str
    kind: str
    target: str


class RequirementFacts(NamedTuple):
    """A requirement by its outline; ``title`` is derived from the id where the file has none."""

    id: str
    title: str
    line: int
    scenarios: int


class CapabilityFacts:
    """Facts of one capability file. When ``is_broken`` the file binds to nothing, and only the findings count."""

    __slots__ = ("_row", "id", "oid", "path")

    def __init__(self, capability: str, path: str, oid: str, row: Row) -> None:
        self.id = capability
        self.path = path
        self.oid = oid
        self._row = row

    @property
    def is_broken(self) -> bool:
        """Whether the file has errors that leave no capability."""
        return bool(self._row[0] != self.id)

    @property
    def title(self) -> str:
        """The title, derived from the id where the file has none."""
        from gitspec.domain.ids import derived_title

        return self._row[1] or derived_title(self.id)

    @property
    def purpose(self) -> str:
        """The purpose, or ``""``."""
        return str(self._row[2])

    @property
    def requirement_ids(self) -> tuple[str, ...]:
        """The ids of the requirements, in reading order."""
        return tuple(self._row[3].split())

    @property
    def requirement_count(self) -> int:
        """How many requirements there are."""
        ids: str = self._row[3]
        return ids.count(" ") + 1 if ids else 0

    @property
    def scenario_count(self) -> int:
        """How many scenarios all requirements have together."""
        return sum(map(int, self._row[6].split()))

    @property
    def requirements(self) -> tuple[RequirementFacts, ...]:
        """The outline of the requirements, in reading order."""
        from gitspec.domain.ids import derived_title

        ids = self._row[3].split()
        rows = zip(ids, self._row[4].split("\n"), self._row[5].split(), self._row[6].split(), strict=False)
        return tuple(
            RequirementFacts(i, title or derived_title(i), int(line), int(scenarios))
            for i, title, line, scenarios in rows
        )

    @property
    def links(self) -> tuple[Link, ...]:
        """All links of the requirements."""
        return tuple(Link(*link) for link in self._row[7])

    @property
    def findings(self) -> list[Finding]:
        """What reading the file found (and the Check, if one rode along); nothing about other files."""
        found = [_finding(row, self.path) for row in self._row[8]]
        if self._row[0] and self._row[0] != self.id:
            found.append(_misnamed(self.id, self.path, self._row[9]))
        return found + [_finding(row, self.path) for row in self._row[11]]


def facts_of_capabilities(
    spec: "Spec",
    capabilities: Sequence[str] | None = None,
    *,
    check: Check | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> dict[str, CapabilityFacts]:
    """Facts by id of all living capabilities (or of those given that exist), in the order of the ids.

    ``meanwhile`` is called once, while other processes parse when there is much to parse.
    """
    paths = spec.capability_paths(capabilities)
    oids = dict(zip(paths.values(), spec.oids(list(paths.values())), strict=True))
    key = check.key if check else None
    known = spec.cache.load("capabilities") if spec.cache else {}
    missing = [p for p in paths.values() if not _serves(known.get(oids[p]), key)]
    if missing:
        contents = spec.snapshot.read_many(missing)
        fresh = _rows_of(missing, contents, check, meanwhile)
        known = {
            **(known if capabilities is not None else _kept(known, set(oids.values()), len(fresh))),
            **{oids[p]: row for p, row in zip(missing, fresh, strict=True)},
        }
        if spec.cache:
            spec.cache.save("capabilities", known)
    elif meanwhile:
        meanwhile()
    return {c: CapabilityFacts(c, path, oids[path], known[oids[path]]) for c, path in paths.items()}


def _serves(row: Any, key: str | None) -> bool:
    return isinstance(row, list) and len(row) == _WIDTH and (key is None or row[10] == key)


def _kept(known: dict[str, Any], current: set[str], new: int) -> dict[str, Any]:
    """What stays of an old cache: all while it is small (other branches are looked at too), else what is in use."""
    if len(known) + new <= 4 * len(current) + 1000:
        return known
    return {oid: row for oid, row in known.items() if oid in current}


def _rows_of(
    paths: Sequence[str], contents: Sequence[bytes], check: Check | None, meanwhile: Callable[[], None] | None
) -> list[Row]:
    from gitspec.store.bulk import map_many

    _row_of(paths[0], contents[0], check)  # builds the validators once, before children inherit them
    return map_many(lambda i: _row_of(paths[i], contents[i], check), len(paths), meanwhile=meanwhile)


_WIDTH = 12


def _row_of(path: str, data: bytes, check: Check | None) -> Row:
    from gitspec.domain.capability import Capability
    from gitspec.yaml.binding import load, locate

    loaded = load(Capability, data, path)
    found = [_plain(f) for f in loaded.findings]
    capability = loaded.value
    key = check.key if check else None
    if capability is None:
        return ["", "", "", "", "", "", "", [], found, [0, 0], key, []]
    judged = [_plain(f) for f in check.judge(capability, loaded.document, path)] if check else []
    lines = [str(locate(loaded.document, ("requirements", i))[0]) for i in range(len(capability.requirements))]
    return [
        capability.capability,
        capability.title or "",
        capability.purpose or "",
        " ".join([r.id for r in capability.requirements]),
        "\n".join([r.title or "" for r in capability.requirements]),
        " ".join(lines),
        " ".join([str(len(r.scenarios)) for r in capability.requirements]),
        [
            [r.id, kind, target]
            for r in capability.requirements
            for kind, targets in r.links.items()
            for target in targets
        ],
        found,
        list(locate(loaded.document, ("capability",))),
        key,
        judged,
    ]


def _plain(finding: Finding) -> Row:
    return [finding.code, finding.severity, finding.message, finding.line, finding.col, finding.help]


def _finding(row: Row, path: str) -> Finding:
    code, severity, message, line, col, help_ = row
    return Finding(code, severity, message, path, line, col, help_)


def _misnamed(capability: str, path: str, place: Sequence[int]) -> Finding:
    from gitspec.store.spec import misnamed

    return misnamed("capability", capability, path, *place)
