"""Random histories of changes, and an oracle that knows nothing of deltas.

Each capability, requirement and scenario carries a mark that no edit touches (in `notes`, in an attribute, in the first
step), so that the oracle recognises it under any name. The oracle compares three states as flat facts: what the author
saw, what lives now, what the author wants.
"""

from collections.abc import Iterator
from datetime import date
from itertools import count
from random import Random
from typing import Any, NamedTuple

from gitspec.domain.capability import Capability, Requirement, Scenario, parse_steps, steps_text
from gitspec.domain.change import Change
from gitspec.domain.delta import Delta
from gitspec.domain.edit_delta import (
    base_of,
    relinked,
    with_added,
    with_modified,
    with_moved,
    with_removed,
    with_rename_to,
    with_renamed,
    with_retire,
)
from gitspec.domain.fold import FoldResult
from gitspec.domain.rules import RULES
from gitspec.domain.validate import change_verdict
from tests.domain.specs import Living, folded, laid_over, links_in

MARK = "mark"
KINDS = ("refines", "depends-on")
IDS = [f"r{n}" for n in range(12)]
SCENARIO_IDS = [f"s{n}" for n in range(8)]
CAPABILITIES = ["auth", "web", "billing/invoices", "mail", "audit", "search"]
Fact = tuple[str, ...]


