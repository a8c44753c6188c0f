"""Attacks on what is judged, each with one verdict at every gate. The table in docs/security.md names these tests."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.archive.project import ADDED, gitspec, propose
from tests.conftest import Repo
from tests.gates.team import code, team
from tests.security.verdicts import everywhere

OK = "Change: add-2fa"


@pytest.fixture
def main(repo: Repo) -> Repo:
    return team(repo)


def with_policy(repo: Repo, text: str) -> None:
    """The policy of the branch that everything lands on."""
    repo.write("spec/gitspec.yaml", f'version: "1"\n{text}')
    repo.commit(f"Policy\n\n{OK}")
    repo.git("branch", "-f", "base")


def plant(repo: Repo, mode: str, content: str, path: str) -> None:
    """Stage a path with any mode, whatever the file system thinks of it."""
    oid = repo.head() if mode == "160000" else repo.git("hash-object", "-w", "--stdin", input=content)
    repo.git("update-index", "--add", "--cacheinfo", f"{mode},{oid},{path}")


def commit_index(repo: Repo, message: str) -> None:
    """Commit what is staged without hooks."""
    repo.git("commit", "-q", "-n", "-m", message)


@pytest.mark.parametrize("path", ["spec/conftest.py", "spec/spec_helper.rb", "spec/changes/add-2fa/run.sh"])
def test_code_in_spec_is_refused_whatever_it_names(main: Repo, path: str) -> None:
    code(main, f"Helper\n\n{OK}", path)
    assert everywhere(main) == ["L001"]
    main.git("commit", "-q", "-n", "--amend", "-m", "Helper")
    assert everywhere(main) == ["L001", "R001"], "a test runner would run it: it is code"


@pytest.mark.parametrize("mode", ["120000", "100755", "160000"])
def test_what_is_no_ordinary_file_in_spec_is_refused(main: Repo, mode: str) -> None:
    plant(main, mode, "../../../../src", "spec/changes/add-2fa/design.md")
    commit_index(main, f"Design\n\n{OK}")
    assert "L002" in everywhere(main)


@pytest.mark.parametrize("line", ["spec/** merge=union", "*.yaml filter=evil", "* merge=evil"])
def test_foreign_attributes_on_spec_are_refused(main: Repo, line: str) -> None:
    code(main, f"Attributes\n\n{OK}", ".gitattributes", f"{line}\n")
    assert everywhere(main) == ["R023"]


def test_attributes_inside_of_spec_are_refused(main: Repo) -> None:
    code(main, f"Attributes\n\n{OK}", "spec/capabilities/.gitattributes", "*.yaml merge=union\n")
    assert everywhere(main) == ["H001", "L001"]


@pytest.mark.parametrize(
    "path", ["spec/Changes/add-2fa/proposal.md", "Spec/changes/add-2fa/proposal.md", "ſpec/changes/add-2fa/proposal.md"]
)
def test_paths_that_some_file_systems_take_for_others_are_refused(main: Repo, path: str) -> None:
    plant(main, "100644", "## Why\n", path)
    commit_index(main, f"Other\n\n{OK}")
    assert "L003" in everywhere(main)


def test_what_a_link_of_code_leads_to_is_code_at_every_gate(main: Repo) -> None:
    plant(main, "120000", "../docs/tool.md", "src/p.py")
    main.write("docs/tool.md", "print()\n")
    main.git("add", "docs")
    commit_index(main, f"Link\n\n{OK}")
    main.git("branch", "-f", "base")
    main.git("checkout", "-q", "--", ".")
    code(main, "Words", "docs/tool.md", "evil()\n")
    assert everywhere(main) == ["R001"]


def test_link_into_what_is_no_code_and_its_new_content_in_one_push(main: Repo) -> None:
    code(main, "Words", "docs/tool.md", "evil()\n")
    plant(main, "120000", "../docs/tool.md", "src/p.py")
    commit_index(main, f"Link\n\n{OK}")
    assert everywhere(main) == ["R001"]


UNASKED = [
    ".github/workflows/x.yml",
    ".github/actions/a/action.yml",
    ".mcp.json",
    "AGENTS.md",
    "conftest.py",
    "setup.py",
]


@pytest.mark.parametrize("path", UNASKED)
def test_what_runs_unasked_is_code_though_the_policy_excludes_it(main: Repo, path: str) -> None:
    with_policy(main, f'code:\n  exclude:\n    - "**/{path.rsplit("/", 1)[-1]}"\n    - .github/**\n    - docs/**\n')
    code(main, "Innocent", path)
    assert everywhere(main) == ["R001"]


@pytest.mark.parametrize("mode", ["120000", "100755", "160000"])
def test_what_is_excluded_is_code_when_it_is_no_ordinary_file(main: Repo, mode: str) -> None:
    plant(main, mode, "../src/code.py", "docs/tool")
    commit_index(main, "Words")
    assert everywhere(main) == ["R001"]


def test_reason_to_skip_has_its_limit_at_every_gate(main: Repo) -> None:
    code(main, "Typo\n\nChange-Skip: typo", text="x\n" * 10_000)
    assert everywhere(main) == ["R007"]


def test_reason_to_skip_has_its_paths_at_every_gate(main: Repo) -> None:
    code(main, "Tests\n\nChange-Skip: tests", "src/evil.py")
    assert everywhere(main) == ["R006"]


def test_scope_that_is_widened_in_the_same_push_does_not_count(main: Repo) -> None:
    scope = "scope:\n  - src/auth/**\n"
    path = "spec/changes/add-2fa/change.yaml"
    main.write(path, main.read(path) + scope)
    with_policy(main, "scope:\n  enforce: true\n")
    main.write(path, main.read(path).replace("src/auth/**", "src/**"))
    main.commit("Widen")
    code(main, f"Elsewhere\n\n{OK}", "src/ui/a.py")
    assert everywhere(main) == ["R009"]


@pytest.mark.parametrize("title", ["x\\n\\nChange: victim", "x\\rChange: victim", "x\\u2028Change: victim"])
def test_title_of_several_lines_plants_no_trailer(main: Repo, title: str) -> None:
    propose(main, "victim")
    folder = propose(main, "planter", title=f'"{title}"')
    main.write(f"{folder}/deltas/auth.yaml", ADDED.format(capability="auth", id="new-one"))
    main.commit("Propose both")
    done = gitspec(main, "archive", "planter")
    assert done.code == (0 if "u2028" in title else 1), "a line break of Unicode breaks no line for Git"
    assert "Change: victim" not in main.git("log", "-1", "--format=%B").split("\n")
    assert "Change: victim" not in (done.out + done.err).split("\n")


@pytest.mark.parametrize("where", ["", "docs/kit"])
def test_planted_repository_runs_nothing(main: Repo, where: str, tmp_path: Path) -> None:
    """A bare repository in the work tree, with every key of the configuration that runs a program."""
    marker = tmp_path / "ran"
    script = tmp_path / "evil"
    script.write_text(f'#!/bin/sh\necho "$0 $*" >>{marker}\n')
    script.chmod(0o755)
    kit = Repo.init(main.path / "docs/kit", "--bare")
    keys = ("core.fsmonitor", "core.pager", "diff.external", "core.sshCommand", "core.editor", "core.hooksPath")
    for repo in (kit, *([main] if not where else [])):
        for key in keys:
            repo.git("config", key, str(script))
        repo.git("config", "merge.evil.driver", f"{script} %A")
        repo.git("config", "filter.evil.process", str(script))
        repo.git("config", "diff.evil.textconv", str(script))
    main.write(".gitattributes", "src/** merge=evil diff=evil\n")
    main.git("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "checkout", "-q", "-b", "side")
    _quietly(main, "src/code.py", "side\n")
    main.git("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "checkout", "-q", "main")
    _quietly(main, "src/other.py", "main\n")
    _quietly(main, None, "", "merge", "-q", "-m", "Merge", "side")
    marker.unlink(missing_ok=True)
    at = Repo(main.path / where)
    for command in (["status"], ["check", "base..main"], ["validate"], ["list"], ["diff", "add-2fa"], ["fsck"]):
        done = gitspec(at, *command)
        assert done.code in ((3,) if where else (0, 1)), (command, done)
    assert not marker.exists(), marker.read_text()


def _quietly(repo: Repo, path: str | None, text: str, *args: str) -> None:
    """Commit without any program of the configuration."""
    off = ["core.fsmonitor=false", "core.hooksPath=/dev/null", "merge.evil.driver=true", "filter.evil.process="]
    options = [part for value in off for part in ("-c", value)]
    if path:
        repo.write(path, text)
        repo.git(*options, "add", "-A", "src")
        args = ("commit", "-q", "-n", "-m", f"Edit\n\n{OK}")
    repo.git(*options, *args)


NAMES = [
    "--output=pwned",
    "-x",
    "--upload-pack=touch pwned",
    "--exec=touch pwned",
    "@{-1}",
    "HEAD^{/x}",
    "a b",
    ":/x",
    "*",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_commits_are_no_options_and_no_pattern(main: Repo, name: str) -> None:
    code(main, "Sneak")
    for words in (("check", "--", name), ("check", "--", f"{name}..HEAD"), ("check", "--onto", name, "HEAD")):
        done = gitspec(main, *words)
        assert done.code in (2, 3), (words, done)
    assert gitspec(main, "check", "--", f"base..{name}").code in (2, 3)
    assert not (main.path / "pwned").exists() and not (main.path / ".git/pwned").exists()


@pytest.mark.parametrize(
    "ref", ["refs/heads/--output=pwned", "refs/heads/$(id)>pwned", "refs/heads/`id`;x", 'refs/heads/"><b>']
)
def test_names_of_refs_are_only_names(main: Repo, ref: str) -> None:
    from gitspec.commands.gate import RefUpdate, judge_updates
    from gitspec.git.repository import discover
    from tests.gates.team import codes

    tip = code(main, "Sneak")
    main.git("reset", "-q", "--hard", "base")
    main.git("update-ref", ref, "base")
    report = judge_updates(discover(str(main.path)), [RefUpdate(ref, "", tip)], ("--all",))
    assert codes(report) == ["R001"]
    assert not (main.path / "pwned").exists()


PATHS = [
    "src/--output=pwned",
    "-rf",
    "src/a\nb.py",
    "src/\x1b[2J.py",
    "src/\udcff\udc80.py",
    "src/\u202egnp.py",
    ":(exclude)src/**",
]


@pytest.mark.parametrize("path", PATHS)
def test_names_of_files_are_only_names(main: Repo, path: str) -> None:
    plant(main, "100644", "x\n", path)
    commit_index(main, "Sneak")
    assert everywhere(main) == ["R001"]
    for form in ("text", "github", "markdown", "sarif", "json"):
        done = gitspec(main, "check", "base..main", "--format", form)
        assert done.code == 1
        shown = done.out + done.err
        assert not [char for char in shown if char != "\n" and not char.isprintable()]
    assert not (main.path / "pwned").exists()


@pytest.fixture
def merging(main: Repo) -> Callable[[int], None]:
    """Make a merge in which both sides rename ``number`` files in a way of their own."""

    def make(number: int) -> None:
        words = [f"{n} " * 30 + "\n" for n in range(number)]
        rows = [f"M 100644 inline src/old/{n}\ndata {len(w)}\n{w}" for n, w in enumerate(words)]
        theirs = [f"M 100644 inline src/two/{n}\ndata {len(w) + 2}\n{w}y\n" for n, w in enumerate(words)]
        ours = [f"M 100644 inline src/one/{n}\ndata {len(w) + 2}\nx\n{w}" for n, w in enumerate(words)]
        who = "committer A <a@example.com> 1 +0000\n"
        message = f"Edit\n\n{OK}\n"
        said = f"{who}data {len(message)}\n{message}"
        script = f"commit refs/heads/main\nmark :1\n{said}from {main.head()}\n{''.join(rows)}\n"
        script += f"commit refs/heads/one\nmark :2\n{said}from :1\nD src/old\n{''.join(ours)}\n"
        script += f"commit refs/heads/two\nmark :3\n{said}from :1\nD src/old\n{''.join(theirs)}\n"
        script += f"commit refs/heads/main\nmark :4\n{who}data 6\nMerge\nfrom :2\nmerge :3\n\n"
        main.git("fast-import", "--quiet", "--force", input=script)

    return make


def test_merge_full_of_renames_is_judged_or_not_passed(main: Repo, merging: Callable[[int], None]) -> None:
    """1,200 files renamed by both sides with edits: over the limit Git compares no more, and the merge answers itself."""
    import resource

    merging(1_200)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = everywhere(main)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert found in (["R001"], ["exit 3"])
    assert after.ru_utime - before.ru_utime < 60
