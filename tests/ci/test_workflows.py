"""The action and the workflows that init writes, run as a runner runs them, against recorded events and hostile ones."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.archive.project import gitspec
from tests.ci.expressions import evaluate, substituted
from tests.ci.forge import Forge
from tests.ci.runner import Runner, load
from tests.command import ROOT
from tests.conftest import Repo

SQUASH = {
    "allow_squash_merge": True, "allow_rebase_merge": False, "allow_merge_commit": False,
    "squash_merge_commit_title": "PR_TITLE", "squash_merge_commit_message": "PR_BODY",
}  # fmt: skip
PWNED = "pwned"
GH = """#!/bin/sh
here=$(dirname "$0")
printf '%s\\n' "$*" >> "$here/gh.log"
case "$1 $2" in
  "pr list") cat "$here/gh.count" ;;
  "pr create") echo 1 > "$here/gh.count"; while [ "$1" != --body-file ]; do shift; done; cp "$2" "$here/gh.body" ;;
esac
"""


@pytest.fixture
def workflows(tmp_path: Path) -> dict[str, dict[Any, Any]]:
    """What `gitspec init --ci github` writes, read back."""
    repo = Repo.init(tmp_path / "fresh")
    assert gitspec(repo, "init", "--yes", "--ci", "github", "--no-hooks").code == 0
    folder = repo.path / ".github/workflows"
    return {path.stem: load(path) for path in folder.iterdir()}


def code(forge: Forge, message: str = "Code\n\nChange: add-2fa", path: str = "src/new.py") -> str:
    forge.dev.write(path, "1\n")
    return forge.dev.commit(message)


def planted(runner: Runner) -> list[Path]:
    """Files that only somebody else's code would have made."""
    return list(runner.path.parent.rglob(PWNED))


def test_the_simulated_runner_shows_script_injection(forge: Forge, runner: Callable[[], Runner]) -> None:
    machine = runner()
    forge.branch()
    code(forge)
    payload = forge.pull_request(f"x; touch {PWNED}")
    step = {"run": "echo ${{ github.event.pull_request.title }}"}
    checkout = {"uses": "actions/checkout@v7", "with": {"fetch-depth": 0}}
    bad = {"name": "bad", "on": {"pull_request": None}, "jobs": {"a": {"steps": [checkout, step]}}}
    assert machine.run_workflow(bad, "pull_request", payload) == 0
    assert planted(machine)


def test_the_expressions_are_those_of_the_runner() -> None:
    contexts = {"a": {"b": "x"}, "github": {"event": {"n": 7}}}
    assert evaluate("a.b == 'X' && 'yes' || 'no'", contexts) == "yes"
    assert evaluate("a.missing.more || 'default'", contexts) == "default"
    assert substituted("${{ github.event.n }}-${{ !a.b }}", contexts) == "7-false"
    with pytest.raises(ValueError, match="no context"):
        evaluate("secrets.X", contexts)


def test_the_workflow_passes_a_good_request_and_refuses_a_bad_one(
    forge: Forge, runner: Callable[[], Runner], workflows: dict[str, dict[Any, Any]]
) -> None:
    forge.branch()
    code(forge)
    machine = runner()
    assert machine.run_workflow(workflows["gitspec"], "pull_request", forge.pull_request(settings=SQUASH)) == 0, (
        machine.log
    )
    assert "fine: 2 commits judged" in machine.log
    bad = code(forge, "No reference", "src/bad.py")
    machine = runner()
    assert machine.run_workflow(workflows["gitspec"], "pull_request", forge.pull_request(settings=SQUASH)) == 1
    assert [line for line in machine.commands if line.startswith("::error") and bad[:12] in line]
    assert "❌" in machine.summary


def test_every_event_that_can_land_something_is_judged(workflows: dict[str, dict[Any, Any]]) -> None:
    on = workflows["gitspec"]["on"]
    assert set(on["pull_request"]["types"]) == {"opened", "synchronize", "reopened", "edited"}
    assert "merge_group" in on
    assert on["push"]["branches"]
    for job in workflows["gitspec"]["jobs"].values():
        assert "if" not in job, "a required job that is skipped counts as passed"
        assert not any("if" in step for step in job["steps"])


def test_permissions_are_the_least(workflows: dict[str, dict[Any, Any]]) -> None:
    assert workflows["gitspec"]["permissions"] == {}
    assert workflows["gitspec"]["jobs"]["gitspec"]["permissions"] == {"contents": "read"}
    assert workflows["gitspec-archive"]["permissions"] == {}
    assert workflows["gitspec-archive"]["jobs"]["archive"]["permissions"] == {
        "contents": "write",
        "pull-requests": "write",
    }
    for workflow in workflows.values():
        for job in workflow["jobs"].values():
            checkout = next(s for s in job["steps"] if s.get("uses", "").startswith("actions/checkout@"))
            assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}


