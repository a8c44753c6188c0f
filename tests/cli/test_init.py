"""gitspec init: writes what is missing, keeps what is there, finds tools that read tags."""

import os
import subprocess
from pathlib import Path

import pytest

from gitspec.commands.init_policy import sorted_out
from gitspec.domain.policy import Policy
from gitspec.yaml.binding import load
from tests.cli.conftest import AUTH, Cli
from tests.conftest import Repo


def files(repo: Repo) -> dict[str, bytes]:
    """Every file of the work tree and of the Git folder but objects, with its content."""
    found = [p for p in repo.path.rglob("*") if p.is_file() and "/objects/" not in str(p)]
    return {str(p.relative_to(repo.path)): p.read_bytes() for p in found}


def test_first_run_writes_policy_attributes_driver_and_hooks(repo: Repo, gitspec: Cli) -> None:
    outcome = gitspec("init")
    assert "wrote spec/gitspec.yaml\nwrote .gitattributes\n" in outcome.out
    assert "next: git add spec/gitspec.yaml .gitattributes && git commit -m 'Adopt gitspec'" in outcome.out
    assert os.access(repo.path / ".git/hooks/commit-msg", os.X_OK)
    assert repo.git("check-attr", "diff", "--", "spec/capabilities/a/b.yaml") == (
        "spec/capabilities/a/b.yaml: diff: gitspec-yaml"
    )
    loaded = load(Policy, repo.read("spec/gitspec.yaml").encode(), "spec/gitspec.yaml")
    assert loaded.findings == ()
    assert loaded.value == Policy(code={"include": ["**"], "exclude": loaded.value.code.exclude})  # type: ignore[union-attr, arg-type]


@pytest.mark.spec("commands/init-twice#second-run")
def test_second_run_changes_no_byte(repo: Repo, gitspec: Cli) -> None:
    gitspec("init", "--yes")
    before = files(repo)
    outcome = gitspec("init", "--yes", "--json")
    assert files(repo) == before
    assert outcome.json["written"] == []
    assert outcome.json["configured"] == []
    assert outcome.json["kept"] == ["spec/gitspec.yaml", ".gitattributes"]


def test_files_of_the_user_stay(repo: Repo, gitspec: Cli) -> None:
    repo.write("spec/gitspec.yaml", "version: '1'\n# mine\n")
    repo.write(".gitattributes", "*.png binary")
    repo.git("config", "diff.gitspec-yaml.xfuncname", "^mine$")
    outcome = gitspec("init", "--no-hooks")
    assert repo.read("spec/gitspec.yaml") == "version: '1'\n# mine\n"
    assert repo.read(".gitattributes").startswith("*.png binary\n\n# gitspec: ")
    assert repo.git("config", "diff.gitspec-yaml.xfuncname") == "^mine$"
    assert "kept diff.gitspec-yaml.xfuncname as you have set it" in outcome.out


def test_windows_line_breaks_of_attributes_stay(repo: Repo, gitspec: Cli) -> None:
    repo.write(".gitattributes", "*.png binary\r\n")
    gitspec("init", "--no-hooks")
    data = (repo.path / ".gitattributes").read_bytes()
    assert data.startswith(b"*.png binary\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")
    gitspec("init", "--no-hooks")
    assert (repo.path / ".gitattributes").read_bytes() == data


def test_no_hooks_installs_none(repo: Repo, gitspec: Cli) -> None:
    assert gitspec("init", "--no-hooks", "--json").json["hooks"] is None
    assert not (repo.path / ".git/hooks/commit-msg").exists()


def test_hooks_that_are_refused_leave_nothing_written(repo: Repo, gitspec: Cli, tmp_path: Path) -> None:
    repo.git("config", "core.hooksPath", str(tmp_path / "everywhere"))
    outcome = gitspec("init", "--yes", fails=1)
    assert "gitspec init --no-hooks" in outcome.err
    assert not (repo.path / "spec").exists()
    assert not (repo.path / ".gitattributes").exists()


def test_bare_repository_is_refused_with_a_way_out(bare_repo: Repo, gitspec: Cli) -> None:
    assert "in a clone" in gitspec("-C", str(bare_repo.path), "init", fails=3).err


@pytest.mark.parametrize("path", ["spec/models/user_spec.rb", "spec"])
def test_spec_that_is_used_for_something_else_is_refused(repo: Repo, gitspec: Cli, path: str) -> None:
    repo.write(path, "describe User\n")
    before = files(repo)
    assert path in gitspec("init", "--yes", fails=1).err
    assert files(repo) == before


