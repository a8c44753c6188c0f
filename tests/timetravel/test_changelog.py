"""`gitspec changelog A..B`: release notes and the version that they ask for."""

import re
from typing import Any

import pytest

from tests.domain.specs import capability, delta, modified, removed, requirement, scenario
from tests.timetravel.conftest import EXPIRY, SHORTER, Cli, Story, auth, devices


def shorter(story: Story) -> Any:
    edit = {"from": EXPIRY, "to": SHORTER}
    return delta("auth", modified=[modified(story.living(), "auth/session-expiry", text=edit)])


def lock() -> Any:
    return delta("auth", added=[requirement("lock", "It MUST lock.", scenario("locked"))])


def dropped(story: Story) -> Any:
    entry = removed(story.living(), "auth/login-page", reason="Nobody came.", migration="Use the front page.")
    return delta("auth", removed=[entry])


def ids(found: Any, key: str = "changes") -> list[str]:
    return [change["id"] for change in found.json[key]]


@pytest.mark.spec("history/comparing#removed-requirement")
def test_breaking_comes_first_with_what_to_do(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.repo.git("tag", "v1.2.0")
    story.archive("lock", lock(), title="Lock sessions")
    story.archive("notes", delta("auth", purpose={"from": None, "to": "Sign in."}), kind="refactor")
    story.archive("drop", dropped(story), title="Drop the page", kind="breaking")
    assert gitspec("changelog", "v1.2.0..").lines == [
        "v1.2.0..HEAD: 3 changes archived",
        "version: v2.0.0 (major)",
        "  drop is a breaking change",
        "  auth/login-page was removed",
        "",
        "Breaking",
        "  drop: Drop the page (breaking, 2026-11-01)",
        "    removed auth/login-page: Nobody came.",
        "      migration: Use the front page.",
        "",
        "Added",
        "  lock: Lock sessions (feature, 2026-11-01)",
        "    added auth/lock",
        "",
        "Other changes",
        "  notes: What notes brings (refactor, 2026-11-01)",
        "    modified auth: purpose",
    ]


def test_json_has_the_commit_and_every_effect(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.repo.git("tag", "v1.2.0")
    commit = story.archive("shorten", shorter(story))
    found = gitspec("changelog", "v1.2.0..HEAD", "--json")
    assert found.json["bump"] == {
        "level": "major",
        "reasons": [{"level": "major", "name": "auth/session-expiry", "what": "has another text"}],
    }
    assert found.json["next_version"] == "v2.0.0"
    (change,) = found.json["changes"]
    assert (change["id"], change["commit"], change["level"]) == ("shorten", commit, "major")
    assert change["effects"] == [
        {
            "kind": "modified",
            "id": "auth/session-expiry",
            "was": None,
            "level": "major",
            "parts": ["text"],
            "reason": None,
            "migration": None,
        }
    ]


def test_only_changes_in_between_count_in_the_order_they_landed(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive("zebra", lock())
    story.repo.git("tag", "v1")
    story.archive("shorten", shorter(story))
    story.archive("alone", delta("auth", renamed=[{"id": "login-page", "to": "front-page"}]))
    assert ids(gitspec("changelog", "v1..", "--json")) == ["shorten", "alone"]
    assert ids(gitspec("changelog", "v1..HEAD~2", "--json")) == ["shorten"]
    nothing = gitspec("changelog", "HEAD..HEAD")
    assert nothing.lines == ["HEAD..HEAD: 0 changes archived", "version: nothing differs"]


def test_closed_changes_are_told_and_ask_for_nothing(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.later()
    story.propose("less")
    story.propose("never", lock(), kind="breaking")
    gitspec("close", "never", "--reason", "Too much.", "--superseded-by", "less")
    found = gitspec("changelog", "HEAD~3..", "--json")
    assert ids(found) == [] and ids(found, "closed") == ["never"]
    assert found.json["bump"]["level"] == "none"
    assert "    Too much. (superseded by less)" in gitspec("changelog", "HEAD~3..").lines


def test_a_change_that_was_taken_back_counts_by_what_differs(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive("lock", lock())
    story.repo.git("tag", "v1")
    story.later()
    gitspec("unarchive", "lock")
    found = gitspec("changelog", "v1..", "--json")
    assert ids(found, "taken_back") == ["lock"] and ids(found) == [] and found.json["others"] == []
    assert found.json["bump"]["level"] == "major"
    assert ids(gitspec("changelog", "v1~2..", "--json"), "taken_back") == []


def test_what_came_and_went_in_between_is_no_difference(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.repo.git("tag", "v0.3.0")
    story.archive("lock", lock())
    story.archive("unlock", delta("auth", removed=[removed(story.living(), "auth/lock", reason="No.")]))
    found = gitspec("changelog", "v0.3.0..", "--json")
    assert ids(found) == ["lock", "unlock"]
    assert (found.json["bump"]["level"], found.json["next_version"]) == ("patch", "v0.3.1")


def test_what_no_change_accounts_for_is_told_apart(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive("rename", delta("auth", renamed=[{"id": "login-page", "to": "front-page"}]))
    story.archive("shorten", shorter(story))
    story.by_hand(devices(), "Import\n\nSpec-Edit: import")
    spec = story.living()["auth"]
    edited = spec.requirements[1].model_copy(update={"title": "By hand"})
    story.by_hand(spec.model_copy(update={"requirements": (spec.requirements[0], edited)}))
    found = gitspec("changelog", "HEAD~6..", "--json")
    told = [(r["kind"], r["id"]) for c in found.json["others"] for r in c["requirements"]]
    assert told == [("added", "devices/device-list")]
    assert "By no change" in gitspec("changelog", "HEAD~6..").lines


def test_a_new_capability_and_its_rename_are_accounted_for(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive(
        "start", delta("totp", purpose="Codes.", added=[requirement("enrol", "Users MUST enrol.", scenario("done"))])
    )
    story.archive("rename", delta("totp", rename_to="codes"))
    found = gitspec("changelog", "HEAD~4..", "--json").json
    assert found["others"] == [] and found["bump"]["level"] == "minor"
    assert [e["kind"] for c in found["changes"] for e in c["effects"]] == ["added", "added", "renamed"]


def test_markdown_is_inert(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive("drop", dropped(story), title="'**x** <img src=x> @you [l](y)'")
    out = gitspec("changelog", "HEAD~2..", "--format", "markdown").out
    assert "## Breaking" in out and "migration: Use the front page" in out
    assert not re.findall(r"<[a-z]", out) and "**x**" not in out and "](" not in out


def test_a_broken_change_is_a_finding(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive("lock", lock())
    folder = next((story.repo.path / "spec/archive").iterdir())
    (folder / "change.yaml").write_text("change: [\n")
    story.repo.commit("Break")
    found = gitspec("changelog", "HEAD~3..", "--json", fails=1).json
    assert found["findings"][0]["path"].endswith("/change.yaml")
    assert [c["title"] for c in found["changes"]] == [None]


def test_cached_and_uncached_answers_are_equal(story: Story, gitspec: Cli) -> None:
    story.begin(auth(), capability("empty"))
    story.archive("lock", lock())
    story.archive("shorten", shorter(story))
    for command in (["changelog", "HEAD~4.."], ["diff", "HEAD~4.."], ["log", "auth"], ["blame", "auth"]):
        first = gitspec(*command, "--json")
        assert first == gitspec(*command, "--json") == gitspec(*command, "--json", "--no-cache")


def test_a_range_is_asked_for(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    assert "gitspec changelog <previous release>..HEAD" in gitspec("changelog", "HEAD", fails=2).err
    assert gitspec("changelog", "nothing..", fails=3).err.startswith("gitspec: G005")
