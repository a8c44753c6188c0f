"""Two clones archive the same change: the whole story of the one that was late, from the refusal to the next push."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.archive.project import gitspec
from tests.archive.remotes import Shared
from tests.archive.test_again import done, proven
from tests.archive.test_merged import add
from tests.conftest import Repo

WON, LOST = "archive/2026-11-21-add-2fa", "archive/2026-11-22-add-2fa"
AUTH = "spec/capabilities/auth.yaml"


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    """A remote with a second finished change, that touches the same file."""
    made = Shared(tmp_path / "shared")
    seed = made.clone("seed-clone")
    add(seed, "b")
    seed.commit("Propose b")
    seed.git("push", "-q", "origin", "main")
    return made


@pytest.fixture
def late(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Repo]:
    """The late clone, which archives on the given day what another one archived and pushed on the 21st."""

    def make(day: str) -> Repo:
        winner, repo = shared.clone("winner"), shared.clone("late")
        with monkeypatch.context() as early:
            early.setenv("GIT_AUTHOR_NAME", "Wim Winner")
            done(winner, "archive", "add-2fa", "--push")
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{day}T09:00:00+00:00")
        done(repo, "archive", "add-2fa")
        return repo

    return make


def told(repo: Repo, *args: str) -> str:
    """The refusal; nothing moves here, and no tag comes but one that was fetched."""
    before = repo.git("for-each-ref", "refs/heads", "refs/tags").splitlines()
    ran = gitspec(repo, "archive", *args)
    assert ran.code == 1
    after = repo.git("for-each-ref", "refs/heads", "refs/tags").splitlines()
    assert [row for row in after if not row.endswith(WON)] == [row for row in before if not row.endswith(WON)]
    return ran.err


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-22"])
@pytest.mark.spec("archiving/archived-twice#the-late-one")
def test_told_dropped_and_on_with_the_next(late: Callable[[str], Repo], shared: Shared, day: str) -> None:
    repo = late(day)
    won = shared.main()
    repo.write("src/later.py", "pass\n")
    repo.commit("Later")
    for args in (("add-2fa", "--push"), ("b", "--push"), ("--merged", "--push")):
        said = told(repo, *args)
        assert f"on origin/main on 2026-11-21, by Wim Winner in commit {won[:12]} (tag {WON})" in said, args
        assert f"the archive of {day} on main is not published" in said
    first, _, then = said.partition("help: ")[2].strip().partition(", then ")
    done(repo, *first.split()[1:])
    repo.git(*then.split()[1:])
    assert repo.git("log", "--format=%s", "-2").splitlines()[0] == "Later"
    assert repo.git("rev-parse", f"{WON}^{{commit}}", "HEAD^").split() == [won, won]
    done(repo, "archive", "b", "--push")
    assert shared.main() == repo.head()
    assert sorted(shared.bare.git("tag").split()) == [WON, f"archive/{day}-b"]
    for one in (repo, shared.clone("fresh")):
        proven(one)
    text = repo.read(AUTH)
    assert [text.count(f"- id: {name}\n") for name in ("totp-enrolment", "new-b")] == [1, 1]


def test_a_later_archive_in_the_same_file_is_folded_again(late: Callable[[str], Repo], shared: Shared) -> None:
    repo = late("2026-11-22")
    done(repo, "archive", "b")
    message = repo.git("log", "-1", "--format=%B")
    done(repo, "archive", "--drop-unpublished", "add-2fa")
    assert repo.git("log", "-1", "--format=%B") == message
    assert "new-b" in repo.read(AUTH)
    assert "totp-enrolment" not in repo.read(AUTH)
    assert repo.git("rev-parse", "archive/2026-11-22-b^{commit}") == repo.head()
    proven(repo)


def test_a_later_archive_that_depends_on_it_is_named_and_the_help_works(
    late: Callable[[str], Repo], shared: Shared
) -> None:
    repo = late("2026-11-22")
    add(repo, "on-top", "add-2fa")
    repo.commit("Propose on-top")
    done(repo, "archive", "on-top")
    said = told(repo, "--drop-unpublished", "add-2fa")
    assert ": A025 " in said
    assert "archives 'on-top'" in said
    done(repo, *said.partition("help: gitspec ")[2].removesuffix(" first\n").split())
    done(repo, "archive", "--drop-unpublished", "add-2fa")
    repo.git("pull", "-q", "--rebase")
    done(repo, "archive", "on-top", "--push")
    proven(repo)


def test_later_commits_that_conflict_are_decided_by_hand(late: Callable[[str], Repo], shared: Shared) -> None:
    repo = late("2026-11-22")
    repo.write("src/later.py", "pass\n")
    repo.commit("Later")
    repo.write(AUTH, repo.read(AUTH).replace("enrol a device", "enrol one device"))
    repo.commit("Edit what it added")
    repo.write("src/last.py", "pass\n")
    repo.commit("Last")
    said = told(repo, "--drop-unpublished", "add-2fa")
    assert f"without it {AUTH} conflicts" in said
    command = said.partition("help: git ")[2].partition(",")[0].split()
    assert repo.run_git(*command).returncode == 1
    repo.git("checkout", "-q", "--ours", AUTH)
    repo.git("add", AUTH)
    repo.git("-c", "core.editor=true", "rebase", "--continue")
    repo.git("tag", "-d", LOST)
    repo.git("pull", "-q", "--rebase")
    assert repo.git("log", "--format=%s", "-3").splitlines() == [
        "Last",
        "Later",
        "Archive add-2fa: Two-factor authentication",
    ]
    done(repo, "archive", "b", "--push")
    proven(repo)


def merged_by_hand(repo: Repo, *, keep: tuple[str, ...]) -> None:
    """Merge the remote's branch; of both archived folders ``keep`` those, with the living spec of the remote."""
    repo.git("fetch", "-q")
    assert repo.run_git("merge", "-q", "origin/main").returncode == 1
    repo.git("rm", "-r", "-q", "--cached", "spec/archive")
    repo.git("rm", "-r", "-q", "--cached", "--ignore-unmatch", "spec/changes/add-2fa")
    for name, commit in (("2026-11-21-add-2fa", "MERGE_HEAD"), ("2026-11-22-add-2fa", "HEAD")):
        if name in keep:
            repo.git("read-tree", f"--prefix=spec/archive/{name}/", f"{commit}:spec/archive/{name}")
    repo.git("checkout", "-q", "MERGE_HEAD", "--", "spec/capabilities")
    repo.git("commit", "-q", "-m", "Merge by hand")
    repo.git("reset", "-q", "--hard")
    repo.git("clean", "-q", "-f", "-d")


