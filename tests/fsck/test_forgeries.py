"""What cannot be proven is reported, with what is wrong."""

import os

import pytest

from tests.archive.project import gitspec
from tests.conftest import Repo
from tests.fsck.histories import (
    DAY,
    LIVING,
    adds,
    archive,
    change,
    clean,
    close,
    codes,
    edits,
    land,
    living,
    only,
    prove,
    removes,
    requirement,
    start,
    switch,
)

FIRST = f"spec/archive/{DAY}-first"


def test_a_direct_edit_is_reported_with_the_requirement_and_its_parts(repo: Repo) -> None:
    start(repo)
    repo.write(LIVING, repo.read(LIVING).replace("do two, part 3", "do nothing"))
    repo.commit("Tweak")
    assert only(prove(repo)) == ("H001", "living spec changed by hand: edited auth/two (text)")


def test_a_requirement_that_is_lost_is_named(repo: Repo) -> None:
    start(repo)
    repo.write(LIVING, repo.read(LIVING).replace("\n" + requirement("three"), ""))
    repo.commit("Tidy up")
    assert only(prove(repo)) == ("H001", "living spec changed by hand: removed auth/three")


def test_an_edit_of_layout_alone_is_listed_and_no_finding(repo: Repo) -> None:
    start(repo)
    repo.write(
        LIVING, "# about sign-in\n" + repo.read(LIVING).replace("title: Authentication", "title: 'Authentication'")
    )
    repo.commit("Format")
    report = prove(repo)
    clean(report)
    assert [one.exempted.kind for one in report.exceptions] == ["adoption", "formatting"]


@pytest.mark.parametrize("path", ["spec/capabilities/readme.txt", "spec/capabilities/Auth.yaml"])
def test_a_file_that_is_no_capability_is_reported(repo: Repo, path: str) -> None:
    start(repo)
    repo.write(path, "capability: x\n")
    repo.commit("Add")
    assert "H001" in codes(prove(repo))


def test_a_link_in_place_of_a_capability_is_reported(repo: Repo) -> None:
    start(repo)
    os.unlink(repo.path / LIVING)
    os.symlink("../gitspec.yaml", repo.path / LIVING)
    repo.commit("Link")
    assert "H001" in codes(prove(repo))


def test_an_import_may_add_capabilities_and_is_listed(repo: Repo) -> None:
    start(repo)
    repo.write("spec/capabilities/web.yaml", f"capability: web\nrequirements:\n{requirement('page')}")
    repo.commit("Import\n\nSpec-Edit: import")
    report = prove(repo)
    clean(report)
    assert [(one.exempted.kind, one.exempted.paths) for one in report.exceptions][1:] == [
        ("import", ("spec/capabilities/web.yaml",))
    ]


def test_an_import_on_a_branch_is_carried_through_its_merge(repo: Repo) -> None:
    start(repo)
    switch(repo, "topic", "main")
    repo.write("spec/capabilities/web.yaml", f"capability: web\nrequirements:\n{requirement('page')}")
    repo.commit("Import\n\nSpec-Edit: import")
    land(repo, "on-top", capability="web", modified=[edits(repo, "page", "part 1", "part I", "web")])
    switch(repo, "main")
    repo.write("src/code.py", "more\n")
    repo.commit("More")
    repo.git("merge", "-q", "--no-ff", "topic", "-m", "Merge topic")
    clean(prove(repo))


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        (LIVING, "capability: auth\n", "import"),
        ("src/code.py", "more\n", "import"),
        ("spec/capabilities/new.yaml", "capability: new\n", "because"),
    ],
)
def test_an_import_may_do_nothing_else(repo: Repo, path: str, text: str, reason: str) -> None:
    start(repo)
    repo.write("spec/capabilities/web.yaml", f"capability: web\nrequirements:\n{requirement('page')}")
    repo.write(path, text)
    repo.commit(f"Import\n\nSpec-Edit: {reason}")
    assert {"R013", "H001"} <= set(codes(prove(repo)))


@pytest.mark.spec("proving/proof-from-history#forged-archive")
def test_an_archive_commit_that_was_amended_to_say_more_is_found(repo: Repo) -> None:
    start(repo)
    land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")], added=[adds("new")])
    repo.write(LIVING, repo.read(LIVING).replace("do one, part 7", "do nothing"))
    repo.git("commit", "-q", "-a", "--amend", "--no-edit", "--no-verify")
    report = prove(repo)
    assert codes(report) == ["H002", "H008"]
    assert report.found[0].finding.message == "is not what folding the archived changes gives: auth/one differs (text)"
    assert report.archives == 0


