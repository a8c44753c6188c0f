"""The entry: what it imports, how it ends, what it says about a wrong command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from gitspec import __version__
from gitspec.__main__ import run
from gitspec.cli.main import COMMANDS, HIDDEN, cli
from tests.cli.conftest import Cli
from tests.conftest import Repo

TOP = Path(__file__).parents[2]


def python(*args: str, cwd: Path | None = None, **kwargs: object) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "PYTHONPATH": str(TOP)}
    return subprocess.run(
        [sys.executable, *args], cwd=cwd, env=env, capture_output=True, text=True, check=False, **kwargs
    )  # type: ignore[call-overload,no-any-return]


def modules_after(*args: str, cwd: Path) -> set[str]:
    code = (
        "import sys; from gitspec.__main__ import run\n"
        f"code = run({list(args)!r})\nprint(code, *sys.modules, file=sys.stderr)"
    )
    done = python("-c", code, cwd=cwd)
    code_, *modules = done.stderr.split("\n")[-2].split(" ")
    assert code_ == "0", done.stderr
    return set(modules)


def test_version_imports_not_even_click(tmp_path: Path) -> None:
    modules = modules_after("--version", cwd=tmp_path)
    assert not modules & {"click", "gitspec.cli", "re", "json", "subprocess", "importlib.metadata"}


def test_version_says_which(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"gitspec {__version__}\n"


def test_invoked_command_is_the_only_one_that_is_imported(project: Repo) -> None:
    modules = modules_after("task", "list", "add-2fa", cwd=project.path)
    assert {m for m in modules if m.startswith("gitspec.cli.")} == {
        "gitspec.cli.main", "gitspec.cli.options", "gitspec.cli.task",
    }  # fmt: skip
    assert not modules & {"pydantic", "pygit2", "ruamel", "yaml", "subprocess", "importlib.metadata"}


def test_every_command_is_there_with_help_and_examples(gitspec: Cli) -> None:
    for name in COMMANDS:
        command = cli.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None, name
        assert command.help, name
        if name in HIDDEN:
            continue
        assert "Examples:" in (command.epilog or ""), name
        for sub in getattr(command, "commands", {}).values():
            assert sub.help, (name, sub.name)
            assert "Examples:" in (sub.epilog or ""), (name, sub.name)
    shown = gitspec("--help").out
    assert all(f"  {name} " in shown for name in COMMANDS if name not in HIDDEN)


def test_example_of_every_command_is_a_command_line_that_parses() -> None:
    import shlex

    import click

    for name in COMMANDS:
        command = cli.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        for one in [command, *getattr(command, "commands", {}).values()]:
            for line in (one.epilog or "").split("\n")[2:]:
                part = line.split(" | ")[-1].split(" < ")[0].split(" > ")[0].split(" && ")[-1].strip()
                words = shlex.split(part)
                assert words[0] == "gitspec", line
                ctx, at, rest = click.Context(cli, resilient_parsing=False), cli, words[1:]
                while rest and rest[0] == "-C":
                    rest = rest[2:]
                while isinstance(at, click.Group):
                    _, found, rest = at.resolve_command(ctx, rest)
                    assert found is not None, line
                    at = found  # type: ignore[assignment]
                at.make_context(at.name, list(rest))


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["vaildate"], "did you mean 'gitspec validate'?"),
        (["xyzzy"], "gitspec --help"),
        (["--verbose"], "gitspec --help"),
        (["task", "set", "add-2fa"], "gitspec task set --help"),
        (["propose", "x", "--kind", "odd"], "gitspec propose --help"),
        (["-C", "nowhere", "list"], "U002"),
    ],
)
def test_wrong_command_line_ends_with_2_and_says_what_to_type(gitspec: Cli, args: list[str], said: str) -> None:
    outcome = gitspec(*args, fails=2)
    assert outcome.out == ""
    assert outcome.err.startswith("gitspec: U0")
    assert said in outcome.err


@pytest.mark.parametrize(
    "command",
    [
        "trace HEAD",
        "why README",
        "log auth",
        "blame auth",
        "diff HEAD..HEAD",
        "changelog HEAD..HEAD",
        "coverage",
        "check HEAD..HEAD",
    ],
)
def test_json_is_a_format_everywhere_and_no_second_one(project: Repo, gitspec: Cli, command: str) -> None:
    project.write("README", "Read me.\n")
    project.commit()
    plain = gitspec(*command.split(), "--json")
    assert plain.json == gitspec(*command.split(), "--format", "json").json
    refused = gitspec(*command.split(), "--json", "--format", "markdown", fails=2)
    assert refused.out == "" and "--json and --format markdown exclude each other" in refused.err


def test_json_of_the_report_is_a_format_too(project: Repo, gitspec: Cli) -> None:
    project.commit()
    assert gitspec("report", "--format", "json").json == gitspec("report", "--json").json


@pytest.mark.spec("commands/exit-codes#no-repository")
def test_outside_of_a_repository_it_ends_with_3(gitspec: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert gitspec("task", "list", "x", fails=3).err.startswith("gitspec: G001 ")
    assert "git init" in gitspec("init", fails=3).err


def test_without_a_policy_it_ends_with_3_and_names_init(gitspec: Cli, repo: Repo) -> None:
    assert "gitspec init" in gitspec("propose", "add-2fa", fails=3).err


def test_folder_option_runs_there_and_comes_back(gitspec: Cli, project: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert gitspec("-C", str(project.path), "-C", "src", "task", "list", "add-2fa").code == 0
    assert Path.cwd() == Path("/")


@pytest.mark.parametrize("extra", [[], ["--json"]])
def test_reader_that_is_gone_is_no_error_message(project: Repo, extra: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "gitspec", "task", "list", "add-2fa", *extra],
            cwd=project.path, env={**os.environ, "PYTHONPATH": str(TOP)}, stdout=closed, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert done.stderr == b""
    assert done.returncode == 141


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["task list add-2fa", "trace HEAD", "status"])
def test_stream_that_the_caller_closed_is_no_crash(project: Repo, closed: str, command: str) -> None:
    project.commit()
    line = f"{sys.executable} -m gitspec {command} {closed}"
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=project.path,
        env={**os.environ, "PYTHONPATH": str(TOP)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert bool(done.stdout) == (">&-" not in closed.replace("2>&-", ""))


@pytest.mark.parametrize("command", ["--version", "task list add-2fa", "trace HEAD"])
@pytest.mark.parametrize("flag", ["", "-u "])
def test_output_that_finds_no_room_is_no_crash(project: Repo, command: str, flag: str) -> None:
    project.commit()
    env = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"} | {"PYTHONPATH": str(TOP)}
    for errors, said in (("", b"gitspec: G00"), ("2>&1", b"")):
        line = f"{sys.executable} {flag}-m gitspec {command} >/dev/full {errors}"
        done = subprocess.run(["sh", "-c", line], cwd=project.path, env=env, capture_output=True, check=False)
        assert (done.returncode, done.stderr[:12]) == (3, said), done.stderr


def test_findings_on_standard_error_are_stripped_of_terminal_escapes(gitspec: Cli, project: Repo) -> None:
    outcome = gitspec("task", "list", "\x1b[31mred\u202e", fails=2)
    assert "\x1b" not in outcome.err
    assert "\u202e" not in outcome.err


def test_completion_offers_ids_of_changes_and_tasks(project: Repo, gitspec: Cli) -> None:
    gitspec("task", "add", "add-2fa", "Do it")
    (project.path / "spec/changes/$(touch pwned)").mkdir()
    project.write("spec/changes/$(touch pwned)/change.yaml", "change: x\n")
    complete = ShellComplete(cli, {}, "gitspec", "_GITSPEC_COMPLETE")
    assert [c.value for c in complete.get_completions(["task", "list"], "")] == ["add-2fa"]
    assert [c.value for c in complete.get_completions(["task", "set", "add-2fa"], "")] == ["1.1"]
    assert [c.value for c in complete.get_completions(["propose", "x", "--depends-on"], "a")] == ["add-2fa"]
    assert "archive" in [c.value for c in complete.get_completions([], "arch")]


def test_completion_outside_of_a_repository_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    complete = ShellComplete(cli, {}, "gitspec", "_GITSPEC_COMPLETE")
    assert complete.get_completions(["task", "list"], "") == []
    assert complete.get_completions(["task", "set", "x"], "") == []


@pytest.mark.parametrize(
    "command",
    [
        "propose b --title BYTES", "propose b --why BYTES", "propose b --what BYTES", "propose b --scope BYTES",
        "task add add-2fa BYTES", "task add add-2fa x --group BYTES", "task set add-2fa 1.1 dropped --reason BYTES",
        "delta add add-2fa new --purpose BYTES --from x", "delta add add-2fa new --title BYTES --from x",
        "delta remove add-2fa auth/login-page --reason BYTES", "delta remove add-2fa auth/login-page --migration BYTES",
        "delta rename add-2fa auth/login-page b --title BYTES", "delta move add-2fa auth/login-page b --purpose BYTES",
        "close add-2fa --reason BYTES",
    ],
)  # fmt: skip
def test_text_that_is_no_utf_8_is_wrong_usage(project: Repo, gitspec: Cli, command: str) -> None:
    before = project.git("status", "--porcelain", "-uall")
    outcome = gitspec(*(word.replace("BYTES", "x\udcffy") for word in command.split()), fails=2)
    assert "not valid UTF-8" in outcome.err
    assert project.git("status", "--porcelain", "-uall") == before


@pytest.mark.parametrize("group", [(), ("delta",), ("task",), ("hooks",), ("import",)])
def test_help_of_a_group_cuts_no_sentence(gitspec: Cli, group: tuple[str, ...]) -> None:
    assert "..." not in gitspec(*group, "--help").out.partition("\n")[2]
