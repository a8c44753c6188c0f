"""Golden vectors for Fold 1: what any later version must still be able to prove. One JSON file for each case.

A vector holds `living` and `deltas` as the files would, and `expected`: the capabilities that change (null: gone) and
the conflicts by code, place and part. Messages are free to get better. ``python -m tests.domain.vectors`` writes the
vectors that are missing and never touches one that exists: a vector that fails means that the fold needs a new version.
"""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from gitspec.domain.capability import Capability
from gitspec.domain.delta import Delta
from gitspec.domain.digest import seen_of, seen_of_whole
from gitspec.domain.fold import FoldResult
from tests.domain.histories import Author
from tests.domain.specs import capability, delta, find, folded, laid_over, living, requirement, scenario

FOLDER = Path(__file__).parent.parent / "data" / "fold1"
RANDOM_CASES = 40

OLD, NEW, THEIRS = "It MUST take 30 minutes.", "It MUST take 15 minutes.", "It MUST take 20 minutes."
IDLE, IDLE_NEW, IDLE_THEIRS = (
    f"GIVEN a session\nWHEN {n} minutes pass\nTHEN it ends:\n  - `401`" for n in (30, 15, 20)
)


def spec(text: str = OLD, idle: str = IDLE, *more: dict[str, Any], **fields: Any) -> Capability:
    """The capability that most cases are about; as it stands by default it is what the author saw."""
    first = requirement("expiry", text, scenario("idle", idle), *more, **fields)
    return capability("auth", first, requirement("login"), purpose="Sign users in.")


def seen(whole: bool = False) -> dict[str, str]:
    expiry = find({"auth": spec()}, "auth/expiry")
    return seen_of_whole(expiry) if whole else seen_of(expiry)


def entry(**fields: Any) -> Delta:
    return delta("auth", modified=[{"id": "expiry", "seen": seen(), **fields}])


def linked() -> list[Capability]:
    return [
        capability("auth", requirement("login"), requirement("logout", "", links={"refines": ["auth/login"]})),
        capability("web", requirement("page", "", links={"depends-on": ["auth/login"]})),
    ]


def cases() -> Iterator[tuple[str, list[Capability], list[Delta]]]:
    """(name, living, deltas)"""
    text = entry(text={"from": OLD, "to": NEW})
    steps = entry(scenarios={"modified": [{"id": "idle", "steps": {"from": IDLE, "to": IDLE_NEW}}]})
    for name, change, lives in (
        ("text-taken", text, spec()),
        ("text-done", text, spec(NEW)),
        ("text-conflict", text, spec(THEIRS)),
        ("text-with-new-scenario", text, spec(OLD, IDLE, scenario("new"))),
        ("text-with-changed-scenario", text, spec(OLD, IDLE_THEIRS)),
        ("text-with-removed-scenario", text, capability("auth", requirement("expiry", OLD))),
        ("text-with-renamed-scenario", text, capability("auth", requirement("expiry", OLD, scenario("timeout", IDLE)))),
        ("text-done-with-changed-scenario", text, spec(NEW, IDLE_THEIRS)),
        ("text-of-nothing", text, capability("auth", requirement("login"))),
        ("steps-taken", steps, spec()),
        ("steps-done", steps, spec(OLD, IDLE_NEW)),
        ("steps-conflict", steps, spec(OLD, IDLE_THEIRS)),
        ("steps-with-changed-text", steps, spec(THEIRS)),
        ("steps-of-nothing", steps, capability("auth", requirement("expiry", OLD))),
    ):
        yield f"modified-{name}", [lives], [change]
    yield from _field_cases()
    yield from _scenario_cases()
    yield from _requirement_cases()
    yield from _capability_cases()


