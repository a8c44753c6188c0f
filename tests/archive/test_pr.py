"""`gitspec archive --pr`: the rolling branch follows the remote's tip, and nobody's commit on it is ever lost."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.project import gitspec
from tests.archive.remotes import Shared, advance
from tests.archive.test_merged import add
from tests.archive.test_push import hook
from tests.command import environment
from tests.conftest import Repo

ROLLING = "gitspec/archive"


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    return Shared(tmp_path / "shared")


@pytest.fixture
def mine(shared: Shared) -> Repo:
    return shared.clone("mine")


def rolled(repo: Repo, *args: str) -> dict[str, str]:
    """What `archive --merged --pr` says as data."""
    ran = gitspec(repo, "archive", "--merged", "--pr", "--json", *args)
    assert ran.code == 0, ran.err
    data: dict[str, str] = json.loads(ran.out)
    return data


def tip(shared: Shared) -> str:
    """Where the rolling branch is on the remote."""
    return shared.bare.git("rev-parse", ROLLING)


def by_hand(shared: Shared, work: str, *, force: bool = False) -> str:
    """Somebody takes the rolling branch, does ``work`` (a script), and pushes it back; what they pushed."""
    other = shared.clone("by-hand")
    other.git("switch", "-q", "-c", "x", f"origin/{ROLLING}")
    subprocess.run(["sh", "-ec", work], cwd=other.path, check=True, capture_output=True)
    other.git("push", "-q", *(["--force"] if force else []), "origin", f"x:{ROLLING}")
    return other.head()


def test_the_rolling_branch_is_built_from_the_remotes_tip_and_nothing_moves_here(mine: Repo, shared: Shared) -> None:
    tip = advance(shared.clone("other"))
    before = mine.head(), mine.git("for-each-ref", "refs/heads", "refs/tags")
    ran = gitspec(mine, "archive", "--merged", "--pr", "--json")
    assert ran.code == 0, ran.err
    data = json.loads(ran.out)
    assert (data["state"], data["branch"], data["base"], data["parent"]) == ("pushed", "gitspec/archive", "main", tip)
    assert (mine.head(), mine.git("for-each-ref", "refs/heads", "refs/tags")) == before
    assert mine.git("status", "--porcelain") == ""
    assert shared.bare.git("rev-parse", "gitspec/archive") == data["commit"]
    assert shared.bare.git("rev-parse", "gitspec/archive^") == tip
    assert shared.bare.git("tag") == ""
    assert "totp-enrolment" in shared.bare.show("gitspec/archive:spec/capabilities/auth.yaml")


def test_the_rolling_branch_is_rebuilt_when_the_tip_has_moved_and_left_alone_when_not(
    mine: Repo, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = json.loads(gitspec(mine, "archive", "--merged", "--pr", "--json").out)["commit"]
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-21T11:00:00+00:00")
    again = json.loads(gitspec(mine, "archive", "--merged", "--pr", "--json").out)
    assert (again["state"], again["commit"]) == ("unchanged", first)
    tip = advance(shared.clone("other"))
    moved = json.loads(gitspec(mine, "archive", "--merged", "--pr", "--json").out)
    assert moved["state"] == "pushed"
    assert shared.bare.git("rev-list", "main..gitspec/archive") == moved["commit"]
    assert shared.bare.git("rev-parse", "gitspec/archive^") == tip


def test_after_it_has_landed_the_rolling_branch_goes(mine: Repo, shared: Shared) -> None:
    gitspec(mine, "archive", "--merged", "--pr")
    shared.bare.git("update-ref", "refs/heads/main", "refs/heads/gitspec/archive")
    ran = gitspec(mine, "archive", "--merged", "--pr", "--json")
    assert json.loads(ran.out)["state"] == "removed"
    assert shared.bare.git("branch", "--list", "gitspec/*") == ""
    assert json.loads(gitspec(mine, "archive", "--merged", "--pr", "--json").out)["state"] == "nothing"


def test_somebodys_commit_on_the_rolling_branch_is_not_overwritten(mine: Repo, shared: Shared) -> None:
    gitspec(mine, "archive", "--merged", "--pr")
    other = shared.clone("other")
    other.git("switch", "-q", "-c", "x", "origin/gitspec/archive")
    other.write("src/fix.py", "pass\n")
    other.commit("My own fix")
    other.git("push", "-q", "origin", "x:gitspec/archive")
    held = shared.bare.git("rev-parse", "gitspec/archive")
    advance(shared.clone("another"))
    ran = gitspec(mine, "archive", "--merged", "--pr")
    assert ran.code == 1
    assert ": A026 " in ran.err
    assert "My own fix" in ran.err
    assert shared.bare.git("rev-parse", "gitspec/archive") == held


def test_one_change_may_go_to_the_rolling_branch_too(mine: Repo, shared: Shared) -> None:
    assert gitspec(mine, "archive", "add-2fa", "--pr").code == 0
    assert shared.bare.git("rev-list", "--count", "main..gitspec/archive") == "1"


# -- what is on the branch when it is built anew


@pytest.mark.parametrize(
    "work",
    [
        "echo fix > fix.txt; git add fix.txt; git commit -q -m 'Archive x: y' -m 'Archived: 2026-11-21-add-2fa'",
        "git commit -q --allow-empty -m 'My own note'",
        "git merge -q --no-ff -m Merge origin/theirs",
        "git merge -q --no-ff --no-commit origin/main; echo fix > fix.txt; git add fix.txt; git commit -q -m Merge",
    ],
    ids=["claims-to-be-an-archive", "empty", "other-branch", "more-than-a-merge"],
)
def test_what_somebody_pushed_to_it_stays_and_is_named(mine: Repo, shared: Shared, work: str) -> None:
    mine.git("switch", "-q", "-c", "theirs")
    mine.write("src/theirs.py", "pass\n")
    mine.commit("Theirs")
    mine.git("push", "-q", "origin", "theirs")
    mine.git("switch", "-q", "main")
    rolled(mine)
    advance(shared.clone("other"))
    held = by_hand(shared, work)
    before = mine.git("for-each-ref", "refs/heads", "refs/tags")
    for _ in range(2):
        ran = gitspec(mine, "archive", "--merged", "--pr")
        assert ran.code == 1
        assert ": A026 " in ran.err
        assert tip(shared) == held
    assert mine.git("for-each-ref", "refs/heads", "refs/tags") == before


@pytest.mark.parametrize(
    ("work", "kept"),
    [
        ("echo '# note' >> spec/capabilities/auth.yaml", "# note"),
        ("echo More. >> spec/archive/2026-11-21-add-2fa/proposal.md", "More."),
        ("echo x > x.txt", "x"),
    ],
    ids=["comment-in-a-living-spec", "archived-proposal", "another-file"],
)
@pytest.mark.spec("archiving/rolling-branch#somebody-else-was-there")
def test_an_archive_that_somebody_amended_is_theirs(mine: Repo, shared: Shared, work: str, kept: str) -> None:
    rolled(mine)
    advance(shared.clone("other"))
    held = by_hand(shared, f"{work}; git add -A; git commit -q --amend --no-edit", force=True)
    assert gitspec(mine, "archive", "--merged", "--pr").code == 1
    assert tip(shared) == held
    assert kept in shared.bare.git("show", ROLLING)


def test_a_message_that_somebody_wrote_into_is_theirs(mine: Repo, shared: Shared) -> None:
    rolled(mine)
    advance(shared.clone("other"))
    message = "Archive add-2fa: T\n\nSeen with legal.\n\nArchived: 2026-11-21-add-2fa"
    held = by_hand(shared, f"git commit -q --amend -m '{message}'", force=True)
    assert gitspec(mine, "archive", "--merged", "--pr").code == 1
    assert tip(shared) == held


def test_the_help_keeps_their_commit_and_clears_the_way(mine: Repo, shared: Shared) -> None:
    rolled(mine)
    held = by_hand(shared, "git commit -q --allow-empty -m Note")
    ran = gitspec(mine, "archive", "--merged", "--pr")
    keep, clear = ran.err.partition("help: keep it: ")[2].strip().split("; then: ")
    for command in (keep.replace("<another branch>", "note"), clear):
        mine.git(*command.split()[1:])
    assert shared.bare.git("rev-parse", "note") == held
    assert rolled(mine)["state"] == "pushed"


def test_a_branch_that_was_only_brought_up_to_date_is_built_anew(mine: Repo, shared: Shared) -> None:
    rolled(mine)
    base = advance(shared.clone("other"))
    by_hand(shared, "git merge -q --no-ff -m 'Update branch' origin/main")
    assert rolled(mine)["state"] == "pushed"
    assert shared.bare.git("rev-list", "--parents", f"main..{ROLLING}") == f"{tip(shared)} {base}"


def test_a_branch_that_the_forge_rebased_is_left_as_it_is(mine: Repo, shared: Shared) -> None:
    rolled(mine)
    advance(shared.clone("other"))
    held = by_hand(shared, "GIT_COMMITTER_NAME=Forge git rebase -q origin/main", force=True)
    assert rolled(mine)["state"] == "unchanged"
    assert tip(shared) == held


@pytest.mark.spec("archiving/rolling-branch#on-a-later-day")
def test_a_reviewed_branch_stays_on_the_next_day(mine: Repo, shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    first = rolled(mine)["commit"]
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-22T11:00:00+00:00")
    again = rolled(mine)
    assert (again["state"], again["commit"], tip(shared)) == ("unchanged", first, first)
    add(mine, "b", capability="billing")
    mine.commit("Propose b")
    mine.git("push", "-q", "origin", "main")
    assert rolled(mine)["state"] == "pushed"
    assert sorted(shared.bare.git("ls-tree", "--name-only", f"{ROLLING}:spec/archive").split()) == [
        "2026-11-22-add-2fa", "2026-11-22-b",
    ]  # fmt: skip


def test_what_became_complete_since_joins_and_what_was_opened_again_leaves(mine: Repo, shared: Shared) -> None:
    rolled(mine)
    add(mine, "b", capability="billing")
    mine.commit("Propose b")
    mine.git("push", "-q", "origin", "main")
    rolled(mine)
    assert shared.bare.git("rev-list", "--count", f"main..{ROLLING}") == "2"
    mine.write("spec/changes/add-2fa/tasks.md", "## 1. Do\n\n- [ ] 1.1 Once more\n")
    mine.commit("Open again")
    mine.git("push", "-q", "origin", "main")
    rolled(mine)
    assert shared.bare.git("log", "--format=%s", f"main..{ROLLING}").startswith("Archive b: ")
    assert shared.bare.git("rev-list", "--count", f"main..{ROLLING}") == "1"


# -- landing


@pytest.mark.parametrize("how", ["squash", "rebase", "merge"])
def test_however_it_lands_the_branch_goes_history_is_proven_and_tags_are_made(
    mine: Repo, shared: Shared, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(mine, "b", capability="billing")
    mine.commit("Propose b")
    mine.git("push", "-q", "origin", "main")
    rolled(mine)
    advance(shared.clone("other"))
    forge = shared.clone("forge")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Forge")
    branch = f"origin/{ROLLING}"
    if how == "squash":
        forge.git("merge", "-q", "--squash", branch)
        forge.git("commit", "-q", "-m", "Archive what is complete (#7)")
    elif how == "rebase":
        forge.git("switch", "-q", "-c", "x", branch)
        forge.git("rebase", "-q", "--force-rebase", "origin/main")
        forge.git("switch", "-q", "main")
        forge.git("merge", "-q", "--ff-only", "x")
    else:
        forge.git("merge", "-q", "--no-ff", "-m", "Merge pull request #7", branch)
    forge.git("push", "-q", "origin", "main")
    assert rolled(mine)["state"] == "removed"
    mine.git("pull", "-q", "--ff-only")
    ran = gitspec(mine, "tags", "--restore")
    assert ran.code == 0, ran.err
    assert sorted(mine.git("tag").split()) == ["archive/2026-11-21-add-2fa", "archive/2026-11-21-b"]
    proven = gitspec(mine, "fsck")
    assert proven.code == 0, proven
    assert rolled(mine)["state"] == "nothing"


# -- in between


def test_a_push_by_hand_in_the_very_moment_is_seen_and_kept(mine: Repo, shared: Shared) -> None:
    rolled(mine)
    advance(shared.clone("other"))
    by_hand(
        shared,
        "git commit -q --allow-empty -m Theirs; git push -q origin x:refs/heads/aside; git reset -q --hard HEAD^",
    )
    aside = shared.bare.git("rev-parse", "aside")
    hook(shared.bare, "pre-receive", f"""