def test_a_merge_group_and_a_push_are_judged_by_the_workflow(
    forge: Forge, runner: Callable[[], Runner], workflows: dict[str, dict[Any, Any]]
) -> None:
    base = forge.main()
    forge.branch()
    code(forge, "No reference")
    ref = "refs/heads/gh-readonly-queue/main/pr-7"
    forge.dev.git("push", "-q", "origin", f"HEAD:{ref}")
    group = {"base_sha": base, "head_sha": forge.dev.head(), "base_ref": "refs/heads/main", "head_ref": ref}
    payload = {"action": "checks_requested", "merge_group": group, "repository": {"default_branch": "main"}}
    assert runner().run_workflow(workflows["gitspec"], "merge_group", payload) == 1
    forge.dev.git("push", "-q", "origin", "HEAD:refs/heads/main")
    push = {"ref": "refs/heads/main", "before": base, "after": forge.main(), "repository": {"default_branch": "main"}}
    assert runner().run_workflow(workflows["gitspec"], "push", push) == 1


def test_a_checkout_without_history_fails_the_job(forge: Forge, runner: Callable[[], Runner]) -> None:
    forge.branch()
    code(forge)
    payload = forge.pull_request(settings=SQUASH)
    machine = runner()
    machine._event("pull_request", payload)
    machine._checkout({"fetch-depth": 1})
    assert machine.run_action("pull_request", payload) == 3
    assert machine.results["verdict"] == "cannot-judge"


HOSTILE = [
    f'"; touch {PWNED}; echo "',
    f"$(touch {PWNED})",
    f"`touch {PWNED}`",
    f"'; touch {PWNED} #",
    "::error file=x::planted",
    "  ::add-mask::a",
    "##[error]planted",
    "::stop-commands::x",
    "x%0A::error::planted",
    "x\r\n::error::planted",
    "x\x1b[2Jplanted\u202e\u2066",
    "${{ github.token }} ${{ secrets.X }}",
    "<img src=x onerror=alert(1)> [a](javascript:b) @everyone | `` ``` ",
    "--output=planted",
]


def test_hostile_text_reaches_no_shell_no_command_and_no_markup(forge: Forge, runner: Callable[[], Runner]) -> None:
    text = "\n".join(HOSTILE)
    forge.branch()
    for number, line in enumerate(HOSTILE):
        forge.dev.write(f"src/{number}.py", line)
        forge.dev.git("add", "-A")
        forge.dev.git("commit", "-q", "--cleanup=verbatim", "-F", "-", input=f"{line}\n\nChange: nothing-{number}\n")
    forge.dev.write("src/a\n::error::planted\n`touch pwned`.py", "1\n")
    forge.dev.write("spec/changes/::error::planted/change.yaml", "1\n")
    forge.dev.write("spec/a\n::error::planted", "1\n")
    forge.dev.commit("No reference")
    payload = forge.pull_request(text, text, settings=SQUASH)
    payload["pull_request"]["head"]["label"] = f"somebody:{text}"
    payload["pull_request"]["head"]["ref"] = f"$(touch {PWNED})"
    payload["pull_request"]["user"] = {"login": text}
    machine = runner()
    assert machine.run_action("pull_request", payload) == 1, machine.log
    assert not planted(machine)
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in machine.commands), machine.commands
    given = [
        row.partition("=") for line in machine.commands for row in line.split("::")[1].partition(" ")[2].split(",")
    ]
    assert {key for key, _, _ in given} <= {"file", "line", "col", "title"}, machine.commands
    assert ("file", "=", "x") not in given
    assert "\x1b" not in machine.log + machine.summary
    assert "\u202e" not in machine.log + machine.summary
    assert "<img" not in machine.summary
    assert "@everyone" not in machine.summary
    assert "run-token" not in machine.log
    assert machine.results == {**machine.results, "verdict": "refused"}


