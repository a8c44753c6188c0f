"""`gitspec archive --merged`: all that is complete, in order, as one operation; the rest is named and left."""

import json

import pytest

from tests.archive.project import ADDED, AUTH, CHANGE, TASKS, gitspec, project, propose
from tests.conftest import Repo

OPEN = "## 1. Do\n\n- [ ] 1.1 Write it\n"


@pytest.fixture
def ready(repo: Repo) -> Repo:
    return project(repo)


def add(repo: Repo, change: str, *needs: str, capability: str = "auth", tasks: str = TASKS) -> None:
    """Write a change that adds the requirement ``new-<change>``."""
    folder = propose(repo, change, tasks=tasks)
    if needs:
        depends = "depends_on:\n" + "".join(f"  - {other}\n" for other in needs)
        repo.write(f"{folder}/change.yaml", CHANGE.format(id=change, title="Title") + depends)
    repo.write(f"{folder}/deltas/{capability}.yaml", ADDED.format(capability=capability, id=f"new-{change}"))


def subjects(repo: Repo, since: str) -> list[str]:
    return [row.partition(":")[0] for row in repo.git("log", "--reverse", "--format=%s", f"{since}..").splitlines()]


@pytest.mark.spec("archiving/every-ready-change#two-changes")
def test_each_complete_change_gets_its_commit_and_tag_in_order_of_dependency(ready: Repo) -> None:
    add(ready, "a-last", "z-first")
    add(ready, "z-first")
    add(ready, "open", tasks=OPEN)
    before = ready.commit("Propose")
    ran = gitspec(ready, "archive", "--merged")
    assert ran.code == 0, ran.err
    assert subjects(ready, before) == ["Archive add-2fa", "Archive z-first", "Archive a-last"]
    assert "Left open: A002 task 1.1 is pending" in ran.out
    tags = ready.git("for-each-ref", "--format=%(refname:short) %(*objectname)", "refs/tags").splitlines()
    commits = ready.git("rev-list", "--reverse", f"{before}..").split()
    names = ["add-2fa", "z-first", "a-last"]
    assert sorted(tags) == sorted(f"archive/2026-11-21-{n} {c}" for n, c in zip(names, commits, strict=True))
    text = ready.read("spec/capabilities/auth.yaml")
    assert all(text.count(f"- id: {name}\n") == 1 for name in ("totp-enrolment", "new-a-last", "new-z-first"))
    assert ready.git("status", "--porcelain") == ""
    assert (ready.path / "spec/changes/open").is_dir()
    ready.git("fsck", "--strict")


def test_the_same_bytes_as_one_after_the_other(ready: Repo, tmp_path) -> None:  # type: ignore[no-untyped-def]
    add(ready, "b")
    add(ready, "c", capability="billing")
    ready.commit("Propose")
    ready.git("clone", "-q", str(ready.path), str(tmp_path / "other"))
    other = Repo(tmp_path / "other")
    assert gitspec(ready, "archive", "--merged", "--no-cache").code == 0
    for change in ("add-2fa", "b", "c"):
        assert gitspec(other, "archive", change).code == 0
    assert ready.head() == other.head()
    assert ready.git("show-ref", "--tags") == other.git("show-ref", "--tags")


def test_all_move_in_one_transaction(ready: Repo) -> None:
    add(ready, "b")
    before = ready.commit("Propose")
    assert gitspec(ready, "archive", "--merged").code == 0
    assert ready.git("log", "-g", "-2", "--format=%H %gs", "main").splitlines() == [
        f"{ready.head()} gitspec archive: add-2fa and 1 more",
        f"{before} commit: Propose",
    ]


def test_two_that_collide_one_is_archived_and_the_other_is_named_with_exit_1(ready: Repo) -> None:
    add(ready, "b")
    add(ready, "c")
    ready.write(
        "spec/changes/c/deltas/auth.yaml",
        ADDED.format(capability="auth", id="new-b").replace("let a user enrol", "never let a user enrol"),
    )
    before = ready.commit("Propose")
    ran = gitspec(ready, "archive", "--merged", "--json")
    assert ran.code == 1, ran
    assert subjects(ready, before) == ["Archive add-2fa", "Archive b"]
    (left,) = json.loads(ran.out)["left"]
    assert (left["change"], left["why"], left["code"]) == ("c", "broken", "D007")
    assert "b" in left["message"]
    assert ready.git("status", "--porcelain") == ""


def test_what_depends_on_something_open_waits(ready: Repo) -> None:
    add(ready, "base", tasks=OPEN)
    add(ready, "on-top", "base")
    ready.commit("Propose")
    ran = gitspec(ready, "archive", "--merged", "--json")
    assert ran.code == 0
    data = json.loads(ran.out)
    assert [row["change"] for row in data["archived"]] == ["add-2fa"]
    assert [(row["change"], row["why"], row["code"]) for row in data["left"]] == [
        ("base", "unfinished", "A002"),
        ("on-top", "waiting", "A005"),
    ]


