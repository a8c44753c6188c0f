"""A server refuses what the rules refuse, whatever the client did: real pushes over file:// and http."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Repo
from tests.gates.team import archive, code, team
from tests.server.forge import ROOT, install, push, served

OK = "Store it\n\nChange: add-2fa"


class Hosted(Repo):
    """A clone, with its bare remote in ``bare``."""

    bare: Repo

    def tip(self, ref: str = "refs/heads/main") -> str:
        """Where a ref of the server stands; empty when it is not there."""
        return self.bare.git("rev-parse", "--verify", "--quiet", ref, check=False)


@pytest.fixture(params=["file", "http"])
def hosted(request: pytest.FixtureRequest, repo: Repo, tmp_path: Path) -> Iterator[Hosted]:
    made = Hosted(team(repo).path)
    made.bare = _bare(made, tmp_path)
    install(made.bare)
    if request.param == "file":
        made.git("remote", "add", "origin", f"file://{made.bare.path}")
        made.git("fetch", "-q", "origin")
        yield made
    else:
        made.bare.git("config", "http.receivepack", "true")
        with served(tmp_path / "server") as url:
            made.git("remote", "add", "origin", f"{url}/team.git")
            made.git("fetch", "-q", "origin")
            yield made


def _bare(repo: Repo, folder: Path) -> Repo:
    (folder / "server").mkdir()
    path = folder / "server" / "team.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(repo.path), str(path)], check=True)
    return Repo(path)


def test_good_push_is_taken(hosted: Hosted) -> None:
    tip = code(hosted, OK)
    done = push(hosted, "origin", "main")
    assert done.returncode == 0, done.stderr
    assert hosted.tip() == tip
    assert "gitspec" not in done.stderr


def test_commit_without_reference_is_refused_with_the_way_out(hosted: Hosted) -> None:
    before = hosted.tip()
    code(hosted, "Sneak")
    done = push(hosted, "origin", "main")
    assert done.returncode == 1
    assert "R001" in done.stderr and "Change: <id>" in done.stderr
    assert hosted.tip() == before


def test_one_report_tells_of_every_commit_and_ref(hosted: Hosted) -> None:
    code(hosted, "Sneak one")
    hosted.git("checkout", "-q", "-b", "side")
    code(hosted, "Sneak two\n\nChange: nothing", "src/side.py")
    done = push(hosted, "origin", "main", "side")
    assert done.returncode == 1
    assert "Sneak one" in done.stderr and "Sneak two" in done.stderr
    assert "R001" in done.stderr and "R002" in done.stderr


@pytest.mark.spec("gates/push#second-ref")
def test_one_bad_branch_of_a_push_keeps_the_other_out_too(hosted: Hosted) -> None:
    before = hosted.tip()
    code(hosted, OK)
    hosted.git("checkout", "-q", "-b", "side")
    code(hosted, "Sneak", "src/side.py")
    assert push(hosted, "origin", "main", "side").returncode == 1
    assert hosted.tip() == before and not hosted.tip("refs/heads/side")


def test_bad_commit_on_a_scratch_branch_is_not_known_good_for_main(hosted: Hosted) -> None:
    """With `--not --all` the second push would judge nothing."""
    (hosted.bare.path / "hooks/pre-receive").rename(hosted.bare.path / "hooks/off")
    code(hosted, "Sneak")
    assert push(hosted, "origin", "main:refs/heads/scratch").returncode == 0
    (hosted.bare.path / "hooks/off").rename(hosted.bare.path / "hooks/pre-receive")
    done = push(hosted, "origin", "main")
    assert done.returncode == 1 and "R001" in done.stderr


def test_protected_branch_is_not_deleted(hosted: Hosted) -> None:
    hosted.bare.git("config", "receive.denyDeleteCurrent", "ignore")
    done = push(hosted, "origin", ":main")
    assert done.returncode == 1 and "R020" in done.stderr
    assert hosted.tip()


def test_protected_branch_is_not_rewritten(hosted: Hosted) -> None:
    code(hosted, OK)
    assert push(hosted, "origin", "main").returncode == 0
    hosted.git("reset", "-q", "--hard", "base")
    code(hosted, OK, text="other\n")
    done = push(hosted, "--force", "origin", "main")
    assert done.returncode == 1 and "R021" in done.stderr


def test_other_branches_may_be_rewritten_and_deleted(hosted: Hosted) -> None:
    hosted.git("checkout", "-q", "-b", "side")
    code(hosted, OK)
    assert push(hosted, "origin", "side").returncode == 0
    hosted.git("commit", "-q", "-n", "--amend", "-m", f"Again: {OK}")
    assert push(hosted, "--force", "origin", "side").returncode == 0
    assert push(hosted, "origin", ":side").returncode == 0


def test_fixup_lands_on_a_side_branch_and_not_on_main(hosted: Hosted) -> None:
    code(hosted, "fixup! Store it\n\nChange: add-2fa")
    assert push(hosted, "origin", "main:refs/heads/side").returncode == 0
    done = push(hosted, "origin", "main")
    assert done.returncode == 1 and "R015" in done.stderr


def test_the_help_squashes_what_may_not_land(hosted: Hosted) -> None:
    hosted.git("remote", "set-head", "origin", "main")  # as a clone has it
    code(hosted, OK)
    code(hosted, f"fixup! {OK}", text="better\n")
    (help_,) = re.findall(r"help: (git rebase .*), then push again", push(hosted, "origin", "main").stderr)
    hosted.git(*shlex.split(help_)[1:], GIT_SEQUENCE_EDITOR="true")
    done = push(hosted, "origin", "main")
    assert done.returncode == 0, done.stderr


def test_archive_with_its_tag_is_taken_atomically(hosted: Hosted) -> None:
    archive(hosted)
    tag = "archive/" + hosted.git("tag", "-l", "archive/*").removeprefix("archive/")
    done = push(hosted, "--atomic", "origin", "main", tag)
    assert done.returncode == 0, done.stderr
    assert hosted.tip(f"refs/tags/{tag}")


def test_archive_tag_never_moves(hosted: Hosted) -> None:
    archive(hosted)
    tag = hosted.git("tag", "-l", "archive/*")
    assert push(hosted, "--atomic", "origin", "main", tag).returncode == 0
    hosted.git("tag", "-f", "-a", "-m", "Other", tag, "base")
    done = push(hosted, "--force", "origin", tag)
    assert done.returncode == 1 and "R022" in done.stderr
    done = push(hosted, "origin", f":refs/tags/{tag}")
    assert done.returncode == 1 and "R022" in done.stderr


@pytest.mark.parametrize("name", ["archive/2026-11-21-add-2fa", "archive/anything"])
def test_squatted_archive_tag_is_refused(hosted: Hosted, name: str) -> None:
    hosted.git("tag", "-a", "-m", "Mine", name, "base")
    done = push(hosted, "origin", name)
    assert done.returncode == 1 and "R022" in done.stderr


def test_of_many_archive_tags_each_wrong_one_is_named_with_what_removes_it(hosted: Hosted) -> None:
    archive(hosted)
    good = hosted.git("tag", "-l", "archive/*")
    on_no_branch = hosted.git("commit-tree", "-m", "Elsewhere", "base^{tree}")
    names = [f"archive/2026-11-21-change-{n}" for n in range(10)]
    for number, name in enumerate(names):
        hosted.git("tag", "-a", "-m", "Mine", name, on_no_branch if number == 7 else "base")
    done = push(hosted, "origin", "main", good, *names)
    assert done.returncode == 1 and done.stderr.count("R022") == 10 and f"refs/tags/{good}: " not in done.stderr
    assert all(f"git tag -d {name}, then" in done.stderr for name in names)
    assert done.stderr.count("is on no protected branch") == 1 and done.stderr.count("does not archive that") == 9


def test_archive_tag_of_an_archive_that_has_not_landed_is_refused(hosted: Hosted) -> None:
    archive(hosted)
    tag = hosted.git("tag", "-l", "archive/*")
    done = push(hosted, "origin", tag)
    assert done.returncode == 1 and "R022" in done.stderr


def test_other_tags_are_free(hosted: Hosted) -> None:
    hosted.git("tag", "-a", "-m", "Release", "v1.0")
    assert push(hosted, "origin", "v1.0").returncode == 0
    assert push(hosted, "origin", ":refs/tags/v1.0").returncode == 0


def test_tag_does_not_carry_unjudged_commits_in(hosted: Hosted) -> None:
    code(hosted, "Sneak")
    hosted.git("tag", "v1.0")
    done = push(hosted, "origin", "v1.0")
    assert done.returncode == 1 and "R001" in done.stderr


def test_living_spec_edited_by_hand_is_refused(hosted: Hosted) -> None:
    path = "spec/capabilities/auth.yaml"
    hosted.write(path, hosted.read(path).replace("30 minutes", "30 years"))
    hosted.commit("Longer\n\nChange: add-2fa")
    done = push(hosted, "origin", "main")
    assert done.returncode == 1 and "H001" in done.stderr


def test_policy_of_the_server_judges_not_the_pushed_one(hosted: Hosted) -> None:
    hosted.write("spec/gitspec.yaml", 'version: "1"\ncode:\n  exclude:\n    - "**"\n')
    hosted.commit("Loosen")
    code(hosted, "Sneak")
    done = push(hosted, "origin", "main")
    assert done.returncode == 1 and "R001" in done.stderr


def test_new_branch_is_judged_by_what_it_adds(hosted: Hosted) -> None:
    hosted.git("checkout", "-q", "-b", "release/1.0")
    code(hosted, OK)
    assert push(hosted, "origin", "release/1.0").returncode == 0
    code(hosted, "Sneak", text="other\n")
    done = push(hosted, "origin", "release/1.0")
    assert done.returncode == 1 and "R001" in done.stderr and "Store it" not in done.stderr


def test_first_push_into_an_empty_repository_is_judged_by_the_policy_that_it_brings(
    repo: Repo, bare_repo: Repo
) -> None:
    team(repo)
    repo.git("commit", "-q", "-n", "--amend", "-m", "Adopt\n\nChange: add-2fa")
    install(bare_repo)
    repo.git("remote", "add", "origin", str(bare_repo.path))
    code(repo, "Sneak")
    done = push(repo, "origin", "main")
    assert done.returncode == 1 and "R001" in done.stderr
    repo.git("commit", "-q", "-n", "--amend", "-m", OK)
    assert push(repo, "origin", "main").returncode == 0


def test_gate_without_any_policy_takes_nothing(repo: Repo, bare_repo: Repo) -> None:
    install(bare_repo)
    repo.git("remote", "add", "origin", str(bare_repo.path))
    code(repo, "First")
    done = push(repo, "origin", "main")
    assert done.returncode == 1 and "L010" in done.stderr


def test_escapes_and_bidi_marks_of_a_message_do_not_reach_the_client(hosted: Hosted) -> None:
    code(hosted, "Sneak \x1b[31mred\x1b[0m \u202etxt")
    done = hosted.run_git("push", "origin", "main")
    assert b"R001" in done.stderr
    assert b"\x1b" not in done.stderr.replace(b"\x1b[K", b"") and "\u202e".encode() not in done.stderr


def test_sha256_server(tmp_path: Path) -> None:
    repo = Repo.init(tmp_path / "work", "--object-format=sha256")
    team(repo)
    bare = _bare(repo, tmp_path)
    install(bare)
    repo.git("remote", "add", "origin", str(bare.path))
    code(repo, "Sneak")
    assert "R001" in push(repo, "origin", "main").stderr
    repo.git("commit", "-q", "-n", "--amend", "-m", OK)
    assert push(repo, "origin", "main", "main:side").returncode == 0
    assert push(repo, "origin", ":side").returncode == 0


def test_update_hook_judges_ref_by_ref(repo: Repo, tmp_path: Path) -> None:
    team(repo)
    bare = _bare(repo, tmp_path)
    install(bare, "update")
    repo.git("remote", "add", "origin", str(bare.path))
    code(repo, OK)
    repo.git("checkout", "-q", "-b", "side")
    code(repo, "Sneak", "src/side.py")
    done = push(repo, "origin", "main", "side")
    assert done.returncode == 1 and "R001" in done.stderr
    assert bare.git("rev-parse", "main") == repo.git("rev-parse", "main")
    assert not bare.git("rev-parse", "--verify", "--quiet", "side", check=False)
    repo.git("checkout", "-q", "main")
    code(repo, OK, text="atomic\n")
    assert push(repo, "--atomic", "origin", "main", "side").returncode == 1
    assert bare.git("rev-parse", "main") != repo.git("rev-parse", "main")


def test_update_hook_takes_an_archive_tag_after_its_branch(repo: Repo, tmp_path: Path) -> None:
    team(repo)
    bare = _bare(repo, tmp_path)
    install(bare, "update")
    repo.git("remote", "add", "origin", str(bare.path))
    archive(repo)
    tag = repo.git("tag", "-l", "archive/*")
    assert push(repo, "origin", "main").returncode == 0
    assert push(repo, "origin", tag).returncode == 0


@pytest.mark.parametrize("line", ["", "x y z", "0 0 refs/heads/main", "--output=x y refs/heads/main"])
def test_lines_that_git_would_not_write_are_no_pass(hosted: Hosted, line: str) -> None:

    done = subprocess.run(
        [sys.executable, "-m", "gitspec", "hook", "pre-receive"],
        cwd=hosted.bare.path,
        input=f"{line}\n".encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "GIT_DIR": "."},
    )
    assert done.returncode == (3 if line else 0)
    assert b"Traceback" not in done.stderr
