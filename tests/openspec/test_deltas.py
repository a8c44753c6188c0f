"""OpenSpec deltas as ours: edits against the living spec, and nothing goes by being left out."""

import pytest

from gitspec.commands.import_openspec_delta import Surroundings, Version, active_delta, archived_delta, known_to
from gitspec.domain.fold import fold
from gitspec.domain.validate import delta_problems
from gitspec.markdown.openspec import capability_of, known_of, parse_requirement_block, read_spec_file
from gitspec.markdown.openspec_ids import same_title

LIVING = """\
# auth Specification
## Purpose
Sign in.
## Requirements
### Requirement: Session expiry
It MUST expire after 30 minutes.
#### Scenario: Idle
- **WHEN** idle
- **THEN** out
#### Scenario: Remember me
- **WHEN** remembered
- **THEN** in

### Requirement: Login page
It MUST have one.
"""


def living():
    return capability_of(read_spec_file(LIVING), "auth")


def written(text, history=None, others=None):
    around = Surroundings(living(), history or {}, others or {})
    return active_delta(read_spec_file(text, known_to(around)), "auth", around, "spec.md")


def folded(delta):
    result = fold({"auth": living()}, [delta], links_to=lambda name: ())
    assert result.conflicts == ()
    assert delta_problems(delta) == []
    return result.capabilities["auth"]


def codes(done):
    return [f.code for f in done.findings]


@pytest.mark.spec("importing/what-would-have-been-lost#left-out-scenario")
def test_a_modified_block_says_only_what_it_changes_and_keeps_what_it_leaves_out():
    done = written(
        "## MODIFIED Requirements\n### Requirement: Session expiry\nIt MUST expire after 15 minutes.\n"
        "#### Scenario: Idle\n- **WHEN** idle\n- **THEN** out\n#### Scenario: New\n- **WHEN** new\n"
    )
    (edit,) = done.delta.modified
    assert (edit.text.before, edit.text.after) == (
        "It MUST expire after 30 minutes.",
        "It MUST expire after 15 minutes.",
    )
    assert [s.id for s in edit.scenarios.added] == ["new"]
    assert (edit.scenarios.modified, edit.scenarios.removed) == ((), ())
    assert set(edit.seen) == {"text", "idle", "remember-me"}
    after = folded(done.delta).requirement("session-expiry")
    assert [s.id for s in after.scenarios] == ["idle", "new", "remember-me"]
    (finding,) = done.findings
    assert finding.code == "M021"
    assert "'Remember me'" in finding.message
    assert finding.line == 2


def test_a_scenario_with_another_title_and_the_same_steps_is_renamed():
    done = written(
        "## MODIFIED Requirements\n### Requirement: Session expiry\nIt MUST expire after 30 minutes.\n"
        "#### Scenario: Idle too long\n- **WHEN** idle\n- **THEN** out\n"
        "#### Scenario: Remember me\n- **WHEN** remembered\n- **THEN** in\n"
    )
    assert done.findings == ()
    assert [(r.id, r.to) for r in done.delta.modified[0].scenarios.renamed] == [("idle", "idle-too-long")]
    assert folded(done.delta).requirement("session-expiry").scenario("idle") is None


def test_a_block_that_repeats_an_older_version_undoes_nothing():
    old = parse_requirement_block("### Requirement: Session expiry\nIt MUST expire after 60 minutes.\n")
    new = parse_requirement_block("### Requirement: Session expiry\nIt MUST expire after 30 minutes.\n")
    history = {same_title("Session expiry"): [Version("add-expiry", old), Version("shorten", new)]}
    text = LIVING.replace("## Requirements", "## MODIFIED Requirements").replace("30 minutes", "60 minutes")
    block = text[text.index("## MODIFIED") : text.index("### Requirement: Login")]
    done = written(block + "#### Scenario: New\n- **WHEN** new\n", history)
    assert done.delta.modified[0].text is None
    assert any(f.code == "M021" and "'shorten'" in f.message for f in done.findings)


def test_an_older_text_that_nobody_replaced_since_is_an_edit():
    old = parse_requirement_block("### Requirement: Session expiry\nIt MUST expire after 60 minutes.\n")
    text = "## MODIFIED Requirements\n### Requirement: Session expiry\nIt MUST expire after 60 minutes.\n"
    done = written(text, {same_title("Session expiry"): [Version("lengthen", old)]})
    assert done.delta.modified[0].text.after == "It MUST expire after 60 minutes."


