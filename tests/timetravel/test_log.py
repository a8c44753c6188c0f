"""`gitspec log`: the versions of a requirement or a capability."""

import pytest

from gitspec.domain.delta import Delta
from gitspec.yaml.emit import emit
from tests.domain.specs import capability, delta, modified, removed, requirement, scenario
from tests.timetravel.conftest import EXPIRY, IDLE, SHORTER, Cli, Story, auth, devices


def shorter(story: Story) -> Delta:
    edit = {"from": EXPIRY, "to": SHORTER}
    return delta("auth", modified=[modified(story.living(), "auth/session-expiry", text=edit)])


def kinds(outcome: object) -> list[tuple[str, str]]:
    return [(v["kind"], v["id"]) for v in outcome.json["versions"]]  # type: ignore[attr-defined]


def test_each_version_has_moment_author_change_and_marked_words(story: Story, gitspec: Cli) -> None:
    begun = story.begin(auth())
    archived = story.archive("shorten", shorter(story), author="R E Viewer")
    lines = gitspec("log", "auth/session-expiry").lines
    assert lines[:4] == [
        f"{archived[:12]} 2026-11-01 02:00 R E Viewer: change shorten",
        "  ~ modified auth/session-expiry",
        "    text",
        "      The system MUST expire a session after [-30-]{+15+} minutes without activity.",
    ]
    assert f"{begun[:12]} 2026-11-01 01:00 A U Thor: edited by hand" in lines
    assert "  + added auth/session-expiry" in lines