@pytest.mark.parametrize(
    ("keep", "codes"),
    [
        (("2026-11-21-add-2fa", "2026-11-22-add-2fa"), {"H007"}),
        (("2026-11-21-add-2fa",), {"H005"}),
        (("2026-11-22-add-2fa",), {"H006"}),
    ],
    ids=["both", "theirs", "ours"],
)
def test_both_histories_merged_by_hand_are_found_and_a_drop_says_why_not(
    late: Callable[[str], Repo], keep: tuple[str, ...], codes: set[str]
) -> None:
    repo = late("2026-11-22")
    merged_by_hand(repo, keep=keep)
    assert sorted(path.name for path in (repo.path / "spec/archive").iterdir()) == sorted(keep)
    ran = gitspec(repo, "fsck", "--json")
    assert ran.code == 1
    found = json.loads(ran.out)["findings"]
    assert codes <= {row["code"] for row in found}, found
    assert all(re.search("add-2fa", row["message"] + (row["path"] or "")) for row in found)
    said = told(repo, "--drop-unpublished", "add-2fa")
    assert ": A02" in said
    repo.git("reset", "-q", "--hard", "HEAD^1")
    done(repo, "archive", "--drop-unpublished", "add-2fa")
    repo.git("pull", "-q", "--rebase")
    proven(repo)


def test_who_won_is_shown_without_what_steers_a_terminal(
    late: Callable[[str], Repo], shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    winner = shared.clone("hostile")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "W\x1b[2J\u202einner")
    done(winner, "archive", "b", "--push")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ada Author")
    repo = shared.clone("mine")
    repo.git("reset", "-q", "--hard", "HEAD^")
    repo.git("tag", "-d", "archive/2026-11-21-b")
    said = told(repo, "b")
    assert ": A003 " in said
    assert not {"\x1b", "\u202e"} & set(said)