class Author:
    """Somebody who edits the specs as they stood at one moment, noting down the wish and the deltas side by side."""

    def __init__(self, random: Random, seen: Living, marks: Iterator[int], used: frozenset[str] = frozenset()) -> None:
        self.random = random
        self.used = used | frozenset(n for n in _names([seen]) if "#" in n)
        """Names that were used and are free, and what the author sees of ids of scenarios: the oracle takes for granted
        that no id comes to mean something else."""
        self.marks = marks
        self.seen = dict(seen)
        self.wanted = dict(seen)
        self.deltas: dict[str, Delta] = {}

    def found(self) -> None:
        """Begin a project."""
        self.new_capability()
        self.new_capability()
        for _ in range(4):
            self.add()

    def work(self, steps: int) -> None:
        """Make some random edits."""
        acts = [self.modify] * 8 + [self.add] * 3 + [self.remove] * 2
        acts += [
            self.rename,
            self.rename,
            self.move,
            self.new_capability,
            self.purpose,
            self.rename_capability,
            self.retire,
        ]
        for _ in range(steps):
            self.random.choice(acts)()

    # -- acts

    def modify(self) -> None:
        """Change some parts of one requirement."""
        if not (name := self._any()):
            return
        home, requirement_id = _split(name)
        base = base_of(home, requirement_id, self.seen, self.deltas.values())
        wanted = self._told_apart(base, self._edited(_get(self.wanted, name)))
        self._put_delta(home, with_modified(self._delta(home), base, wanted))
        self._put(home, requirement_id, wanted)

    def add(self) -> None:
        """Add a requirement under an id that is free in what the author sees and wants."""
        home = self._any_capability()
        if home is None or not (free := self._free(home)):
            return
        new = Requirement.model_validate(
            {"id": free, "text": self._text(), "attributes": {MARK: f"m{next(self.marks)}"}}
        )
        new = self._edited(new) if self.random.random() < 0.5 else new
        there = [r.id for r in self.wanted[home].requirements]
        after = self.random.choice(there) if there and self.random.random() < 0.5 else None
        self._put_delta(home, with_added(self._delta(home), self.seen.get(home), new, after=after))
        self._put(home, None, new)

    def remove(self) -> None:
        """Remove a requirement that nothing links to."""
        name = self._any()
        if not name or links_in(self.wanted)(name):
            return
        home, requirement_id = _split(name)
        if self._moved_in(name):
            return
        self._put_delta(home, with_removed(self._delta(home), self.seen.get(home), requirement_id))
        self._put(home, requirement_id, None)

    def rename(self) -> None:
        """Rename a requirement; all links follow."""
        name = self._any()
        if not name or self._moved_in(name) or not (free := self._free(_split(name)[0])):
            return
        home, requirement_id = _split(name)
        title = f"t{next(self.marks)}" if self.random.random() < 0.3 else None
        delta = with_renamed(self._delta(home), self.seen.get(home), requirement_id, free, title=title)
        self._put_delta(home, delta)
        renamed = _get(self.wanted, name).model_copy(update={"id": free} | ({"title": title} if title else {}))
        self._put(home, requirement_id, renamed)
        self._relink(name, f"{home}/{free}")

    def move(self) -> None:
        """Move a requirement that the change has not touched yet."""
        name = self._any()
        if not name or not self._untouched(name):
            return
        home, requirement_id = _split(name)
        targets = [c for c in self.wanted if c != home and c in self.seen and self._free(c)]
        if not targets:
            return
        target = self.random.choice(targets)
        free = self._free(target)
        assert free
        self._put_delta(home, with_moved(self._delta(home), self.seen[home], requirement_id, f"{target}/{free}"))
        moved = _get(self.wanted, name).model_copy(update={"id": free})
        self._put(home, requirement_id, None)
        self._put(target, None, moved)
        self._relink(name, f"{target}/{free}")

    def new_capability(self) -> None:
        """Bring a capability."""
        free = [
            c
            for c in CAPABILITIES
            if c not in self.seen and c not in self.wanted and c not in self.deltas and c not in self.used
        ]
        if not free:
            return
        home = self.random.choice(free)
        fields: dict[str, Any] = {"purpose": self._text(), "notes": f"c{next(self.marks)}"}
        self.wanted[home] = Capability(capability=home, **fields)
        self.deltas[home] = Delta(capability=home, purpose=fields["purpose"], capability_notes=fields["notes"])

    def purpose(self) -> None:
        """Edit the purpose of a living capability."""
        home = self._any_capability()
        if home is None or home not in self.seen:
            return
        text = self._text()
        edit = {"from": self.seen[home].purpose, "to": text}
        self._put_delta(home, Delta.model_validate({**dict(self._delta(home)), "purpose": edit}))
        self.wanted[home] = self.wanted[home].model_copy(update={"purpose": text})

    def rename_capability(self) -> None:
        """Rename a capability that has not been touched; only now and then."""
        free = [c for c in CAPABILITIES if c not in self.seen and c not in self.wanted and c not in self.used]
        home = self._any_capability()
        if not free or home is None or self.deltas or self.random.random() < 0.6:
            return
        new = self.random.choice(free)
        self._put_delta(home, with_rename_to(self._delta(home), new))
        old = self.wanted.pop(home)
        self.wanted[new] = old.model_copy(update={"capability": new})
        for requirement in old.requirements:
            self._relink(f"{home}/{requirement.id}", f"{new}/{requirement.id}")
        self.wanted = {c.capability: c for c in self.wanted.values()}
        self.finished = True

    def retire(self) -> None:
        """Retire a capability together with all it has, if nothing elsewhere links to it."""
        home = self._any_capability()
        if home is None or home not in self.seen or self.deltas or self.random.random() < 0.5:
            return
        names = [f"{home}/{r.id}" for r in self.wanted[home].requirements]
        if any(_split(linker)[0] != home for name in names for linker in links_in(self.wanted)(name)):
            return
        delta = with_retire(self._delta(home), self.seen[home])
        for name in names:
            delta = with_removed(delta, self.seen[home], _split(name)[1])
        self._put_delta(home, delta)
        del self.wanted[home]
        self.finished = True

    # -- means

    finished = False

    def _any_capability(self) -> str | None:
        if self.finished:
            return None
        return self.random.choice(sorted(self.wanted)) if self.wanted else None

    def _any(self) -> str:
        names = (
            []
            if self.finished
            else [f"{c}/{r.id}" for c, spec in sorted(self.wanted.items()) for r in spec.requirements]
        )
        return self.random.choice(names) if names else ""

    def _free(self, home: str) -> str | None:
        taken = {r.id for specs in (self.seen, self.wanted) if home in specs for r in specs[home].requirements}
        free = [i for i in IDS if i not in taken and f"{home}/{i}" not in self.used]
        return self.random.choice(free) if free else None

    def _moved_in(self, name: str) -> bool:
        return any(m.to == name for d in self.deltas.values() for m in d.moved)

    def _untouched(self, name: str) -> bool:
        home, requirement_id = _split(name)
        delta = self._delta(home)
        touched = {e.id for group in (delta.added, delta.modified, delta.removed) for e in group}
        touched |= {e.to for e in delta.renamed} | {e.id for e in delta.renamed}
        return home in self.seen and requirement_id not in touched and not self._moved_in(name)

    def _delta(self, home: str) -> Delta:
        return self.deltas.get(home) or Delta(capability=home)

    def _put_delta(self, home: str, delta: Delta) -> None:
        if delta == Delta(capability=home):
            self.deltas.pop(home, None)
        else:
            self.deltas[home] = delta

    def _put(self, home: str, old: str | None, new: Requirement | None) -> None:
        spec = self.wanted[home]
        items = [new if r.id == old else r for r in spec.requirements] + ([new] if old is None else [])
        kept = tuple(r for r in items if r is not None)
        self.wanted[home] = spec.model_copy(update={"requirements": kept})

    def _relink(self, old: str, new: str) -> None:
        for home, delta in relinked(self.deltas, self.seen, links_in(self.seen)(old), old, new).items():
            self._put_delta(home, delta)
        for home, spec in self.wanted.items():
            requirements = tuple(_with_link(r, old, new) for r in spec.requirements)
            self.wanted[home] = spec.model_copy(update={"requirements": requirements})

    def _text(self) -> str:
        # now and then two authors write the same
        number = self.random.randrange(3) if self.random.random() < 0.1 else next(self.marks)
        return f"It MUST {number}."

    def _edited(self, requirement: Requirement) -> Requirement:
        random, update = self.random, {}
        for _ in range(random.randint(1, 3)):
            match random.randrange(9):
                case 0 | 1:
                    update["text"] = self._text()
                case 2:
                    field = random.choice(["title", "rationale", "notes", "deferred"])
                    update[field] = random.choice([None, self._text()])
                case 3:
                    update["tags"] = tuple(random.sample(["a", "b", "c", "d"], random.randrange(4)))
                case 4:
                    update["links"] = self._links(requirement)
                case _:
                    current = update.get("scenarios", requirement.scenarios)
                    update["scenarios"] = self._edited_scenarios(current, requirement.attributes[MARK])
        return requirement.model_copy(update=update)

    def _links(self, requirement: Requirement) -> dict[str, tuple[str, ...]]:
        names = [
            f"{c}/{r.id}"
            for c, spec in self.wanted.items()
            for r in spec.requirements
            if r.attributes[MARK] != requirement.attributes[MARK]
        ]
        chosen = {kind: tuple(self.random.sample(names, min(len(names), self.random.randrange(2)))) for kind in KINDS}
        return {kind: targets for kind, targets in chosen.items() if targets}

    def _edited_scenarios(self, scenarios: tuple[Scenario, ...], mark: str) -> tuple[Scenario, ...]:
        random = self.random
        taken = {s.id for s in scenarios}
        free = [i for i in SCENARIO_IDS if i not in taken and f"{mark}#{i}" not in self.used]
        index = random.randrange(len(scenarios)) if scenarios else 0
        act = random.randrange(6) if scenarios else 0
        if act == 0 and free:
            return (*scenarios, self._scenario(random.choice(free)))
        if act == 1:
            return scenarios[:index] + scenarios[index + 1 :]
        if not scenarios:
            return scenarios
        old = scenarios[index]
        if act == 2 and free:
            new = old.model_copy(update={"id": random.choice(free)})
        elif act == 3:
            new = old.model_copy(update={random.choice(["title", "notes"]): random.choice([None, self._text()])})
        else:
            new = old.model_copy(update={"steps": (old.steps[0], *_steps(f"THEN {self._text()}"))})
        return (*scenarios[:index], new, *scenarios[index + 1 :])

    def _told_apart(self, base: Requirement | None, wanted: Requirement) -> Requirement:
        """A scenario with another id and other steps than before is another scenario: it gets a mark of its own."""
        before = {s.steps[0]: s for s in base.scenarios} if base else {}
        scenarios = tuple(
            s.model_copy(update={"steps": (*_steps(f"GIVEN m{next(self.marks)}"), *s.steps[1:])})
            if (old := before.get(s.steps[0])) and old.id != s.id and old.steps != s.steps
            else s
            for s in wanted.scenarios
        )
        return wanted.model_copy(update={"scenarios": scenarios})

    def _scenario(self, scenario_id: str) -> Scenario:
        steps = f"GIVEN m{next(self.marks)}\nTHEN {self._text()}"
        return Scenario(id=scenario_id, steps=_steps(steps))