def test_other_requirements_of_the_file_make_no_version(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive("shorten", shorter(story))
    assert kinds(gitspec("log", "auth/login-page", "--json")) == [("added", "auth/login-page")]


@pytest.mark.spec("history/versions#reformatting")
def test_another_form_or_order_is_no_version(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    spec = auth()
    story.by_hand(spec.model_copy(update={"requirements": tuple(reversed(spec.requirements))}))
    path = "spec/capabilities/auth.yaml"
    story.repo.write(path, "# a comment\n" + story.repo.read(path))
    story.repo.commit("Say something")
    assert kinds(gitspec("log", "auth/session-expiry", "--json")) == [("added", "auth/session-expiry")]
    assert kinds(gitspec("log", "auth", "--json")) == [("added", "auth")]


def test_a_rename_is_followed_and_the_old_name_leads_to_the_new_one(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive("shorten", shorter(story))
    story.archive("rename", delta("auth", renamed=[{"id": "session-expiry", "to": "session-end"}]))
    wanted = [("renamed", "auth/session-end"), ("modified", "auth/session-expiry"), ("added", "auth/session-expiry")]
    found = gitspec("log", "auth/session-end", "--json")
    assert kinds(found) == wanted
    assert found.json["versions"][0]["was"] == "auth/session-expiry"
    old = gitspec("log", "auth/session-expiry", "--json")
    assert kinds(old) == wanted and old.json["id"] == "auth/session-end"
    assert gitspec("log", "auth/session-expiry").lines[0] == "auth/session-expiry is auth/session-end now"


def test_a_name_that_was_given_up_and_used_again_has_its_own_past(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive("rename", delta("auth", renamed=[{"id": "login-page", "to": "sign-in-page"}]))
    story.archive("again", delta("auth", added=[requirement("login-page", "It MUST redirect.", scenario("moved"))]))
    assert kinds(gitspec("log", "auth/login-page", "--json")) == [("added", "auth/login-page")]
    assert kinds(gitspec("log", "auth/sign-in-page", "--json")) == [
        ("renamed", "auth/sign-in-page"),
        ("added", "auth/login-page"),
    ]


def test_a_rename_and_a_new_one_of_the_old_name_in_one_change(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    again = requirement("login-page", "It MUST redirect.", scenario("moved"))
    story.archive("both", delta("auth", renamed=[{"id": "login-page", "to": "sign-in-page"}]))
    story.archive(
        "swap",
        delta("auth", renamed=[{"id": "sign-in-page", "to": "front-page"}], added=[again | {"id": "sign-in-page"}]),
    )
    assert kinds(gitspec("log", "auth/sign-in-page", "--json")) == [("added", "auth/sign-in-page")]
    assert [k for k, _ in kinds(gitspec("log", "auth/front-page", "--json"))] == ["renamed", "renamed", "added"]


def test_a_move_to_another_capability_is_followed(story: Story, gitspec: Cli) -> None:
    story.begin(auth(), devices())
    story.archive("move", delta("auth", moved=[{"id": "login-page", "to": "devices/front-page"}]))
    assert kinds(gitspec("log", "devices/front-page", "--json")) == [
        ("moved", "devices/front-page"),
        ("added", "auth/login-page"),
    ]
    assert gitspec("log", "auth/login-page", "--json").json["id"] == "devices/front-page"
    left = gitspec("log", "auth", "--json").json["versions"][0]["requirements"]
    assert [(r["kind"], r["id"], r["now"]) for r in left] == [("moved", "auth/login-page", "devices/front-page")]
    came = gitspec("log", "devices", "--json").json["versions"][0]["requirements"]
    assert [(r["kind"], r["id"], r["was"]) for r in came] == [("moved", "devices/front-page", "auth/login-page")]


def test_a_capability_that_was_renamed_keeps_its_past(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive("rename", delta("auth", rename_to="identity"))
    assert kinds(gitspec("log", "identity", "--json")) == [("renamed", "identity"), ("added", "auth")]
    assert kinds(gitspec("log", "auth", "--json")) == [("renamed", "identity"), ("added", "auth")]
    versions = gitspec("log", "identity/login-page", "--json").json["versions"]
    assert [(v["kind"], v["was"]) for v in versions] == [("moved", "auth/login-page"), ("added", None)]
    assert versions[0]["changes"] == ["rename"]


def test_a_rename_by_hand_is_found_by_content(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    spec = auth()
    first = spec.requirements[0].model_copy(update={"id": "session-end"})
    story.by_hand(spec.model_copy(update={"requirements": (first, spec.requirements[1])}))
    found = gitspec("log", "auth/session-end", "--json").json["versions"]
    assert [(v["kind"], v["was"]) for v in found] == [("renamed", "auth/session-expiry"), ("added", None)]


def test_what_is_removed_still_has_a_log(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    gone = delta("auth", removed=[removed(story.living(), "auth/login-page", reason="No.")])
    story.archive("drop", gone)
    found = gitspec("log", "auth/login-page", "--json")
    assert kinds(found) == [("removed", "auth/login-page"), ("added", "auth/login-page")]
    assert found.json["lives"] is False and found.json["versions"][0]["changes"] == ["drop"]


def test_an_unarchive_and_a_new_archive_are_versions(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive("shorten", shorter(story))
    story.later()
    gitspec("unarchive", "shorten")
    story.later()
    gitspec("archive", "shorten")
    versions = gitspec("log", "auth/session-expiry", "--json").json["versions"]
    assert [(v["kind"], v["how"], v["changes"]) for v in versions[:3]] == [
        ("modified", "archived", ["shorten"]),
        ("modified", "unarchived", ["shorten"]),
        ("modified", "archived", ["shorten"]),
    ]


def test_a_rename_that_was_taken_back_by_revert_is_followed_both_ways(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    commit = story.archive("rename", delta("auth", renamed=[{"id": "session-expiry", "to": "session-end"}]))
    story.later()
    story.repo.git("revert", "--no-edit", commit)
    versions = gitspec("log", "auth/session-expiry", "--json").json["versions"]
    assert [(v["kind"], v["id"], v["how"]) for v in versions[:2]] == [
        ("renamed", "auth/session-expiry", "unarchived"),
        ("renamed", "auth/session-end", "archived"),
    ]
    assert gitspec("log", "auth/session-end", "--json").json["id"] == "auth/session-expiry"


def test_an_import_says_so(story: Story, gitspec: Cli) -> None:
    story.begin()
    story.by_hand(auth(), "Import\n\nSpec-Edit: import")
    assert gitspec("log", "auth/login-page").lines[0].endswith("A U Thor: imported")


def test_of_several_changes_that_one_commit_archives_only_those_that_touch_it_count(story: Story, gitspec: Cli) -> None:
    story.begin(auth(), devices())
    story.repo.git("switch", "-q", "-c", "work")
    story.archive("shorten", shorter(story))
    story.archive("more", delta("devices", added=[requirement("forget", "Users MUST forget.", scenario("gone"))]))
    story.repo.git("switch", "-q", "main")
    story.repo.git("merge", "-q", "--squash", "work")
    story.repo.commit("Land both\n\nChange: shorten\nChange: more")
    assert gitspec("log", "auth/session-expiry", "--json").json["versions"][0]["changes"] == ["shorten"]
    assert gitspec("log", "devices", "--json").json["versions"][0]["changes"] == ["more"]


def test_a_merge_that_joins_two_edits_is_a_version_and_one_that_takes_a_side_is_none(
    story: Story, gitspec: Cli
) -> None:
    story.begin(auth())
    story.repo.git("switch", "-q", "-c", "left")
    story.archive("shorten", shorter(story))
    story.repo.git("switch", "-q", "-c", "right", "main")
    title = {"from": None, "to": "Sessions end"}
    story.archive("title", delta("auth", modified=[modified(story.living(), "auth/session-expiry", title=title)]))
    story.repo.git("switch", "-q", "main")
    story.later()
    story.repo.git("merge", "-q", "--no-ff", "-m", "Take left", "left")
    assert [k for k, _ in kinds(gitspec("log", "auth/session-expiry", "--json"))] == ["modified", "added"]
    story.repo.git("merge", "-q", "-m", "Take right too", "right")
    found = gitspec("log", "auth/session-expiry", "--json").json["versions"]
    assert [v["kind"] for v in found] == ["merged", "modified", "modified", "added"]
    assert found[0]["parts"] == [] and found[0]["how"] == "merged"


def test_a_side_that_went_there_and_back_is_left_out_of_a_merge_that_has_what_the_other_side_has(
    story: Story, gitspec: Cli
) -> None:
    story.begin(auth())
    story.repo.git("switch", "-q", "-c", "side")
    story.archive("shorten", shorter(story))
    back = {"from": SHORTER, "to": EXPIRY}
    story.archive("back", delta("auth", modified=[modified(story.living(), "auth/session-expiry", text=back)]))
    story.archive("lock", delta("auth", added=[requirement("lock", "It MUST lock.", scenario("locked"))]))
    story.repo.git("switch", "-q", "main")
    title = {"from": None, "to": "The login page"}
    story.archive("title", delta("auth", modified=[modified(story.living(), "auth/login-page", title=title)]))
    story.later()
    story.repo.git("merge", "-q", "-m", "Merge", "side")
    assert [k for k, _ in kinds(gitspec("log", "auth/session-expiry", "--json"))] == ["added"]
    assert [k for k, _ in kinds(gitspec("log", "auth/lock", "--json"))] == ["added"]


def test_limit_and_at(story: Story, gitspec: Cli) -> None:
    begun = story.begin(auth())
    story.repo.git("tag", "v1")
    story.archive("shorten", shorter(story))
    found = gitspec("log", "auth/session-expiry", "-n", "1", "--json").json
    assert len(found["versions"]) == 1 and found["left_out"] == 1
    assert gitspec("log", "auth/session-expiry", "-n", "1").lines[-1] == "1 older version left out"
    older = gitspec("log", "auth/session-expiry", "--at", "v1", "--json").json
    assert [v["commit"] for v in older["versions"]] == [begun] and older["at"] == begun


def test_a_version_that_cannot_be_read_counts_as_the_one_before_it(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    path = "spec/capabilities/auth.yaml"
    whole = story.repo.read(path)
    story.repo.write(path, whole + "\tbroken\n")
    broken = story.repo.commit("Break")
    story.repo.write(path, whole)
    story.repo.commit("Mend")
    found = gitspec("log", "auth/session-expiry", "--json")
    assert [k for k, _ in kinds(found)] == ["added"]
    assert [s["commit"] for s in found.json["skipped"]] == [broken]
    assert f"in commit {broken[:12]} cannot be read" in found.err


def test_markdown_marks_words(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive("shorten", shorter(story))
    out = gitspec("log", "auth/session-expiry", "--format", "markdown").out
    assert "a session after <del>30</del><ins>15</ins> minutes" in out


def test_what_never_was_is_an_error_with_near_names(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    assert "did you mean auth/session-expiry?" in gitspec("log", "auth/session-expire", fails=2).err
    assert gitspec("log", "nothing/at-all", fails=2).err.startswith("gitspec: L011")
    at = f"at {story.repo.head()[:12]}"
    assert at in gitspec("log", "auth/session-expire", fails=2).err and at in gitspec("blame", "oauth", fails=2).err
    assert gitspec("log", "../../etc/passwd", fails=2).err.startswith("gitspec: L011")


def test_a_shallow_clone_says_where_it_ends(story: Story, gitspec: Cli, monkeypatch: object, tmp_path: object) -> None:
    story.begin(auth())
    story.archive("shorten", shorter(story))
    story.by_hand(auth(IDLE.replace("\n", " ")))
    story.repo.git("clone", "-q", "--depth", "2", f"file://{story.repo.path}", f"{tmp_path}/shallow")
    monkeypatch.chdir(f"{tmp_path}/shallow")  # type: ignore[attr-defined]
    found = gitspec("log", "auth/session-expiry", "--json", fails=3)
    assert [(v["kind"], v["how"], v["changes"]) for v in found.json["versions"]] == [
        ("modified", "edited", []),
        ("unknown", "unknown", []),
    ]
    assert len(found.json["cut_off"]) == 1 and found.err.startswith("gitspec: G016 the clone is shallow")
    assert gitspec("log", "auth/session-expiry", fails=3).out.count("unknown: the clone ends here") == 1


def test_new_capability_in_a_change(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    new = requirement("enrol", "Users MUST enrol.", scenario("done"))
    story.archive("start", delta("totp", purpose="Codes.", added=[new]))
    assert kinds(gitspec("log", "totp", "--json")) == [("added", "totp")]
    assert capability("totp", new).requirements[0] == story.living()["totp"].requirements[0]


def test_children_come_before_parents_whatever_their_clocks_said(
    story: Story, gitspec: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.begin(auth())
    story.archive("shorten", shorter(story))
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_DATE", "2001-01-01T00:00:00+00:00")
    story.repo.write("spec/capabilities/auth.yaml", emit(auth("It MUST end.")))
    late = story.repo.commit("Edit")
    versions = gitspec("log", "auth/session-expiry", "--json").json["versions"]
    assert versions[0]["commit"] == late and versions[0]["date"] < versions[1]["date"]
    assert [v["kind"] for v in versions] == ["modified", "modified", "added"]