def test_nothing_in_the_checkout_is_run(forge: Forge, runner: Callable[[], Runner]) -> None:
    plant = f"open({PWNED!r}, 'w').close()\nraise SystemExit(0)\n"
    forge.branch()
    for path in (
        "gitspec/__init__.py", "gitspec/__main__.py", "click.py", "click/__init__.py", "yaml/__init__.py", "pydantic/__init__.py",
        "sitecustomize.py", "usercustomize.py", "json.py", "encodings/__init__.py", "pip/__main__.py", "venv/__main__.py",
    ):  # fmt: skip
        forge.dev.write(path, plant)
    forge.dev.write("pip.conf", "[global]\nindex-url = http://forge.invalid/\n")
    forge.dev.write("setup.cfg", "[install]\nprefix = /nowhere\n")
    forge.dev.write("pyvenv.cfg", "home = .\n")
    forge.dev.write(".github/action-requirements.txt", "evil\n")
    forge.dev.write("action.yml", f"runs:\n  using: composite\n  steps:\n    - run: touch {PWNED}\n      shell: bash\n")
    forge.dev.write(".gitattributes", "src/** filter=evil diff=evil merge=evil\n")
    forge.dev.commit("Plant\n\nChange: add-2fa")
    payload = forge.pull_request(settings=SQUASH)
    machine = runner()
    machine._event("pull_request", payload)
    machine._checkout({"fetch-depth": 0})
    for key in ("filter.evil.smudge", "diff.evil.command", "diff.evil.textconv", "merge.evil.driver", "core.fsmonitor"):
        machine.checkout.git("config", key, f"touch {machine.path}/{PWNED}; cat")
    assert machine.run_action("pull_request", payload) == 0, machine.log
    assert not planted(machine)


def test_packages_come_by_hash_and_not_by_the_checkouts_configuration(
    forge: Forge, runner: Callable[[], Runner]
) -> None:
    forge.branch()
    code(forge)
    machine = runner()
    assert machine.run_action("pull_request", forge.pull_request(settings=SQUASH), {"command": "install"}) == 0
    program = Path(machine.results["program"])
    asked, *environment, where = (program.parent / "venv/bin/pip.log").read_text().splitlines()
    assert "--require-hashes --only-binary :all:" in asked
    assert asked.endswith(f"-r {machine.action}/.github/action-requirements.txt")
    assert {"PIP_CONFIG_FILE=/dev/null", "PIP_NO_INPUT=1"} <= set(environment)
    assert where == str(machine.temp)
    assert machine.results["verdict"] == ""


def test_the_list_of_hashes_has_what_the_package_needs() -> None:
    import tomllib

    listed = (ROOT / ".github/action-requirements.txt").read_text()
    rows = [row for row in listed.replace("\\\n", " ").splitlines() if row.strip() and not row.startswith("#")]
    assert all("--hash=sha256:" in row for row in rows)
    pinned = {row.split("==")[0]: row.split("==")[1].split()[0] for row in rows}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for needed in project["dependencies"]:
        name, _, oldest = needed.partition(">=")
        version = [int(part) for part in pinned[name].split(".")]
        assert version >= [int(part) for part in oldest.split(".")], f"{needed}: {pinned[name]}"


@pytest.mark.campaign
def test_the_real_packages_install_by_hash(forge: Forge, tmp_path: Path) -> None:
    network = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "REQUESTS_"))}
    machine = Runner(forge, tmp_path / "machine", Path(sys.executable), network)
    forge.branch()
    code(forge)
    assert machine.run_action("pull_request", forge.pull_request(settings=SQUASH)) == 0, machine.log


def test_the_action_refuses_to_lie_in_the_workspace(forge: Forge, runner: Callable[[], Runner]) -> None:
    """`uses: ./` would be the pull request's own action."""
    forge.branch()
    code(forge)
    payload = forge.pull_request(settings=SQUASH)
    machine = runner()
    machine._event("pull_request", payload)
    machine._checkout({"fetch-depth": 0})
    moved = machine.workspace / "action"
    machine.action.rename(moved)
    machine.action = moved
    assert machine.run_action("pull_request", payload) == 2


@pytest.mark.parametrize("inputs", [{"command": "chekc"}, {"landing": "sqash"}, {"path": "nowhere"}])
def test_a_mistyped_input_is_no_pass(forge: Forge, runner: Callable[[], Runner], inputs: dict[str, str]) -> None:
    forge.branch()
    code(forge)
    assert runner().run_action("pull_request", forge.pull_request(settings=SQUASH), inputs) == 2


# -- archiving after a merge


def archive_run(
    forge: Forge, runner: Callable[[], Runner], workflow: dict[Any, Any], variables: dict[str, str] | None = None
) -> tuple[int, Runner]:
    machine = runner()
    machine.variables = variables or {}
    machine.secrets = {"GITSPEC_APP_KEY": "key"}
    machine.stub("gh", GH)
    (machine.path / "bin/gh.count").write_text("0\n")
    payload = {
        "ref": "refs/heads/main", "before": forge.main(), "after": forge.main(), "repository": {"default_branch": "main"},
    }  # fmt: skip
    return machine.run_workflow(workflow, "push", payload), machine