class Reason(NamedTuple):
    """Why two sides cannot be joined."""

    what: str
    fact: Fact


def facts(specs: Living) -> dict[Fact, str]:
    """Everything that the specs say, by mark; the place of a thing and the target of a link are facts by mark too."""
    found: dict[Fact, str] = {}
    homes = {spec.notes or "": name for name, spec in specs.items()}
    marks = {f"{name}/{r.id}": r.attributes[MARK] for name, spec in specs.items() for r in spec.requirements}
    for home, name in homes.items():
        spec = specs[name]
        found[home, "name"] = name
        found[home, "purpose"] = spec.purpose or ""
        for r in spec.requirements:
            mark = r.attributes[MARK]
            assert (mark, "name") not in found, f"{mark} is there twice"
            found[mark, "name"] = f"{home}/{r.id}"
            for field in ("title", "text", "rationale", "notes", "deferred"):
                found[mark, field] = getattr(r, field) or ""
            found.update({(mark, "tag", tag): "yes" for tag in r.tags})
            for kind, targets in r.links.items():
                found.update(
                    {(mark, "link", kind, marks.get(target, f"nothing: {target}")): "yes" for target in targets}
                )
            for s in r.scenarios:
                key = (mark, "scenario", s.steps[0].text)
                found[(*key, "id")] = s.id
                found[(*key, "title")], found[(*key, "notes")] = s.title or "", s.notes or ""
                found[(*key, "steps")] = steps_text(s.steps)
    return found