def test_link_in_the_way_is_not_followed(repo: Repo, gitspec: Cli, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (repo.path / "spec").symlink_to(tmp_path / "outside")
    gitspec("init", "--no-hooks", fails=1)
    assert list((tmp_path / "outside").iterdir()) == []
    (repo.path / "spec").unlink()
    (repo.path / ".gitattributes").symlink_to(tmp_path / "attributes")
    gitspec("init", "--no-hooks", fails=1)
    assert not (tmp_path / "attributes").exists()


def test_from_a_subfolder_it_writes_at_the_top(repo: Repo, gitspec: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo.path / "a/b").mkdir(parents=True)
    monkeypatch.chdir(repo.path / "a/b")
    gitspec("init", "--no-hooks")
    assert (repo.path / "spec/gitspec.yaml").exists()


def test_linked_work_tree_gets_its_own_files(repo: Repo, gitspec: Cli, tmp_path: Path) -> None:
    repo.commit("First")
    linked = repo.worktree(tmp_path / "linked", "other")
    gitspec("-C", str(linked.path), "init", "--yes")
    assert (linked.path / "spec/gitspec.yaml").exists()
    assert not (repo.path / "spec").exists()


def test_hunks_are_headed_by_the_scenario_they_are_in(repo: Repo, gitspec: Cli) -> None:
    gitspec("init", "--no-hooks")
    repo.write("spec/capabilities/auth.yaml", AUTH)
    repo.commit()
    repo.write("spec/capabilities/auth.yaml", AUTH.replace("works", "is there").replace("is shown", "appears"))
    heads = [line for line in repo.git("diff", "-U0").split("\n") if line.startswith("@@")]
    assert [head.rpartition("@@ ")[2] for head in heads] == ["id: activity", "id: shown"]


def test_policy_names_what_the_repository_has() -> None:
    code, exclude = sorted_out(
        ["src/a.rs", "docs/conf.py", "guide/index.rst", "img/a.png", ".github/workflows/ci.yml", "setup.py", "b.md",
         "we ird/x.py", "spec/gitspec.yaml"]
    )  # fmt: skip
    assert code == [".github/", "src/"]
    assert exclude == ["docs/**", "guide/**", "img/**", "*.md", "*.rst", "LICENSE*", ".gitignore", ".gitattributes",
                       ".editorconfig"]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "text", "tool", "advice"),
    [
        (
            "pyproject.toml",
            '[build-system]\nrequires = ["setuptools_scm"]\n[tool.setuptools_scm]\n',
            "setuptools_scm",
            'git_describe_command = ["git", "describe", "--dirty", "--tags", "--long", "--match", "v*"]',
        ),
        (
            "pyproject.toml",
            '[build-system]\nrequires = ["hatch-vcs"]\n[tool.hatch.version]\nsource = "vcs"\n',
            "hatch-vcs",
            'git_describe_command = ["git", "describe", "--dirty", "--tags", "--long", "--match", "v*"]',
        ),
        (
            "sub/pyproject.toml",
            '[tool.hatch.version]\nsource = "vcs"\n',
            "hatch-vcs",
            'git_describe_command = ["git", "describe", "--dirty", "--tags", "--long", "--match", "v*"]',
        ),
        (
            "pkg/pyproject.toml",
            '[build-system]\nrequires = ["versioningit"]\n[tool.hatch.version]\nsource = "versioningit"\n',
            "versioningit",
            'exclude = ["archive/*"]',
        ),
        ("pyproject.toml", 'requires = ["pdm-backend"]\n[tool.pdm.version]\nsource = "scm"\n', "pdm-backend", 'tag_filter = "v*"'),
        ("setup.py", "setup(use_scm_version=True)\n", "setuptools_scm", "use_scm_version={"),
        ("Makefile", "V := $(shell git describe --tags)\n", "git describe", "--exclude 'archive/*'"),
        ("package.json", '{"scripts": {"v": "git describe"}}\n', "git describe", "--exclude 'archive/*'"),
        (".github/workflows/ci.yml", "- run: git describe\n", "git describe", "--exclude 'archive/*'"),
        ("build.py", 'subprocess.run(["git", "describe", "--long"])\n', "git describe", "--exclude 'archive/*'"),
        (".goreleaser.yaml", "project: goreleaser\n", "goreleaser", 'ignore_tags: ["archive/*"]'),
    ],
)  # fmt: skip
def test_tool_that_reads_tags_is_found_with_the_line_that_keeps_archive_tags_out(
    repo: Repo, gitspec: Cli, path: str, text: str, tool: str, advice: str
) -> None:
    repo.write(path, text)
    (reader,) = gitspec("init", "--no-hooks", "--json").json["tag_readers"]
    assert (reader["path"], reader["tool"]) == (path, tool)
    assert reader["advice"].startswith(advice)
    assert advice in gitspec("init", "--no-hooks").out


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", '[tool.setuptools_scm]\ngit_describe_command = "git describe --match v*"\n'),
        ("pyproject.toml", "[tool.setuptools_scm\nbroken"),
        ("Makefile", "V := $(shell git describe --tags --exclude 'archive/*')\n"),
        ("README.md", "Run git describe.\n"),
        ("build.sh", "# git describe says\n"),
    ],
)
def test_what_reads_no_archive_tags_is_not_reported(repo: Repo, gitspec: Cli, path: str, text: str) -> None:
    repo.write(path, text)
    assert gitspec("init", "--no-hooks", "--json").json["tag_readers"] == []