if [ ! -e "$GIT_DIR/raced" ]; then
    touch "$GIT_DIR/raced"
    unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
    git update-ref refs/heads/{ROLLING} {aside}
fi
""")  # fmt: skip
    ran = gitspec(mine, "archive", "--merged", "--pr")
    assert ran.code == 1
    assert ": A026 " in ran.err
    assert "Theirs" in ran.err
    assert tip(shared) == aside


@pytest.mark.parametrize("reaches", [False, True], ids=["before-it-landed", "after-it-landed"])
def test_killed_in_between_it_is_done_by_running_it_again(mine: Repo, shared: Shared, reaches: bool) -> None:
    name = "post-receive" if reaches else "pre-receive"
    hook(shared.bare, name, 'kill -9 $(cat "$GIT_DIR/pid"); sleep 0.2; exit 1')
    script = (
        "import os, sys; open(sys.argv[1], 'w').write(str(os.getpid()));"
        "from gitspec.__main__ import run; run(['archive', '--merged', '--pr'])"
    )
    before = mine.head(), mine.git("for-each-ref", "refs/heads", "refs/tags")
    process = subprocess.run(
        [sys.executable, "-c", script, str(shared.bare.path / "pid")],
        cwd=mine.path, env=environment(), capture_output=True, check=False,
    )  # fmt: skip
    assert process.returncode == -signal.SIGKILL
    (shared.bare.path / "hooks" / name).unlink()
    assert (mine.head(), mine.git("for-each-ref", "refs/heads", "refs/tags")) == before
    assert gitspec(mine, "list").code == 0
    landed = shared.bare.git("branch", "--list", ROLLING) != ""
    assert landed == reaches
    assert rolled(mine)["state"] == ("unchanged" if landed else "pushed")
    assert not {"operation", "journal.json"} & set(os.listdir(mine.path / ".git/gitspec"))
    assert mine.git("status", "--porcelain") == ""
    shared.bare.git("fsck", "--strict", "--no-dangling")


def test_several_jobs_at_once_make_one_branch(mine: Repo, shared: Shared) -> None:
    clones = [shared.clone(f"job-{n}") for n in range(5)]
    base = advance(mine)
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "gitspec", "archive", "--merged", "--pr"], cwd=clone.path,
            env={**environment(), "GIT_COMMITTER_NAME": f"Job {n}"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for n, clone in enumerate(clones)
    ]  # fmt: skip
    ended = [(process.communicate(), process.returncode) for process in running]
    assert [code for _, code in ended] == [0] * 5, ended
    assert sum(b"Pushed" in out for (out, _), _ in ended) == 1
    assert shared.bare.git("rev-list", "--parents", f"main..{ROLLING}") == f"{tip(shared)} {base}"


def test_a_remote_that_refuses_the_branch_is_told(mine: Repo, shared: Shared) -> None:
    hook(shared.bare, "update", 'case "$1" in refs/heads/gitspec/*) echo "no such branches here" >&2; exit 1;; esac')
    ran = gitspec(mine, "archive", "--merged", "--pr")
    assert ran.code == 1
    assert ": A023 " in ran.err
    assert "no such branches here" in ran.err


def test_a_branch_that_the_remote_has_not_is_told(mine: Repo) -> None:
    mine.git("switch", "-q", "-c", "unpublished")
    ran = gitspec(mine, "archive", "--merged", "--pr")
    assert ran.code == 1
    assert ": A021 " in ran.err


def test_from_a_bare_clone(shared: Shared) -> None:
    bare = Repo(shared.folder / "bare-clone.git")
    shared.bare.git("clone", "-q", "--bare", str(shared.bare.path), str(bare.path))
    assert rolled(bare, "--onto", "main")["state"] == "pushed"
    assert shared.bare.git("rev-list", "--count", f"main..{ROLLING}") == "1"