def _field_cases() -> Iterator[tuple[str, list[Capability], list[Delta]]]:
    title = entry(title={"to": "Mine"}, notes={"to": "n\n\n  code"})
    yield "modified-title-taken", [spec(THEIRS, IDLE_THEIRS, rationale="Theirs.")], [title]
    yield "modified-title-conflict", [spec(title="Theirs")], [title]
    yield "modified-unstamped", [spec()], [delta("auth", modified=[{"id": "expiry", "text": {"from": OLD, "to": NEW}}])]
    tags = entry(tags={"added": ["new"], "removed": ["old"]}, links={"added": {"refines": ["auth/login"]}})
    yield "modified-sets", [spec(tags=["theirs", "old"], links={"relates-to": ["auth/login"]})], [tags]
    attributes = entry(attributes={"risk": {"from": "low", "to": "high"}, "owner": {"from": "ann"}})
    yield "modified-attributes", [spec(attributes={"risk": "low", "owner": "ann", "area": "web"})], [attributes]
    yield "modified-attributes-conflict", [spec(attributes={"risk": "none", "owner": "ann"})], [attributes]


def _scenario_cases() -> Iterator[tuple[str, list[Capability], list[Delta]]]:
    added = entry(
        scenarios={"added": [{**scenario("b", "GIVEN b"), "after": "a"}, {**scenario("a", "GIVEN a"), "after": "idle"}]}
    )
    yield "scenario-added-after", [spec(OLD, IDLE, scenario("last"))], [added]
    yield "scenario-added-done", [spec(OLD, IDLE, scenario("a", "GIVEN a"), scenario("b", "GIVEN b"))], [added]
    yield "scenario-added-conflict", [spec(OLD, IDLE, scenario("a", "GIVEN theirs"))], [added]
    removed = entry(scenarios={"removed": [{"id": "idle"}]})
    yield "scenario-removed", [spec(OLD, IDLE, scenario("last"))], [removed]
    yield "scenario-removed-conflict", [spec(OLD, IDLE_THEIRS)], [removed]
    yield "scenario-removed-with-changed-text", [spec(THEIRS)], [removed]
    yield "scenario-removed-by-both", [capability("auth", requirement("expiry", OLD))], [removed]
    renamed = entry(scenarios={"renamed": [{"id": "idle", "to": "timeout", "title": {"to": "Time-out"}}]})
    yield "scenario-renamed", [spec(THEIRS, IDLE, scenario("last"))], [renamed]
    yield "scenario-renamed-taken", [spec(OLD, IDLE, scenario("timeout", "GIVEN other"))], [renamed]


def _requirement_cases() -> Iterator[tuple[str, list[Capability], list[Delta]]]:
    gone = delta("auth", removed=[{"id": "expiry", "seen": seen(whole=True), "reason": "r"}])
    yield "removed", [spec()], [gone]
    for name, lives in (
        ("text", spec(THEIRS)),
        ("scenario", spec(OLD, IDLE_THEIRS)),
        ("new-scenario", spec(OLD, IDLE, scenario("new"))),
        ("notes", spec(notes="new")),
    ):
        yield f"removed-with-edited-{name}", [lives], [gone]
    yield "removed-twice", [capability("auth", requirement("login"))], [gone]
    login = find({c.capability: c for c in linked()}, "auth/login")
    yield "removed-while-linked", linked(), [delta("auth", removed=[{"id": "login", "seen": seen_of_whole(login)}])]
    yield (
        "renamed",
        [spec()],
        [delta("auth", renamed=[{"id": "expiry", "to": "time-out", "title": {"to": "Time-out"}}])],
    )
    yield "renamed-taken", [spec()], [delta("auth", renamed=[{"id": "expiry", "to": "login"}])]
    yield "renamed-of-nothing", [spec()], [delta("auth", renamed=[{"id": "nothing", "to": "x"}])]
    yield "renamed-while-linked", linked(), [delta("auth", renamed=[{"id": "login", "to": "sign-in"}])]
    both = delta("auth", renamed=[{"id": "login", "to": "sign-in"}, {"id": "logout", "to": "sign-out"}])
    page = find({c.capability: c for c in linked()}, "web/page")
    touch = delta("web", modified=[{"id": "page", "seen": seen_of(page), "notes": {"to": "n"}}])
    yield "renamed-and-links-follow", linked(), [both, touch]
    move = delta("auth", moved=[{"id": "expiry", "to": "web/time-out"}])
    yield "moved", [spec(), capability("web", requirement("page"))], [move]
    yield "moved-to-nothing", [spec()], [move]
    yield "moved-to-new-capability", [spec()], [move, delta("web", purpose="Pages.")]
    yield "moved-taken", [spec(), capability("web", requirement("time-out"))], [move]
    added = delta("auth", added=[requirement("z"), {**requirement("b", "", scenario("s")), "after": "expiry"}])
    yield "added", [spec()], [added]
    yield "added-done", [after_fold([spec()], [added])], [added]
    yield "added-conflict", [spec()], [delta("auth", added=[requirement("login", "It MUST differ.")])]
    order = delta(
        "auth",
        renamed=[{"id": "expiry", "to": "time-out"}],
        removed=[{"id": "login", "seen": seen_of_whole(find({"auth": spec()}, "auth/login"))}],
        modified=[{"id": "time-out", "seen": seen(), "text": {"from": OLD, "to": NEW}}],
        added=[{**requirement("expiry"), "after": "expiry"}],
    )
    yield "all-in-order", [spec()], [order]