def test_an_archive_commit_that_also_edits_another_capability_is_found(repo: Repo) -> None:
    start(repo)
    land(repo, "web", capability="web", purpose="Show.", added=[adds("page")])
    land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")])
    path = "spec/capabilities/web.yaml"
    repo.write(path, repo.read(path).replace("MUST page", "MUST NOT page"))
    repo.git("commit", "-q", "-a", "--amend", "--no-edit", "--no-verify")
    found = [f.finding for f in prove(repo).found if f.finding.code != "H008"]
    assert [(f.code, f.path) for f in found] == [("H001", path)]


def test_an_archive_commit_whose_deltas_were_altered_is_found(repo: Repo) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    path = f"{FIRST}/deltas/auth.yaml"
    repo.write(path, repo.read(path).replace("MUST new", "MUST old"))
    repo.git("commit", "-q", "-a", "--amend", "--no-edit", "--no-verify")
    assert "auth/new differs (text)" in prove(repo).found[0].finding.message


def test_an_amended_message_leaves_the_tag_behind(repo: Repo) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    repo.git("commit", "-q", "--amend", "--no-verify", "-m", "Archive it\n\nChange: first")
    code, message = only(prove(repo))
    assert code == "H008" and "landed with" in message


def test_an_archive_tag_that_was_moved_or_made_by_hand_is_found(repo: Repo) -> None:
    start(repo)
    archived = land(repo, "first", added=[adds("new")])
    name = f"archive/{DAY}-first"
    repo.git("tag", "-f", name, archived)
    assert only(prove(repo)) == ("H008", f"tag {name} is no annotated tag")
    repo.git("tag", "-f", "-a", "-m", "Mine", name, archived)
    assert only(prove(repo)) == ("H008", f"tag {name} is not the tag that follows from its commit")
    repo.git("tag", "-f", "-a", "-m", "Mine", name, f"{archived}^")
    assert only(prove(repo))[0] == "H008"
    repo.git("tag", "-d", name)
    repo.git("tag", "-a", "-m", "Mine", f"archive/{DAY}-other", archived)
    assert sorted(codes(prove(repo))) == ["H008", "H009"]


def test_an_archived_folder_that_is_edited_added_to_or_removed_is_found(repo: Repo) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    repo.write(f"{FIRST}/tasks.md", "## 1. Other\n\n- [x] 1.1 Rewritten\n")
    repo.commit("Rewrite history")
    assert [(f.code, f.path) for f in (one.finding for one in prove(repo).found)] == [("H005", f"{FIRST}/tasks.md")]
    repo.write(f"{FIRST}/design.md", "# Afterthought\n")
    repo.commit("Add to history")
    repo.git("rm", "-q", "-r", FIRST)
    repo.commit("Remove history")
    assert codes(prove(repo)) == ["H005", "H005", "H005"]


def test_a_late_edit_that_a_clean_merge_carries_into_the_archive_is_found(repo: Repo) -> None:
    start(repo)
    change(repo, "first", added=[adds("new")])
    switch(repo, "late", "main")
    repo.write("spec/changes/first/proposal.md", repo.read("spec/changes/first/proposal.md") + "\nOne more thing.\n")
    repo.commit("Add a thought\n\nChange: first")
    switch(repo, "main")
    archive(repo, "first")
    repo.git("merge", "-q", "--no-ff", "late", "-m", "Merge late")
    assert only(prove(repo))[0] == "H005"
    switch(repo, "late")
    repo.git("merge", "-q", "--no-ff", "main~1", "-m", "Merge main")
    assert [code for code in codes(prove(repo)) if code != "H009"] == ["H005"]


def test_a_folder_that_was_moved_by_hand_is_found(repo: Repo) -> None:
    start(repo)
    change(repo, "first", added=[adds("new")])
    (repo.path / "spec/archive").mkdir()
    repo.git("mv", "spec/changes/first", FIRST)
    repo.commit("Archive first\n\nChange: first\nArchived: " + f"{DAY}-first\nFold: 1")
    report = prove(repo)
    code, message = next((f.finding.code, f.finding.message) for f in report.found if f.finding.severity == "error")
    assert (code, message) == ("H004", "was put into the archive without being folded: auth/new is missing")


def test_a_closed_change_folds_nothing_and_one_that_does_is_found(repo: Repo) -> None:
    start(repo)
    change(repo, "first", added=[adds("new")])
    close(repo, "first")
    clean(prove(repo))
    repo.write(LIVING, repo.read(LIVING) + requirement("new"))
    repo.git("commit", "-q", "-a", "--amend", "--no-edit", "--no-verify")
    assert "H001" in codes(prove(repo))


def test_a_folder_that_says_it_was_imported_needs_an_import(repo: Repo) -> None:
    start(repo)
    repo.write(
        f"{FIRST}/change.yaml", f"change: first\ntitle: Old\ncreated: {DAY}\nimported: elsewhere\nno_deltas: true\n"
    )
    repo.commit("Sneak in")
    assert only(prove(repo))[0] == "H004"
    repo.git("commit", "-q", "--amend", "--no-verify", "-m", "Import\n\nSpec-Edit: import")
    clean(prove(repo))


