"""The accepted path: cheap, and never more lenient than the engine."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from gitspec.commands import hooks
from gitspec.domain.commit import CommitFacts, Touched
from gitspec.domain.judge import judge
from gitspec.domain.message import with_trailer
from gitspec.domain.policy import CodePaths, Policy
from gitspec.git.light import index_oid
from gitspec.git.repository import discover
from gitspec.git.stated import is_simple, with_reference
from gitspec.git.unreferenced import is_excluded, is_surely_no_code, plain_patterns
from tests.conftest import Repo
from tests.hooks.conftest import POLICY, Governed, said


def loaded_by(governed: Governed, script: str, *args: str) -> set[str]:
    """The modules that an installed hook loads when its commit is accepted."""
    trace = "import sys, posix; posix._exit = lambda code: (print(*sys.modules), sys.exit(code)); sys.argv[:] = sys.argv[1:]"
    code = f"{trace}; exec(compile(open(sys.argv[0]).read(), sys.argv[0], 'exec'))"
    done = subprocess.run(
        [sys.executable, "-IS", "-c", code, script, *args],
        cwd=governed.path,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_an_accepted_commit_imports_nothing_heavy(governed: Governed) -> None:
    primed(governed)
    governed.stage("src/app.py", "two\n")
    governed.write(".git/COMMIT_EDITMSG", "Count\n\nChange: add-2fa\n")
    modules = loaded_by(governed, ".git/hooks/commit-msg", ".git/COMMIT_EDITMSG")
    assert {name for name in modules if name.startswith("gitspec")} == {
        "gitspec", "gitspec.domain", "gitspec.domain.places", "gitspec.domain.trailers", "gitspec.git",
        "gitspec.git.accepted", "gitspec.git.hardening", "gitspec.git.light",
    }  # fmt: skip
    assert not modules & {"os", "re", "typing", "collections", "subprocess", "enum", "functools", "json", "click"}
    modules = loaded_by(governed, ".git/hooks/prepare-commit-msg", ".git/COMMIT_EDITMSG", "message")
    assert "gitspec.git.light" in modules and "os" not in modules


def primed(governed: Governed, policy: str = "") -> None:
    """Let the engine judge a commit, so that it remembers the policy."""
    if policy:
        governed.write("spec/gitspec.yaml", policy)
        governed.commit("Policy")
    governed.stage("README.md", "engine, remember the policy\n")
    assert governed.try_commit("Docs").returncode == 0


def slow_path_is_broken(governed: Governed) -> None:
    """Leave only what the accepted path needs in reach of the hook."""
    hook = governed.path / ".git/hooks/commit-msg"
    text = hook.read_text()
    assert "    import site" in text
    hook.write_text(text.replace("    import site", '    sys.exit("the slow path was taken")'))


@pytest.mark.parametrize(
    ("path", "fast"),
    [
        ("README.md", True),
        ("docs/deep/image.png", True),
        ("LICENSE", True),
        ("spec/changes/add-2fa/tasks.md", True),
        ("src/app.py", False),
        ("src/docs/app.py", False),
        ("spec/capabilities/auth.yaml", False),
        ("spec/gitspec.yaml", False),
        ("spec/run.py", False),
    ],
)
def test_commits_that_surely_touch_no_code_take_the_accepted_path(governed: Governed, path: str, fast: bool) -> None:
    primed(governed)
    slow_path_is_broken(governed)
    governed.judge_messages_only()
    governed.stage(path, "changed\n")
    done = governed.try_commit("Docs")
    assert (done.returncode == 0) == fast, said(done)
    assert fast or "the slow path was taken" in said(done)


@pytest.mark.parametrize("stated", ["option", "merge", "amend", "executable"])
def test_the_accepted_path_steps_back_when_there_is_more_to_know(governed: Governed, stated: str) -> None:
    primed(governed)
    slow_path_is_broken(governed)
    governed.stage("README.md", "changed\n")
    args: list[str] = []
    if stated == "merge":
        governed.write(".git/MERGE_HEAD", governed.head() + "\n")
    elif stated == "executable":
        governed.git("update-index", "--chmod=+x", "README.md")
    elif stated == "amend":
        args = ["--amend"]
    options = ["-c", "gitspec.change=add-2fa"] if stated == "option" else []
    done = governed.run_git(*options, "commit", "-q", "-m", "Docs", *args)
    assert "the slow path was taken" in said(done)


def test_what_is_kept_of_a_policy_counts_for_that_policy_only(governed: Governed) -> None:
    governed.stage("README.md")
    assert governed.try_commit("Docs").returncode == 0
    governed.write("spec/gitspec.yaml", 'version: "1"\ncode:\n  exclude:\n    - nothing\n')
    governed.commit("All is code")
    governed.stage("README.md", "more\n")
    assert "R001" in said(governed.try_commit("Docs"))


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\xff\n\n", b"0.1.0 \n*\n"])
def test_a_damaged_list_is_written_anew(governed: Governed, damage: bytes) -> None:
    governed.stage("README.md")
    governed.try_commit("Docs")
    kept = governed.path / ".git/gitspec/hook-policy"
    good = kept.read_bytes()
    assert good.decode().splitlines()[3:] == list(CodePaths().exclude)
    kept.write_bytes(damage)
    governed.stage("README.md", "more\n")
    assert governed.try_commit("Docs").returncode == 0
    assert kept.read_bytes() == good


@pytest.mark.parametrize("options", ["index.version=2", "index.version=3", "index.version=4", "core.splitIndex=true"])
def test_active_changes_are_found_in_every_kind_of_index(governed: Governed, options: str) -> None:
    primed(governed)
    governed.git("config", *options.split("="))
    governed.git("read-tree", "HEAD")
    governed.git("update-index", "--force-write-index")
    governed.change("only-on-disk")
    governed.change("not-quite")
    governed.git("add", "-N", "spec/changes/not-quite")
    slow_path_is_broken(governed)
    governed.stage("src/app.py", "two\n")
    for missing in ("only-on-disk", "not-quite", "add-2f", "a"):
        assert "the slow path was taken" in said(governed.try_commit("Count", f"Change: {missing}")), missing
    governed.git("rm", "-qr", "--cached", "spec/changes/not-quite")
    done = governed.try_commit("Count", "Change: add-2fa\nChange: dark-mode")
    assert done.returncode == 0, said(done)


def test_a_look_into_the_index_says_what_git_says(governed: Governed) -> None:
    for path in ("a", "spec/changes/x/change.yaml", "deep/spec/changes/x/change.yaml", "run.sh"):
        governed.stage(path, f"{path}\n")
    governed.stage("nothing", "")
    governed.git("update-index", "--chmod=+x", "run.sh")
    (governed.path / "link").symlink_to("a")
    governed.git("add", "link")
    index = (governed.path / ".git/index").read_bytes()
    ordinary = {"a", "spec/changes/x/change.yaml", "deep/spec/changes/x/change.yaml", "spec/gitspec.yaml"}
    asked = [*ordinary, "run.sh", "link", "nothing", "changes/x/change.yaml", "", "spec/changes/x", "x", "DIRC"]
    assert {path for path in asked if index_oid(index, path.encode())} == ordinary
    assert not index_oid(b"", b"a") and not index_oid(index[:50], b"a")


def test_repositories_with_sha256_take_the_accepted_path(
    make_repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Governed(make_repo("sha256", "--object-format=sha256").path)
    monkeypatch.chdir(made.path)
    made.write("spec/gitspec.yaml", POLICY)
    made.change("add-2fa")
    made.commit("Start")
    hooks.install(discover())
    made.stage("src/app.py")
    assert "R001" in said(made.try_commit("Count"))
    slow_path_is_broken(made)
    assert made.try_commit("Count", "Change: add-2fa").returncode == 0


@pytest.mark.parametrize("stated", ["branch", "setting"])
@pytest.mark.parametrize("path", ["src/app.py", "README.md"])
def test_a_stated_change_is_added_on_the_accepted_path_as_the_engine_adds_it(
    governed: Governed, stated: str, path: str
) -> None:
    primed(governed)
    if stated == "branch":
        governed.git("checkout", "-q", "-b", "change/add-2fa/part")
    else:
        governed.write(".git/GITSPEC_CHANGE", "add-2fa\n")
    governed.stage(path, "two\n")
    governed.write(".git/gitspec/kept", governed.read(".git/gitspec/hook-policy"))
    (governed.path / ".git/gitspec/hook-policy").unlink()
    by_engine = governed.try_commit("Count", "More.")
    message = governed.message()
    governed.stage(path, "three\n")
    slow_path_is_broken(governed)
    done = governed.try_commit("Count", "More.")
    assert done.returncode == 0, said(done)
    assert governed.message() == message == "Count\n\nMore.\n\nChange: add-2fa\n"
    assert said(done) == said(by_engine)
    assert "gitspec: added 'Change: add-2fa' (" in said(done)


@pytest.mark.parametrize(
    "why", ["gone", "trailer", "autosquash", "pick", "editor", "living spec", "comment", "revert", "of a change"]
)
def test_a_stated_change_is_left_to_the_engine_where_there_is_more_to_know(governed: Governed, why: str) -> None:
    primed(governed)
    governed.judge_messages_only()
    governed.git("checkout", "-q", "-b", "change/gone" if why == "gone" else "change/add-2fa")
    slow_path_is_broken(governed)
    governed.stage("spec/capabilities/a.yaml" if why == "living spec" else "src/app.py", "two\n")
    if why == "of a change":
        governed.stage("spec/changes/new/change.yaml", "x\n")
    messages = {"trailer": ("Count", "Signed-off-by: A U Thor <a@example.com>"), "autosquash": ("fixup! Count",)}
    message = messages.get(why, ("Count",))
    if why == "comment":
        message = ("Count", "; odd")
    if why == "revert":
        message = ("Back", f"This reverts commit {governed.head()}.")
    if why == "pick":
        governed.write(".git/CHERRY_PICK_HEAD", governed.head() + "\n")
    with_editor = {"GIT_EDITOR": "true"} if why == "editor" else {}
    done = governed.try_commit(*(["-e"] if with_editor else []), *message, **with_editor)
    assert "the slow path was taken" in said(done)


@given(
    st.lists(st.sampled_from(["Do it", "", " ", "a: b", "Change", "# c", "x\t", "Key: v", "; d", "---"]), min_size=1)
)
def test_a_reference_is_put_where_the_engine_puts_it(lines: list[str]) -> None:
    message = "\n".join([*lines, ""])
    if is_simple(message):
        for mode in ("strip", "whitespace", "scissors", "verbatim"):
            for comment in ("#", ";", "%"):
                assert with_reference(message, "add-2fa") == with_trailer(
                    message.rstrip("\n") + "\n", "Change", "add-2fa", comment, mode
                )


SKIPS = """\
version: "1"
skip:
  - reason: typo
    max_lines: 2
  - reason: tests
    paths:
      - tests/**
  - reason: bug-fix
    max_lines: 9
    settle: true
"""


@pytest.mark.parametrize(
    ("reason", "path", "text", "fast"),
    [
        ("typo", "src/app.py", "two\n", True),
        ("typo", "spec/changes/add-2fa/tasks.md", "- [ ] 1.1 a\n" * 9, True),
        ("typo", "src/app.py", "two\nthree\n", False),
        ("typo", "src/app.py", "\0", False),
        ("typo", ".gitattributes", "x\n", False),
        ("typo", "spec/capabilities/a.yaml", "x\n", False),
        ("typo\nTask: 1.1", "src/app.py", "two\n", False),
        ("typo\nChange: add-2fa", "src/app.py", "two\n", False),
        ("tests", "tests/a.py", "two\n", False),
        ("bug-fix", "src/app.py", "two\n", False),
        ("unlisted", "src/app.py", "two\n", False),
    ],
)
def test_few_lines_are_skipped_on_the_accepted_path(
    governed: Governed, reason: str, path: str, text: str, fast: bool
) -> None:
    primed(governed, SKIPS)
    governed.judge_messages_only()
    slow_path_is_broken(governed)
    governed.stage(path, text)
    done = governed.try_commit("Count", f"Change-Skip: {reason}")
    assert (done.returncode == 0) == fast, said(done)
    assert fast or "the slow path was taken" in said(done)


@pytest.mark.parametrize("trailer", ["Task: 9.9", "Spec: auth/nothing", "Settles: 0123456789abcdef", "spec: a/b"])
def test_a_reference_with_more_to_judge_is_left_to_the_engine(governed: Governed, trailer: str) -> None:
    primed(governed)
    slow_path_is_broken(governed)
    governed.stage("src/app.py", "two\n")
    assert "the slow path was taken" in said(governed.try_commit("Count", f"Change: add-2fa\n{trailer}"))


@pytest.mark.parametrize(
    "policy", ["scope:\n  enforce: true\n", "scope:\n  required: true\n", "approvals:\n  need: merged\n"]
)
def test_a_policy_that_wants_more_than_a_reference_is_left_to_the_engine(governed: Governed, policy: str) -> None:
    primed(governed, f'version: "1"\n{policy}')
    slow_path_is_broken(governed)
    governed.stage("src/app.py", "two\n")
    assert "the slow path was taken" in said(governed.try_commit("Count", "Change: add-2fa"))


@pytest.mark.parametrize(
    "path",
    [
        "spec/run.py", "spec/note.md", "spec/changes/add-2fa/notes.md", "spec/changes/con/tasks.md", "Spec/a.yaml",
        "spec/changes/add-2fa/deltas/A.yaml", "spec/changes/new/change.yaml", "spec/gitspec.yaml", ".gitattributes",
        "spec/capabilities/a.yaml", "spec/archive/2026-11-21-x/change.yaml", "spec",
    ],
)  # fmt: skip
def test_a_reference_is_no_pass_for_paths_that_the_engine_judges(governed: Governed, path: str) -> None:
    primed(governed)
    governed.judge_messages_only()
    if path == "spec":
        governed.git("rm", "-qr", "--cached", "spec/changes/dark-mode")
    else:
        governed.stage(path, "x\n")
    slow_path_is_broken(governed)
    assert "the slow path was taken" in said(governed.try_commit("Count", "Change: add-2fa"))


def test_the_hooks_of_a_linked_work_tree_know_the_policy_too(governed: Governed, tmp_path: Path) -> None:
    primed(governed)
    governed.git("worktree", "add", "-q", "-b", "change/dark-mode", str(tmp_path / "linked"))
    slow_path_is_broken(governed)
    linked = Governed(tmp_path / "linked")
    linked.stage("src/app.py", "two\n")
    done = linked.try_commit("Count")
    assert done.returncode == 0, said(done)
    assert linked.message() == "Count\n\nChange: dark-mode\n"


SEGMENTS = st.sampled_from(
    ["a", "docs", "README.md", "x.md", ".md", "LICENSE", "LICENSES", "src", ".gitignore", "b.py"]
)
PATTERNS = st.sampled_from(
    ["docs/**", "*.md", "LICENSE*", ".gitignore", "src", "a/b/**", "**", "**/x.md", "*", "/docs", "do?s", "[ab]", "src/",
     "\\*.md", "# no", "x.md ", "*e*", "**/", "/**", "é*"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PATTERNS, max_size=4), st.lists(SEGMENTS, min_size=1, max_size=4).map("/".join))