def joined(seen: Living, living: Living, wanted: Living) -> tuple[dict[Fact, str], list[Reason]]:
    """The facts when both sides are joined, and the reasons why they cannot be."""
    base, theirs, mine = facts(seen), facts(living), facts(wanted)
    result: dict[Fact, str] = {}
    reasons: list[Reason] = []
    for key in sorted(base.keys() | theirs.keys() | mine.keys()):
        b, t, m = base.get(key), theirs.get(key), mine.get(key)
        value = m if t == b else t
        if t != b and m not in (b, t):
            reasons.append(Reason("edited on both sides", key))
        if value is not None:
            result[key] = value
    reasons += _half_removed(base, theirs, mine)
    reasons += _not_of_one_piece(base, theirs, mine)
    reasons += _collisions(result)
    return result, reasons


def _half_removed(*states: dict[Fact, str]) -> Iterator[Reason]:
    """Things that one side removed and the other one edited or added to."""
    base, theirs, mine = states
    for one, other in ((theirs, mine), (mine, theirs)):
        for owner in {key for key in base if key[-1] in ("name", "id") and key not in one}:
            stem = owner[:-1]
            if owner not in other:
                continue
            for key in base.keys() | other.keys():
                if key[: len(stem)] == stem and base.get(key) != other.get(key):
                    yield Reason("removed here, edited there", key)


def _not_of_one_piece(*states: dict[Fact, str]) -> Iterator[Reason]:
    base, theirs, mine = states
    for key in base:
        if key[-1] != "text":
            continue
        steps = [k for k in base if k[0] == key[0] and k[-1] == "steps"]
        if key not in theirs or key not in mine:
            continue
        for one, other in ((theirs, mine), (mine, theirs)):
            text_changed = one[key] != base[key] and one[key] != other[key]
            for step in steps:
                if text_changed and other.get(step) != base[step] and other.get(step) != one.get(step):
                    yield Reason("text here, scenario there", step)


