"""What a commit's author is told is what every gate says later, but for the leniencies that docs/rules.md names."""

from collections import Counter
from pathlib import Path

import pytest

from gitspec.commands.judge_pending import judge_message
from gitspec.git.repository import discover
from tests.conftest import Repo
from tests.gates.random_history import BOT, codes_of, installed, template
from tests.gates.same_verdict import LENIENCIES, live
from tests.gates.team import archive, checked, code, onto_main, team
from tests.server.forge import ROOT

HISTORIES = 4
HAND_EDIT = ("30 minutes", "30 years")


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("start") / "repo"


@pytest.mark.parametrize("part", range(4))
def test_every_gate_says_the_same_of_a_random_history(tmp_path: Path, start: Path, part: int) -> None:
    if not start.exists():
        template(start)
    total: Counter[str] = Counter()
    for seed in range(part, HISTORIES, 4):
        folder = tmp_path / str(seed)
        folder.mkdir()
        found, figures = live(start, folder, seed, real=seed == part == 3, steps=(1, 4))
        assert not found, "\n".join(found)
        total += figures
    assert total["verdicts compared"] > 5 * total["commits"] > 0


@pytest.mark.parametrize("words", LENIENCIES.values())
def test_leniencies_are_those_that_the_rules_name(words: str) -> None:
    assert words in (ROOT / "docs/rules.md").read_text(encoding="utf-8")


def staged(repo: Repo, message: str) -> list[str]:
    """What is wrong with what is staged, as its author's hook would say."""
    repo.git("add", "-A")
    path = repo.write(".git/MSG", message)
    return sorted(codes_of(lambda: judge_message(discover(), str(path))).errors)


def test_revert_in_words_only_is_refused_at_once(repo: Repo) -> None:
    team(repo)
    named = code(repo, "Store it\n\nChange: add-2fa", "src/named.py")
    archive(repo)
    repo.git("branch", "-f", "base")
    repo.write("src/other.py", "sneak\n")
    message = f"Sneak\n\nThis reverts commit {named}.\n\nChange: add-2fa\n"
    assert staged(repo, message) == ["R003"]
    repo.commit(message)
    assert checked(repo) == onto_main(repo) == ["R003"]


def test_real_revert_of_an_archived_change_passes_at_once(repo: Repo) -> None:
    team(repo)
    named = code(repo, "Store it\n\nChange: add-2fa", "src/named.py")
    archive(repo)
    repo.git("branch", "-f", "base")
    repo.git("rm", "-q", "src/named.py")
    message = f"Undo\n\nThis reverts commit {named}.\n\nChange: add-2fa\n"
    assert staged(repo, message) == []
    repo.commit(message)
    assert checked(repo) == onto_main(repo) == []


def test_clean_merge_that_brings_a_hand_edit_is_refused_at_once(repo: Repo) -> None:
    """Git merges it by itself, and the living spec is no less wrong for that; the real hook says so too."""
    team(repo)
    repo.git("checkout", "-q", "-b", "side")
    repo.write("spec/capabilities/auth.yaml", repo.read("spec/capabilities/auth.yaml").replace(*HAND_EDIT))
    repo.commit("Longer")
    repo.git("checkout", "-q", "main")
    code(repo, "Go on\n\nChange: add-2fa")
    repo.git("merge", "-q", "--no-commit", "--no-ff", "side")
    assert staged(repo, "Merge side\n") == ["H001"]
    installed(repo)
    done = repo.run_git("commit", "-q", "-m", "Merge side")
    assert done.returncode and b"H001" in done.stderr
    repo.git("commit", "-q", "-n", "-m", "Merge side")
    assert checked(repo, "HEAD") == ["H001"]


@pytest.mark.parametrize("committer", ["bot@example.com", "somebody@example.com"])
def test_bot_is_known_by_its_addresses_at_once(repo: Repo, monkeypatch: pytest.MonkeyPatch, committer: str) -> None:
    team(repo)
    bots = "bots:\n  - name: updater\n    emails:\n      - bot@example.com\n    paths:\n      - package.json\n"
    repo.write("spec/gitspec.yaml", f'version: "1"\n{bots}')
    repo.commit("Know the bot")
    repo.git("branch", "-f", "base")
    for name, value in {**BOT, "GIT_COMMITTER_EMAIL": committer}.items():
        monkeypatch.setenv(name, value)
    repo.write("package.json", "{}\n")
    expected = [] if committer in BOT.values() else ["R001"]
    assert staged(repo, "Update\n") == expected
    repo.commit("Update")
    assert checked(repo) == onto_main(repo) == expected


def test_claim_to_archive_is_told_of_at_once(repo: Repo) -> None:
    team(repo)
    repo.write("docs/x.md", "x\n")
    repo.git("add", "-A")
    path = repo.write(".git/MSG", "Archive\n\nArchived: 2026-11-21-add-2fa\n")
    assert codes_of(lambda: judge_message(discover(), str(path))).others == {"H010"}


def test_policy_that_comes_back_is_no_adoption_and_lets_no_hand_edit_in(repo: Repo) -> None:
    team(repo)
    policy, path = repo.read("spec/gitspec.yaml"), "spec/capabilities/auth.yaml"
    repo.git("rm", "-q", "spec/gitspec.yaml")
    repo.commit("Free")
    repo.write("spec/gitspec.yaml", policy)
    repo.write(path, repo.read(path).replace(*HAND_EDIT))
    at_once = staged(repo, "Adopt again\n")
    assert "H001" in at_once
    repo.commit("Adopt again")
    assert checked(repo, "HEAD") == at_once


def test_scissors_that_git_does_not_use_hide_no_line(repo: Repo) -> None:
    """Without an editor Git cuts nothing off where comments are stripped: the reference is not in the last paragraph."""
    team(repo)
    repo.git("config", "commit.cleanup", "strip")
    repo.write("src/code.py", "x\n")
    scissors = "# ------------------------ >8 ------------------------"
    message = f"Store it\n\nChange: add-2fa\n\n{scissors}\ndiff\n"
    repo.git("add", "-A")
    path = repo.write(".git/MSG", message)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_EDITOR", ":")
        at_once = sorted(codes_of(lambda: judge_message(discover(), str(path))).errors)
    repo.git("commit", "-q", "-n", "-F", str(path))
    assert at_once == checked(repo) == onto_main(repo) == ["R008"]