def test_two_folders_with_one_id_are_found(repo: Repo) -> None:
    start(repo)
    land(repo, "first", added=[adds("new")])
    change(repo, "first", added=[adds("newer")])
    found = [(f.finding.code, f.finding.path) for f in prove(repo).found]
    assert ("H007", "spec/changes/first") in found
    repo.git("mv", "spec/changes/first", "spec/archive/2026-11-22-first")
    repo.write(LIVING, repo.read(LIVING) + "  - id: newer\n    text: The system MUST newer.\n")
    repo.commit("Archive it again")
    found = [(f.finding.code, f.finding.path) for f in prove(repo).found]
    assert ("H007", "spec/archive/2026-11-22-first") in found
    assert "H002" not in [code for code, _ in found]


def test_an_id_that_is_proposed_on_two_branches_is_no_reuse_until_both_have_it(repo: Repo) -> None:
    start(repo)
    change(repo, "first", added=[adds("new")])
    switch(repo, "topic", "main")
    repo.write("src/code.py", "more\n")
    repo.commit("Work\n\nChange: first")
    switch(repo, "main")
    archive(repo, "first")
    repo.git("merge", "-q", "--no-ff", "topic", "-m", "Merge topic")
    clean(prove(repo))


def test_trailers_that_claim_another_archive_are_reported(repo: Repo) -> None:
    start(repo)
    repo.write("src/code.py", "more\n")
    repo.commit(f"Work\n\nChange: first\nArchived: {DAY}-first")
    code, message = only(prove(repo))
    assert code == "H010" and f"{DAY}-first" in message


def test_a_removed_policy_is_found_and_does_not_stop_the_judging(repo: Repo) -> None:
    start(repo)
    repo.git("rm", "-q", "spec/gitspec.yaml")
    repo.commit("Freedom")
    repo.write(LIVING, repo.read(LIVING).replace("do two, part 3", "do nothing"))
    repo.commit("Edit")
    repo.write("spec/gitspec.yaml", 'version: "1"\n')
    repo.commit("Nothing happened")
    report = prove(repo)
    assert codes(report) == ["R012", "H001"]
    assert [one.exempted.kind for one in report.exceptions] == ["adoption"]


def test_a_from_that_no_living_spec_ever_said_is_found(repo: Repo) -> None:
    start(repo)
    there = living(repo).requirement("one")
    assert there is not None
    entry = {**edits(repo, "one", "part 1", "part I"), "text": {"from": "It MUST pretend.", "to": there.text}}
    change(repo, "lie", modified=[entry])
    code, message = only(prove(repo))
    assert code == "H011" and "auth/one" in message
    (repo.path / "spec/archive").mkdir()
    repo.git("mv", "spec/changes/lie", "spec/archive/2026-11-21-lie")
    repo.commit("Archive it: the living spec says so already")
    assert [code for code in codes(prove(repo)) if code != "H009"] == ["H011"]


def test_a_from_that_is_only_stale_is_no_lie(repo: Repo) -> None:
    start(repo)
    change(repo, "stale", modified=[edits(repo, "one", "part 1", "part I")])
    land(repo, "faster", modified=[edits(repo, "one", "part 1", "part 0ne")])
    clean(prove(repo))


def test_a_link_that_a_merge_left_dangling_is_found(repo: Repo) -> None:
    start(repo)
    land(repo, "web", capability="web", purpose="Show.", added=[adds("page")])
    switch(repo, "topic", "main")
    linked = {
        "id": "page",
        "seen": edits(repo, "page", "MUST", "SHALL", "web")["seen"],
        "links": {"added": {"refines": ["auth/three"]}},
    }
    land(repo, "links", capability="web", modified=[linked])
    switch(repo, "main")
    land(repo, "drops", removed=[removes(repo, "three")])
    repo.git("merge", "-q", "--no-ff", "topic", "-m", "Merge topic")
    assert only(prove(repo)) == ("S103", "web/page links to auth/three, which does not exist")


def test_a_broken_file_is_reported_and_stops_nothing_else(repo: Repo) -> None:
    start(repo)
    good = repo.read(LIVING)
    repo.write(LIVING, good + "  : {oops\n")
    repo.commit("Break")
    repo.write(LIVING, good)
    repo.commit("Mend")
    land(repo, "first", added=[adds("new")])
    report = prove(repo)
    assert codes(report) == ["H012", "H012"]
    assert report.archives == 1


def test_names_and_messages_from_strangers_reach_no_terminal(repo: Repo) -> None:
    start(repo)
    repo.write("spec/capabilities/\x1b[31mred\u202e.yaml", "capability: x\n")
    repo.commit("Evil \x1b]0;title\x07\n\nArchived: \x1b[2J")
    ran = gitspec(repo, "fsck")
    assert ran.code == 1
    assert "\x1b" not in ran.out and "\u202e" not in ran.out
