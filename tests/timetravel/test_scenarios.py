"""`gitspec log` and `gitspec blame` of one scenario: only what changed it counts."""

from typing import Any

import pytest

from gitspec.yaml.emit import emit
from tests.domain.specs import delta, modified, removed
from tests.timetravel.conftest import EXPIRY, IDLE, SHORTER, Cli, Story, auth, devices

SOONER = IDLE.replace("30", "15")
NAME = "auth/session-expiry#idle-timeout"


def edit(story: Story, change: str, requirement: str = "session-expiry", **parts: Any) -> str:
    """Archive a change to one requirement."""
    return story.archive(change, delta("auth", modified=[modified(story.living(), f"auth/{requirement}", **parts)]))


def steps(before: str, after: str, scenario: str = "idle-timeout") -> dict[str, Any]:
    return {"modified": [{"id": scenario, "steps": {"from": before, "to": after}}]}


def versions(gitspec: Cli, name: str = NAME) -> list[tuple[str, str, str]]:
    """(kind, id, commit) of each version; the blamed commit is that of the first."""
    found = gitspec("log", name, "--json").json
    assert found["what"] == "scenario"
    told = [(v["kind"], v["id"], v["commit"]) for v in found["versions"]]
    if found["lives"]:
        (row,) = gitspec("blame", found["id"], "--json").json["rows"]
        assert row["commit"] == told[0][2]
    return told


def test_only_versions_in_which_it_changed_are_shown(story: Story, gitspec: Cli) -> None:
    begun = story.begin(auth())
    edit(story, "shorten", text={"from": EXPIRY, "to": SHORTER})
    sooner = edit(story, "sooner", scenarios=steps(IDLE, SOONER))
    assert versions(gitspec) == [("modified", NAME, sooner), ("added", NAME, begun)]
    assert versions(gitspec, "session-expiry#idle-timeout")[0][2] == sooner
    assert gitspec("log", "session-expiry#idle-timeout").lines == gitspec("log", NAME).lines
    lines = gitspec("log", NAME).lines
    assert gitspec("blame", NAME).lines == [f"{NAME}  {sooner[:12]}  2026-11-01  A U Thor  change sooner"]
    assert lines[:2] == [f"{sooner[:12]} 2026-11-01 03:00 A U Thor: change sooner", f"  ~ modified {NAME}"]
    assert "      WHEN [-30-]{+15+} minutes pass" in lines
    assert "WHEN <del>30</del><ins>15</ins> minutes pass" in gitspec("log", NAME, "--format", "markdown").out


def test_a_new_id_is_followed_and_the_old_one_leads_to_it(story: Story, gitspec: Cli) -> None:
    begun = story.begin(auth())
    renamed = edit(story, "rename", scenarios={"renamed": [{"id": "idle-timeout", "to": "left-alone"}]})
    now = "auth/session-expiry#left-alone"
    told = [("renamed", now, renamed), ("added", NAME, begun)]
    assert versions(gitspec, now) == told and versions(gitspec) == told
    assert gitspec("log", NAME).lines[0] == f"{NAME} is {now} now"
    assert "did you mean auth/session-expiry#left-alone" in gitspec("log", f"{now}-x", fails=2).err


def test_new_names_of_the_requirement_are_no_versions_and_lead_on(story: Story, gitspec: Cli) -> None:
    begun = story.begin(auth(), devices())
    story.archive("rename", delta("auth", renamed=[{"id": "session-expiry", "to": "session-end"}]))
    story.archive("move", delta("auth", moved=[{"id": "session-end", "to": "devices/session-end"}]))
    assert versions(gitspec, "devices/session-end#idle-timeout") == [("added", NAME, begun)]
    assert gitspec("log", NAME, "--json").json["id"] == "devices/session-end#idle-timeout"


def test_what_is_gone_keeps_its_log_and_what_came_again_both_lives(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    gone = delta("auth", removed=[removed(story.living(), "auth/session-expiry", reason="No.")])
    story.archive("drop", gone)
    assert [kind for kind, *_ in versions(gitspec)] == ["removed", "added"]
    story.by_hand(auth())
    assert [kind for kind, *_ in versions(gitspec)] == ["added", "removed", "added"]


def test_a_merge_is_a_version_only_when_it_has_the_scenario_as_no_parent(story: Story, gitspec: Cli) -> None:
    begun = story.begin(auth())
    story.repo.git("switch", "-q", "-c", "left")
    sooner = edit(story, "sooner", scenarios=steps(IDLE, SOONER))
    story.repo.git("switch", "-q", "-c", "right", "main")
    edit(story, "title", title={"from": None, "to": "Sessions end"})
    story.repo.git("merge", "-q", "-m", "Take left", "left")
    assert versions(gitspec) == [("modified", NAME, sooner), ("added", NAME, begun)]
    story.repo.git("switch", "-q", "-C", "third", "main")
    edit(story, "later", scenarios=steps(IDLE, IDLE.replace("30", "60")))
    story.later()
    story.repo.git("merge", "-q", "--no-commit", "-s", "ours", "right")
    story.repo.write("spec/capabilities/auth.yaml", emit(auth()).replace(b"30 minutes pass", b"45 minutes pass"))
    merge = story.repo.commit("Meet in the middle")
    assert versions(gitspec)[0] == ("merged", NAME, merge)
    assert [kind for kind, *_ in versions(gitspec)] == ["merged", "modified", "modified", "added"]


def test_what_never_was_is_refused(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    for command in ("log", "blame"):
        near = gitspec(command, "auth/session-expiry#idle-timeouts", fails=2).err
        assert near.startswith("gitspec: L011") and f"did you mean {NAME}?" in near
        assert "it has idle-timeout" in gitspec(command, "auth/session-expiry#zzz", fails=2).err
        assert gitspec(command, "auth/nothing#zzz", fails=2).err.startswith("gitspec: L011")
        assert gitspec(command, "auth/session-expiry#", fails=2).err.startswith("gitspec: L011")
        assert gitspec(command, "auth#zzz", fails=2).err.startswith("gitspec: L011")


@pytest.mark.parametrize("name", ["auth/session-expiry", NAME])
def test_the_type_requirement_stands_for_scenarios_too(story: Story, gitspec: Cli, name: str) -> None:
    story.begin(auth())
    assert gitspec("log", "--type", "requirement", name, "--json").json["id"] == name
    assert gitspec("log", "--type", "capability", name, fails=2).err.startswith("gitspec: L011")
