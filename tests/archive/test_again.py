"""A change that was taken back is archived again: its first tag stays where it is, and whatever else is in the way is said."""

import json
from pathlib import Path

import pytest

from tests.archive.project import ADDED, NAME, TAG, gitspec, project
from tests.archive.remotes import Shared
from tests.archive.test_merged import add
from tests.conftest import Repo


@pytest.fixture
def ready(repo: Repo) -> Repo:
    return project(repo)


def done(repo: Repo, *args: str) -> str:
    """What a command that must succeed prints."""
    ran = gitspec(repo, *args)
    assert ran.code == 0, ran
    return ran.out


def proven(repo: Repo) -> None:
    done(repo, "fsck")
    assert all(row["state"] == "ok" for row in json.loads(done(repo, "tags", "--json"))["tags"])
    assert repo.git("status", "--porcelain") == ""


def take_back(repo: Repo, how: str) -> None:
    if how == "unarchive":
        done(repo, "unarchive", "add-2fa")
    else:
        repo.git("revert", "--no-edit", "HEAD")


@pytest.mark.parametrize("how", ["unarchive", "revert"])
@pytest.mark.spec("archiving/archived-again#on-the-same-day")
def test_on_the_same_day_the_first_archive_keeps_the_tag(ready: Repo, how: str) -> None:
    done(ready, "archive", "add-2fa")
    first = ready.head()
    take_back(ready, how)
    for again in range(2):
        assert f"Tag: {TAG} stays on {first[:12]}" in done(ready, "archive", "add-2fa", "--dry-run")
        assert f"Tag: {TAG} stays on {first[:12]}" in done(ready, "archive", "add-2fa")
        assert ready.git("rev-parse", f"{TAG}^{{commit}}") == first
        assert ready.git("log", "-1", "--format=%(trailers:key=Archived,valueonly)").strip() == NAME
        assert "totp-enrolment" in ready.read("spec/capabilities/auth.yaml")
        proven(ready)
        if not again:
            take_back(ready, how)


@pytest.mark.parametrize("how", ["unarchive", "revert"])
def test_on_another_day_it_gets_a_tag_of_its_own(ready: Repo, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done(ready, "archive", "add-2fa")
    first = ready.head()
    take_back(ready, how)
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-22T11:00:00+00:00")
    done(ready, "archive", "add-2fa")
    assert ready.git("rev-parse", f"{TAG}^{{commit}}") == first
    assert ready.git("rev-parse", "archive/2026-11-22-add-2fa^{commit}") == ready.head()
    proven(ready)


def test_with_other_deltas_all_at_once_and_closed_in_the_end(ready: Repo) -> None:
    done(ready, "archive", "add-2fa")
    first = ready.head()
    done(ready, "unarchive", "add-2fa")
    ready.write("spec/changes/add-2fa/deltas/auth.yaml", ADDED.format(capability="auth", id="passkeys"))
    add(ready, "b")
    ready.commit("Think again")
    data = json.loads(done(ready, "archive", "--merged", "--json"))
    assert [(row["change"], row["tag"]) for row in data["archived"]] == [
        ("add-2fa", None),
        ("b", "archive/2026-11-21-b"),
    ]
    assert "passkeys" in ready.read("spec/capabilities/auth.yaml")
    proven(ready)
    done(ready, "unarchive", "add-2fa")
    assert f"stays on {first[:12]}" in done(ready, "close", "add-2fa", "--reason", "no")
    proven(ready)


def test_and_pushed_to_where_the_tag_is_already(tmp_path: Path) -> None:
    shared = Shared(tmp_path / "s")
    one, other = shared.clone("one"), shared.clone("other")
    done(one, "archive", "add-2fa", "--push")
    first = shared.main()
    done(one, "unarchive", "add-2fa")
    one.git("push", "-q")
    done(other, "archive", "add-2fa", "--push")
    assert shared.bare.git("rev-parse", f"{TAG}^{{commit}}") == first
    assert shared.main() == other.head()
    proven(other)


def test_without_the_remotes_tag_the_help_fetches_it(tmp_path: Path) -> None:
    shared = Shared(tmp_path / "s")
    one = shared.clone("one")
    done(one, "archive", "add-2fa", "--push")
    done(one, "unarchive", "add-2fa")
    one.git("push", "-q")
    one.git("tag", "-d", TAG)
    before = shared.main()
    ran = gitspec(one, "archive", "add-2fa", "--push")
    assert (ran.code, shared.main()) == (1, before)
    assert ": A004 " in ran.err
    one.git(*ran.err.partition("help: git ")[2].partition(",")[0].split())
    done(one, "archive", "add-2fa", "--push")
    proven(one)


# -- what else may have the name


def refused(repo: Repo) -> tuple[str, str]:
    """The refusal for a taken tag, and its help; nothing moves."""
    before = repo.git("for-each-ref")
    for args in ((), ("--dry-run",)):
        ran = gitspec(repo, "archive", "add-2fa", *args)
        assert ran.code == 1
        assert repo.git("for-each-ref") == before
    message, _, way_out = ran.err.partition("help: ")
    assert ": A004 " in message
    return message, way_out.strip()


def test_a_tag_that_a_reset_left_behind_is_told_and_the_help_works(ready: Repo) -> None:
    done(ready, "archive", "add-2fa")
    archived = ready.head()
    ready.git("reset", "-q", "--hard", "HEAD^")
    message, way_out = refused(ready)
    assert f"names commit {archived[:12]} that no branch has" in message
    command, _, rest = way_out.partition(", ")
    assert "then run this again" in rest
    ready.git(*command.split()[1:])
    done(ready, "archive", "add-2fa")
    proven(ready)


def test_a_tag_of_another_branch_stays_and_the_help_works(ready: Repo) -> None:
    ready.git("switch", "-q", "-c", "release")
    ready.write("src/release.py", "pass\n")
    ready.commit("Release")
    done(ready, "archive", "add-2fa")
    there = ready.head()
    ready.git("switch", "-q", "main")
    message, way_out = refused(ready)
    assert "belongs to the archive on release" in message
    assert way_out.startswith("--no-tag")
    done(ready, "archive", "add-2fa", "--no-tag")
    assert ready.git("rev-parse", f"{TAG}^{{commit}}") == there


def test_a_tag_of_the_users_own_is_told(ready: Repo) -> None:
    ready.git("tag", TAG)
    message, way_out = refused(ready)
    assert "of main, which archives no such change" in message
    ready.git(*way_out.partition(", ")[0].split()[1:])
    done(ready, "archive", "add-2fa")
    proven(ready)


def test_a_tag_that_names_no_commit_is_refused(ready: Repo) -> None:
    ready.git("tag", TAG, "HEAD^{tree}")
    before = ready.git("for-each-ref")
    ran = gitspec(ready, "archive", "add-2fa")
    assert (ran.code, ready.git("for-each-ref")) == (1, before)
    assert ": A004 " in ran.err