def test_modifying_what_does_not_live_adds_it():
    done = written("## MODIFIED Requirements\n### Requirement: Devices\nIt MUST list them.\n")
    assert [a.id for a in done.delta.added] == ["devices"]
    assert codes(done) == ["M020"]
    assert folded(done.delta).requirement("devices").title == "Devices"


def test_modifying_what_another_active_change_adds_builds_on_that_change():
    other = parse_requirement_block("### Requirement: Devices\nIt MUST list them.\n")
    text = "## MODIFIED Requirements\n### Requirement: Devices\nIt MUST list and name them.\n"
    done = written(text, others={same_title("Devices"): ("add-devices", other)})
    assert done.depends_on == ("add-devices",)
    assert done.delta.modified[0].text.before == "It MUST list them."
    assert done.findings == ()


def test_a_removal_keeps_its_reason_migration_and_the_rest():
    done = written(
        "## REMOVED Requirements\n### Requirement: Login page\n**Reason**: Gone.\n**Migration**: Use SSO.\n\n- step\n\n"
        "#### Scenario: Old\n- **WHEN** old\n"
    )
    (removed,) = done.delta.removed
    assert (removed.reason, removed.migration) == ("Gone.", "Use SSO.\n\n- step")
    assert removed.notes == "#### Scenario: Old\n- **WHEN** old"
    assert folded(done.delta).requirement("login-page") is None


def test_removing_what_does_not_live_is_told_and_leaves_no_delta_that_says_nothing():
    done = written("## REMOVED Requirements\n### Requirement: Nowhere\n**Reason**: Because.\n")
    assert done.delta is None
    assert "Nowhere" in done.notes
    assert "Because." in done.notes
    assert codes(done) == ["M020"]


def test_a_renamed_requirement_can_be_modified_under_its_new_name():
    done = written(
        "## RENAMED Requirements\n- FROM: `### Requirement: Login page`\n- TO: `### Requirement: Sign-in page`\n"
        "## MODIFIED Requirements\n### Requirement: Sign-in page\nIt MUST have a good one.\n"
    )
    (renamed,) = done.delta.renamed
    assert (renamed.id, renamed.to, renamed.title.before, renamed.title.after) == (
        *("login-page", "sign-in-page", "Login page", "Sign-in page"),
    )
    after = folded(done.delta).requirement("sign-in-page")
    assert (after.title, after.text) == ("Sign-in page", "It MUST have a good one.")


def test_a_new_name_that_makes_the_same_id_is_a_new_title():
    done = written(
        "## RENAMED Requirements\n- FROM: `### Requirement: Login page`\n- TO: `### Requirement: LOGIN Page`\n"
    )
    assert done.delta.renamed == ()
    assert folded(done.delta).requirement("login-page").title == "LOGIN Page"


def test_adding_what_lives_already_is_told_and_left_to_validation():
    done = written("## ADDED Requirements\n### Requirement: Login page\nIt MUST have one.\n")
    assert codes(done) == ["M020"]
    assert "word for word" in done.findings[0].message
    assert [a.id for a in done.delta.added] == ["login-page"]


def test_a_block_that_changes_nothing_is_told():
    done = written("## MODIFIED Requirements\n### Requirement: Login page\nIt MUST have one.\n")
    assert done.delta is None
    assert codes(done) == ["M020"]


def test_a_requirement_outside_of_any_operation_is_modified_when_it_lives_and_added_when_not():
    done = written(
        "## Requirements\n### Requirement: Login page\nIt MUST shine.\n### Requirement: Devices\nIt MUST list.\n"
    )
    assert [m.id for m in done.delta.modified] == ["login-page"]
    assert [a.id for a in done.delta.added] == ["devices"]


def test_an_archived_delta_is_history_without_from_and_seen():
    spec = read_spec_file(
        "# auth Specification\n## MODIFIED Requirements\n### Requirement: Session expiry\nIt MUST.\n"
        "#### Scenario: Idle\n- **WHEN** idle\nMore.\n## ADDED Requirements\n### Requirement: N\nIt MUST.\n"
        "## REMOVED Requirements\n### Requirement: XYZ Gone\n**Reason**: r\n",
        known_of(living()),
    )
    delta = archived_delta(spec, "auth")
    (edit,) = delta.modified
    assert (edit.id, edit.seen, edit.text.before, edit.text.after) == ("session-expiry", None, None, "It MUST.")
    (scenario,) = edit.scenarios.modified
    assert (scenario.id, scenario.steps.before) == ("idle", None)
    assert [a.id for a in delta.added] == ["n"]
    (removed,) = delta.removed
    assert (removed.reason, removed.seen, removed.notes) == ("r", None, "### Requirement: XYZ Gone")