def test_versions_without_a_v_are_matched_as_they_are(repo: Repo, gitspec: Cli) -> None:
    repo.write("pyproject.toml", "[tool.setuptools_scm]\n")
    repo.commit()
    for name in ("1.0", "1.1", "v2"):
        repo.git("tag", name)
    (reader,) = gitspec("init", "--no-hooks", "--json").json["tag_readers"]
    assert '"--match", "[0-9]*"]' in reader["advice"]


def test_advised_command_keeps_archive_tags_out_of_sight(repo: Repo, gitspec: Cli) -> None:
    repo.write("pyproject.toml", "[tool.setuptools_scm]\n")
    repo.write("Makefile", "v:\n\tgit describe\n")
    repo.commit()
    repo.git("tag", "-a", "-m", "1", "v1.0")
    repo.commit("Archive")
    repo.git("tag", "-a", "-m", "x", "archive/2026-11-21-add-2fa")
    assert repo.git("describe") == "archive/2026-11-21-add-2fa"
    makefile, pyproject = gitspec("init", "--no-hooks", "--json").json["tag_readers"]
    import ast

    words = ast.literal_eval(pyproject["advice"].partition("= ")[2])
    assert repo.git(*words[1:]).startswith("v1.0-1-")
    shell = subprocess.run(
        ["sh", "-c", f"git describe {makefile['advice']}"], cwd=repo.path, capture_output=True, text=True, check=True
    )
    assert shell.stdout.startswith("v1.0-1-")


def test_spec_that_is_a_link_is_called_one(repo: Repo, gitspec: Cli) -> None:
    (repo.path / "elsewhere").mkdir()
    (repo.path / "spec").symlink_to("elsewhere")
    assert gitspec("init", fails=1).err.startswith("spec: L002 is a symbolic link")
    assert list((repo.path / "elsewhere").iterdir()) == []


def test_second_run_says_what_is_unchanged(repo: Repo, gitspec: Cli) -> None:
    assert "installed commit-msg in .git/hooks/commit-msg\n" in gitspec("init").out
    again = gitspec("init").out
    assert "unchanged: commit-msg in .git/hooks/commit-msg\n" in again
    assert "installed" not in again
    (repo.path / ".git/hooks/commit-msg").unlink()
    mended = gitspec("hooks", "install").out
    assert "installed commit-msg in" in mended
    assert "unchanged: prepare-commit-msg in" in mended


def test_installing_the_hooks_in_a_fresh_clone_configures_the_drivers_too(
    repo: Repo, gitspec: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gitspec("init")
    repo.commit("Adopt gitspec", "spec", ".gitattributes")
    repo.git("clone", "-q", str(repo.path), str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    assert "help: gitspec hooks install" in gitspec("doctor", fails=1).out
    configured = gitspec("hooks", "install", "--json").json["configured"]
    assert "merge.gitspec.driver" in configured
    assert "diff.gitspec-yaml.xfuncname" in configured
    for key in configured:
        assert subprocess.check_output(["git", "config", "--local", key]).strip()
    assert gitspec("hooks", "install", "--json").json["configured"] == []
    assert "G053" not in gitspec("doctor").out


def test_installing_hooks_configures_no_driver_that_nothing_names(repo: Repo, gitspec: Cli) -> None:
    assert gitspec("hooks", "install", "--json").json["configured"] == []
