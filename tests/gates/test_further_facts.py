"""What the policy asks beyond a reference holds for commits that are made, as it does in the hook."""

import pytest

from tests.conftest import Repo
from tests.gates.team import checked, code, onto_main, team


@pytest.fixture
def main(repo: Repo) -> Repo:
    return team(repo)


def policy(repo: Repo, text: str) -> None:
    repo.write("spec/gitspec.yaml", f'version: "1"\n{text}')
    repo.commit("Policy")
    repo.git("branch", "-f", "base")


def scoped(repo: Repo, scope: str) -> None:
    path = "spec/changes/add-2fa/change.yaml"
    repo.write(path, f"change: add-2fa\ntitle: Two-factor\ncreated: 2026-11-21\nscope:\n  - {scope}\n")
    repo.commit("Scope")


def caught(repo: Repo, *expected: str) -> None:
    assert checked(repo) == sorted(expected)
    assert onto_main(repo) == sorted(expected)


def test_code_outside_of_the_scope(main: Repo) -> None:
    scoped(main, "src/auth/**")
    policy(main, "scope:\n  enforce: true\n")
    code(main, "In\n\nChange: add-2fa", "src/auth/a.py")
    caught(main)
    code(main, "Out\n\nChange: add-2fa", "src/other.py")
    caught(main, "R009")


def test_scope_widened_in_the_same_push(main: Repo) -> None:
    scoped(main, "src/auth/**")
    policy(main, "scope:\n  enforce: true\n")
    scoped(main, "src/other.py")
    code(main, "Out\n\nChange: add-2fa", "src/other.py")
    caught(main, "R009")


def test_scope_that_is_missing_where_the_policy_wants_one(main: Repo) -> None:
    policy(main, "scope:\n  required: true\n")
    code(main, "Any\n\nChange: add-2fa")
    caught(main, "R024")


def test_proposal_and_code_in_one_push_where_the_proposal_must_be_merged_first(main: Repo) -> None:
    policy(main, "approvals:\n  need: merged\n")
    code(main, "Known\n\nChange: add-2fa")
    caught(main)
    main.write("spec/changes/add-2fa/proposal.md", "# P\n\n## Why\n\nElse.\n\n## What Changes\n\nElse.\n")
    main.commit("Rewrite the proposal")
    code(main, "Else\n\nChange: add-2fa", text="else\n")
    caught(main, "R014")


def test_code_that_a_link_of_code_leads_to(main: Repo) -> None:
    policy(main, 'code:\n  exclude:\n    - "docs/**"\n')
    (main.path / "docs").mkdir()
    main.write("docs/tool.txt", "text\n")
    (main.path / "src/tool.py").symlink_to("../docs/tool.txt")
    main.commit("Link\n\nChange: add-2fa")
    main.git("branch", "-f", "base")
    code(main, "Only documentation", "docs/tool.txt", "import evil\n")
    caught(main, "R001")
    main.git("reset", "-q", "--hard", "base")
    code(main, "Really only documentation", "docs/other.txt")
    caught(main)


def test_paths_in_spec_that_the_layout_does_not_know(main: Repo) -> None:
    code(main, "Sneak\n\nChange: add-2fa", "spec/conftest.py")
    caught(main, "L001")


def test_paths_that_differ_by_case_only(main: Repo) -> None:
    code(main, "Twin", "spec/capabilities/AUTH.yaml", main.read("spec/capabilities/auth.yaml"))
    assert "L003" in checked(main) and onto_main(main) == checked(main)


def test_attributes_on_spec(main: Repo) -> None:
    code(main, "Hide\n\nChange: add-2fa", ".gitattributes", "spec/** -diff\n")
    caught(main, "R023")


def test_task_and_spec_name_what_there_is(main: Repo) -> None:
    code(main, "Do\n\nChange: add-2fa\nTask: 1.1\nSpec: auth/totp-enrolment")
    caught(main)
    code(main, "Do\n\nChange: add-2fa\nTask: 9.9\nSpec: auth/nothing", text="again\n")
    caught(main, "R019")


def test_emergency_is_listed_until_it_is_settled(main: Repo) -> None:
    policy(main, "skip:\n  - reason: emergency\n    settle: true\n")
    fix = code(main, "Fix the outage\n\nChange-Skip: emergency")
    caught(main)
    code(main, f"Do it properly\n\nChange: add-2fa\nSettles: {fix[:12]}", text="properly\n")
    caught(main)
    code(main, "Wrong\n\nChange: add-2fa\nSettles: 0123456789ab", text="wrong\n")
    caught(main, "R018")
