"""The operation on plain trees: what moves together, and what must not move."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gitspec.errors import CannotJudge, Refused
from gitspec.git.identity import settings
from gitspec.git.journal import is_pending, operation_lock
from gitspec.git.object_batch import ObjectBatch
from gitspec.git.objects import Objects
from gitspec.git.repository import discover
from gitspec.git.run import git
from gitspec.git.target import find_target
from gitspec.git.transaction import BranchMoved, Operation, Outcome, Tag, perform
from gitspec.git.tree_edit import Item, Trees
from tests.conftest import Repo

TAG = "archive/2026-11-21-x"


def planned(path: Path, onto: str | None = None) -> Operation:
    """Move spec/changes/x to the archive and rewrite spec/capabilities/a.yaml."""
    found = discover(str(path))
    target = find_target(found, onto)
    objects = Objects(found)
    batch = ObjectBatch(found.object_format)
    root = objects.resolve(f"{target.tip}^{{tree}}", "tree")
    folder = git(found, "rev-parse", f"{target.tip}:spec/changes/x").decode().strip()
    blob = batch.add("blob", b"new\n")
    edits = {
        "spec/changes/x": None,
        "spec/archive/2026-11-21-x": Item(0o40000, folder),
        "spec/capabilities/a.yaml": Item(0o100644, blob),
    }
    trees = Trees(objects.read, batch)
    tree = trees.edited(root, edits)
    changes = tuple(trees.changes(root, tree))
    objects.close()
    folders = ("spec/changes/x", "spec/archive/2026-11-21-x")
    tag = Tag(TAG, "Archive x\n")
    return Operation("archive", "x", target, tree, changes, batch, "Archive x\n", tag, settings(found), folders)


def done(path: Path, operation: Operation) -> Outcome:
    found = discover(str(path))
    with operation_lock(found) as lock:
        return perform(found, operation, lock)


@pytest.fixture
def ready(repo: Repo) -> Repo:
    repo.write("spec/capabilities/a.yaml", "old\n")
    repo.write("spec/capabilities/b.yaml", "b\n")
    repo.write("spec/changes/x/change.yaml", "change: x\n")
    repo.write("spec/changes/x/deltas/a.yaml", "capability: a\n")
    repo.write("other.txt", "one\n")
    repo.commit("First")
    return repo


def test_branch_tag_index_and_files_move_together(ready: Repo) -> None:
    before = ready.head()
    outcome = done(ready.path, planned(ready.path))
    assert ready.head() == outcome.commit
    assert ready.git("rev-parse", "HEAD^") == before
    assert ready.git("rev-parse", f"{TAG}^{{commit}}") == outcome.commit
    assert ready.git("cat-file", "-t", TAG) == "tag"
    assert ready.git("status", "--porcelain") == ""
    assert ready.git("diff-files") == ""
    assert ready.read("spec/capabilities/a.yaml") == "new\n"
    assert ready.read("spec/archive/2026-11-21-x/deltas/a.yaml") == "capability: a\n"
    assert not (ready.path / "spec/changes").exists()
    assert ready.git("log", "-g", "-1", "--format=%gs", "HEAD") == "gitspec archive: x"
    assert not (ready.path / ".git/index.lock").exists()
    assert not is_pending(discover(str(ready.path)))
    ready.git("fsck", "--strict")


@pytest.mark.spec("archiving/edits-of-the-user-stay#unrelated-edits")
def test_unrelated_edits_stay_byte_for_byte(ready: Repo) -> None:
    ready.write("spec/capabilities/b.yaml", "b edited\n")
    ready.write("other.txt", "staged\n")
    ready.git("add", "other.txt")
    ready.write("other.txt", "staged and more\n")
    ready.write("new.txt", "untracked\n")
    ready.write("added.txt", "added\n")
    ready.git("add", "added.txt")
    ready.git("add", "-N", "new.txt")
    status = ready.git("status", "--porcelain=v2")
    done(ready.path, planned(ready.path))
    assert ready.git("status", "--porcelain=v2") == status
    assert ready.git("show", ":other.txt") == "staged"
    assert ready.read("other.txt") == "staged and more\n"
    assert ready.read("spec/capabilities/b.yaml") == "b edited\n"
    assert ready.read("new.txt") == "untracked\n"


def edit(repo: Repo) -> None:
    repo.write("spec/capabilities/a.yaml", "mine\n")


def stage(repo: Repo) -> None:
    repo.write("spec/capabilities/a.yaml", "mine\n")
    repo.git("add", "spec")
    repo.write("spec/capabilities/a.yaml", "old\n")


def remove(repo: Repo) -> None:
    (repo.path / "spec/changes/x/deltas/a.yaml").unlink()


def stage_removal(repo: Repo) -> None:
    repo.git("rm", "-q", "--cached", "spec/changes/x/deltas/a.yaml")


def add_to_change(repo: Repo) -> None:
    repo.write("spec/changes/x/design.md", "idea\n")


def stage_in_change(repo: Repo) -> None:
    repo.write("spec/changes/x/design.md", "idea\n")
    repo.git("add", "spec")
    (repo.path / "spec/changes/x/design.md").unlink()


def be_in_the_way(repo: Repo) -> None:
    repo.write("spec/archive/2026-11-21-x/change.yaml", "here first\n")


def hide_edit(repo: Repo) -> None:
    repo.git("update-index", "--assume-unchanged", "spec/capabilities/a.yaml")
    repo.write("spec/capabilities/a.yaml", "mine\n")


def make_executable(repo: Repo) -> None:
    (repo.path / "spec/capabilities/a.yaml").chmod(0o755)


def follow_link(repo: Repo) -> None:
    os.rename(repo.path / "spec/capabilities", repo.path / "elsewhere")
    os.symlink("../elsewhere", repo.path / "spec/capabilities")


def link_archive(repo: Repo) -> None:
    os.mkdir(repo.path / "elsewhere")
    os.symlink("../elsewhere", repo.path / "spec/archive")


@pytest.mark.parametrize(
    "make_dirty",
    [
        edit,
        stage,
        remove,
        stage_removal,
        add_to_change,
        stage_in_change,
        be_in_the_way,
        hide_edit,
        make_executable,
        follow_link,
        link_archive,
    ],
)
@pytest.mark.spec("archiving/edits-of-the-user-stay#dirty-spec")
def test_uncommitted_edits_at_its_paths_stop_it(ready: Repo, make_dirty) -> None:  # type: ignore[no-untyped-def]
    make_dirty(ready)
    before, status = ready.head(), ready.git("status", "--porcelain=v2", "-uall")
    with pytest.raises((Refused, CannotJudge)) as caught:
        done(ready.path, planned(ready.path))
    assert caught.value.code in ("A006", "L009")
    assert ready.head() == before
    assert ready.git("status", "--porcelain=v2", "-uall") == status
    assert ready.git("tag") == ""
    assert not (ready.path / ".git/index.lock").exists()
    assert not is_pending(discover(str(ready.path)))


def test_a_touched_but_unchanged_file_is_no_edit(ready: Repo) -> None:
    os.utime(ready.path / "spec/capabilities/a.yaml", (1, 1))
    done(ready.path, planned(ready.path))
    assert ready.git("status", "--porcelain") == ""


def test_an_ignored_file_in_the_change_stays_where_it_is(ready: Repo) -> None:
    ready.write(".git/info/exclude", "*.swp\n")
    ready.write("spec/changes/x/.change.yaml.swp", "scratch\n")
    done(ready.path, planned(ready.path))
    assert ready.read("spec/changes/x/.change.yaml.swp") == "scratch\n"
    assert ready.git("status", "--porcelain") == ""


def test_line_endings_and_filters_of_the_work_tree_are_kept(ready: Repo) -> None:
    ready.write(".gitattributes", "*.yaml text eol=crlf\n")
    ready.commit("Attributes")
    ready.git("rm", "-rq", "--cached", ".")
    ready.git("reset", "-q", "--hard")
    assert b"\r\n" in (ready.path / "spec/changes/x/change.yaml").read_bytes()
    done(ready.path, planned(ready.path))
    assert (ready.path / "spec/capabilities/a.yaml").read_bytes() == b"new\r\n"
    assert (ready.path / "spec/archive/2026-11-21-x/change.yaml").read_bytes() == b"change: x\r\n"
    assert ready.git("show", "HEAD:spec/capabilities/a.yaml") == "new"
    assert ready.git("status", "--porcelain") == ""


def test_sparse_checkout_stays_sparse(ready: Repo) -> None:
    ready.git("sparse-checkout", "set", "--no-cone", "/*", "!/spec/changes/", "!/spec/capabilities/a.yaml")
    assert not (ready.path / "spec/changes").exists()
    done(ready.path, planned(ready.path))
    assert not (ready.path / "spec/archive").exists()
    assert not (ready.path / "spec/capabilities/a.yaml").exists()
    assert ready.git("status", "--porcelain") == ""
    assert ready.git("show", "HEAD:spec/archive/2026-11-21-x/change.yaml") == "change: x"


def test_split_index_works(ready: Repo) -> None:
    ready.git("update-index", "--split-index")
    done(ready.path, planned(ready.path))
    assert ready.git("status", "--porcelain") == ""


@pytest.mark.spec("archiving/one-commit-one-tag#tag-exists")
def test_existing_tag_stops_both_refs(ready: Repo) -> None:
    ready.git("tag", TAG)
    before = ready.head()
    with pytest.raises(Refused) as caught:
        done(ready.path, planned(ready.path))
    assert caught.value.code == "A004"
    assert ready.head() == before
    assert ready.git("status", "--porcelain") == ""
    assert not (ready.path / ".git/index.lock").exists()


def test_a_branch_that_moved_since_the_plan_is_not_overwritten(ready: Repo) -> None:
    plan = planned(ready.path)
    ready.write("other.txt", "two\n")
    later = ready.commit("Later")
    with pytest.raises(BranchMoved):
        done(ready.path, plan)
    assert ready.head() == later
    assert ready.git("tag") == ""


def test_an_index_lock_of_others_is_waited_for_and_left_alone(ready: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitspec.git.index_follow.take_index_lock.__defaults__", (0.1,))
    plan = planned(ready.path)
    ready.write(".git/index.lock", "")
    with pytest.raises(CannotJudge) as caught:
        done(ready.path, plan)
    assert caught.value.code == "G013"
    assert (ready.path / ".git/index.lock").exists()
    assert not is_pending(discover(str(ready.path)))


def test_a_hook_that_refuses_leaves_everything_as_it_was(ready: Repo) -> None:
    hook = ready.write(".git/hooks/reference-transaction", '#!/bin/sh\n[ "$1" != prepared ]\n')
    before = ready.head()
    plan = planned(ready.path)
    hook.chmod(0o755)
    with pytest.raises(Refused) as caught:
        done(ready.path, plan)
    assert caught.value.code == "A016"
    hook.unlink()
    assert ready.head() == before
    assert ready.git("tag") == ""
    assert ready.git("status", "--porcelain") == ""


def test_refs_that_cannot_be_written_at_the_last_moment_leave_everything_as_it_was(ready: Repo) -> None:
    """Git has locked and allowed it all by then, and the index is in place."""
    plan, index = planned(ready.path), (ready.path / ".git/index").read_bytes()
    before = ready.head()
    (ready.path / ".git/logs/refs/heads/main").unlink()
    ready.write(".git/logs/refs/heads/main/in-the-way", "")
    with pytest.raises(CannotJudge) as caught:
        done(ready.path, plan)
    assert "logs/refs/heads/main" in caught.value.message
    assert ready.head() == before
    assert ready.git("tag") == ""
    assert (ready.path / ".git/index").read_bytes() == index
    assert not (ready.path / ".git/index.lock").exists()
    assert not is_pending(discover(str(ready.path)))


def test_whoever_sees_the_new_commit_sees_its_index(ready: Repo) -> None:
    plan = planned(ready.path)
    hook = ready.write(
        ".git/hooks/reference-transaction",
        '#!/bin/sh\necho "$1: $(git diff --cached --name-only -- spec)" >>.git/seen\n',
    )
    hook.chmod(0o755)
    done(ready.path, plan)
    assert ready.read(".git/seen") == "prepared: \ncommitted: \n"


def test_git_finds_the_index_locked_until_the_files_are_placed(ready: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that `git commit`, which reads the index before it locks it, writes back none that it read before."""
    from gitspec.git import files_follow

    found: list[tuple[int, str]] = []
    place = files_follow.place

    def looking(*args: object) -> list[str]:
        ready.write("other.txt", "mine\n")
        tried = ready.run_git("commit", "-q", "-m", "Mine", "--", "other.txt")
        found.append((tried.returncode, ready.git("diff", "--cached", "--name-only")))
        return place(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(files_follow, "place", looking)
    done(ready.path, planned(ready.path))
    assert found == [(128, "")]
    assert ready.git("status", "--porcelain") == " M other.txt"
    ready.git("commit", "-q", "-m", "Mine", "--", "other.txt")
    assert ready.git("diff", "--name-only", "HEAD^", "HEAD") == "other.txt"


@contextmanager
def commit_under_way(repo: Repo, *args: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A commit that has read HEAD and index, and waits in its hook; it goes on at the end."""
    waiting, on = repo.path / ".git/waiting", repo.path / ".git/on"
    hook = repo.write(
        ".git/hooks/pre-commit",
        "#!/bin/sh\n: >.git/waiting\nn=0\nwhile [ ! -e .git/on ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n+1)); done\n",
    )
    hook.chmod(0o755)
    with subprocess.Popen(["git", "commit", "-q", "-m", "Mine", *args], cwd=repo.path, stderr=subprocess.PIPE) as child:
        while not waiting.exists():
            assert child.poll() is None
            time.sleep(0.01)
        yield child
        on.touch()
        child.communicate()


def test_a_plain_commit_begun_before_cannot_take_the_archive_back(ready: Repo) -> None:
    plan = planned(ready.path)
    ready.write("other.txt", "mine\n")
    ready.git("add", "other.txt")
    with commit_under_way(ready) as child:
        outcome = done(ready.path, plan)
    assert child.returncode == 128
    assert ready.head() == outcome.commit
    assert ready.git("status", "--porcelain") == "M  other.txt"


def test_a_commit_of_paths_begun_before_is_waited_for(ready: Repo) -> None:
    """Git holds the index then; the archive that was planned before it is planned again."""
    plan = planned(ready.path)
    ready.write("other.txt", "mine\n")
    caught: list[BaseException] = []

    def archive() -> None:
        try:
            done(ready.path, plan)
        except BranchMoved as error:
            caught.append(error)

    archiver = threading.Thread(target=archive)
    with commit_under_way(ready, "--", "other.txt") as child:
        archiver.start()
        archiver.join(0.3)
        assert archiver.is_alive()
    archiver.join()
    assert child.returncode == 0
    assert len(caught) == 1
    (ready.path / ".git/hooks/pre-commit").unlink()
    done(ready.path, planned(ready.path))
    assert ready.git("status", "--porcelain") == ""
    assert ready.git("diff", "--name-only", "HEAD^^", "HEAD^") == "other.txt"


def test_bare_repository(ready: Repo, tmp_path: Path) -> None:
    bare = ready.bare(tmp_path / "bare.git")
    outcome = done(bare.path, planned(bare.path))
    assert bare.git("rev-parse", "main") == outcome.commit
    assert bare.git("rev-parse", f"{TAG}^{{commit}}") == outcome.commit
    bare.git("fsck", "--strict")


def test_branch_that_is_not_checked_out_moves_without_the_work_tree(ready: Repo) -> None:
    ready.git("branch", "release")
    ready.write("spec/capabilities/a.yaml", "mine, of another branch\n")
    head = ready.head()
    outcome = done(ready.path, planned(ready.path, "release"))
    assert ready.git("rev-parse", "release") == outcome.commit
    assert ready.head() == head
    assert ready.git("status", "--porcelain") == " M spec/capabilities/a.yaml"


def test_linked_work_tree_follows_and_the_main_one_does_not(ready: Repo, tmp_path: Path) -> None:
    linked = ready.worktree(tmp_path / "linked", "topic")
    done(linked.path, planned(linked.path))
    assert linked.read("spec/capabilities/a.yaml") == "new\n"
    assert linked.git("status", "--porcelain") == ""
    assert ready.read("spec/capabilities/a.yaml") == "old\n"
    assert ready.git("status", "--porcelain") == ""


def test_sha256_repository(make_repo) -> None:  # type: ignore[no-untyped-def]
    repo = make_repo("sha256", "--object-format=sha256")
    repo.write("spec/capabilities/a.yaml", "old\n")
    repo.write("spec/changes/x/change.yaml", "change: x\n")
    repo.commit("First")
    done(repo.path, planned(repo.path))
    assert repo.git("status", "--porcelain") == ""
    assert len(repo.head()) == 64
    repo.git("fsck", "--strict")


def test_the_tag_can_be_made_again_from_the_commit_alone(ready: Repo) -> None:
    from gitspec.git.commit_write import tag_object
    from gitspec.git.spec_history import parse_commit

    outcome = done(ready.path, planned(ready.path))
    raw = ready.run_git("cat-file", "commit", outcome.commit).stdout
    data = tag_object(outcome.commit, parse_commit(raw).committer, TAG, "Archive x\n")
    assert ready.run_git("cat-file", "tag", TAG).stdout == data


def test_many_objects_go_into_one_pack(ready: Repo) -> None:
    batch = ObjectBatch("sha1")
    oids = [batch.add("blob", b"%d" % n) for n in range(150)]
    batch.write(discover(str(ready.path)))
    assert ready.git("cat-file", "-p", oids[77]) == "77"
    assert len(list((ready.path / ".git/objects/pack").glob("*.pack"))) == 1
    ready.git("fsck", "--strict")


def test_help_can_be_pasted_into_a_shell_whatever_the_path(ready: Repo) -> None:
    operation = planned(ready.path)
    ready.write("spec/changes/x/$(touch gone); a b", "")
    with pytest.raises(Refused) as caught:
        done(ready.path, operation)
    assert caught.value.code == "A006"
    assert caught.value.help.startswith(
        "put it elsewhere first: git stash push -u -- 'spec/changes/x/$(touch gone); a b';"
    )


def test_edit_of_a_living_spec_is_not_sent_to_a_commit_that_would_be_refused(ready: Repo) -> None:
    operation = planned(ready.path)
    path = next(c.path for c in operation.changes if c.path.startswith("spec/capabilities/") and c.old)
    ready.write(path, "edited\n")
    with pytest.raises(Refused) as caught:
        done(ready.path, operation)
    assert caught.value.code == "A006"
    assert "gitspec delta modify <change> <requirement>" in caught.value.help
    assert f"git restore --staged --worktree -- {path}" in caught.value.help
    assert "git commit" not in caught.value.help
