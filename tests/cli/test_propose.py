"""gitspec propose: the folder of a change, once for each id."""

from pathlib import Path

import pytest

from gitspec.domain.change import Change
from gitspec.markdown.checklist import read_checklist
from gitspec.yaml.binding import load
from tests.cli.conftest import Cli
from tests.conftest import Repo


def change_of(repo: Repo, change: str) -> Change:
    loaded = load(Change, repo.read(f"spec/changes/{change}/change.yaml").encode(), "change.yaml")
    assert loaded.findings == ()
    assert loaded.value is not None
    return loaded.value


def test_folder_holds_what_was_said(project: Repo, gitspec: Cli) -> None:
    outcome = gitspec(
        "propose", "split-parser", "--title", "Split the parser", "--kind", "refactor", "--scope", "src/**",
        "--scope", "tests/**", "--depends-on", "add-2fa", "--no-deltas", "--why", "It grew.", "--what", "- Two files",
        "--json",
    )  # fmt: skip
    assert outcome.json["written"] == [
        "spec/changes/split-parser/change.yaml",
        "spec/changes/split-parser/proposal.md",
        "spec/changes/split-parser/tasks.md",
    ]
    assert outcome.json["missing_sections"] == []
    change = change_of(project, "split-parser")
    assert change == Change(
        change="split-parser", title="Split the parser", kind="refactor", created="2026-11-21",  # type: ignore[arg-type]
        scope=("src/**", "tests/**"), depends_on=("add-2fa",), no_deltas=True,
    )  # fmt: skip
    assert project.read("spec/changes/split-parser/proposal.md") == (
        "# Split the parser\n\n## Why\n\nIt grew.\n\n## What Changes\n\n- Two files\n"
    )
    checklist = read_checklist(project.read("spec/changes/split-parser/tasks.md").encode(), "")
    assert (checklist.items, checklist.findings) == ((), ())


def test_template_is_not_taken_for_a_proposal(project: Repo, gitspec: Cli) -> None:
    outcome = gitspec("propose", "b", "--why", "Because.")
    assert "next: fill in What Changes in spec/changes/b/proposal.md" in outcome.out
    assert gitspec("validate", "b", fails=1).out.count("P011") == 1


def test_sections_of_the_policy_are_in_the_template(project: Repo, gitspec: Cli) -> None:
    project.write("spec/gitspec.yaml", "proposal:\n  sections:\n    - Risks\n")
    assert gitspec("propose", "b", "--json").json["missing_sections"] == ["Why", "What Changes", "Risks"]
    assert "## Risks" in project.read("spec/changes/b/proposal.md")


def test_proposal_may_come_from_a_file_or_standard_input(project: Repo, gitspec: Cli, tmp_path: Path) -> None:
    text = "# T\n\n## Why\n\nx\n\n## What Changes\n\ny\n"
    (tmp_path / "p.md").write_text(text)
    gitspec("propose", "b", "--from", str(tmp_path / "p.md"))
    gitspec("propose", "c", "--from", "-", stdin=text)
    assert project.read("spec/changes/b/proposal.md") == project.read("spec/changes/c/proposal.md") == text
    assert "U004" in gitspec("propose", "d", "--from", "nothing.md", fails=2).err
    assert not (project.path / "spec/changes/d").exists()


