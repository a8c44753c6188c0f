import click
import pytest

from tests.conftest import Repo
from tests.reading.conftest import ARCHIVED, AUTH, Cli


def test_show_a_capability_reads_like_a_page(project: Repo, gitspec: Cli) -> None:
    lines = gitspec("show", "auth").lines
    assert lines[:2] == ["auth: Authentication", "spec/capabilities/auth.yaml"]
    assert "auth/session-expiry: Session expiry" in lines
    assert "auth/login-page: Login page" in lines
    assert "    THEN the session is invalidated: `401` from then on" in lines


def test_show_a_requirement_tells_where_it_stands(project: Repo, gitspec: Cli) -> None:
    lines = gitspec("show", "auth/login-page").lines
    line = AUTH.splitlines().index("  - id: login-page") + 1
    assert lines[:2] == ["auth/login-page: Login page", f"spec/capabilities/auth.yaml:{line}"]
    assert "session-expiry" not in "\n".join(lines)


def test_show_a_scenario_shows_its_steps_alone(project: Repo, gitspec: Cli) -> None:
    lines = gitspec("show", "auth/session-expiry#idle-timeout").lines
    assert lines[0] == "auth/session-expiry#idle-timeout: Idle timeout"
    assert lines[2:] == [
        "GIVEN an authenticated session",
        "WHEN 30 minutes pass without activity",
        "THEN the session is invalidated: `401` from then on",
    ]


def test_show_a_change_tells_why_and_what(project: Repo, gitspec: Cli) -> None:
    out = gitspec("show", "add-2fa").out
    for text in ("Passwords leak.", "+ totp", "~ session-expiry", "[~] 1.2 Check codes (auth/totp)", "no printer"):
        assert text in out


def test_show_finds_archived_changes_by_id_and_by_folder(project: Repo, gitspec: Cli) -> None:
    for name in ("start-billing", "2026-11-01-start-billing"):
        shown = gitspec("show", name, "--json").json
        assert (shown["kind"], shown["path"], shown["archived"]) == ("change", ARCHIVED, "2026-11-01")


def test_the_id_of_a_requirement_will_do_where_it_is_unique(project: Repo, gitspec: Cli) -> None:
    assert gitspec("show", "numbering", "--json").json["id"] == "billing/invoices/numbering"
    assert gitspec("show", "shown", fails=2)  # a scenario has no name of its own
    assert gitspec("show", "login-page#shown", "--json").json["id"] == "auth/login-page#shown"


def test_a_name_of_several_things_is_an_error_with_choices(project: Repo, gitspec: Cli) -> None:
    project.write("spec/changes/auth/change.yaml", "change: auth\ntitle: Auth\ncreated: 2026-11-21\n")
    error = gitspec("show", "auth", fails=2).err
    assert "--type capability auth" in error and "--type change auth" in error
    assert gitspec("show", "auth", "--type", "change").out.startswith("auth: Auth\n")


def test_a_requirement_of_several_capabilities_is_an_error_with_choices(project: Repo, gitspec: Cli) -> None:
    project.write("spec/capabilities/other.yaml", AUTH.replace("capability: auth", "capability: other"))
    error = gitspec("show", "login-page", fails=2).err
    assert "auth/login-page or other/login-page" in error


@pytest.mark.parametrize(
    ("name", "near"),
    [("auht", "auth"), ("add-2af", "add-2fa"), ("auth/session-expiri", "auth/session-expiry")],
)
def test_an_unknown_name_is_an_error_with_the_nearest(project: Repo, gitspec: Cli, name: str, near: str) -> None:
    assert f"did you mean {near}?" in gitspec("show", name, fails=2).err


def test_an_unknown_scenario_is_an_error_with_those_there_are(project: Repo, gitspec: Cli) -> None:
    assert "it has idle-timeout" in gitspec("show", "auth/session-expiry#nope", fails=2).err


def test_a_broken_capability_is_not_shown_but_its_error_is(project: Repo, gitspec: Cli) -> None:
    project.write("spec/capabilities/auth.yaml", AUTH.replace("title: Auth", "titel: Auth"))
    assert gitspec("show", "auth", fails=1).err.startswith("spec/capabilities/auth.yaml:2:1: S001 ")


def test_a_requirement_of_a_broken_capability_is_not_called_unknown(project: Repo, gitspec: Cli) -> None:
    project.write("spec/capabilities/auth.yaml", AUTH.replace("title: Auth", "titel: Auth"))
    shown = gitspec("show", "auth/session-expiry", fails=1)
    assert shown.err.startswith("spec/capabilities/auth.yaml:2:1: S001 ")


@pytest.mark.parametrize("name", ["../../etc/passwd", "auth/../x", "", "a b", "\x1b[31m", "--output=x", "#", "/"])
def test_hostile_names_are_plain_errors(project: Repo, gitspec: Cli, name: str) -> None:
    assert "\x1b" not in gitspec("show", "--", name, fails=2).err


def test_the_requirement_in_json_is_shaped_as_in_the_file(project: Repo, gitspec: Cli) -> None:
    shown = gitspec("show", "auth/session-expiry", "--json").json
    assert shown["requirement"] == {
        "id": "session-expiry",
        "title": "Session expiry",
        "text": "The system MUST expire a session after 30 minutes without activity.",
        "tags": ["security"],
        "links": {"relates-to": ["auth/login-page"]},
        "scenarios": [
            {
                "id": "idle-timeout",
                "title": "Idle timeout",
                "steps": "GIVEN an authenticated session\nWHEN 30 minutes pass without activity\n"
                "THEN the session is invalidated: `401` from then on",
            }
        ],
    }


def test_names_are_completed_and_hostile_ones_are_not(
    project: Repo, gitspec: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("spec/capabilities/$(touch x).yaml", AUTH)
    project.write("spec/changes/$(touch y)/change.yaml", "change: x\n")
    command = get_command()
    assert complete(command, "") == ["auth", "billing/invoices", "add-2fa"]
    assert complete(command, "auth/") == ["auth/session-expiry", "auth/login-page"]
    monkeypatch.chdir("/")
    assert complete(command, "") == []


def get_command() -> click.Command:
    from gitspec.cli.show import command

    return command


def complete(command: click.Command, incomplete: str) -> list[str]:
    """What the shell is offered for NAME."""
    context = click.Context(command)
    return [item.value for item in command.params[0].shell_complete(context, incomplete)]
