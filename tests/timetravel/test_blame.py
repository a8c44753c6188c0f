"""`gitspec blame`: who last touched each requirement, scenario and field."""

from pathlib import Path
from typing import Any

import pytest

from tests.domain.specs import delta, modified, requirement, scenario
from tests.timetravel.conftest import EXPIRY, SHORTER, Cli, Story, auth, devices


def rows(outcome: Any) -> dict[str, tuple[str, list[str]]]:
    """(commit, changes) by name, and by name and part."""
    return {f"{row['id']} {row['part'] or ''}".strip(): (row["commit"], row["changes"]) for row in outcome.json["rows"]}


def with_scenario(story: Story) -> Any:
    added = {"added": [scenario("closed", "WHEN the browser closes\nTHEN the session ends")]}
    return delta("auth", modified=[modified(story.living(), "auth/session-expiry", scenarios=added)])


def shorter(story: Story) -> Any:
    edit = {"from": EXPIRY, "to": SHORTER}
    return delta("auth", modified=[modified(story.living(), "auth/session-expiry", text=edit)])


def test_each_requirement_scenario_and_field_has_its_own_last_touch(story: Story, gitspec: Cli) -> None:
    begun = story.begin(auth())
    first = story.archive("shorten", shorter(story))
    second = story.archive("close", with_scenario(story))
    found = rows(gitspec("blame", "auth", "--json"))
    assert found == {
        "auth": (begun, []),
        "auth/session-expiry": (second, ["close"]),
        "auth/session-expiry text": (first, ["shorten"]),
        "auth/session-expiry#idle-timeout": (begun, []),
        "auth/session-expiry#closed": (second, ["close"]),
        "auth/login-page": (begun, []),
        "auth/login-page text": (begun, []),
        "auth/login-page#shown": (begun, []),
    }


def test_the_table_names_commit_day_author_and_change(story: Story, gitspec: Cli) -> None:
    begun = story.begin(auth())
    first = story.archive("shorten", shorter(story), author="R E Viewer")
    assert gitspec("blame", "auth").lines == [
        f"auth                 {begun[:12]}  2026-11-01  A U Thor    edited by hand",
        f"auth/session-expiry  {first[:12]}  2026-11-01  R E Viewer  change shorten",
        f"  #idle-timeout      {begun[:12]}  2026-11-01  A U Thor    edited by hand",
        f"auth/login-page      {begun[:12]}  2026-11-01  A U Thor    edited by hand",
        f"  #shown             {begun[:12]}  2026-11-01  A U Thor    edited by hand",
    ]
    assert f"  text               {first[:12]}" in gitspec("blame", "auth/session-expiry", "--parts").out


def test_authors_are_called_as_mailmap_says_as_git_calls_them(story: Story, gitspec: Cli) -> None:
    begun = story.begin(auth())
    name, email = story.repo.git("log", "-1", "--no-mailmap", "--format=%an%x00%ae", begun).split("\0")
    assert name in gitspec("blame", "auth").out
    story.repo.write(".mailmap", f"R E Named <{email}>\n")
    for command in ("blame", "log"):
        told = gitspec(command, "auth").out
        assert "R E Named" in told and name not in told


