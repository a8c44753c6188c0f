"""`gitspec overlap` in real repositories."""

import json
import os
from pathlib import Path

import pytest

from gitspec.commands import overlap_judge
from tests.conftest import Repo
from tests.overlap.project import Project, addition, edit, entry, places, removal, verdicts
from tests.reading.test_json_shapes import EXAMPLES, compare


@pytest.mark.spec("folding/overlap#two-branches")
def test_edits_of_one_text_on_two_branches_conflict(project: Project) -> None:
    project.on("a", "shorter", edit("session-expiry", "It MUST be 15 minutes."))
    project.on("b", "longer", edit("session-expiry", "It MUST be 60 minutes."))
    shown = project.overlap()
    assert verdicts(shown) == {("longer", "shorter"): "conflicts"}
    (pair,) = shown["pairs"]
    assert pair["touch"] == ["auth/session-expiry"]
    assert [a["order"] for a in pair["attempts"]] == [["longer", "shorter"], ["shorter", "longer"]]
    assert {c["code"] for a in pair["attempts"] for c in a["conflicts"]} == {"D003"}
    assert shown["conflicts"] and shown["complete"]


def test_edits_that_agree_merge_in_any_order(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 15 minutes."))
    project.on("b", "two", edit("session-expiry", "It MUST be 15 minutes.") + addition("x").partition("\n")[2])
    shown = project.overlap()
    assert verdicts(shown) == {("one", "two"): "merges"}
    assert not shown["conflicts"]


def test_changes_that_touch_different_requirements_do_not_meet(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 15 minutes."))
    project.on("b", "two", edit("login-page", "There MUST be a nice page."))
    assert project.overlap()["pairs"] == []


def test_a_link_to_what_another_change_removes_conflicts_in_both_orders(project: Project) -> None:
    linking = addition("hint") + "    links:\n      relates-to:\n        - auth/login-page\n"
    project.on("a", "hints", linking)
    project.on("b", "no-page", removal("login-page"))
    shown = project.overlap()
    (pair,) = shown["pairs"]
    assert (pair["touch"], pair["verdict"]) == (["auth/login-page"], "conflicts")
    assert [(a["change"], a["conflicts"][0]["code"]) for a in pair["attempts"]] == [
        ("no-page", "D006"),
        ("hints", "S103"),
    ]
    assert shown["groups"][0]["left"][0]["change"] == "no-page"


def test_links_of_two_changes_to_the_same_requirement_do_not_meet(project: Project) -> None:
    for change in ("one", "two"):
        project.on(change, change, addition(change) + "    links:\n      relates-to:\n        - auth/login-page\n")
    assert project.overlap()["pairs"] == []


def test_a_change_that_builds_on_another_folds_after_it_only(project: Project) -> None:
    project.on("a", "base", addition("totp"))
    follow = "capability: auth\nmodified:\n  - id: totp\n    text:\n      from: |\n        The system MUST do it.\n"
    follow += "      to: |\n        The system MUST do it well.\n    seen:\n      text: 4f8e6e2ee3d0\n"
    project.on("a", "follow", follow, depends_on="depends_on:\n  - base\n")
    shown = project.overlap()
    (pair,) = shown["pairs"]
    assert (pair["verdict"], pair["order"], pair["attempts"]) == ("ordered", ["base", "follow"], [])
    assert shown["groups"][0]["order"] == ["base", "follow"]


def test_an_undeclared_dependency_shows_as_the_only_order_that_folds(project: Project) -> None:
    project.on("a", "z-first", addition("totp"))
    project.on("b", "a-second", "capability: auth\nrenamed:\n  - id: totp\n    to: codes\n")
    shown = project.overlap()
    (pair,) = shown["pairs"]
    assert (pair["verdict"], pair["order"]) == ("ordered", ["z-first", "a-second"])
    assert shown["groups"] == [{"changes": ["a-second", "z-first"], "order": ["z-first", "a-second"], "left": []}]


def test_of_a_group_most_changes_are_ordered_and_the_rest_is_named(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.on("b", "two", edit("login-page", "There MUST be 2 pages."))
    both = edit("session-expiry", "It MUST be 3 minutes.") + entry("login-page", "There MUST be 3 pages.")
    project.on("c", "a-both", both)
    (group,) = project.overlap()["groups"]
    assert group["order"] == ["one", "two"]
    assert [left["change"] for left in group["left"]] == ["a-both"]


def test_a_change_that_does_not_fold_alone_is_stale(project: Project) -> None:
    stale = edit("session-expiry", "It MUST be 1 minute.").replace("30 minutes", "45 minutes")
    project.on("a", "old", stale)
    project.on("b", "new", edit("session-expiry", "It MUST be 2 minutes."))
    (pair,) = project.overlap()["pairs"]
    assert (pair["verdict"], pair["stale"]) == ("stale", ["old"])


def test_identical_copies_are_one(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    for name in ("b", "c"):
        project.repo.git("branch", name, "a")
    project.publish("c")
    project.repo.git("checkout", "-q", "b")
    shown = project.overlap("--onto", "main")
    assert places(shown, "one") == [[None, "refs/heads/a", "refs/heads/b", "refs/remotes/origin/c"]]
    assert shown["pairs"] == []


def test_different_versions_of_a_change_are_shown_and_judged_each(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.on("b", "one", edit("login-page", "There MUST be 1 page."))
    project.on("c", "two", edit("login-page", "There MUST be 2 pages."))
    shown = project.overlap()
    assert sorted(places(shown, "one")) == [["refs/heads/a"], ["refs/heads/b"]]
    one = next(c for c in shown["changes"] if c["id"] == "one")
    assert one["versions"][1]["differs"] == ["deltas/auth.yaml"]
    (pair,) = shown["pairs"]
    tree = project.repo.git("rev-parse", "b:spec/changes/one")
    assert pair["changes"][0] == {"id": "one", "trees": [tree]}


def test_versions_that_differ_in_tasks_only_are_judged_once(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.on("b", "one", edit("session-expiry", "It MUST be 1 minute."), tasks="- [x] 1.1 Do it\n")
    project.on("c", "two", edit("session-expiry", "It MUST be 2 minutes."))
    shown = project.overlap()
    (pair,) = shown["pairs"]
    assert len(pair["changes"][0]["trees"]) == 2


def test_an_uncommitted_change_of_the_work_tree_counts(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.write("two", edit("session-expiry", "It MUST be 2 minutes."))
    shown = project.overlap()
    assert verdicts(shown) == {("one", "two"): "conflicts"}
    assert places(shown, "two") == [[None]]


def test_an_uncommitted_edit_is_a_version_of_its_own_and_leads(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.repo.git("merge", "-q", "--ff-only", "a")
    project.write("one", edit("session-expiry", "It MUST be 3 minutes."))
    assert places(project.overlap(), "one") == [[None], ["refs/heads/a", "refs/heads/main"]]


def test_an_old_copy_on_a_branch_is_no_version_to_fold(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.repo.git("merge", "-q", "--ff-only", "a")
    project.repo.git("branch", "stale-copy")
    project.write("one", edit("login-page", "There MUST be 1 page."))
    project.repo.commit("Edit one")
    project.repo.git("branch", "-D", "-q", "a")
    project.on("b", "two", edit("session-expiry", "It MUST be 2 minutes."))
    shown = project.overlap()
    one = next(c for c in shown["changes"] if c["id"] == "one")
    assert [v["state"] for v in one["versions"]] == ["active", "outdated"]
    assert shown["pairs"] == []


def test_a_change_that_has_landed_is_not_active_any_more(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."), tasks="- [x] 1.1 Do it\n")
    project.repo.git("merge", "-q", "--ff-only", "a")
    project.run("archive", "one")
    project.on("b", "two", edit("session-expiry", "It MUST be 2 minutes."), start="main~1")
    shown = project.overlap()
    assert [c["id"] for c in shown["changes"]] == ["two"]


def test_a_change_that_a_branch_has_archived_still_has_to_land(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."), tasks="- [x] 1.1 Do it\n")
    project.run("archive", "one", "--onto", "a")
    project.on("b", "two", edit("session-expiry", "It MUST be 2 minutes."))
    shown = project.overlap()
    assert verdicts(shown) == {("one", "two"): "conflicts"}
    one = shown["changes"][0]
    assert one["versions"][0]["places"] == [{"ref": "refs/heads/a", "archived": True}]


def test_a_closed_change_meets_nobody(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.run("close", "one", "--reason", "no", "--onto", "a")
    project.on("b", "two", edit("session-expiry", "It MUST be 2 minutes."))
    shown = project.overlap()
    assert shown["pairs"] == []
    assert shown["changes"][0]["versions"][0]["state"] == "closed"


def test_a_broken_delta_is_named_and_disturbs_no_other(project: Project) -> None:
    project.on("a", "one", "capability: auth\nmodified: 3\n")
    project.on("b", "two", edit("session-expiry", "It MUST be 2 minutes."))
    project.on("c", "three", edit("session-expiry", "It MUST be 3 minutes."))
    shown = project.overlap("--check", fails=1)
    assert verdicts(shown) == {("three", "two"): "conflicts"}
    assert not shown["complete"]
    one = next(c for c in shown["changes"] if c["id"] == "one")["versions"][0]
    assert one["state"] == "broken" and one["findings"][0]["code"] == "S003"
    project.repo.git("branch", "-D", "-q", "b")
    project.overlap("--check", fails=3)


def test_a_broken_living_spec_leaves_its_pairs_unknown(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.on("b", "two", edit("session-expiry", "It MUST be 2 minutes."))
    project.repo.write("spec/capabilities/auth.yaml", "capability: [\n")
    project.repo.commit("Break it")
    for _ in range(2):
        shown = project.overlap("--check", fails=3)
        assert verdicts(shown) == {("one", "two"): "unknown"}
        assert "spec/capabilities/auth.yaml" in shown["pairs"][0]["reason"]


def test_check_fails_on_conflicts_only(project: Project) -> None:
    project.overlap("--check")
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.overlap("--check")
    project.on("b", "two", edit("session-expiry", "It MUST be 2 minutes."))
    project.overlap()
    project.overlap("--check", fails=1)


def test_change_limits_to_pairs_with_it(project: Project) -> None:
    for number in (1, 2):
        project.on(f"a{number}", f"one-{number}", edit("session-expiry", f"It MUST be {number} minutes."))
        project.on(f"b{number}", f"two-{number}", edit("login-page", f"There MUST be {number} pages."))
    assert verdicts(project.overlap("--change", "two-1")) == {("two-1", "two-2"): "conflicts"}
    outcome = project.run("overlap", "--change", "two-3", fails=2)
    assert "L011" in outcome.err and "two-" in outcome.err


def test_no_remote_leaves_remote_tracking_branches_out(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.on("b", "two", edit("session-expiry", "It MUST be 2 minutes."))
    project.publish("b")
    assert verdicts(project.overlap()) == {("one", "two"): "conflicts"}
    assert project.overlap("--no-remote")["pairs"] == []


def test_the_remotes_default_branch_is_what_changes_land_on(project: Project) -> None:
    project.on("release", "one", edit("session-expiry", "It MUST be 1 minute."))
    assert project.overlap()["onto"]["ref"] == "refs/heads/main"
    project.publish("main", "refs/heads/main")
    project.repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    project.repo.git("checkout", "-q", "release")
    assert project.overlap()["onto"]["ref"] == "refs/heads/main"
    project.publish("main", "refs/heads/release")
    assert project.overlap()["onto"]["ref"] == "refs/remotes/origin/main"
    assert project.overlap("--onto", "HEAD~1")["onto"]["commit"] == project.repo.git("rev-parse", "main")
    project.run("overlap", "--onto", "nothing", fails=3)


def test_before_the_first_commit_changes_are_folded_onto_the_work_tree(repo: Repo, project: Project) -> None:
    repo.git("update-ref", "-d", "refs/heads/main")
    project.write("one", edit("session-expiry", "It MUST be 1 minute."))
    project.write("two", edit("session-expiry", "It MUST be 2 minutes."))
    shown = project.overlap()
    assert shown["onto"] is None
    assert verdicts(shown) == {("one", "two"): "conflicts"}


def test_later_runs_say_the_same_and_follow_what_changed(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.on("b", "two", edit("session-expiry", "It MUST be 2 minutes."))
    first = project.run("overlap", "--json").out
    assert project.run("overlap", "--json").out == first
    assert project.run("overlap", "--json", "--no-cache").out == first
    project.repo.write("spec/capabilities/auth.yaml", "capability: auth\n")
    project.repo.commit("Empty it")
    assert verdicts(project.overlap()) == {("one", "two"): "stale"}
    project.on("b", "two", edit("login-page", "There MUST be 2 pages."))
    assert project.overlap()["pairs"] == []


def test_damaged_caches_are_read_as_none(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    first = project.run("overlap", "--json").out
    for kind in ("branches", "versions", "overlap"):
        (project.repo.path / ".git/gitspec" / f"{kind}.json").write_text('{"key": 1')
    assert project.run("overlap", "--json").out == first


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_a_bare_repository_answers_the_same(
    object_format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = Repo.init(tmp_path / "r", f"--object-format={object_format}")
    monkeypatch.chdir(repo.path)
    project = Project(repo).start()
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.on("b", "two", edit("session-expiry", "It MUST be 2 minutes."))
    seen = project.overlap()
    monkeypatch.chdir(repo.bare(tmp_path / "bare.git").path)
    assert project.overlap() == seen
    assert verdicts(seen) == {("one", "two"): "conflicts"}


def test_a_linked_work_tree_sees_all_branches_and_its_own_edits(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    linked = project.repo.worktree(tmp_path / "linked", "side")
    monkeypatch.chdir(linked.path)
    Project(linked).write("two", edit("session-expiry", "It MUST be 2 minutes."))
    assert verdicts(project.overlap()) == {("one", "two"): "conflicts"}


def test_a_shallow_clone_says_that_history_is_cut_off(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.repo.git("merge", "-q", "--ff-only", "a")
    project.repo.git("branch", "old")
    project.write("one", edit("login-page", "There MUST be 1 page."))
    project.repo.commit("Edit one")
    project.repo.git("branch", "-D", "-q", "a")
    url = f"file://{project.repo.path}"
    project.repo.git("clone", "-q", "--depth=1", "--no-single-branch", url, str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    shown = project.overlap()
    assert shown["shallow"]
    assert len(shown["changes"][0]["versions"]) == 2
    assert "git fetch --unshallow" in project.run("overlap").out


@pytest.mark.parametrize("filter_", ["blob:none", "tree:0"])
def test_a_partial_clone_gets_what_it_needs_at_one_go(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filter_: str
) -> None:
    for number in range(8):
        project.on(f"b{number}", f"c{number}", edit("session-expiry", f"It MUST be {number} minutes."))
    project.repo.git("config", "uploadpack.allowFilter", "true")
    project.repo.git("config", "uploadpack.allowAnySHA1InWant", "true")
    url = f"file://{project.repo.path}"
    project.repo.git("clone", "-q", f"--filter={filter_}", url, str(tmp_path / "partial"))
    monkeypatch.chdir(tmp_path / "partial")
    refs = Repo(tmp_path / "partial").git("for-each-ref")
    trace = tmp_path / "trace"
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(trace))
    shown = project.overlap()
    monkeypatch.delenv("GIT_TRACE2_EVENT")
    assert len(shown["pairs"]) == 28 and set(verdicts(shown).values()) == {"conflicts"}
    connections = trace.read_text().count("git-upload-pack")
    assert connections < (8 if filter_ == "blob:none" else 40), connections
    assert Repo(tmp_path / "partial").git("for-each-ref") == refs
    project.repo.path.rename(tmp_path / "gone")
    assert project.overlap("--no-cache") == shown


def test_hostile_names_of_branches_and_files_cannot_steer_the_terminal(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.on("b", "two", edit("session-expiry", "It MUST be 2 minutes."))
    hostile = "x\u202egnp.exe\u009b31m"
    project.repo.git("branch", "-m", "b", hostile)
    bytes_ref = os.fsencode(f"{project.repo.path}/.git/refs/heads/") + b"\xff\xfe"
    with open(bytes_ref, "w") as file:  # a name that is no UTF-8
        file.write(project.repo.git("rev-parse", "a") + "\n")
    text = project.run("overlap").out
    assert "\u202e" not in text and "\u009b" not in text and "xgnp.exe31m" in text
    out = project.run("overlap", "--json").out
    assert "\u202e" not in out
    assert [f"refs/heads/{hostile}"] in places(json.loads(out), "two")


def test_folders_that_are_no_changes_are_left_to_others(project: Project) -> None:
    project.repo.git("checkout", "-q", "-b", "odd")
    project.repo.write("spec/changes/Not An Id/change.yaml", "x\n")
    project.repo.write("spec/changes/empty/notes.txt", "x\n")
    project.repo.write("spec/changes/liar/change.yaml", "change: other\ntitle: T\ncreated: 2026-11-21\n")
    project.repo.commit("Odd")
    project.repo.git("checkout", "-q", "main")
    shown = project.overlap()
    states = {c["id"]: (c["versions"][0]["state"], c["versions"][0]["findings"][0]["code"]) for c in shown["changes"]}
    assert states == {"empty": ("broken", "L005"), "liar": ("broken", "L008")}


def test_spec_that_is_a_file_is_no_error(project: Project) -> None:
    project.repo.git("checkout", "-q", "--orphan", "strange")
    project.repo.git("rm", "-rfq", ".")
    project.repo.write("spec", "a file\n")
    project.repo.commit("Strange")
    project.repo.git("checkout", "-q", "main")
    assert project.overlap()["changes"] == []


def test_a_branch_whose_objects_are_missing_is_not_passed_over(project: Project) -> None:
    (project.repo.path / ".git/refs/heads/gone").write_text("1" * 40 + "\n")
    assert "gone" in project.run("overlap", fails=3).err


def test_two_changes_that_depend_on_each_other_are_unknown(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."), depends_on="depends_on:\n  - two\n")
    project.on("a", "two", edit("session-expiry", "It MUST be 2 minutes."), depends_on="depends_on:\n  - one\n")
    shown = project.overlap("--check", fails=3)
    assert verdicts(shown) == {("one", "two"): "unknown"}


def test_what_is_printed_is_as_documented(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.on("b", "two", edit("session-expiry", "It MUST be 2 minutes."))
    project.on("c", "three", addition("totp"))
    project.on("d", "four", "capability: auth\nrenamed:\n  - id: totp\n    to: codes\n")
    project.on("e", "bad", "capability: 3\n")
    project.on("f", "one", edit("login-page", "There MUST be 1 page."))
    shown = project.overlap()
    assert shown["pairs"] and shown["groups"] and any(group["left"] for group in shown["groups"])
    compare(shown, EXAMPLES["overlap"], "overlap")


def test_many_pairs_are_judged_in_several_processes_with_the_same_result(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        project.on(f"b{number}", f"c{number}", edit("session-expiry", f"It MUST be {number // 2} minutes."))
    first = project.run("overlap", "--json", "--no-cache").out
    monkeypatch.setattr(overlap_judge, "_PARALLEL_ABOVE", 2)
    assert project.run("overlap", "--json", "--no-cache").out == first
    assert list(verdicts(json.loads(first)).values()).count("merges") == 3


def test_beyond_the_limit_pairs_are_unknown_and_never_passed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        project.on(f"b{number}", f"c{number}", edit("session-expiry", "It MUST be 1 minute."))
    with monkeypatch.context() as patch:
        patch.setattr(overlap_judge, "_MOST", 2)
        shown = project.overlap("--check", fails=3)
        assert sorted(verdicts(shown).values()) == ["merges", "merges", "unknown"]
    project.overlap("--check")


def test_text_names_the_branches_the_verdict_and_the_way_out(project: Project) -> None:
    project.on("a", "one", edit("session-expiry", "It MUST be 1 minute."))
    project.on("b", "two", edit("session-expiry", "It MUST be 2 minutes."))
    project.on("c", "three", edit("session-expiry", "It MUST be 1 minute."))
    for number in range(5):
        project.repo.git("branch", f"copy-{number}", "a")
    lines = project.run("overlap").out.splitlines()
    assert lines[0] == "onto main: 3 active changes, 9 branches; 3 pairs of changes touch the same"
    assert "conflict  one, two  auth/session-expiry" in lines
    assert "          one: a, copy-0, copy-1 and 3 more" in lines
    assert "merge     one, three  auth/session-expiry" in lines
    assert "these merge in this order: one, three" in lines
    assert "then two conflicts; help: gitspec rebase two" in lines
