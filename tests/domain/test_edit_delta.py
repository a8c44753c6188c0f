"""Edits of a delta by the `gitspec delta` commands, and stamping."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gitspec.domain.delta import Delta
from gitspec.domain.digest import OTHER_FIELDS, part_digest, seen_of
from gitspec.domain.edit_delta import (
    base_of,
    empty_delta,
    relinked,
    with_added,
    with_modified,
    with_moved,
    with_removed,
    with_rename_to,
    with_renamed,
    with_retire,
)
from gitspec.domain.stamp_delta import is_stamped, stamped
from gitspec.errors import Refused
from tests.domain.specs import after, capability, delta, find, ids, links_in, living, requirement, scenario

SPECS = living(
    capability(
        "auth",
        requirement("login", "Old MUST.", scenario("ok"), scenario("bad", "GIVEN bad"), title="Log in", notes="n"),
        requirement("logout", "", links={"refines": ["auth/login"]}),
        purpose="Sign in.",
    ),
    capability("web", requirement("page", "", links={"refines": ["auth/login"]})),
)
AUTH = SPECS["auth"]
LOGIN = AUTH.requirements[0]
EMPTY = Delta(capability="auth")


@contextmanager
def refusal(code: str) -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code


def test_an_added_requirement_that_is_added_again_replaces_its_entry_and_keeps_its_place() -> None:
    new = find(living(capability("auth", requirement("new"))), "auth/new")
    once = with_added(EMPTY, AUTH, new, after="login")
    twice = with_added(once, AUTH, new.model_copy(update={"text": "Better MUST."}))
    assert [(e.id, e.text, e.after) for e in twice.added] == [("new", "Better MUST.", "login")]


def test_a_requirement_that_lives_cannot_be_added() -> None:
    with refusal("D007"):
        with_added(EMPTY, AUTH, LOGIN)
    renamed = with_renamed(EMPTY, AUTH, "login", "sign-in")
    assert ids(with_added(renamed, AUTH, LOGIN).added) == ["login"]


def test_a_modified_requirement_becomes_the_difference_and_a_second_edit_replaces_the_first() -> None:
    once = with_modified(EMPTY, LOGIN, LOGIN.model_copy(update={"text": "New MUST."}))
    assert once.modified[0].seen == seen_of(LOGIN)
    twice = with_modified(once, LOGIN, LOGIN.model_copy(update={"title": "Sign in"}))
    assert len(twice.modified) == 1
    assert twice.modified[0].text is None
    assert twice.modified[0].title is not None and twice.modified[0].title.after == "Sign in"
    assert with_modified(twice, LOGIN, LOGIN) == EMPTY


def test_what_the_delta_adds_is_modified_in_its_own_entry() -> None:
    new = find(living(capability("auth", requirement("new"))), "auth/new")
    added = with_added(EMPTY, AUTH, new, after="login")
    edited = with_modified(added, None, new.model_copy(update={"text": "Better MUST."}))
    assert (edited.modified, edited.added[0].text, edited.added[0].after) == ((), "Better MUST.", "login")


def test_what_does_not_live_cannot_be_modified_removed_renamed_or_moved() -> None:
    new = LOGIN.model_copy(update={"id": "new"})
    for act in (
        lambda: with_modified(EMPTY, None, new),
        lambda: with_removed(EMPTY, AUTH, "new"),
        lambda: with_renamed(EMPTY, AUTH, "new", "newer"),
        lambda: with_moved(EMPTY, AUTH, "new", "web/new"),
        lambda: with_removed(EMPTY, None, "new"),
    ):
        with refusal("D002"):
            act()


def test_a_removal_takes_the_place_of_other_entries_and_a_modification_that_of_a_removal() -> None:
    edited = with_renamed(
        with_modified(EMPTY, LOGIN, LOGIN.model_copy(update={"text": "N MUST."})), AUTH, "login", "in"
    )
    gone = with_removed(edited, AUTH, "in", reason="r", migration="m")
    assert (gone.renamed, gone.modified, ids(gone.removed)) == ((), (), ["login"])
    assert (gone.removed[0].reason, OTHER_FIELDS in (gone.removed[0].seen or {})) == ("r", True)
    assert with_removed(gone, AUTH, "login") == gone
    back = with_modified(gone, LOGIN, LOGIN.model_copy(update={"text": "N MUST."}))
    assert (back.removed, ids(back.modified)) == ((), ["login"])


def test_removing_what_the_delta_adds_just_does_not_add_it() -> None:
    new = LOGIN.model_copy(update={"id": "new"})
    assert with_removed(with_added(EMPTY, AUTH, new), AUTH, "new") == EMPTY


def test_renames_are_joined_and_go_when_they_lead_back() -> None:
    modified = with_modified(EMPTY, LOGIN, LOGIN.model_copy(update={"text": "N MUST."}))
    once = with_renamed(modified, AUTH, "login", "sign-in", title="Sign in")
    assert [(e.id, e.to, e.title.after if e.title else None) for e in once.renamed] == [("login", "sign-in", "Sign in")]
    assert ids(once.modified) == ["sign-in"]
    for name in ("sign-in", "login"):
        twice = with_renamed(once, AUTH, name, "enter")
        assert [(e.id, e.to) for e in twice.renamed] == [("login", "enter")]
        assert ids(twice.modified) == ["enter"]
    back = with_renamed(once, AUTH, "sign-in", "login")
    assert (back.renamed, ids(back.modified)) == ((), ["login"])


def test_a_rename_to_a_taken_id_is_refused() -> None:
    with refusal("D008"):
        with_renamed(EMPTY, AUTH, "login", "logout")


def test_a_title_is_edited_once_whether_by_the_rename_or_the_modification() -> None:
    titled = with_modified(EMPTY, LOGIN, LOGIN.model_copy(update={"title": "First"}))
    result = after(
        SPECS, *all_of(with_renamed(titled, AUTH, "login", "enter", title="Second"), "auth/login", "auth/enter")
    )
    assert find(result, "auth/enter").title == "Second"


def all_of(edited: Delta, old: str, new: str) -> list[Delta]:
    """The delta together with those that keep links right."""
    deltas = {edited.capability: edited}
    return list({**deltas, **relinked(deltas, SPECS, links_in(SPECS)(old), old, new)}.values())


def test_links_to_what_is_renamed_are_written_into_the_change() -> None:
    deltas = all_of(with_renamed(EMPTY, AUTH, "login", "enter"), "auth/login", "auth/enter")
    result = after(SPECS, *deltas)
    assert find(result, "auth/logout").links == {"refines": ("auth/enter",)}
    assert find(result, "web/page").links == {"refines": ("auth/enter",)}


def test_a_base_is_found_through_renames_and_moves() -> None:
    renamed = with_renamed(EMPTY, AUTH, "login", "enter", title="Enter")
    base = base_of("auth", "enter", SPECS, [renamed])
    assert base is not None
    assert (base.id, base.title, base.text) == ("enter", "Enter", "Old MUST.")
    moved = with_moved(EMPTY, AUTH, "login", "web/enter")
    base = base_of("web", "enter", SPECS, [moved, Delta(capability="web")])
    assert base == LOGIN.model_copy(update={"id": "enter"})
    assert base_of("auth", "nothing", SPECS, [renamed]) is None


def test_a_move_of_what_the_delta_adds_or_modifies_or_to_its_own_capability_is_refused() -> None:
    for edited, name, to in (
        (with_added(EMPTY, AUTH, LOGIN.model_copy(update={"id": "new"})), "new", "web/new"),
        (with_modified(EMPTY, LOGIN, LOGIN.model_copy(update={"text": "N MUST."})), "login", "web/login"),
        (EMPTY, "login", "auth/enter"),
    ):
        with refusal("D028"):
            with_moved(edited, AUTH, name, to)
    renamed = with_renamed(EMPTY, AUTH, "login", "enter")
    moved = with_moved(renamed, AUTH, "enter", "web/enter")
    assert (moved.renamed, [(e.id, e.to) for e in moved.moved]) == ((), [("login", "web/enter")])


def test_a_capability_is_retired_with_what_it_says_of_itself_and_not_renamed_at_once() -> None:
    retired = with_retire(EMPTY, AUTH)
    assert retired.purpose == delta("auth", purpose={"from": "Sign in."}).purpose
    with refusal("D028"):
        with_rename_to(retired, "in")
    with refusal("D028"):
        with_retire(with_rename_to(EMPTY, "in"), AUTH)
    assert with_rename_to(with_rename_to(EMPTY, "in"), "auth") == EMPTY


def test_a_purpose_is_for_a_capability_that_does_not_exist() -> None:
    assert empty_delta("new", None, "For x.").purpose == "For x."
    with refusal("D028"):
        empty_delta("auth", AUTH, "For x.")


# stamping

HAND_WRITTEN = delta(
    "auth",
    purpose={"to": "New."},
    modified=[
        {
            "id": "login",
            "text": {"to": "New MUST."},
            "title": {"to": "T"},
            "rationale": {"to": "r"},
            "scenarios": {
                "modified": [{"id": "ok", "steps": {"to": "GIVEN new"}, "title": {"to": "t"}}],
                "removed": [{"id": "bad"}],
            },
        }
    ],
    removed=[{"id": "logout"}, {"id": "nothing"}],
)


def test_a_stamp_fills_in_what_the_author_saw() -> None:
    assert not is_stamped(HAND_WRITTEN)
    result = stamped(HAND_WRITTEN, SPECS)
    entry = result.modified[0]
    assert result.purpose == delta("auth", purpose={"from": "Sign in.", "to": "New."}).purpose
    assert entry.text is not None and entry.text.before == "Old MUST."
    assert entry.title is not None and entry.title.before == "Log in"
    assert entry.rationale is not None and entry.rationale.before is None
    assert entry.scenarios is not None and entry.scenarios.modified[0].steps is not None
    assert entry.scenarios.modified[0].steps.before == LOGIN.scenarios[0].steps
    assert entry.seen == {**seen_of(LOGIN), f"bad.{OTHER_FIELDS}": entry.seen[f"bad.{OTHER_FIELDS}"]}
    assert [e.seen is None for e in result.removed] == [False, True]


def test_a_stamped_delta_folds_and_stamping_again_changes_nothing_whatever_lives() -> None:
    hand_written = HAND_WRITTEN.model_copy(update={"removed": HAND_WRITTEN.removed[:1]})
    once = stamped(hand_written, SPECS)
    assert is_stamped(once)
    assert find(after(SPECS, once), "auth/login").text == "New MUST."
    later = living(capability("auth", requirement("login", "Their MUST."), requirement("logout"), purpose="Theirs."))
    assert stamped(once, later) == once


def test_a_stamp_keeps_what_is_there() -> None:
    written = delta("auth", modified=[{"id": "login", "text": {"from": "Other MUST.", "to": "New MUST."}}])
    entry = stamped(written, SPECS).modified[0]
    assert entry.text is not None and entry.text.before == "Other MUST."
    assert (entry.seen or {})["text"] == part_digest("Old MUST.")


def test_an_entry_is_stamped_through_renames_and_moves_of_the_change() -> None:
    mine = delta("web", modified=[{"id": "enter", "text": {"to": "New MUST."}}])
    moving = delta("auth", moved=[{"id": "login", "to": "web/enter"}])
    assert stamped(mine, SPECS, [moving]).modified[0].seen == seen_of(LOGIN)
    assert stamped(mine, SPECS).modified[0].seen is None