def _capability_cases() -> Iterator[tuple[str, list[Capability], list[Delta]]]:
    new = delta("billing/invoices", title="Invoices", purpose="Bill.", added=[requirement("numbering")])
    yield "capability-new", [], [new]
    yield (
        "capability-new-by-both",
        [capability("billing/invoices", requirement("totals"), title="Invoices", purpose="Bill.")],
        [new],
    )
    yield "capability-new-conflict", [capability("billing/invoices", purpose="Other.")], [new]
    yield "capability-gone", [], [entry(text={"from": OLD, "to": NEW})]
    purpose = delta("auth", purpose={"from": "Sign users in.", "to": "New."}, capability_notes={"to": "n"})
    yield "capability-purpose", [spec()], [purpose]
    yield "capability-purpose-conflict", [capability("auth", purpose="Theirs.")], [purpose]
    one = capability("auth", requirement("login"))
    retire = delta("auth", removed=[{"id": "login", "seen": seen_of_whole(one.requirements[0])}], retire="true")
    yield "capability-retired", [one], [retire]
    yield "capability-retired-too-early", [capability("auth", requirement("login"), requirement("new"))], [retire]
    yield "capability-renamed", linked()[:1], [delta("auth", rename_to="sign-in")]
    yield "capability-renamed-while-linked", linked(), [delta("auth", rename_to="sign-in")]
    yield "capability-renamed-taken", linked(), [delta("auth", rename_to="web")]


def random_cases() -> Iterator[tuple[str, list[Capability], list[Delta]]]:
    """Two authors who saw the same, one of whom came first."""
    for seed in range(RANDOM_CASES):
        random, marks = Random(7_000 + seed), count(100)
        author = Author(random, {}, marks)
        author.found()
        base = laid_over({}, folded({}, *author.deltas.values()).capabilities)
        for _ in range(2):
            builder = Author(random, base, marks)
            builder.work(4)
            base = laid_over(base, folded(base, *builder.deltas.values()).capabilities)
        theirs, mine = Author(random, base, marks), Author(random, base, marks)
        theirs.work(3)
        mine.work(4)
        lives = laid_over(base, folded(base, *theirs.deltas.values()).capabilities)
        yield f"random-{seed:02}", list(lives.values()), list(mine.deltas.values())


def after_fold(specs: list[Capability], deltas: list[Delta]) -> Capability:
    result = folded({c.capability: c for c in specs}, *deltas).capabilities["auth"]
    assert result is not None
    return result


def plain(model: Capability | Delta) -> dict[str, Any]:
    """A model as its file says it."""
    data: dict[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return data


def expected(result: FoldResult) -> dict[str, Any]:
    """What a vector says of a result."""
    return {
        "capabilities": {name: new and plain(new) for name, new in sorted(result.capabilities.items())},
        "conflicts": [
            {
                "code": c.code,
                "capability": c.capability,
                "requirement": c.requirement,
                "part": c.part,
                "loc": list(c.loc),
            }
            for c in result.conflicts
        ],
    }


def write_missing() -> None:
    """Write the vectors that do not exist yet."""
    for name, specs, deltas in (*cases(), *random_cases()):
        path = FOLDER / f"{name}.json"
        if not path.exists():
            vector = {
                "fold": 1,
                "living": [plain(c) for c in specs],
                "deltas": [plain(d) for d in deltas],
                "expected": expected(folded(living(*specs), *deltas)),
            }
            path.write_text(json.dumps(vector, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_missing()
