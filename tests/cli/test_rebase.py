"""`gitspec rebase`: what others have archived since is merged, and what does not merge is laid out to be decided."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.conftest import Repo

EXPIRY = "auth/session-expiry"
TEXT = "The system MUST expire a session after 30 minutes."
Edit = Callable[[dict[str, Any]], object]


class Team:
    """People who propose and archive changes in one repository."""

    def __init__(self, repo: Repo, gitspec: Cli) -> None:
        self.repo = repo
        self.gitspec = gitspec

    def propose(self, change: str) -> None:
        self.gitspec("propose", change, "--title", change, "--why", "Because.", "--what", "- That")
        self.repo.write(f"spec/changes/{change}/tasks.md", "- [x] 1.1 Do it\n")

    def modify(self, change: str, name: str, edit: Edit) -> None:
        """Let ``edit`` change the requirement as it lives, in place."""
        requirement = self.gitspec("show", name, "--json").json["requirement"]
        edit(requirement)
        self.gitspec("delta", "modify", change, name, "--from", "-", stdin=json.dumps(requirement))

    def archive(self, change: str) -> None:
        self.repo.commit(f"Finish {change}")
        self.gitspec("archive", change)

    def others(self, edit: Edit, name: str = EXPIRY, change: str = "harden-auth") -> None:
        """Somebody else's change to a requirement, archived."""
        self.propose(change)
        self.modify(change, name, edit)
        self.archive(change)

    def delta(self, capability: str = "auth", change: str = "add-2fa") -> str:
        return self.repo.read(f"spec/changes/{change}/deltas/{capability}.yaml")


@pytest.fixture
def team(project: Repo, gitspec: Cli) -> Team:
    made = Team(project, gitspec)
    project.write("spec/changes/add-2fa/tasks.md", "- [x] 1.1 Do it\n")
    return made


def text(value: str) -> Edit:
    return lambda r: r.update(text=value)


def steps(scenario: str, value: str) -> Edit:
    return lambda r: next(s for s in r["scenarios"] if s["id"] == scenario).update(steps=value)