@pytest.mark.spec("history/versions#reformatting")
def test_form_order_and_comments_are_no_touch(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    before = gitspec("blame", "auth", "--json").json["rows"]
    spec = auth()
    story.by_hand(spec.model_copy(update={"requirements": tuple(reversed(spec.requirements))}))
    path = "spec/capabilities/auth.yaml"
    story.repo.write(path, story.repo.read(path).replace("    text: |\n", "    # said so\n    text: |\n\n"))
    story.repo.commit("Comment")
    assert "said so" in story.repo.read(path)
    after = gitspec("blame", "auth", "--json").json["rows"]
    assert sorted(map(str, after)) == sorted(map(str, before))


def test_an_order_of_tags_links_or_attributes_is_no_version_and_no_touch(story: Story, gitspec: Cli) -> None:
    links = {"refines": ("auth/login-page",), "relates-to": ("devices/device-list", "auth/login-page")}
    fields = {"tags": ("one", "two"), "links": links, "attributes": {"owner": "them", "risk": "low"}}
    first, second = auth().requirements
    begun = story.begin(devices())
    story.by_hand(auth().model_copy(update={"requirements": (first.model_copy(update=fields), second)}))
    before = rows(gitspec("blame", "auth", "--json"))
    turned = {"relates-to": links["relates-to"][::-1], "refines": links["refines"]}
    other = {"tags": ("two", "one"), "links": turned, "attributes": {"risk": "low", "owner": "them"}}
    story.by_hand(auth().model_copy(update={"requirements": (first.model_copy(update=other), second)}))
    assert len(gitspec("log", "auth/session-expiry", "--json").json["versions"]) == 1
    assert rows(gitspec("blame", "auth", "--json")) == before and begun not in str(before)
    assert "auth/session-expiry links" in before and "auth/session-expiry attributes" in before


def test_a_rename_touches_the_requirement_and_not_what_it_says(story: Story, gitspec: Cli) -> None:
    begun = story.begin(auth(), devices())
    moved = story.archive("move", delta("auth", moved=[{"id": "login-page", "to": "devices/front-page"}]))
    found = rows(gitspec("blame", "devices/front-page", "--json"))
    assert found == {
        "devices/front-page": (moved, ["move"]),
        "devices/front-page text": (begun, []),
        "devices/front-page#shown": (begun, []),
    }


def test_a_merge_is_not_blamed_for_what_its_sides_wrote(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.repo.git("switch", "-q", "-c", "left")
    left = story.archive("shorten", shorter(story))
    story.repo.git("switch", "-q", "-c", "right", "main")
    title = {"from": None, "to": "Sessions end"}
    edit = delta("auth", modified=[modified(story.living(), "auth/session-expiry", title=title)])
    right = story.archive("title", edit)
    story.repo.git("switch", "-q", "main")
    story.later()
    story.repo.git("merge", "-q", "--no-ff", "-m", "Take left", "left")
    story.repo.git("merge", "-q", "-m", "Take right", "right")
    found = rows(gitspec("blame", "auth/session-expiry", "--json"))
    assert found["auth/session-expiry text"] == (left, ["shorten"])
    assert found["auth/session-expiry title"] == (right, ["title"])


def test_two_changes_in_one_commit_are_told_apart(story: Story, gitspec: Cli) -> None:
    story.begin(auth(), devices())
    story.repo.git("switch", "-q", "-c", "work")
    story.archive("shorten", shorter(story))
    story.archive("more", delta("auth", added=[requirement("lock", "It MUST lock.", scenario("locked"))]))
    story.repo.git("switch", "-q", "main")
    story.repo.git("merge", "-q", "--squash", "work")
    landed = story.repo.commit("Land both\n\nChange: shorten\nChange: more")
    found = rows(gitspec("blame", "auth", "--json"))
    assert found["auth/session-expiry"] == (landed, ["shorten"])
    assert found["auth/lock"] == (landed, ["more"])


def test_at_an_older_revision(story: Story, gitspec: Cli) -> None:
    begun = story.begin(auth())
    story.repo.git("tag", "v1")
    story.archive("shorten", shorter(story))
    assert rows(gitspec("blame", "auth", "--at", "v1", "--json"))["auth/session-expiry"] == (begun, [])


def test_nobody_is_blamed_for_what_a_shallow_clone_hides(
    story: Story, gitspec: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    story.begin(auth())
    story.archive("more", delta("auth", added=[requirement("lock", "It MUST lock.", scenario("locked"))]))
    shorten = story.archive("shorten", shorter(story))
    story.repo.git("clone", "-q", "--depth", "2", f"file://{story.repo.path}", f"{tmp_path}/shallow")
    monkeypatch.chdir(tmp_path / "shallow")
    found = gitspec("blame", "auth", "--json", fails=3)
    assert rows(found)["auth/session-expiry"] == (shorten, ["shorten"])
    assert {row["id"] for row in found.json["rows"] if row["how"] == "unknown"} >= {"auth/lock", "auth/lock#locked"}
    assert rows(found)["auth/lock"][1] == []
    assert "gitspec: G016" in found.err


def test_tables_for_reviews_and_spreadsheets_hold_the_same_rows(story: Story, gitspec: Cli) -> None:
    begun = story.begin(auth())
    first = story.archive("shorten", shorter(story), author="=1+1 | <b>R</b>")
    table = gitspec("blame", "auth", "--format", "markdown").lines
    assert table[2:4] == ["| | Commit | Day | Author | |", "|---|---|---|---|---|"] and len(table) == 9
    assert first[:12] in table[5] and "<b>" not in table[5] and table[5].count(" | ") == 4
    rows = gitspec("blame", "auth/session-expiry", "--parts", "--format", "csv").lines
    assert rows[0] == "id,part,commit,date,author,email,how,changes,reason,subject"
    assert rows[1].startswith(f"auth/session-expiry,,{first},2026-11-01T02:00:00Z,'=1+1")
    assert [row.split(",")[:3] for row in rows[2:]] == [
        ["auth/session-expiry", "text", first],
        ["auth/session-expiry#idle-timeout", "", begun],
    ]
    assert "U000" in gitspec("blame", "auth", "--json", "--format", "csv", fails=2).err
