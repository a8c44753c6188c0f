"""`gitspec validate` heeds the severities of the policy, and says which ones it cannot change."""

from tests.conftest import Repo
from tests.reading.conftest import AUTH, Cli

POLICY = "spec/gitspec.yaml"


def set_severity(project: Repo, *rows: str) -> int:
    """Write `severity` into the policy; the line of the first row."""
    text = project.read(POLICY).rstrip("\n") + "\n"
    project.write(POLICY, text + "severity:\n" + "".join(f"  {row}\n" for row in rows))
    return text.count("\n") + 2


BARE = "  - id: bare\n    text: It MUST be bare.\n"


def test_a_warning_that_the_policy_makes_an_error_fails_the_check(project: Repo, gitspec: Cli) -> None:
    project.write("spec/capabilities/auth.yaml", AUTH.rstrip("\n") + "\n" + BARE)
    found = gitspec("validate", "auth", "--json").json["findings"]
    assert [(f["code"], f["severity"]) for f in found] == [("S102", "warning")]
    set_severity(project, "S102: error")
    for options in ((), ("--no-cache",), ()):  # cold, without and with what is remembered
        shown = gitspec("validate", "auth", "--json", *options, fails=1).json
        assert [(f["code"], f["severity"]) for f in shown["findings"]] == [("S102", "error")]


def test_severities_hold_for_what_a_change_would_make_too(project: Repo, gitspec: Cli) -> None:
    project.write("spec/changes/add-2fa/deltas/door.yaml", f"capability: door\npurpose: Doors.\nadded:\n{BARE}")
    shown = gitspec("validate", "add-2fa", "--json").json
    assert ("S102", "warning") in [(f["code"], f["severity"]) for f in shown["findings"]]
    set_severity(project, "S102: error")
    shown = gitspec("validate", "add-2fa", "--json", fails=1).json
    assert ("S102", "error") in [(f["code"], f["severity"]) for f in shown["findings"]]


def test_a_severity_that_cannot_be_changed_is_found_in_the_policy(project: Repo, gitspec: Cli) -> None:
    line = set_severity(project, "S102: info", "H001: info", "X999: info")
    shown = gitspec("validate", "auth", "--json", fails=1).json
    found = [(f["code"], f["path"], f["line"], f["message"]) for f in shown["findings"]]
    assert found == [
        ("R025", POLICY, line + 1, "the severity of H001 cannot be changed"),
        ("R025", POLICY, line + 2, "there is no rule 'X999'"),
    ]
