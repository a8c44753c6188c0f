from tests.conftest import Repo
from tests.reading.conftest import AUTH, CHANGE, PROPOSAL, Cli, seen

HERE = "spec/changes/add-2fa"
LIVING = "spec/capabilities/auth.yaml"


def test_diff_goes_by_requirement_and_shows_lines_before_and_after(project: Repo, gitspec: Cli) -> None:
    lines = gitspec("diff", "add-2fa").lines
    assert lines[0] == "~ modified auth"
    at = lines.index("  ~ modified auth/session-expiry")
    assert lines[at + 1 : at + 4] == [
        "    text",
        "      - The system MUST expire a session after 30 minutes without activity.",
        "      + The system MUST expire a session after 15 minutes without activity.",
    ]
    assert "  + added auth/totp: Time-based codes" in lines
    assert not any("login-page" in line for line in lines)


def test_diff_takes_the_only_change_and_asks_when_there_are_more(project: Repo, gitspec: Cli) -> None:
    assert gitspec("diff") == gitspec("diff", "add-2fa")
    project.write("spec/changes/more/change.yaml", CHANGE.replace("add-2fa", "more"))
    assert "add-2fa, more" in gitspec("diff", fails=2).err


def test_diff_shows_what_a_removal_takes_away(project: Repo, gitspec: Cli) -> None:
    project.write(LIVING, AUTH.replace("    links:\n      relates-to:\n        - auth/login-page\n", ""))
    delta = "capability: auth\nremoved:\n  - id: login-page\n    reason: No.\n    seen:\n"
    project.write(f"{HERE}/deltas/auth.yaml", delta + seen("login-page"))
    project.write(f"{HERE}/tasks.md", "- [ ] 1.1 Do\n")
    (capability,) = gitspec("diff", "--json").json["capabilities"]
    (requirement,) = capability["requirements"]
    assert (requirement["id"], requirement["kind"]) == ("auth/login-page", "removed")
    assert {"part": "text", "scenario": None, "before": "There MUST be a login page.", "after": None} in requirement[
        "parts"
    ]


def test_diff_of_a_renamed_requirement_names_both(project: Repo, gitspec: Cli) -> None:
    project.write(LIVING, AUTH.replace("    links:\n      relates-to:\n        - auth/login-page\n", ""))
    project.write(f"{HERE}/deltas/auth.yaml", "capability: auth\nrenamed:\n  - id: login-page\n    to: sign-in-page\n")
    project.write(f"{HERE}/tasks.md", "- [ ] 1.1 Do\n")
    assert "  ~ renamed auth/sign-in-page (was auth/login-page)" in gitspec("diff").lines


def test_diff_of_a_conflict_ends_with_1_and_says_what_conflicts(project: Repo, gitspec: Cli) -> None:
    project.write(LIVING, AUTH.replace("after 30 minutes", "after 20 minutes"))
    out = gitspec("diff", fails=1).out
    assert "D003" in out and "+ added auth/totp" in out and "15 minutes" not in out


def test_diff_is_against_what_the_change_depends_on(project: Repo, gitspec: Cli) -> None:
    project.write("spec/changes/more/change.yaml", CHANGE.replace("add-2fa", "more") + "depends_on:\n  - add-2fa\n")
    project.write("spec/changes/more/proposal.md", PROPOSAL)
    text = AUTH[AUTH.index("  - id: login-page") :].replace("login-page", "other")
    project.write("spec/changes/more/deltas/auth.yaml", f"capability: auth\nadded:\n{text}")
    (capability,) = gitspec("diff", "more", "--json").json["capabilities"]
    assert [r["id"] for r in capability["requirements"]] == ["auth/other"]


def test_diff_of_a_new_capability(project: Repo, gitspec: Cli) -> None:
    text = AUTH[AUTH.index("  - id: login-page") :]
    project.write(f"{HERE}/deltas/door.yaml", f"capability: door\npurpose: Let people in.\nadded:\n{text}")
    lines = gitspec("diff").lines
    assert "+ added door" in lines and "    + Let people in." in lines and "  + added door/login-page" in lines


def test_a_delta_that_is_broken_is_told(project: Repo, gitspec: Cli) -> None:
    project.write(f"{HERE}/deltas/auth.yaml", "capability: auth\nadded: no\n")
    assert gitspec("diff", fails=1).err.startswith(f"{HERE}/deltas/auth.yaml:2:")