def test_plain_patterns_exclude_nothing_that_the_policy_does_not(patterns: list[str], path: str) -> None:
    kept = plain_patterns(patterns)
    if is_excluded(path, kept):
        assert GitIgnoreSpec.from_lines(patterns).match_file(path)


NAMES = st.sampled_from(
    ["README.md", "CLAUDE.md", "claude.md", "AGENTS.md", ".mcp.json", "conftest.py", "Makefile", "package.json", "x.md", "x",
     ".gitattributes", ".gitignore", "ci.yml", "pre-commit", "requirements.txt", "Dockerfile.x", "LICENSE", "é.md"]
)  # fmt: skip
FOLDERS = st.sampled_from(["docs", "src", ".github", ".Claude", ".vscode", "Spec", "SPEC", "spec.", "a"])


@settings(max_examples=600, deadline=None)
@given(
    st.lists(PATTERNS | st.sampled_from(["*.json", ".github/**", "Makefile", "*.py"]), max_size=4),
    st.builds(lambda folders, name: "/".join([*folders, name]), st.lists(FOLDERS, max_size=3), NAMES),
)
def test_whatever_needs_no_reference_on_the_accepted_path_needs_none_in_the_engine(
    patterns: list[str], path: str
) -> None:
    if is_surely_no_code(path, plain_patterns(patterns)):
        policy = Policy(code=CodePaths.model_construct(exclude=tuple(patterns)))
        touched = Touched(path, 0o100644, 0o100644)
        facts = CommitFacts("Count\n", (touched,), frozenset(), frozenset(), {}, {})
        assert judge(facts._replace(attributes="* merge=x\n" if path == ".gitattributes" else ""), policy) == []


@pytest.mark.parametrize("path", ["CLAUDE.md", "docs/AGENTS.md", "docs/Makefile", "docs/conftest.py"])
def test_the_accepted_path_leaves_to_the_engine_what_cannot_be_excluded(governed: Governed, path: str) -> None:
    governed.stage("README.md", "engine, remember the policy\n")
    assert governed.try_commit("Docs").returncode == 0
    governed.stage(path)
    done = governed.try_commit("Docs")
    assert done.returncode == 1, said(done)
    assert "R001" in said(done)


def test_no_pattern_is_plain_beside_a_negation() -> None:
    assert plain_patterns(["*.md", "!README.md"]) == []
    assert plain_patterns(list(CodePaths().exclude)) == list(CodePaths().exclude)


def test_without_any_policy_the_hook_costs_no_engine(governed: Governed) -> None:
    governed.git("checkout", "-q", "--orphan", "other")
    governed.git("rm", "-rqf", ".")
    governed.stage("src/app.py")
    governed.commit("No policy here")
    slow_path_is_broken(governed)
    governed.stage("src/app.py", "two\n")
    done = governed.try_commit("Free")
    assert done.returncode == 0, said(done)
