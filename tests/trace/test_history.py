"""What commits say: the same commits that Git finds, the first release that contains one, the commit of an archive."""

import pytest

from gitspec.domain.policy import Policy, ReferencePattern, ReferenceRules
from gitspec.git.repository import discover
from gitspec.store.history_index import History
from gitspec.store.history_opening import open_history
from tests.conftest import Repo
from tests.fsck.histories import DAY, adds, change, edits, land, start, switch


def history(repo: Repo, tip: str = "HEAD", *, use_cache: bool = True, **policy: object) -> History:
    return open_history(
        discover(str(repo.path)), repo.git("rev-parse", tip), policy=Policy(**policy), use_cache=use_cache
    )


def subjects(found: History, key: str, value: str) -> list[str]:
    return [line.subject for line in found.naming(key, value)]


def test_trailers_name_and_prose_does_not(repo: Repo) -> None:
    repo.commit("One\n\nChange: add-2fa\nTask: 1.1\nSpec: auth/totp")
    repo.commit("Two\n\nChange: add-2fa is what we speak about.\n\nIt is not done.")
    last = repo.commit("Three\n\nchange: add-2fa\nChange: other\nSigned-off-by: A U Thor <author@example.com>")
    found = history(repo)
    assert subjects(found, "Change", "add-2fa") == ["Three", "One"]
    assert subjects(found, "Spec", "auth/totp") == ["One"]
    assert [(m.key, m.value) for m in found.of(last)] == [("Change", "add-2fa"), ("Change", "other")]
    assert [(line.subject, m.value) for line, m in found.mentions("Change")] == [
        ("Three", "add-2fa"), ("Three", "other"), ("One", "add-2fa"),
    ]  # fmt: skip


def test_reverted_commits_are_told(repo: Repo) -> None:
    repo.write("a", "1")
    first = repo.commit("Do\n\nChange: add-2fa")
    repo.git("revert", "--no-edit", first)
    assert [(line.subject, m.value) for line, m in history(repo).mentions("Reverts")] == [('Revert "Do"', first)]


def test_only_what_the_tip_reaches_counts(repo: Repo) -> None:
    repo.commit("Base\n\nChange: a")
    repo.git("branch", "side")
    repo.commit("Main\n\nChange: a")
    switch(repo, "side")
    side = repo.commit("Side\n\nChange: a")
    assert subjects(history(repo, "main"), "Change", "a") == ["Main", "Base"]
    assert subjects(history(repo, "side"), "Change", "a") == ["Side", "Base"]
    assert history(repo, "main").of(side) == ()
    switch(repo, "main")
    repo.git("merge", "-q", "--no-edit", "side")
    assert sorted(subjects(history(repo), "Change", "a")) == ["Base", "Main", "Side"]


def test_first_release_that_contains_a_commit(repo: Repo) -> None:
    oids = [repo.commit(f"{n}") for n in range(5)]
    repo.git("tag", "v2", oids[3])
    repo.git("tag", "-m", "first", "v1", oids[1])
    repo.git("tag", "archive/2026-11-21-x", oids[0])
    repo.git("tag", "nightly", oids[0])
    found = history(repo, releases=("v*",))
    assert [found.release_of(oid) for oid in oids] == ["v1", "v1", "v2", "v2", ""]
    assert [tag.name for tag in found.releases()] == ["v1", "v2"]


def test_release_on_a_side_branch_counts(repo: Repo) -> None:
    first = repo.commit("First")
    repo.git("switch", "-q", "-c", "release")
    fix = repo.commit("Fix")
    repo.git("tag", "v1")
    repo.git("switch", "-q", "main")
    later = repo.commit("Later")
    found = history(repo)
    assert [found.release_of(oid) for oid in (first, later)] == ["v1", ""]
    assert found.naming("Change", "x") == [] and found.line(fix) is None


def test_patterns_of_the_policy_find_what_is_older_than_gitspec(repo: Repo) -> None:
    repo.commit("Add codes (OpenSpec: add-2fa)\n\nCloses-Bug: #17")
    patterns = (
        ReferencePattern(pattern="(OpenSpec: {id})", where="subject"),
        ReferencePattern(pattern="Closes-Bug: #{id}", where="trailer", id="number"),
    )
    assert subjects(history(repo), "Change", "add-2fa") == []
    found = history(repo, references=ReferenceRules(patterns=patterns))
    assert subjects(found, "Change", "add-2fa") == subjects(found, "ticket", "17") != []


def test_commit_that_archived_a_change(repo: Repo) -> None:
    start(repo, "one", "two")
    change(repo, "open", added=[adds("three")])
    land(repo, "first", modified=[edits(repo, "one", "part 1", "part I")])
    archived = repo.head()
    repo.commit(f"Lie\n\nArchived: {DAY}-first")
    repo.git("mv", "spec/changes/open", f"spec/archive/{DAY}-by-hand")
    by_hand = repo.commit("Move it by hand")
    found = history(repo)
    assert found.archived_in("first") == archived
    assert found.archived_in("by-hand") == by_hand
    assert found.archived_in("open") == found.archived_in("nothing") == ""


@pytest.mark.parametrize("name", ["\udcff", "a\x1bb", "é"])
def test_bytes_that_are_no_text_are_kept(repo: Repo, name: str) -> None:
    head = (
        f"tree {repo.git('write-tree')}\nauthor A U Thor <a@example.com> 1 +0000\ncommitter C <c@example.com> 1 +0000"
    )
    data = f"{head}\n\nOdd {name}\n\nChange: {name}\n".encode("utf-8", "surrogateescape")
    oid = repo.git("hash-object", "-t", "commit", "-w", "--stdin", input=data)
    found = history(repo, oid)
    (line,) = found.naming("Change", name)
    assert line.subject == f"Odd {name}"
