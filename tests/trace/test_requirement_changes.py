"""Which changes touched a requirement: through renames, moves between capabilities, and new names of capabilities."""

from gitspec.domain.requirement_changes import Chains, Names, Step
from gitspec.git.repository import discover
from gitspec.git.snapshot import at_commit
from gitspec.store.cache import Cache
from gitspec.store.requirement_changes import requirement_changes
from gitspec.store.spec import Spec
from tests.conftest import Repo
from tests.fsck.histories import adds, change, close, edits, land, removes, start


def told(chains: Chains, name: str) -> list[tuple[str, str, str, str]]:
    return [(c.change, c.kind, c.was, c.name) for c in chains.of(name)]


def step(change: str, *deltas: Names, is_active: bool = False) -> Step:
    return Step(change, f"spec/archive/{change}", deltas, is_active)


def test_chain_follows_a_requirement_through_names_capabilities_and_files() -> None:
    chains = Chains(
        [
            step("begin", Names("auth", added=("login",))),
            step("rename", Names("auth", renamed=(("login", "sign-in"),), modified=("sign-in",))),
            step("split", Names("auth", moved=(("sign-in", "entry/sign-in"),))),
            step("name", Names("entry", rename_to="access")),
            step("end", Names("access", removed=("sign-in",))),
        ]
    )
    assert told(chains, "access/sign-in") == [
        ("begin", "added", "", "auth/login"),
        ("rename", "renamed", "auth/login", "auth/sign-in"),
        ("rename", "modified", "auth/sign-in", "auth/sign-in"),
        ("split", "moved", "auth/sign-in", "entry/sign-in"),
        ("name", "moved", "entry/sign-in", "access/sign-in"),
        ("end", "removed", "access/sign-in", ""),
    ]
    assert told(chains, "auth/login") == told(chains, "entry/sign-in") == []


def test_two_requirements_that_change_places_keep_their_own_chains() -> None:
    chains = Chains(
        [
            step("begin", Names("a", added=("x", "y"))),
            step("away", Names("a", renamed=(("x", "z"),))),
            step("over", Names("a", renamed=(("y", "x"),))),
        ]
    )
    assert told(chains, "a/z") == [("begin", "added", "", "a/x"), ("away", "renamed", "a/x", "a/z")]
    assert told(chains, "a/x") == [("begin", "added", "", "a/y"), ("over", "renamed", "a/y", "a/x")]


def test_requirement_that_no_change_touched_follows_its_capability() -> None:
    chains = Chains([step("name", Names("old", rename_to="new")), step("edit", Names("new", modified=("seen",)))])
    assert told(chains, "new/quiet") == [("name", "moved", "old/quiet", "new/quiet")]
    assert told(chains, "new/seen") == [
        ("name", "moved", "old/seen", "new/seen"),
        ("edit", "modified", "new/seen", "new/seen"),
    ]
    assert list(chains.all(["new/quiet", "else/where"])) == ["new/seen", "new/quiet"]


def test_active_change_takes_no_name_away() -> None:
    active = Names("a", renamed=(("x", "y"),), modified=("y",), added=("new",))
    chains = Chains([step("begin", Names("a", added=("x",))), step("open", active, is_active=True)])
    assert [kind for _, kind, _, _ in told(chains, "a/x")] == ["added", "renamed", "modified"]
    assert told(chains, "a/new") == [("open", "added", "", "a/new")]


def test_changes_of_a_project_in_the_order_in_which_they_landed(repo: Repo) -> None:
    start(repo, "one", "two", "three")
    land(repo, "zebra", modified=[edits(repo, "one", "part 1", "part I")], added=[adds("four")])
    land(repo, "apple", renamed=[{"id": "one", "to": "uno"}])
    land(repo, "mango", modified=[edits(repo, "uno", "part 2", "part II")], removed=[removes(repo, "two")])
    change(repo, "given-up", modified=[edits(repo, "uno", "part 3", "part III")])
    close(repo, "given-up")
    change(repo, "open", modified=[edits(repo, "three", "part 3", "part III")])
    here = discover(str(repo.path))
    for cache in (None, Cache(here), Cache(here)):
        found = requirement_changes(Spec(at_commit(here, "HEAD")), cache)
        assert {name: [(c.change, c.kind) for c in chain] for name, chain in found.items()} == {
            "auth/uno": [("zebra", "modified"), ("apple", "renamed"), ("mango", "modified")],
            "auth/two": [("mango", "removed")],
            "auth/three": [("open", "modified")],
            "auth/four": [("zebra", "added")],
        }
    assert found["auth/uno"][0].folder == "spec/archive/2026-11-21-zebra"