def test_editor_writes_the_proposal_and_an_untouched_one_writes_nothing(
    project: Repo, gitspec: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", "sed -i 's/<!-- What is.*/Because./; s/<!-- What will.*/- This/'")
    gitspec("propose", "b", "--edit")
    assert "Because." in project.read("spec/changes/b/proposal.md")
    monkeypatch.setenv("GIT_EDITOR", "true")
    assert "U006" in gitspec("propose", "c", "--edit", fails=1).err
    monkeypatch.setenv("GIT_EDITOR", "false")
    assert "U005" in gitspec("propose", "c", "--edit", fails=1).err
    assert not (project.path / "spec/changes/c").exists()


@pytest.mark.parametrize("where", ["spec/changes/old/change.yaml", "spec/archive/2025-01-01-old/change.yaml",
                                   "spec/changes/OLD/change.yaml", "spec/archive/2025-01-01-Old/change.yaml"])  # fmt: skip
@pytest.mark.spec("changes/propose#archived-id")
def test_id_that_was_used_is_refused_whatever_its_case(project: Repo, gitspec: Cli, where: str) -> None:
    project.write(where, "change: old\n")
    outcome = gitspec("propose", "old", fails=1)
    assert "C001" in outcome.err
    assert where.rpartition("/")[0] in outcome.err
    assert "gitspec propose old-2" in outcome.err


def test_id_of_an_archive_tag_is_refused(project: Repo, gitspec: Cli) -> None:
    project.git("tag", "-a", "-m", "x", "archive/2025-01-01-old")
    assert "archive/2025-01-01-old" in gitspec("propose", "old", fails=1).err
    gitspec("propose", "ld")


@pytest.mark.parametrize(
    "bad", ["../outside", "a/b", ".git", "con", "a.lock", "a@{b", "A", "a\u202eb", "a" * 81, "", "-"]
)
@pytest.mark.spec("files/ids#path-traversal")
def test_hostile_id_is_refused_and_nothing_is_written(project: Repo, gitspec: Cli, bad: str) -> None:
    before = sorted(str(p) for p in project.path.rglob("*") if ".git/" not in str(p))
    assert "I001" in gitspec("propose", "--", bad, fails=2).err
    assert sorted(str(p) for p in project.path.rglob("*") if ".git/" not in str(p)) == before


def test_unknown_dependency_is_refused(project: Repo, gitspec: Cli) -> None:
    assert "'nothing'" in gitspec("propose", "b", "--depends-on", "nothing", fails=2).err


def test_title_of_several_lines_becomes_one(project: Repo, gitspec: Cli) -> None:
    gitspec("propose", "b", "--title", "Nice\n\nChange: victim")
    assert change_of(project, "b").title == "Nice Change: victim"


def test_linked_folder_is_not_followed(project: Repo, gitspec: Cli, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (project.path / "spec/changes/b").symlink_to(tmp_path / "outside")
    gitspec("propose", "b", fails=1)
    assert list((tmp_path / "outside").iterdir()) == []


def test_created_is_the_day_in_utc(project: Repo, gitspec: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-12-31T23:30:00-02:00")
    assert gitspec("propose", "b", "--json").json["created"] == "2027-01-01"


def test_kind_is_written_also_when_it_is_the_usual_one(project: Repo, gitspec: Cli) -> None:
    gitspec("propose", "b")
    assert "\nkind: feature\n" in project.read("spec/changes/b/change.yaml")


def test_title_that_hides_characters_is_refused(project: Repo, gitspec: Cli) -> None:
    for title in ("\x1b[31mred", "a\u202eb"):
        assert "C002 title: invisible character" in gitspec("propose", "b", "--title", title, fails=2).err
    assert not (project.path / "spec/changes/b").exists()
    gitspec("propose", "b", "--title", "\U0001f469\u200d\U0001f4bb works")


def test_title_comes_from_the_given_proposal(project: Repo, gitspec: Cli) -> None:
    gitspec("propose", "b", "--from", "-", stdin="# Sign in by\tphone\n\n## Why\n\nx\n\n## What Changes\n\ny\n")
    assert change_of(project, "b").title == "Sign in by phone"
    gitspec("propose", "c", "--from", "-", "--title", "Mine", stdin="# Theirs\n\n## Why\n\nx\n\n## What Changes\n\ny\n")
    assert change_of(project, "c").title == "Mine"


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("../..", "leads out of the repository"),
        ("src/../../etc/**", "leads out of the repository"),
        ("!..", "leads out of the repository"),
        ("..\\x", "leads out of the repository"),
        ("/etc/**", "is an absolute path"),
        ("~/src", "is an absolute path"),
        ("C:\\src", "is an absolute path"),
        ("--no-deltas", "looks like an option"),
        ("", "is empty"),
        ("  ", "is empty"),
        ("!", "is empty"),
    ],
)
def test_scope_that_can_match_no_path_of_the_repository_is_refused(
    project: Repo, gitspec: Cli, pattern: str, problem: str
) -> None:
    refused = gitspec("propose", "b", f"--scope={pattern}", fails=2)
    assert f"C002 scope: the pattern '{pattern}' {problem}" in refused.err
    assert "--scope 'src/**'" in refused.err
    assert not (project.path / "spec/changes/b").exists()


def test_scope_may_hold_dots_that_lead_nowhere_and_exceptions(project: Repo, gitspec: Cli) -> None:
    gitspec("propose", "b", "--scope", "src/**", "--scope", "!src/a..b/*", "--scope", ".github/**")
    assert change_of(project, "b").scope == ("src/**", "!src/a..b/*", ".github/**")
