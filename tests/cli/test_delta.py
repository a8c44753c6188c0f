"""gitspec delta: content in three notations, differences out."""

import json
from pathlib import Path

import pytest

from gitspec.domain.delta import Delta
from gitspec.yaml.binding import load
from tests.cli.conftest import AUTH, Cli
from tests.conftest import Repo

DELTA = "spec/changes/add-2fa/deltas/auth.yaml"
YAML = """\
id: session-expiry
title: Session expiry
text: |
  The system MUST expire a session after 15 minutes.
tags:
  - security
scenarios:
  - id: idle-timeout
    steps: |
      GIVEN a session
      WHEN 30 minutes pass
      THEN it is gone: `401`
  - id: activity
    title: Activity
    steps: |
      WHEN the user works
      THEN the session lives
"""
MARKDOWN = """\
### Requirement: Session expiry
The system MUST expire a session after 15 minutes.

#### Scenario: Idle timeout
- **GIVEN** a session
- **WHEN** 30 minutes pass
- **THEN** it is gone: `401`

#### Scenario: Activity
- **WHEN** the user works
- **THEN** the session lives
"""
JSON = json.dumps(
    {
        "id": "session-expiry",
        "title": "Session expiry",
        "text": "The system MUST expire a session after 15 minutes.",
        "tags": ["security"],
        "scenarios": [
            {"id": "idle-timeout", "steps": "GIVEN a session\nWHEN 30 minutes pass\nTHEN it is gone: `401`"},
            {"id": "activity", "title": "Activity", "steps": "WHEN the user works\nTHEN the session lives"},
        ],
    }
)
NEW = "id: totp\ntext: |\n  The system MUST ask for a code.\nscenarios:\n  - id: asked\n    steps: |\n      WHEN a\n      THEN b\n"


def delta_of(repo: Repo, path: str = DELTA) -> Delta:
    loaded = load(Delta, repo.read(path).encode(), path)
    assert loaded.findings == ()
    assert loaded.value is not None
    return loaded.value


@pytest.mark.spec("changes/deltas-hold-differences#one-scenario")
def test_modify_writes_only_the_part_that_differs(project: Repo, gitspec: Cli) -> None:
    outcome = gitspec("delta", "modify", "add-2fa", "auth/session-expiry", "--from", "-", stdin=YAML)
    assert outcome.out == f"wrote {DELTA}\n  modified auth/session-expiry: text\n"
    (entry,) = delta_of(project).modified
    assert entry.text is not None
    assert entry.text.before == "The system MUST expire a session after 30 minutes."
    assert entry.text.after == "The system MUST expire a session after 15 minutes."
    assert (entry.title, entry.tags, entry.scenarios) == (None, None, None)
    assert set(entry.seen or {}) == {"text", "idle-timeout", "activity"}


@pytest.mark.parametrize("content", [YAML, JSON, MARKDOWN, YAML.replace("id: session-expiry\n", ""),
                                     "  - " + YAML.replace("\n", "\n    ").rstrip(" "), YAML.replace("\n", "\r\n")])  # fmt: skip
@pytest.mark.spec("changes/deltas-hold-differences#three-notations")
def test_three_notations_write_the_same_delta(project: Repo, gitspec: Cli, content: str, tmp_path: Path) -> None:
    gitspec("delta", "modify", "add-2fa", "auth/session-expiry", "--from", "-", stdin=YAML)
    expected = project.read(DELTA)
    (project.path / DELTA).unlink()
    (tmp_path / "content").write_bytes(content.encode())
    gitspec("delta", "modify", "add-2fa", "auth/session-expiry", "--from", str(tmp_path / "content"))
    assert project.read(DELTA) == expected


def test_what_show_prints_as_json_can_be_edited_and_given_back(project: Repo, gitspec: Cli) -> None:
    shown = gitspec("show", "auth/session-expiry", "--json").out
    assert gitspec("delta", "modify", "add-2fa", "auth/session-expiry", "--from", "-", stdin=shown).out == (
        "nothing to write: the deltas say so already\n"
    )
    gitspec("delta", "modify", "add-2fa", "auth/session-expiry", "--from", "-", stdin=shown.replace("30", "15"))
    (entry,) = delta_of(project).modified
    assert entry.scenarios is not None
    assert [s.id for s in entry.scenarios.modified] == ["idle-timeout"]