def test_a_change_that_is_not_stale_is_left_byte_for_byte(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", EXPIRY, text("The system MUST expire a session after 15 minutes."))
    before = team.delta()
    assert "up to date" in gitspec("rebase", "add-2fa").out
    assert team.delta() == before


@pytest.mark.spec("folding/rebase#both-edited")
def test_two_edits_of_one_text_become_a_conflict_that_validate_refuses_until_it_is_deleted(
    team: Team, gitspec: Cli
) -> None:
    team.modify("add-2fa", EXPIRY, text("The system MUST expire a session after 15 minutes."))
    team.others(text("The system MUST expire a session after 20 minutes."))
    assert "D003" in gitspec("validate", "add-2fa", fails=1).out
    shown = gitspec("rebase", "add-2fa", "--json", fails=1).json
    [conflict] = shown["changes"][0]["conflicts"]
    assert (conflict["name"], conflict["part"], conflict["against"]) == (EXPIRY, "text", "harden-auth")
    assert [conflict[side][-11:-1] for side in ("seen", "living", "yours")] == [
        "30 minutes",
        "20 minutes",
        "15 minutes",
    ]
    found = gitspec("validate", "add-2fa", "--json", fails=1).json["findings"]
    assert [f["code"] for f in found] == ["D020"]
    assert gitspec("status", "--json").json["next"]["action"] == "resolve-conflicts"
    delta = team.delta()
    team.repo.write("spec/changes/add-2fa/deltas/auth.yaml", delta[: delta.index("conflicts:")])
    gitspec("validate", "add-2fa")
    team.archive("add-2fa")
    assert "after 15 minutes" in gitspec("show", EXPIRY).out


def test_edits_of_different_parts_are_both_there_after_a_rebase(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", EXPIRY, lambda r: r.update(title="Expiry", tags=["login"]))
    team.others(text("The system MUST expire a session after 20 minutes."))
    gitspec("rebase", "add-2fa")
    team.archive("add-2fa")
    shown = gitspec("show", EXPIRY, "--json").json["requirement"]
    assert (shown["title"], shown["tags"]) == ("Expiry", ["login"])
    assert "20 minutes" in shown["text"]


def test_a_text_edited_here_and_a_scenario_edited_there_are_not_joined(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", EXPIRY, text("The system MUST expire a session after 15 minutes."))
    team.others(steps("idle-timeout", "WHEN 20 minutes pass\nTHEN it is gone"))
    [conflict] = gitspec("rebase", "add-2fa", "--json", fails=1).json["changes"][0]["conflicts"]
    assert conflict["part"] == "idle-timeout"
    assert ("30 minutes" in conflict["seen"], "20 minutes" in conflict["living"]) == (True, True)


def test_edits_of_different_paragraphs_are_joined_and_shown(team: Team, gitspec: Cli) -> None:
    team.others(text(f"{TEXT}\n\nIt SHOULD warn."), change="warn")
    team.modify("add-2fa", EXPIRY, text(f"{TEXT}\n\nIt SHOULD warn a minute before."))
    team.others(text("The system MUST expire a session after 20 minutes.\n\nIt SHOULD warn."))
    shown = gitspec("rebase", "add-2fa").out
    joined = "The system MUST expire a session after 20 minutes.\n\nIt SHOULD warn a minute before."
    assert "joined text of auth/session-expiry" in shown
    assert all(line in shown for line in joined.split("\n"))
    gitspec("validate", "add-2fa")
    team.archive("add-2fa")
    assert gitspec("show", EXPIRY, "--json").json["requirement"]["text"] == joined


@pytest.mark.spec("folding/rebase#requirement-renamed")
def test_a_renamed_requirement_is_followed(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", "auth/login-page", text("There MUST be a fast login page."))
    team.propose("rename")
    gitspec("delta", "rename", "rename", "auth/login-page", "sign-in-page")
    team.archive("rename")
    found = gitspec("validate", "add-2fa", "--json", fails=1).json
    assert [(f["code"], f["help"]) for f in found["findings"]] == [("D002", "gitspec rebase add-2fa")]
    assert found["changes"][0]["stale"] == [{"name": "auth/login-page", "part": "requirement", "change": "rename"}]
    tasks = "spec/changes/add-2fa/tasks.md"
    team.repo.write(tasks, "- [x] 1.1 Do it (auth/login-page)\n- [x] 1.2 Keep (auth/session-expiry)\n")
    assert "auth/login-page is auth/sign-in-page now" in gitspec("rebase", "add-2fa").out
    assert team.repo.read(tasks) == "- [x] 1.1 Do it (auth/sign-in-page)\n- [x] 1.2 Keep (auth/session-expiry)\n"
    gitspec("validate", "add-2fa")
    team.archive("add-2fa")
    assert "fast" in gitspec("show", "auth/sign-in-page").out


def test_a_requirement_that_was_moved_and_edited_there_is_followed(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", "auth/login-page", lambda r: r.update(title="The page"))
    team.propose("move")
    gitspec("delta", "move", "move", "auth/login-page", "web", "--purpose", "Pages.")
    team.archive("move")
    team.others(text("There MUST be a pretty login page."), "web/login-page", "pretty")
    gitspec("rebase", "add-2fa")
    assert not (team.repo.path / "spec/changes/add-2fa/deltas/auth.yaml").exists()
    assert "id: login-page" in team.delta("web")
    gitspec("validate", "add-2fa")


def test_a_delta_of_a_renamed_capability_moves_with_its_comments(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", "auth/login-page", text("There MUST be a fast login page."))
    path = "spec/changes/add-2fa/deltas/auth.yaml"
    team.repo.write(path, team.delta().replace("modified:\n", "# why: people wait\nmodified:\n"))
    team.propose("rename")
    gitspec("delta", "rename", "rename", "auth", "identity", "--capability")
    team.archive("rename")
    found = gitspec("validate", "add-2fa", "--json", fails=1).json["findings"]
    assert "D039" in [f["code"] for f in found]
    gitspec("rebase", "add-2fa")
    assert not (team.repo.path / path).exists()
    assert "# why: people wait\n" in team.delta("identity")
    gitspec("validate", "add-2fa")


def test_an_id_that_was_given_up_and_used_again_is_not_mistaken(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", "auth/login-page", text("There MUST be a fast login page."))
    team.propose("rename")
    gitspec("delta", "rename", "rename", "auth/login-page", "sign-in-page")
    team.archive("rename")
    team.propose("again")
    again = {"id": "login-page", "text": "It MUST be another one.", "scenarios": [{"id": "s", "steps": "THEN it is"}]}
    gitspec("delta", "add", "again", "auth", "--from", "-", stdin=json.dumps(again))
    team.archive("again")
    gitspec("rebase", "add-2fa")
    team.archive("add-2fa")
    assert "another one" in gitspec("show", "auth/login-page").out
    assert "fast" in gitspec("show", "auth/sign-in-page").out


def test_what_both_sides_wrote_alike_leaves_the_delta(team: Team, gitspec: Cli) -> None:
    same = text("The system MUST expire a session after 20 minutes.")
    team.modify("add-2fa", EXPIRY, same)
    team.modify("add-2fa", "auth/login-page", lambda r: r.update(title="Page"))
    team.others(same)
    gitspec("rebase", "add-2fa")
    assert "session-expiry" not in team.delta()
    gitspec("validate", "add-2fa")


def test_a_requirement_that_others_removed_is_a_conflict_with_what_was_seen(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", "auth/login-page", text("There MUST be a fast login page."))
    team.propose("remove")
    gitspec("delta", "remove", "remove", "auth/login-page", "--reason", "No pages.")
    team.archive("remove")
    [conflict] = gitspec("rebase", "add-2fa", "--json", fails=1).json["changes"][0]["conflicts"]
    assert conflict["name"] == "auth/login-page"
    assert (conflict["seen"], conflict["living"]) == ("There MUST be a login page.", None)
    assert conflict["yours"] == "There MUST be a fast login page."


def test_a_dry_run_shows_and_writes_nothing(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", EXPIRY, text("The system MUST expire a session after 15 minutes."))
    team.others(text("The system MUST expire a session after 20 minutes."))
    before = team.delta()
    assert "would write" in gitspec("rebase", "add-2fa", "--dry-run", fails=1).out
    assert team.delta() == before


def test_all_changes_are_rebased_and_one_that_cannot_be_holds_up_no_other(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", EXPIRY, lambda r: r.update(title="Expiry"))
    team.propose("broken")
    team.repo.write("spec/changes/broken/deltas/auth.yaml", "capability: [\n")
    team.others(text("The system MUST expire a session after 20 minutes."))
    shown = gitspec("rebase", "--all", "--json", fails=1).json["changes"]
    assert [(c["id"], c["stale"], bool(c["error"])) for c in shown] == [
        ("add-2fa", True, False),
        ("broken", False, True),
    ]


def test_a_conflict_that_is_not_decided_survives_another_rebase(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", EXPIRY, text("The system MUST expire a session after 15 minutes."))
    team.others(text("The system MUST expire a session after 20 minutes."))
    gitspec("rebase", "add-2fa", fails=1)
    team.repo.commit("Rebase")
    team.others(text("The system MUST expire a session after 25 minutes."), change="later")
    [conflict] = gitspec("rebase", "add-2fa", "--json", fails=1).json["changes"][0]["conflicts"]
    assert [conflict[side][-11:-1] for side in ("seen", "living", "yours")] == [
        "30 minutes",
        "25 minutes",
        "15 minutes",
    ]


def test_list_and_status_say_what_made_a_change_stale(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", EXPIRY, text("The system MUST expire a session after 15 minutes."))
    team.propose("other")
    assert "stale" not in gitspec("list").out
    team.others(text("The system MUST expire a session after 20 minutes."))
    stale = [{"name": EXPIRY, "part": "text", "change": "harden-auth"}]
    assert gitspec("list", "--json").json["changes"][0]["stale"] == stale
    assert "[stale since harden-auth]" in gitspec("list").out.splitlines()[0]
    assert "[stale since harden-auth]" in gitspec("status").out.splitlines()[0]
    shown = gitspec("status", "add-2fa", "--json").json["changes"][0]
    assert (shown["stale"], shown["next"]["command"]) == (stale, "gitspec rebase add-2fa")


def test_what_folds_all_the_same_is_only_mentioned(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", EXPIRY, lambda r: r.update(title="Expiry"))
    team.others(text("The system MUST expire a session after 20 minutes."))
    found = gitspec("validate", "add-2fa", "--strict", "--json").json["findings"]
    assert [(f["code"], f["severity"]) for f in found] == [("D034", "info")]
    gitspec("rebase", "add-2fa")
    assert gitspec("validate", "add-2fa", "--json").json["findings"] == []


def test_a_stacked_change_may_quote_what_the_other_one_adds(team: Team, gitspec: Cli) -> None:
    new = {"id": "totp", "text": "It MUST ask for a code.", "scenarios": [{"id": "s", "steps": "THEN it asks"}]}
    gitspec("delta", "add", "add-2fa", "auth", "--from", "-", stdin=json.dumps(new))
    team.propose("stacked")
    path = "spec/changes/stacked/change.yaml"
    team.repo.write(path, team.repo.read(path) + "depends_on:\n  - add-2fa\n")
    edited = new | {"text": "It MUST ask for a code of six digits."}
    gitspec("delta", "modify", "stacked", "auth/totp", "--from", "-", stdin=json.dumps(edited))
    team.repo.commit("Stack")
    gitspec("delta", "modify", "add-2fa", "auth/totp", "--from", "-", stdin=json.dumps(new | {"title": "Codes"}))
    gitspec(
        "delta", "modify", "add-2fa", "auth/totp", "--from", "-", stdin=json.dumps(new | {"text": "It MUST ask twice."})
    )
    found = gitspec("validate", "stacked", "--json", fails=1).json["findings"]
    assert [f["code"] for f in found] == ["D003"]
    [conflict] = gitspec("rebase", "stacked", "--json", fails=1).json["changes"][0]["conflicts"]
    assert (conflict["seen"], conflict["living"]) == ("It MUST ask for a code.", "It MUST ask twice.")


# what a delta may claim, and was never so


def replace_in_delta(team: Team, *pairs: tuple[str, str]) -> None:
    delta = team.delta()
    for old, new in pairs:
        assert old in delta
        delta = delta.replace(old, new)
    team.repo.write("spec/changes/add-2fa/deltas/auth.yaml", delta)


def digest(value: str) -> str:
    from gitspec.domain.digest import part_digest

    return part_digest(value)


def codes(team: Team) -> list[str]:
    return [f["code"] for f in team.gitspec("validate", "add-2fa", "--json", fails=1).json["findings"]]


def test_a_from_that_was_never_in_a_living_spec_has_its_own_error(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", EXPIRY, text("The system MUST expire a session after 15 minutes."))
    invented = "The system MUST expire a session after 99 minutes."
    replace_in_delta(team, (TEXT, invented), (digest(TEXT), digest(invented)))
    team.repo.commit("Invent")
    assert codes(team) == ["D035"]
    before = team.delta()
    refused = gitspec("rebase", "add-2fa", fails=1)
    assert "spec/changes/add-2fa/deltas/auth.yaml:4: D035" in refused.err
    assert team.delta() == before


def test_digests_copied_from_elsewhere_have_their_own_error_that_names_the_owner(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", EXPIRY, lambda r: r["scenarios"].pop())
    replace_in_delta(team, (digest(TEXT), digest("There MUST be a login page.")))
    team.repo.commit("Copy")
    assert codes(team) == ["D036"]
    assert "it is that of auth/login-page" in gitspec("rebase", "add-2fa", fails=1).err


def test_digests_of_different_versions_have_their_own_error(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", EXPIRY, lambda r: r.update(title="Expiry"))
    new_text, new_steps = "The system MUST expire a session after 20 minutes.", "WHEN 20 minutes pass\nTHEN it is gone"
    old_steps = "GIVEN a session\nWHEN 30 minutes pass\nTHEN it is gone: `401`"
    team.others(text(new_text), change="first")
    team.others(steps("idle-timeout", new_steps), change="second")
    replace_in_delta(team, (digest(old_steps), digest(new_steps)))
    assert codes(team) == ["D037"]
    gitspec("rebase", "add-2fa", fails=1)


def test_a_stamp_that_would_quote_a_newer_text_than_its_author_saw_is_refused(team: Team, gitspec: Cli) -> None:
    team.others(text("The system MUST expire a session after 20 minutes."))
    hand_written = f"""\
capability: auth
modified:
  - id: session-expiry
    text:
      from: |
        {TEXT}
      to: |
        The system MUST expire a session after 15 minutes.
"""
    path = "spec/changes/add-2fa/deltas/auth.yaml"
    team.repo.write(path, hand_written)
    refused = gitspec("delta", "stamp", "add-2fa", fails=1)
    assert f"{path}: D037" in refused.err
    assert team.delta() == hand_written
    team.repo.write(path, hand_written.replace("30 minutes", "99 minutes"))
    assert f"{path}: D035" in gitspec("delta", "stamp", "add-2fa", fails=1).err


def test_a_delta_for_a_retired_capability_has_its_own_error(team: Team, gitspec: Cli) -> None:
    new = {"id": "totp", "text": "It MUST ask for a code.", "scenarios": [{"id": "s", "steps": "THEN it asks"}]}
    gitspec("delta", "add", "add-2fa", "auth", "--from", "-", stdin=json.dumps(new))
    team.propose("retire")
    gitspec("delta", "remove", "retire", "auth/login-page", "--reason", "Gone.")
    gitspec("delta", "remove", "retire", EXPIRY, "--reason", "Gone.", "--retire")
    team.archive("retire")
    assert codes(team) == ["D038"]
    [conflict] = gitspec("rebase", "add-2fa", "--json", fails=1).json["changes"][0]["conflicts"]
    assert (conflict["name"], conflict["part"]) == ("auth", "capability")


def test_a_change_that_depends_on_itself_has_its_own_error(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", EXPIRY, lambda r: r.update(title="Expiry"))
    path = "spec/changes/add-2fa/change.yaml"
    team.repo.write(path, team.repo.read(path) + "depends_on:\n  - add-2fa\n")
    assert codes(team) == ["D029"]
    gitspec("rebase", "add-2fa")


def test_an_unstamped_entry_is_not_rebased(team: Team, gitspec: Cli) -> None:
    team.modify("add-2fa", EXPIRY, lambda r: r.update(title="Expiry"))
    delta = team.delta()
    start, stop = delta.index("    seen:"), delta.index("    title:")
    team.repo.write("spec/changes/add-2fa/deltas/auth.yaml", delta[:start] + delta[stop:])
    assert "D001" in gitspec("rebase", "add-2fa", fails=1).err


def test_a_shallow_clone_that_hides_what_was_seen_does_not_guess(
    team: Team, gitspec: Cli, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.modify("add-2fa", EXPIRY, text("The system MUST expire a session after 15 minutes."))
    team.others(text("The system MUST expire a session after 20 minutes."))
    team.repo.git("clone", "-q", "--depth", "1", f"file://{team.repo.path}", str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    assert "G016" in gitspec("validate", "add-2fa", fails=3).out
    assert "G016" in gitspec("rebase", "add-2fa", fails=3).err
