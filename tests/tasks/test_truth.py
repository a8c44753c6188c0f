"""The rule alone, against a replay of random histories, and on facts that no history gives."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from gitspec.domain.delta import Delta
from gitspec.domain.delta_entries import wanted_of
from gitspec.domain.task_identity import followed
from gitspec.domain.task_status import MARKS, Item
from gitspec.domain.task_truth import Naming, Past, Revert, doubts, findings_about, held_open, way_out


def task(number: str, status: str = "done", text: str = "", requirement: str | None = None, depth: int = 0) -> Item:
    return Item(number, text or f"Do {number}", status, None, requirement, "", None, 1, depth)  # type: ignore[arg-type]


Event = tuple[str, int]
"""("name", which tasks, as bits) or ("revert", which of the commits that are in effect)."""
events = st.lists(st.tuples(st.sampled_from(["name", "name", "revert"]), st.integers(0, 50)), max_size=12)


class Replay:
    """One line of history, commit by commit: who is in effect, and what each does."""

    def __init__(self, said: Sequence[Event]) -> None:
        self.tasks: list[set[str]] = []
        self.targets: list[int | None] = []
        self.in_effect: list[bool] = []
        for kind, number in said:
            there = [at for at, counts in enumerate(self.in_effect) if counts]
            if kind == "revert" and there:
                target = there[number % len(there)]
                self._add(set(), target)
                self._switch(target)
            else:
                self._add({str(bit) for bit in range(3) if number >> bit & 1}, None)

    def _add(self, tasks: set[str], target: int | None) -> None:
        self.tasks.append(tasks)
        self.targets.append(target)
        self.in_effect.append(True)

    def _switch(self, at: int) -> None:
        """What it did is undone or done again, and with it what it had undone."""
        self.in_effect[at] = not self.in_effect[at]
        if (target := self.targets[at]) is not None:
            self._switch(target)

    def last_word(self, number: str) -> bool | None:
        """Whether the last commit in effect that says something of a task says that it is done."""
        for at in reversed(range(len(self.tasks))):
            sign, root = 1, at
            while (target := self.targets[root]) is not None:
                sign, root = -sign, target
            if number in self.tasks[root] and self.in_effect[at]:
                if self.targets[at] is None:
                    return True
                if sign < 0:
                    return False
        return None

    def past(self) -> Past:
        namings = [Naming(f"c{at}", number) for at, tasks in enumerate(self.tasks) for number in sorted(tasks)]
        reverts = [
            Revert(f"c{at}", frozenset([f"c{target}"]), frozenset(f"c{before}" for before in range(at)))
            for at, target in enumerate(self.targets)
            if target is not None
        ]
        return Past(tuple(reversed(namings)), tuple(reversed(reverts)))


@given(events)
def test_the_last_word_counts(said: list[Event]) -> None:
    replay = Replay(said)
    found = {d.item.id: d.verdict for d in doubts([task(n) for n in "012"], replay.past(), need_commit=True)}
    for number in "012":
        word = replay.last_word(number)
        is_named = any(number in tasks for tasks in replay.tasks)
        assert found.get(number) == (None if word else "reverted" if is_named else "unnamed"), number
    pending = doubts([task(n, "pending") for n in "012"], replay.past(), need_commit=True)
    assert {d.item.id for d in pending} == {n for n in "012" if replay.last_word(n)}
    assert not doubts([task(n) for n in "012"], replay.past(), need_commit=False)


@given(events, st.sets(st.integers(0, 11)))
def test_a_revert_that_repeats_trailers_changes_nothing(said: list[Event], repeating: set[int]) -> None:
    replay = Replay(said)
    items = [task(n) for n in "012"]
    before = doubts(items, replay.past(), need_commit=True)
    for at in sorted(repeating):
        if at < len(said) and (target := replay.targets[at]) is not None:
            replay.tasks[at] = replay.tasks[target]
    assert [d[:2] for d in doubts(items, replay.past(), need_commit=True)] == [d[:2] for d in before]


names = st.sampled_from(["a", "b", "c", "d"])
anything = st.builds(
    Past,
    st.lists(st.builds(Naming, names, st.sampled_from("012"))).map(tuple),
    st.lists(st.builds(Revert, names, st.frozensets(names), st.frozensets(names))).map(tuple),
    st.dictionaries(st.sampled_from("012"), st.lists(st.booleans())),
    st.booleans(),
    st.sets(names),
    st.sets(st.sampled_from("012")),
)
items = st.lists(
    st.builds(
        task, st.sampled_from("012"), st.sampled_from(list(MARKS.values())), st.sampled_from(["x", "y"]),
        st.sampled_from([None, "auth/x"]), st.integers(0, 2),
    )
)  # fmt: skip


@given(items, anything, st.booleans())
def test_any_facts_give_an_answer_that_can_be_told(tasks: list[Item], past: Past, need: bool) -> None:
    """Also reverts in a ring, and numbers that stand twice."""
    found = doubts(tasks, past, need_commit=need)
    assert [f.path for f in findings_about(found, "tasks.md", "c", need_commit=need)] == ["tasks.md"] * len(found)
    for doubt in found:
        assert doubt.item in tasks and doubt.item.id in doubt.why and way_out(doubt, "c")
        assert (doubt.item.status == "pending") == (doubt.verdict == "named")
    held = held_open(found, need_commit=need)
    assert all(doubt.item.status == "done" for doubt in held) and (need or not held)
    if need:
        assert {d.item for d in held} == {d.item for d in found if d.verdict != "named"}


@given(items, anything)
def test_less_history_never_closes_a_task(tasks: list[Item], past: Past) -> None:
    """A shallow clone may leave open what is done, never the other way round."""
    whole = {d.item for d in doubts(tasks, past, need_commit=True) if d.verdict != "named"}
    less = past._replace(namings=past.namings[::2], hidden=True, reverts=past.reverts)
    named_less = {n.task for n in less.namings}
    for item in whole:
        if item.id not in named_less and item.status == "done":
            again = {d.item: d.verdict for d in doubts(tasks, less, need_commit=True)}
            assert item in again


def test_a_task_keeps_its_text_or_its_number() -> None:
    then = [task("1", text="A"), task("2", text="B"), task("3", text="C"), task("4", text="D"), task("5", text="D")]
    now = [task("1", text="New"), task("2", text="A"), task("3", text="C, said better"), task("4", text="D")]
    assert followed(then, now) == {"1": "2", "3": "3", "4": "4"}
    assert followed(then, then) == {item.id: item.id for item in then}


@given(st.permutations("abcdef"))
def test_renumbering_loses_nothing(texts: list[str]) -> None:
    then = [task(str(at), text=text) for at, text in enumerate("abcdef")]
    now = [task(str(at), text=text) for at, text in enumerate(texts)]
    numbers = followed(then, now)
    there = {item.id: item.text for item in now}
    assert all(there[numbers[item.id]] == item.text for item in then)


def delta(**parts: object) -> dict[str, list[object]]:
    return wanted_of(Delta.model_validate({"capability": "auth", **parts}))


def test_what_is_wanted_leaves_out_what_was_seen_and_the_place() -> None:
    edit = {"id": "x", "text": {"from": "Old.\n", "to": "New.\n"}, "seen": {"text": "0" * 12}}
    bare = {"id": "x", "text": {"to": "New.\n"}}
    assert delta(modified=[edit]) == delta(modified=[bare])
    assert delta(modified=[edit]) != delta(modified=[{"id": "x", "text": {"to": "Newer.\n"}}])
    new = {"id": "y", "text": "It MUST.\n"}
    assert delta(added=[new | {"after": "x"}]) == delta(added=[new])
    assert delta(added=[new | {"notes": "Why.\n"}]) != delta(added=[new])


def test_attributes_may_be_called_as_fields_are() -> None:
    one, other = ({"id": "x", "attributes": {"after": {"to": value}, "seen": {"to": "s"}}} for value in ("a", "b"))
    assert delta(modified=[one]) != delta(modified=[other])


def test_a_requirement_is_found_by_its_old_name_and_its_new_one() -> None:
    found = delta(
        renamed=[{"id": "old", "to": "new"}],
        moved=[{"id": "here", "to": "there/x"}],
        modified=[{"id": "new", "text": {"to": "It MUST.\n"}}],
    )
    assert found["auth/old"] == found["auth/new"] and len(found["auth/new"]) == 2
    assert found["auth/here"] == found["there/x"]
    assert set(delta(rename_to="login", added=[{"id": "x", "text": "It MUST.\n"}])) == {"auth/x", "login/x"}