def test_no_tasks_at_all_is_not_ready(ready: Repo) -> None:
    (ready.path / "spec/changes/add-2fa/tasks.md").unlink()
    before = ready.commit("No tasks")
    ran = gitspec(ready, "archive", "--merged")
    assert ran.code == 0
    assert "Nothing to archive on main" in ran.out
    assert "Left add-2fa: A001" in ran.out
    assert ready.head() == before


def test_rings_and_broken_files_stop_no_other_change(ready: Repo) -> None:
    add(ready, "ring-a", "ring-b")
    add(ready, "ring-b", "ring-a")
    add(ready, "broken")
    ready.write("spec/changes/broken/change.yaml", "change: [\n")
    before = ready.commit("Propose")
    ran = gitspec(ready, "archive", "--merged", "--json")
    assert ran.code == 1
    assert subjects(ready, before) == ["Archive add-2fa"]
    assert [(row["change"], row["why"]) for row in json.loads(ran.out)["left"]] == [
        ("broken", "broken"), ("ring-a", "broken"), ("ring-b", "broken"),
    ]  # fmt: skip


def test_what_a_remote_branch_still_edits_is_left_and_named(ready: Repo, tmp_path) -> None:  # type: ignore[no-untyped-def]
    add(ready, "b")
    ready.commit("Propose")
    bare = ready.bare(tmp_path / "bare.git")
    ready.git("remote", "add", "origin", str(bare.path))
    ready.git("push", "-q", "-u", "origin", "main")
    ready.git("clone", "-q", str(bare.path), str(tmp_path / "other"))
    other = Repo(tmp_path / "other")
    other.git("switch", "-q", "-c", "more")
    other.write("spec/changes/b/proposal.md", "# Proposal\n\n## Why\n\nMore.\n\n## What Changes\n\nAll.\n")
    other.commit("More")
    other.git("push", "-q", "origin", "more")
    ready.git("fetch", "-q")
    before = ready.head()
    ran = gitspec(ready, "archive", "--merged")
    assert ran.code == 0
    assert subjects(ready, before) == ["Archive add-2fa"]
    assert "Left b: A020 change 'b' is still edited on origin/more" in ran.out
    ready.git("merge", "-q", "-m", "Merge", "origin/more")
    assert "Archived b" in gitspec(ready, "archive", "--merged").out


def test_dry_run_and_expect(ready: Repo) -> None:
    add(ready, "b", capability="billing")
    before = ready.commit("Propose")
    objects = ready.git("count-objects", "-v")
    ran = gitspec(ready, "archive", "--merged", "--dry-run", "--json")
    assert ran.code == 0
    data = json.loads(ran.out)
    assert "+  - id: new-b" in data["diff"]
    assert "+  - id: totp-enrolment" in data["diff"]
    assert (ready.head(), ready.git("count-objects", "-v"), ready.git("tag")) == (before, objects, "")
    wrong = gitspec(ready, "archive", "--merged", "--expect", "0" * 40)
    assert (wrong.code, ready.head()) == (1, before)
    assert gitspec(ready, "archive", "--merged", "--expect", data["tree"]).code == 0
    assert ready.git("rev-parse", "HEAD^{tree}") == data["tree"]


def test_an_uncommitted_edit_in_the_way_moves_nothing(ready: Repo) -> None:
    add(ready, "b", capability="billing")
    before = ready.commit("Propose")
    ready.write("spec/capabilities/billing.yaml", AUTH)
    ran = gitspec(ready, "archive", "--merged")
    assert (ran.code, ready.head(), ready.git("tag")) == (1, before, "")
    assert "A006" in ran.err
    assert ready.read("spec/capabilities/billing.yaml") == AUTH


def test_an_existing_tag_of_one_of_them_stops_that_one_only(ready: Repo) -> None:
    add(ready, "b")
    before = ready.commit("Propose")
    ready.git("tag", "archive/2026-11-21-b")
    ran = gitspec(ready, "archive", "--merged")
    assert ran.code == 1
    assert subjects(ready, before) == ["Archive add-2fa"]
    assert "Left b: A004 tag archive/2026-11-21-b exists" in ran.out
    assert ready.git("rev-parse", "archive/2026-11-21-b") == before
    assert ready.git("status", "--porcelain") == ""


def test_onto_another_branch_in_a_bare_repository(ready: Repo, tmp_path) -> None:  # type: ignore[no-untyped-def]
    add(ready, "b")
    ready.commit("Propose")
    bare = ready.bare(tmp_path / "bare.git")
    before = bare.head()
    assert gitspec(bare, "archive", "--merged", "--onto", "main").code == 0
    assert subjects(bare, before) == ["Archive add-2fa", "Archive b"]


@pytest.mark.parametrize("args", [[], ["--merged", "add-2fa"], ["--merged", "--push", "--pr"], ["x", "--remote", "y"],
                                  ["--merged", "--drop-unpublished"], ["x", "--drop-unpublished", "--push"]])  # fmt: skip
def test_what_makes_no_sense_together_is_refused(ready: Repo, args: list[str]) -> None:
    ran = gitspec(ready, "archive", *args)
    assert ran.code == 2
    assert "U000" in ran.err
