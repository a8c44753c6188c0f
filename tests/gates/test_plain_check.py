"""`gitspec check A..B` has an accepted path: it says what the engine says, and leaves to it what is not plainly fine."""

import os
from collections.abc import Callable

import pytest

from gitspec.git.plain_check import plain_commits
from tests.archive.project import gitspec
from tests.conftest import Repo
from tests.gates.team import archive, code, team


@pytest.fixture
def main(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A team whose policy a first check has noted, and one plain commit on top of ``base``."""
    team(repo)
    code(repo, "Store the secret\n\nChange: add-2fa")
    monkeypatch.chdir(repo.path)
    assert plain_commits("base..main") is None
    assert gitspec(repo, "check", "base..main").code == 0
    return repo


def test_accepted_path_says_what_the_engine_says(main: Repo) -> None:
    for number in range(3):
        code(main, f"Step {number}\n\nChange: add-2fa", text=f"{number}\n")
    assert plain_commits("base..main") == 4
    accepted, judged = gitspec(main, "check", "base..main"), gitspec(main, "check", "base..main", "--no-cache")
    assert (accepted.code, accepted.out) == (judged.code, judged.out) == (0, "fine: 4 commits judged\n")


def test_works_from_a_subfolder_and_in_a_linked_work_tree(main: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(main.path / "src")
    assert plain_commits("base..main") == 1
    monkeypatch.chdir(main.worktree(main.path.parent / "second", "topic").path)
    assert plain_commits("base..topic") == 1


@pytest.mark.parametrize("sneaky", [None, 0, 150, 299])
def test_ranges_longer_than_one_read_are_judged_to_the_end(main: Repo, sneaky: int | None) -> None:
    add_many(main, 300, sneaky)
    assert plain_commits("base..main") == (None if sneaky is not None else 301)


def test_a_message_of_a_megabyte_is_left_to_the_engine(main: Repo) -> None:
    tree, long = "main^{tree}", f"Long\n\n{'word ' * 300_000}\n\nChange: add-2fa"
    main.git("reset", "-q", "--soft", main.git("commit-tree", "-p", "main", tree, input=long))
    assert plain_commits("base..main") is None
    assert gitspec(main, "check", "base..main").out == "fine: 2 commits judged\n"


def add_many(repo: Repo, number: int, sneaky: int | None) -> None:
    """Commits with a kilobyte of message each; the one of number ``sneaky`` names no change."""
    stream = []
    for at in range(number):
        message = f"Step {at}\n\n{'text ' * 200}\n\n{'Note' if at == sneaky else 'Change'}: add-2fa\n"
        stream += [
            f"commit refs/heads/main\ncommitter A <a@example.com> {1_700_000_000 + at} +0000\ndata {len(message)}\n{message}",
            "from refs/heads/main^0\n" if not at else "",
            f"M 100644 inline src/part.py\ndata {len(str(at))}\n{at}\n",
        ]
    repo.git("fast-import", "--quiet", input="".join(stream))


def forget_reference(repo: Repo) -> None:
    code(repo, "Sneak")


def name_unknown_change(repo: Repo) -> None:
    code(repo, "Sneak\n\nChange: nope")


def skip(repo: Repo) -> None:
    code(repo, "Mend\n\nChange-Skip: bug-fix")


def name_a_task(repo: Repo) -> None:
    code(repo, "Mend\n\nChange: add-2fa\nTask: 9.9")


def claim_an_archive(repo: Repo) -> None:
    code(repo, "Sneak\n\nChange: add-2fa\nArchived: 2026-11-21-add-2fa")


def edit_a_living_spec(repo: Repo) -> None:
    code(repo, "Sneak\n\nChange: add-2fa", "spec/capabilities/auth.yaml", "capability: auth\n")


def edit_and_undo(repo: Repo) -> None:
    before = repo.read("spec/capabilities/auth.yaml")
    code(repo, "Sneak\n\nChange: add-2fa", "spec/capabilities/auth.yaml", before + "\n")
    code(repo, "Undo\n\nChange: add-2fa", "spec/capabilities/auth.yaml", before)


def write_spec_otherwise(repo: Repo) -> None:
    code(repo, "Sneak\n\nChange: add-2fa", "Spec/gitspec.yaml", "version: '1'\n")


def set_attributes(repo: Repo) -> None:
    code(repo, "Sneak\n\nChange: add-2fa", ".gitattributes", "spec/** merge=union\n")


def link(repo: Repo) -> None:
    os.symlink("../spec/gitspec.yaml", repo.path / "src/link")
    repo.git("add", "-A")
    repo.commit("Link\n\nChange: add-2fa")


def autosquash(repo: Repo) -> None:
    code(repo, "fixup! Store the secret\n\nChange: add-2fa")


def merge(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "side", "base")
    code(repo, "Side", "src/side.py")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "Merge\n\nChange: add-2fa", "side")


def finish(repo: Repo) -> None:
    archive(repo)
    code(repo, "Late\n\nChange: add-2fa", "src/late.py")


def change_policy(repo: Repo) -> None:
    code(repo, "Relax\n\nChange: add-2fa", "spec/gitspec.yaml", 'version: "1"\nmode: warn\n')


def leave_base_behind(repo: Repo) -> None:
    repo.git("checkout", "-q", "base")
    code(repo, "Elsewhere", "docs/x.md")
    repo.git("checkout", "-q", "main")


def graft(repo: Repo) -> None:
    code(repo, "Sneak")
    oid = code(repo, "Honest\n\nChange: add-2fa", "src/honest.py")
    repo.write(".git/info/grafts", f"{oid} {repo.git('rev-parse', 'base')}\n")


def replace(repo: Repo) -> None:
    oid = code(repo, "Sneak")
    honest = repo.git("commit-tree", "-p", "main^", "-m", "Honest\n\nChange: add-2fa", "main^{tree}")
    repo.git("replace", oid, honest)


def make_shallow(repo: Repo) -> None:
    code(repo, "Honest\n\nChange: add-2fa", "src/honest.py")
    repo.write(".git/shallow", repo.git("rev-parse", "main") + "\n")


@pytest.mark.parametrize(
    "what",
    [
        forget_reference, name_unknown_change, skip, name_a_task, claim_an_archive, edit_a_living_spec, edit_and_undo, write_spec_otherwise,
        set_attributes, link, autosquash, merge, finish, change_policy, leave_base_behind, graft, replace, make_shallow,
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_engine(main: Repo, what: Callable[[Repo], None]) -> None:
    what(main)
    assert plain_commits("base..main") is None
    with_cache, without = gitspec(main, "check", "base..main"), gitspec(main, "check", "base..main", "--no-cache")
    assert (with_cache.code, with_cache.out, with_cache.err) == (without.code, without.out, without.err)


@pytest.mark.parametrize(
    "words",
    [
        "base...main",
        "..main",
        "base..",
        "--all..main",
        "base..--all",
        "^base..main",
        "base..main..x",
        "a b..main",
        "main",
    ],
)
def test_odd_ranges_are_left_to_the_engine(main: Repo, words: str) -> None:
    assert plain_commits(words) is None


def test_interrupted_operation_is_seen_to_first(main: Repo) -> None:
    main.write(".git/gitspec/journal.json", "{}")
    assert plain_commits("base..main") is None


def test_notes_of_another_version_or_another_user_count_for_nothing(main: Repo) -> None:
    noted = main.read(".git/gitspec/plain-policies")
    main.write(".git/gitspec/plain-policies", "0.0.0" + noted[noted.index("\n") :])
    assert plain_commits("base..main") is None


def test_policy_whose_skips_are_to_be_settled_is_never_passed_over(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    team(repo)
    repo.write("spec/gitspec.yaml", 'version: "1"\nskip:\n  - reason: emergency\n    settle: true\n')
    repo.git("branch", "-f", "base", repo.commit("Be ready for the night\n\nChange: add-2fa"))
    monkeypatch.chdir(repo.path)
    night = code(repo, "Stop the bleeding\n\nChange-Skip: emergency")
    repo.git("branch", "-f", "base", night)
    code(repo, "Go on\n\nChange: add-2fa", "src/on.py")
    for _ in range(2):
        assert "R017" in gitspec(repo, "check", "base..main").out
    assert plain_commits("base..main") is None


@pytest.mark.parametrize(
    "policy", ["scope:\n  enforce: true\n", "approvals:\n  need: merged\n", "severity:\n  R001: warning\n"]
)
def test_policy_that_asks_for_more_is_never_noted(repo: Repo, monkeypatch: pytest.MonkeyPatch, policy: str) -> None:
    team(repo)
    repo.write("spec/gitspec.yaml", f'version: "1"\n{policy}')
    repo.git("branch", "-f", "base", repo.commit("Ask for more\n\nChange: add-2fa"))
    code(repo, "Go on\n\nChange: add-2fa", "src/on.py")
    monkeypatch.chdir(repo.path)
    gitspec(repo, "check", "base..main")
    assert plain_commits("base..main") is None