def test_markdown_keeps_what_it_cannot_say(project: Repo, gitspec: Cli) -> None:
    text = "### Requirement: Login page\nThere MUST be a page.\n\n#### Scenario: Shown\n- **WHEN** somebody comes\n- **THEN** it is shown\n"
    gitspec("delta", "modify", "add-2fa", "auth/login-page", "--from", "-", stdin=text)
    (entry,) = delta_of(project).modified
    assert (entry.links, entry.title, entry.scenarios) == (None, None, None)
    assert entry.text is not None


def test_editor_opens_with_the_edits_that_the_change_made_before(
    project: Repo, gitspec: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", "sed -i s/30/15/")
    gitspec("delta", "modify", "add-2fa", "auth/session-expiry")
    monkeypatch.setenv("GIT_EDITOR", "sed -i 's/after 15/after 5/'")
    gitspec("delta", "modify", "add-2fa", "auth/session-expiry")
    (entry,) = delta_of(project).modified
    assert entry.text is not None
    assert entry.text.before == "The system MUST expire a session after 30 minutes."
    assert entry.text.after == "The system MUST expire a session after 5 minutes."
    assert entry.scenarios is not None, "the edit from before is gone"


def test_taking_an_edit_back_leaves_no_entry_and_no_file(project: Repo, gitspec: Cli) -> None:
    gitspec("delta", "modify", "add-2fa", "auth/session-expiry", "--from", "-", stdin=YAML)
    back = gitspec("delta", "modify", "add-2fa", "auth/session-expiry", "--from", "-", stdin=YAML.replace("15", "30"))
    assert back.out == f"removed {DELTA}, which said nothing any more\n"
    assert not (project.path / DELTA).exists()


def test_text_in_the_editor_is_kept_when_it_is_wrong(
    project: Repo, gitspec: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", "sed -i s/^text:/txt:/")
    outcome = gitspec("delta", "modify", "add-2fa", "auth/session-expiry", fails=1)
    assert "S001 unknown key 'txt'" in outcome.err
    assert "S002 'text' is missing" in outcome.err
    kept = outcome.err.rpartition("--from '")[2].strip().rstrip("'")
    assert "txt: |" in Path(kept).read_text()
    assert not (project.path / DELTA).exists()


@pytest.mark.parametrize(("editor", "code"), [("true", "U006"), ("false", "U005"), ("truncate -s 0", "U006")])
def test_editor_that_changes_nothing_writes_nothing(
    project: Repo, gitspec: Cli, monkeypatch: pytest.MonkeyPatch, editor: str, code: str
) -> None:
    monkeypatch.setenv("GIT_EDITOR", editor)
    assert f" {code} " in gitspec("delta", "modify", "add-2fa", "auth/session-expiry", fails=1).err
    assert f" {code} " in gitspec("delta", "add", "add-2fa", "auth", fails=1).err
    assert not (project.path / DELTA).exists()


def test_file_of_the_delta_keeps_its_comments(project: Repo, gitspec: Cli) -> None:
    gitspec("delta", "add", "add-2fa", "auth", "--from", "-", stdin=NEW)
    text = project.read(DELTA).replace("added:", "# why: asked for by support\nadded:")
    project.write(DELTA, text)
    gitspec("delta", "modify", "add-2fa", "auth/session-expiry", "--from", "-", stdin=YAML)
    after = project.read(DELTA)
    assert "# why: asked for by support\nadded:" in after
    assert text.partition("added:")[2] in after


def test_add_to_a_living_and_to_a_new_capability(project: Repo, gitspec: Cli) -> None:
    gitspec("delta", "add", "add-2fa", "auth", "--from", "-", "--after", "session-expiry", stdin=NEW)
    (entry,) = delta_of(project).added
    assert (entry.id, entry.after) == ("totp", "session-expiry")
    outcome = gitspec("delta", "add", "add-2fa", "devices", "--purpose", "Know them.", "--from", "-", stdin=NEW)
    assert "note: devices is a new capability" in outcome.out
    assert delta_of(project, DELTA.replace("auth", "devices")).purpose == "Know them."
    assert "(there is auth)" in gitspec("delta", "add", "add-2fa", "auht", "--from", "-", stdin=NEW).out
    validated = gitspec("validate", "add-2fa", fails=0)
    assert "error" not in validated.out


def test_adding_twice_overwrites_nothing_unless_it_is_meant(project: Repo, gitspec: Cli) -> None:
    add = ("delta", "add", "add-2fa", "auth", "--from", "-")
    gitspec(*add, "--after", "session-expiry", stdin=NEW)
    written = project.read(DELTA)
    assert gitspec(*add, "--json", stdin=NEW).json["written"] == []
    refused = gitspec(*add, stdin=NEW.replace("a code", "two codes"), fails=1)
    assert refused.err.startswith(f"{DELTA}: D007 auth/totp is added by this change already, with other content")
    assert "gitspec delta modify add-2fa auth/totp, or --replace" in refused.err
    assert project.read(DELTA) == written
    outcome = gitspec(*add, "--replace", stdin=NEW.replace("a code", "two codes"))
    assert outcome.out == f"wrote {DELTA}\n  added auth/totp\n"
    (entry,) = delta_of(project).added
    assert (entry.text, entry.after) == ("The system MUST ask for two codes.", "session-expiry")


def test_help_about_an_id_that_lives_names_the_change(project: Repo, gitspec: Cli) -> None:
    new = NEW.replace("id: totp", "id: login-page")
    refused = gitspec("delta", "add", "add-2fa", "auth", "--from", "-", stdin=new, fails=1)
    assert "D007" in refused.err
    assert "help: gitspec delta modify add-2fa auth/login-page\n" in refused.err


def test_id_may_be_given_where_the_content_has_none(project: Repo, gitspec: Cli) -> None:
    markdown = "### Requirement: Ask for a code\nThe system MUST ask.\n\n#### Scenario: A\n- **WHEN** a\n- **THEN** b\n"
    gitspec("delta", "add", "add-2fa", "auth", "--id", "totp", "--from", "-", stdin=markdown)
    assert [e.id for e in delta_of(project).added] == ["totp"]


@pytest.mark.parametrize(
    ("args", "stdin", "code", "exit_code"),
    [
        (["add", "add-2fa", "auth", "--from", "-"], YAML, "D007", 1),
        (["add", "add-2fa", "auth", "--from", "-", "--after", "nothing"], NEW, "D024", 1),
        (["add", "add-2fa", "auth", "--from", "-", "--purpose", "x"], NEW, "D028", 1),
        (["add", "add-2fa", "auth", "--from", "-", "--id", "other"], NEW, "D028", 1),
        (["add", "add-2fa", "../x", "--from", "-"], NEW, "I001", 2),
        (["add", "add-2fa", "auth", "--from", "-"], b"\xff", "Y001", 1),
        (["add", "add-2fa", "auth", "--from", "-"], "", "S002", 1),
        (["add", "add-2fa", "auth", "--from", "-"], "{", "U008", 1),
        (["add", "add-2fa", "auth", "--from", "-"], '{"id": "a", "id": "b"}', "U008", 1),
        (["add", "add-2fa", "auth", "--from", "-"], "[" * 100_000, "U008", 1),
        (["add", "add-2fa", "auth", "--from", "-"], '{"id": 5, "text": "x"}', "S003", 1),
        (["add", "add-2fa", "auth", "--from", "-"], "[1]", "S003", 1),
        (["add", "add-2fa", "auth", "--from", "-"], "## Nothing\n", "M001", 1),
        (["add", "add-2fa", "auth", "--from", "-"], "x" * ((1 << 20) + 1), "U004", 2),
        (["add", "add-2fa", "auth", "--from", "nothing.yaml"], "", "U004", 2),
        (["add", "add-2fa", "auth", "--from", "-", "--format", "yaml"], JSON, "Y0", 1),
        (["modify", "add-2fa", "auth/nothing", "--from", "-"], YAML, "D002", 1),
        (["modify", "add-2fa", "auht/session-expiry", "--from", "-"], YAML, "L011", 2),
        (["modify", "add-2fa", "auth/session-expiry#activity", "--from", "-"], YAML, "I001", 2),
        (["modify", "add-2fa", "auth/session-expiry", "--from", "-"], YAML.replace("id: s", "id: p", 1), "D028", 1),
        (["modify", "add-2fa", "auth/session-expiry", "--from", "-"], "after: login-page\n" + YAML, "D028", 1),
        (["modify", "nothing", "auth/session-expiry", "--from", "-"], YAML, "L011", 2),
        (["remove", "add-2fa", "auth/nothing"], "", "D002", 1),
        (["rename", "add-2fa", "auth/login-page", "session-expiry"], "", "D008", 1),
        (["rename", "add-2fa", "auth/login-page", "Bad_id"], "", "I001", 2),
        (["rename", "add-2fa", "auth/login-page", "other/login-page"], "", "D028", 1),
        (["rename", "add-2fa", "nothing", "other", "--capability"], "", "L011", 2),
        (["move", "add-2fa", "auth/login-page", "auth/page"], "", "D028", 1),
        (["stamp", "add-2fa", "auth/login-page"], "", "D002", 1),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    project: Repo, gitspec: Cli, args: list[str], stdin: str | bytes, code: str, exit_code: int
) -> None:
    outcome = gitspec("delta", *args, stdin=stdin, fails=exit_code)
    assert f" {code}" in outcome.err
    assert project.git("status", "--porcelain") == ""


def test_change_without_deltas_gets_none(project: Repo, gitspec: Cli) -> None:
    gitspec("propose", "tidy", "--no-deltas")
    assert "D026" in gitspec("delta", "remove", "tidy", "auth/login-page", fails=1).err


def test_broken_delta_is_shown_with_all_its_findings_and_left_alone(project: Repo, gitspec: Cli) -> None:
    project.write(DELTA, "capability: auth\nadd: []\nretire: maybe\n")
    outcome = gitspec("delta", "remove", "add-2fa", "auth/login-page", fails=1)
    assert f"{DELTA}:2:1: S001" in outcome.err
    assert f"{DELTA}:3:9: S003" in outcome.err
    assert project.read(DELTA) == "capability: auth\nadd: []\nretire: maybe\n"


def test_broken_delta_of_another_change_is_nobodys_business(project: Repo, gitspec: Cli) -> None:
    gitspec("propose", "other")
    project.write("spec/changes/other/deltas/auth.yaml", "{")
    gitspec("delta", "remove", "add-2fa", "auth/login-page")


def test_remove_says_why_and_names_what_still_links_to_it(project: Repo, gitspec: Cli) -> None:
    outcome = gitspec(
        "delta", "remove", "add-2fa", "auth/session-expiry", "--reason", "Gone.", "--migration", "Sign in again."
    )
    assert "auth/login-page still links to it: gitspec delta modify add-2fa auth/login-page" in outcome.out
    (entry,) = delta_of(project).removed
    assert (entry.reason, entry.migration) == ("Gone.", "Sign in again.")
    assert entry.seen


def test_rename_takes_links_and_earlier_edits_along(project: Repo, gitspec: Cli) -> None:
    gitspec("delta", "modify", "add-2fa", "auth/session-expiry", "--from", "-", stdin=YAML)
    outcome = gitspec("delta", "rename", "add-2fa", "auth/session-expiry", "session-end", "--title", "Session end")
    assert "note: auth/login-page links to it, and follows" in outcome.out
    delta = delta_of(project)
    assert [(e.id, e.to) for e in delta.renamed] == [("session-expiry", "session-end")]
    assert sorted(e.id for e in delta.modified) == ["login-page", "session-end"]
    gitspec("validate", "add-2fa")
    gitspec("delta", "rename", "add-2fa", "auth/session-end", "session-expiry")
    assert delta_of(project).renamed == ()
    gitspec("validate", "add-2fa")


def test_move_and_rename_of_a_capability_fold(project: Repo, gitspec: Cli) -> None:
    assert "--purpose" in gitspec("delta", "move", "add-2fa", "auth/session-expiry", "sessions", fails=1).err
    gitspec("delta", "move", "add-2fa", "auth/session-expiry", "sessions", "--purpose", "Keep users signed in.")
    assert [e.to for e in delta_of(project).moved] == ["sessions/session-expiry"]
    gitspec("validate", "add-2fa")
    gitspec("delta", "rename", "add-2fa", "auth", "sign-in", "--capability")
    assert delta_of(project).rename_to == "sign-in"
    gitspec("validate", "add-2fa")


def test_last_requirement_may_take_its_capability_along(project: Repo, gitspec: Cli) -> None:
    gitspec("delta", "remove", "add-2fa", "auth/session-expiry")
    gitspec("delta", "remove", "add-2fa", "auth/login-page", "--retire")
    assert delta_of(project).retire
    gitspec("validate", "add-2fa")


def test_hostile_content_is_shown_without_its_escapes(project: Repo, gitspec: Cli) -> None:
    outcome = gitspec("delta", "add", "add-2fa", "auth", "--from", "-", stdin="\x1b[2Jid: x\n\u202etext: y\n", fails=1)
    assert "\x1b" not in outcome.err
    assert "\u202e" not in outcome.err


def test_living_specs_are_never_touched(project: Repo, gitspec: Cli) -> None:
    gitspec("delta", "modify", "add-2fa", "auth/session-expiry", "--from", "-", stdin=YAML)
    gitspec("delta", "rename", "add-2fa", "auth/session-expiry", "session-end")
    gitspec("delta", "remove", "add-2fa", "auth/login-page")
    assert project.read("spec/capabilities/auth.yaml") == AUTH


def test_name_that_the_change_takes_away_is_not_modified(project: Repo, gitspec: Cli) -> None:
    gitspec("delta", "rename", "add-2fa", "auth/session-expiry", "session-end")
    outcome = gitspec("delta", "modify", "add-2fa", "auth/session-expiry", "--from", "-", stdin=YAML, fails=1)
    assert "help: gitspec delta modify add-2fa auth/session-end" in outcome.err
    gitspec("delta", "move", "add-2fa", "auth/session-end", "sessions", "--purpose", "Keep users signed in.")
    outcome = gitspec("delta", "modify", "add-2fa", "auth/session-expiry", "--from", "-", stdin=YAML, fails=1)
    assert "help: gitspec delta modify add-2fa sessions/session-end" in outcome.err
    gitspec("validate", "add-2fa")


def test_renaming_twice_says_the_same_once(project: Repo, gitspec: Cli) -> None:
    gitspec("delta", "rename", "add-2fa", "auth/session-expiry", "session-end")
    before = project.read(DELTA)
    gitspec("delta", "rename", "add-2fa", "auth/session-expiry", "session-end")
    assert project.read(DELTA) == before
    gitspec("delta", "rename", "add-2fa", "auth/session-expiry", "end-of-session")
    assert [(e.id, e.to) for e in delta_of(project).renamed] == [("session-expiry", "end-of-session")]
    assert "D008" in gitspec("delta", "rename", "add-2fa", "auth/login-page", "end-of-session", fails=1).err


def test_editor_shows_what_is_in_conflict_and_what_the_change_wanted(
    project: Repo, gitspec: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gitspec("delta", "modify", "add-2fa", "auth/session-expiry", "--from", "-", stdin=YAML)
    project.write("spec/capabilities/auth.yaml", AUTH.replace("30 minutes.", "{20} minutes."))
    monkeypatch.setenv("GIT_EDITOR", f"cp \"$1\" '{tmp_path}/seen' && sed -i 's/{{20}} minutes/12 minutes/'")
    assert "note: was in conflict" in gitspec("delta", "modify", "add-2fa", "auth/session-expiry").out
    seen = (tmp_path / "seen").read_text()
    assert "is in conflict with it" in seen
    assert "text of auth/session-expiry was changed since the author saw it" in seen
    assert "#       The system MUST expire a session after 15 minutes." in seen
    gitspec("validate", "add-2fa")
