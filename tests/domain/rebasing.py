"""Random histories in which every change that has gone stale is rebased before it is folded."""

from itertools import count
from random import Random
from typing import NamedTuple

from gitspec.domain.delta import Delta
from gitspec.domain.names_since import Archive, Naming, follow, follow_capability
from gitspec.domain.rebase import Rebased, rebase
from gitspec.domain.rebase_notes import Lineage, Origin
from tests.domain.histories import Author, Fact, Reason, _names, facts, joined, judged
from tests.domain.specs import Living, laid_over, links_in


class Outcome(NamedTuple):
    """Figures of one history."""

    stale: int = 0
    saved: int = 0
    """Refused by the fold, and folded after a rebase without anything to decide."""
    undecided: int = 0
    cautious: int = 0
    """To be decided, although the oracle could join both sides."""

    def plus(self, other: "Outcome") -> "Outcome":
        return Outcome(*(a + b for a, b in zip(self, other, strict=True)))


def naming(delta: Delta) -> Naming:
    return Naming(
        delta.capability,
        tuple((e.id, e.to) for e in delta.renamed),
        tuple((e.id, e.to) for e in delta.moved),
        tuple(e.id for e in delta.removed),
        delta.rename_to,
        delta.retire,
    )


def lineage(seen: Living, archives: list[Archive]) -> Lineage:
    """What history knows of an author who saw ``seen``."""

    def entry(_capability: str, name: str, _entry: object) -> Origin:
        home, _, requirement = name.rpartition("/")
        before = seen[home].requirement(requirement) if home in seen else None
        return Origin(follow(name, archives).name, before)

    return Lineage(
        entry, lambda c: follow_capability(c, archives).name, lambda name: follow(name, archives).name or name
    )


def rebased(deltas: dict[str, Delta], seen: Living, living: Living, archives: list[Archive]) -> Rebased:
    return rebase(deltas, living, lineage(seen, archives), links_to=links_in(living), change="x")


def run_history(seed: int, length: int = 8) -> Outcome:
    """Assert that a rebase without conflicts folds into what the oracle joins, and that one with conflicts keeps all."""
    random, marks = Random(seed), count(100)
    states: list[Living] = [{}]
    archived: list[Archive] = []
    total = Outcome()
    for step in range(length):
        at = random.randrange(max(0, len(states) - 3), len(states)) if step > 2 else len(states) - 1
        author = Author(random, states[at], marks, frozenset(_names(states)).difference(_names(states[-1:])))
        author.work(random.randint(1, 4)) if step else author.found()
        living = states[-1]
        done = rebased(author.deltas, states[at], living, archived[at:])
        again = {
            name: Delta.model_validate(d.model_dump(mode="json", by_alias=True)) for name, d in done.deltas.items()
        }
        assert again == done.deltas, f"seed {seed}, step {step}: a delta that no file can say"
        _assert_nothing_lost(author, living, done, f"seed {seed}, step {step}")
        total = total.plus(_judge(author, living, done, f"seed {seed}, step {step}"))
        reported, result = judged(done.deltas, living)
        if reported:
            continue
        states.append(laid_over(living, result.capabilities))
        archived.append(Archive(f"c{step}", tuple(map(naming, done.deltas.values()))))
    return total


def _judge(author: Author, living: Living, done: Rebased, where: str) -> Outcome:
    before, _ = judged(author.deltas, living)
    wish, reasons = joined(author.seen, living, author.wanted)
    renames = _joined_names(author, living, reasons)
    reasons = [r for r in reasons if r.fact not in renames]
    wish |= renames
    removals = [r.fact for r in reasons if _is_removal_that_follows(r, author)]
    reasons = [r for r in reasons if r.fact not in removals]
    wish = {fact: value for fact, value in wish.items() if fact not in removals}
    stale = int(author.seen != living)
    if done.conflicts:
        assert stale, f"{where}: a conflict, though nothing had changed: {done.conflicts[0]}"
        return Outcome(stale, undecided=1, cautious=int(not reasons))
    reported, result = judged(done.deltas, living)
    if reported == ["S103"] * len(reported) != []:  # links to what others removed: validation names them
        return Outcome(stale, undecided=1)
    assert not reported, f"{where}: does not fold, and no conflict was recorded: {reported}"
    assert not reasons, f"{where}: {reasons[0]} was not recorded"
    found = facts(laid_over(living, result.capabilities))
    assert found == wish, f"{where}: {sorted(set(found.items()) ^ set(wish.items()))}"
    assert rebased(done.deltas, living, living, []).deltas == done.deltas, f"{where}: a second rebase changes something"
    return Outcome(stale, saved=int(bool(before)))


def _joined_names(author: Author, living: Living, reasons: list[Reason]) -> dict[Fact, str]:
    """Names of which one side changed the capability and the other one the id: both hold, and that is told."""
    base, theirs, mine = facts(author.seen), facts(living), facts(author.wanted)
    names = {}
    for fact in (r.fact for r in reasons if r.fact[-1] == "name" and r.fact[0].startswith("m")):
        if not all(fact in facts_ for facts_ in (base, theirs, mine)):
            continue
        parts = [(b, t, m) for b, t, m in zip(*(x[fact].split("/") for x in (base, theirs, mine)), strict=True)]
        if all(b in (t, m) or t == m for b, t, m in parts):
            names[fact] = "/".join(m if t == b else t for b, t, m in parts)
    return names


def _is_removal_that_follows(reason: Reason, author: Author) -> bool:
    """A removal of what others gave another name: that is followed and told, and is no conflict."""
    return reason.fact[-1] in ("name", "id") and reason.fact not in facts(author.wanted)


def _assert_nothing_lost(author: Author, living: Living, done: Rebased, where: str) -> None:
    """Every text that the author wrote is in the deltas, among the conflicts, or lives already."""
    wanted, old = set(facts(author.wanted).values()), set(facts(author.seen).values())
    there = "\n".join(str(d.model_dump(mode="json")) for d in done.deltas.values())
    kept = set(facts(living).values())
    for text in wanted - old - kept:
        for line in text.split("\n") if "MUST" in text else ():
            assert line in there or any(line in value for value in kept), f"{where}: lost {line!r}"