def _collisions(result: dict[Fact, str]) -> Iterator[Reason]:
    """Two things under one name, things in a home that is gone, links to nothing."""
    names: dict[tuple[str, ...], Fact] = {}
    for key, value in result.items():
        if key[-1] == "name" or (len(key) == 4 and key[1] == "scenario" and key[-1] == "id"):
            name = (key[0] if key[-1] == "id" else "", value)
            if name in names:
                yield Reason("two under one name", key)
            names[name] = key
            if (
                key[-1] == "name"
                and "/" in value
                and key[0].startswith("m")
                and (value.rpartition("/")[0], "name") not in result
            ):
                yield Reason("its home is gone", key)
        if len(key) == 4 and key[1] == "link" and (key[3], "name") not in result:
            yield Reason("link to nothing", key)


def _with_link(requirement: Requirement, old: str, new: str) -> Requirement:
    links = {k: tuple(dict.fromkeys(new if t == old else t for t in ts)) for k, ts in requirement.links.items()}
    return requirement if links == requirement.links else requirement.model_copy(update={"links": links})


def _steps(text: str) -> Any:
    return parse_steps(text)


def _split(name: str) -> tuple[str, str]:
    home, _, requirement_id = name.rpartition("/")
    return home, requirement_id


def _get(specs: Living, name: str) -> Requirement:
    home, requirement_id = _split(name)
    found = specs[home].requirement(requirement_id)
    assert found is not None
    return found


class Tally(NamedTuple):
    """Figures of one history: folds, those onto specs that had moved on, those refused, and refused without need."""

    folds: int
    stale: int
    refused: int
    cautious: int


def run_history(seed: int, length: int = 8) -> Tally:
    """Let authors who saw older states fold their changes one after the other; assert that nothing goes unreported."""
    random, marks = Random(seed), count(100)
    states: list[Living] = [{}]
    stale = refused = cautious = 0
    for step in range(length):
        at = random.randrange(max(0, len(states) - 3), len(states)) if step > 2 else len(states) - 1
        author = Author(random, states[at], marks, frozenset(_names(states)).difference(_names(states[-1:])))
        if step == 0:
            author.found()
        else:
            author.work(random.randint(1, 4))
        living = states[-1]
        reported, result = judged(author.deltas, living)
        wish, reasons = joined(author.seen, living, author.wanted)
        assert reported or not reasons, f"seed {seed}, step {step}: {reasons[0]} went unreported"
        if reported:
            assert at < len(states) - 1, f"seed {seed}, step {step}: refused, though nothing had changed: {reported}"
            refused, cautious = refused + 1, cautious + (not reasons)
            continue
        following = laid_over(living, result.capabilities)
        found = facts(following)
        assert found == wish, f"seed {seed}, step {step}: {sorted(set(found.items()) ^ set(wish.items()))}"
        _assert_second_fold_never_doubles(author.deltas, following, found)
        stale += at < len(states) - 1
        states.append(following)
    return Tally(length, stale, refused, cautious)


def judged(deltas: dict[str, Delta], living: Living) -> tuple[list[str], FoldResult]:
    """The codes of what holds up the change or warns of a lost wish, and the fold."""

    def exists(name: str) -> bool:
        home, requirement_id = _split(name)
        return home in living and living[home].requirement(requirement_id) is not None

    change = Change(change="x", title="X", created=date(2026, 11, 21))
    verdict = change_verdict(change, deltas, living, links_to=links_in(living), exists=exists)
    # D032 and D033 warn of a wish that may go into the void; D027: these authors may have nothing to say
    codes = [p.code for p in verdict.problems if RULES[p.code].severity == "error" or p.code in ("D032", "D033")]
    return [code for code in codes if code != "D027"], verdict.result


def _assert_second_fold_never_doubles(deltas: dict[str, Delta], living: Living, before: dict[Fact, str]) -> None:
    again = folded(living, *deltas.values())
    if not again.conflicts:
        assert facts(laid_over(living, again.capabilities)) == before


def _names(states: list[Living]) -> Iterator[str]:
    for specs in states:
        for name, spec in specs.items():
            yield name
            for requirement in spec.requirements:
                yield f"{name}/{requirement.id}"
                yield from (f"{requirement.attributes[MARK]}#{s.id}" for s in requirement.scenarios)