def test_what_is_complete_is_archived_by_a_rolling_pull_request_and_tagged_once_it_has_landed(
    forge: Forge, runner: Callable[[], Runner], workflows: dict[str, dict[Any, Any]]
) -> None:
    before = forge.main()
    code_, machine = archive_run(forge, runner, workflows["gitspec-archive"])
    assert code_ == 0, machine.log
    assert forge.main() == before, "the protected branch is not touched"
    rolling = forge.bare.git("rev-parse", "refs/heads/gitspec/archive")
    assert forge.bare.git("rev-parse", "gitspec/archive~1") == before
    assert not forge.bare.git("tag", "--list"), "tags are made after landing"
    log = (machine.path / "bin/gh.log").read_text()
    assert "pr create --head gitspec/archive --base main" in log
    assert "add-2fa" in (machine.path / "bin/gh.body").read_text()

    # the pull request itself passes the check, squashed
    forge.dev.git("fetch", "-q", "origin")
    forge.dev.git("checkout", "-q", "--detach", "origin/gitspec/archive")
    checked = runner()
    payload = forge.pull_request("Archive finished changes", "Folds.", settings=SQUASH)
    assert checked.run_workflow(workflows["gitspec"], "pull_request", payload) == 0, checked.log

    # it lands by squash, as another commit; the next run tags that one
    tree = forge.bare.git("rev-parse", f"{rolling}^{{tree}}")
    landed = forge.bare.git("commit-tree", tree, "-p", before, "-m", "Archive finished changes (#9)")
    forge.bare.git("update-ref", "refs/heads/main", landed)
    code_, machine = archive_run(forge, runner, workflows["gitspec-archive"])
    assert code_ == 0, machine.log
    assert forge.bare.git("rev-parse", "refs/tags/archive/2026-11-21-add-2fa^{commit}") == landed
    assert forge.bare.run_git("rev-parse", "--verify", "refs/heads/gitspec/archive").returncode, (
        "nothing is left to archive"
    )


def test_a_second_run_opens_no_second_pull_request(
    forge: Forge, runner: Callable[[], Runner], workflows: dict[str, dict[Any, Any]]
) -> None:
    assert archive_run(forge, runner, workflows["gitspec-archive"])[0] == 0
    machine = runner()
    machine.stub("gh", GH)
    (machine.path / "bin/gh.count").write_text("1\n")
    payload = {
        "ref": "refs/heads/main",
        "before": forge.main(),
        "after": forge.main(),
        "repository": {"default_branch": "main"},
    }
    assert machine.run_workflow(workflows["gitspec-archive"], "push", payload) == 0
    assert "pr create" not in (machine.path / "bin/gh.log").read_text()


def test_an_app_that_may_pushes_commits_and_tags_at_once(
    forge: Forge, runner: Callable[[], Runner], workflows: dict[str, dict[Any, Any]]
) -> None:
    before = forge.main()
    variables = {"GITSPEC_ARCHIVE": "push", "GITSPEC_APP_CLIENT_ID": "Iv1"}
    code_, machine = archive_run(forge, runner, workflows["gitspec-archive"], variables)
    assert code_ == 0, machine.log
    assert forge.bare.git("rev-parse", "main~1") == before
    assert forge.bare.git("rev-parse", "archive/2026-11-21-add-2fa^{commit}") == forge.main()
    assert not (machine.path / "bin/gh.log").exists()
    assert "::add-mask::" in machine.log


def test_a_change_that_cannot_be_archived_fails_the_run_and_stops_no_other(
    forge: Forge, runner: Callable[[], Runner], workflows: dict[str, dict[Any, Any]]
) -> None:
    from tests.ci.forge import adds, proposed

    forge.branch()
    proposed(forge.dev, "two", adds("totp-enrolment", "The system MUST refuse."))
    forge.dev.commit("Propose two")
    forge.dev.git("push", "-q", "origin", "HEAD:refs/heads/main")
    code_, machine = archive_run(forge, runner, workflows["gitspec-archive"])
    assert code_ == 1
    assert "pr create" in (machine.path / "bin/gh.log").read_text()
    assert "two" in machine.summary


def test_titles_of_changes_are_nobodys_command_when_archived(
    forge: Forge, runner: Callable[[], Runner], workflows: dict[str, dict[Any, Any]]
) -> None:
    from tests.ci.forge import adds, proposed

    forge.branch()
    proposed(forge.dev, "two", adds("lockout"))
    title = f'"::error::planted ##[error]planted $(touch {PWNED}) </code><img src=x>"'
    path = "spec/changes/two/change.yaml"
    forge.dev.write(path, forge.dev.read(path).replace("title: Change two", f"title: {title}"))
    forge.dev.commit("Propose two")
    forge.dev.git("push", "-q", "origin", "HEAD:refs/heads/main")
    code_, machine = archive_run(forge, runner, workflows["gitspec-archive"])
    assert code_ == 0, machine.log
    assert not planted(machine)
    assert all("planted" not in line for line in machine.commands), machine.commands
    assert all(line.startswith("    ") for line in machine.summary.splitlines() if "planted" in line)
