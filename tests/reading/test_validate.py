import pytest

from tests.conftest import Repo
from tests.reading.conftest import AUTH, CHANGE, INVOICES, PROPOSAL, Cli, seen

HERE = "spec/changes/add-2fa"
LIVING = "spec/capabilities/auth.yaml"


def codes(outcome_json: dict) -> list[str]:  # type: ignore[type-arg]
    """The codes of all findings, in order."""
    return [f["code"] for f in outcome_json["findings"]]


def test_a_good_project_is_valid(project: Repo, gitspec: Cli) -> None:
    for args in ((), ("--all",), ("--strict",), ("--all", "--at", "HEAD")):
        assert gitspec("validate", *args).lines == ["valid: 2 capabilities, 1 change"]
    assert gitspec("validate", "add-2fa").lines == ["valid: 1 change"]
    assert gitspec("validate", "auth", "billing/invoices").lines == ["valid: 2 capabilities"]


def test_all_findings_of_all_files_come_at_once_in_order(project: Repo, gitspec: Cli) -> None:
    project.write(
        LIVING, AUTH.replace("title: Auth", "titel: Auth").replace("    text: |\n      There", "    text: There")
    )
    project.write(f"{HERE}/proposal.md", "# Two\n\n## Why\n")
    project.write(f"{HERE}/tasks.md", "- [ ] no number\n- [y] 1.1 What\n")
    project.write("spec/notes.txt", "x\n")
    out = gitspec("validate", fails=1)
    found = [line.split(": ")[0] for line in out.lines if not line.startswith((" ", "1", "2", "3", "4", "5", "6", "7"))]
    assert found == sorted(found)
    for path in (LIVING, f"{HERE}/proposal.md", f"{HERE}/tasks.md", "spec/notes.txt"):
        assert any(line.startswith(path) for line in found)
    assert f"{LIVING}:2:1: S001 " in out.out


def test_every_finding_has_a_place_and_a_way_out(project: Repo, gitspec: Cli) -> None:
    project.write(f"{HERE}/tasks.md", "- [y] 1.1 What\n")
    (finding,) = gitspec("validate", "add-2fa", "--json", fails=1).json["findings"]
    assert (finding["path"], finding["line"], finding["code"]) == (f"{HERE}/tasks.md", 1, "T010")
    assert finding["help"] and finding["severity"] == "error"


def test_a_broken_file_of_one_change_blocks_no_other(project: Repo, gitspec: Cli) -> None:
    project.write("spec/changes/odd/change.yaml", CHANGE.replace("add-2fa", "odd"))
    project.write("spec/changes/odd/proposal.md", PROPOSAL)
    project.write("spec/changes/odd/deltas/auth.yaml", "capability: [\n")
    gitspec("validate", "odd", fails=1)
    gitspec("validate", "add-2fa")
    gitspec("validate", "auth")
    everything = gitspec("validate", "--json", fails=1).json
    assert {c["id"]: bool(c["errors"]) for c in everything["changes"]} == {"add-2fa": False, "odd": True}


@pytest.mark.spec("commands/validate-means-archivable#conflict-found-early")
def test_a_conflict_with_the_living_spec_stands_at_its_entry(project: Repo, gitspec: Cli) -> None:
    gitspec("validate")
    project.write(LIVING, AUTH.replace("after 30 minutes", "after 20 minutes"))
    found = gitspec("validate", "add-2fa", "--json", fails=1).json["findings"]
    assert [f["code"] for f in found] == ["D003"]
    lines = project.read(f"{HERE}/deltas/auth.yaml").splitlines()
    assert found[0]["path"] == f"{HERE}/deltas/auth.yaml" and lines[found[0]["line"] - 1].strip().startswith(
        ("text", "from")
    )


def test_a_living_spec_that_is_broken_is_blamed_where_it_is(project: Repo, gitspec: Cli) -> None:
    project.write(LIVING, AUTH.replace("title: Auth", "titel: Auth"))
    found = gitspec("validate", "add-2fa", "--json", fails=1).json["findings"]
    assert [f["code"] for f in found] == ["D031"] and LIVING in found[0]["message"]


def test_a_removed_requirement_that_others_link_to_is_found_wherever_they_are(project: Repo, gitspec: Cli) -> None:
    delta = "capability: auth\nremoved:\n  - id: login-page\n    reason: No.\n    seen:\n"
    project.write(f"{HERE}/deltas/auth.yaml", delta + seen("login-page"))
    project.write(f"{HERE}/tasks.md", "- [ ] 1.1 Do\n")
    assert "D006" in codes(gitspec("validate", "add-2fa", "--json", fails=1).json)
    project.write(LIVING, AUTH.replace("    links:\n      relates-to:\n        - auth/login-page\n", ""))
    gitspec("validate", "add-2fa")
    linking = INVOICES + "    links:\n      depends-on:\n        - auth/login-page\n"
    project.write("spec/capabilities/billing/invoices.yaml", linking)
    assert "D006" in codes(gitspec("validate", "add-2fa", "--json", fails=1).json)


def test_dead_links_are_found_across_files(project: Repo, gitspec: Cli) -> None:
    path = "spec/capabilities/billing/invoices.yaml"
    project.write(
        path, INVOICES + "    links:\n      depends-on:\n        - auth/session-expiri\n        - auth/login-page\n"
    )
    for args in (("--all",), ("billing/invoices",)):
        (finding,) = gitspec("validate", *args, "--json", fails=1).json["findings"]
        assert (finding["code"], finding["path"], finding["line"]) == ("S103", path, 13)


def test_tasks_for_requirements_that_do_not_exist_are_found(project: Repo, gitspec: Cli) -> None:
    project.write(
        f"{HERE}/tasks.md", "- [ ] 1.1 New (auth/totp)\n- [ ] 1.2 Old (auth/login-page)\n- [ ] 1.3 No (auth/nope)\n"
    )
    (finding,) = gitspec("validate", "add-2fa", "--json", fails=1).json["findings"]
    assert (finding["code"], finding["line"]) == ("T023", 3)


def test_a_change_is_checked_on_top_of_what_it_depends_on(project: Repo, gitspec: Cli) -> None:
    change = CHANGE.replace("add-2fa", "more") + "depends_on:\n  - add-2fa\n"
    project.write("spec/changes/more/change.yaml", change)
    project.write("spec/changes/more/proposal.md", PROPOSAL)
    project.write("spec/changes/more/tasks.md", "- [ ] 1.1 Do (auth/totp)\n")
    project.write("spec/changes/more/deltas/auth.yaml", "capability: auth\nremoved:\n  - id: totp\n    reason: No.\n")
    assert codes(gitspec("validate", "more", "--json", fails=1).json) == ["D001"]  # found, but not stamped
    project.write("spec/changes/more/change.yaml", CHANGE.replace("add-2fa", "more"))
    assert "D002" in codes(gitspec("validate", "more", "--json", fails=1).json)


def test_rings_and_unknown_dependencies_are_found(project: Repo, gitspec: Cli) -> None:
    for name, other in (("one", "two"), ("two", "one"), ("three", "nothing"), ("four", "four")):
        text = CHANGE.replace("add-2fa", name) + f"no_deltas: true\ndepends_on:\n  - {other}\n"
        project.write(f"spec/changes/{name}/change.yaml", text)
        project.write(f"spec/changes/{name}/proposal.md", PROPOSAL)
    for name, code in (("one", "D029"), ("two", "D029"), ("three", "D030"), ("four", "D029")):
        (finding,) = gitspec("validate", name, "--json", fails=1).json["findings"]
        assert (finding["code"], finding["path"]) == (code, f"spec/changes/{name}/change.yaml")
        assert finding["line"] == 9


def test_attributes_are_judged_by_the_policy_also_when_facts_are_cached(project: Repo, gitspec: Cli) -> None:
    gitspec("validate")
    project.write("spec/gitspec.yaml", 'version: "1"\nattributes:\n  owner:\n    required: true\n')
    assert codes(gitspec("validate", "auth", "--json", fails=1).json) == ["S106", "S106"]
    project.write("spec/gitspec.yaml", 'version: "1"\n')
    gitspec("validate", "auth")


def test_required_sections_are_judged_by_the_policy_also_when_facts_are_cached(project: Repo, gitspec: Cli) -> None:
    gitspec("validate")
    project.write("spec/gitspec.yaml", 'version: "1"\nproposal:\n  sections:\n    - Risks\n')
    assert codes(gitspec("validate", "add-2fa", "--json", fails=1).json) == ["P010"]


def test_strict_lets_warnings_fail(project: Repo, gitspec: Cli) -> None:
    path = f"{HERE}/deltas/auth.yaml"
    project.write(path, project.read(path).replace("title: Time-based codes", "after: nowhere"))
    assert "1 warning" in gitspec("validate").lines[-1]
    assert gitspec("validate", "--strict", "--json", fails=1).json["valid"] is False


def test_without_a_policy_nothing_is_judged(repo: Repo, gitspec: Cli) -> None:
    repo.write(LIVING, AUTH)
    assert "L010" in gitspec("validate", fails=3).err


def test_a_broken_policy_is_a_finding(project: Repo, gitspec: Cli) -> None:
    project.write("spec/gitspec.yaml", "versoin: 1\n")
    assert any(f["path"] == "spec/gitspec.yaml" for f in gitspec("validate", "--json", fails=1).json["findings"])


def test_what_validates_folds(project: Repo, gitspec: Cli) -> None:
    gitspec("validate", "add-2fa")
    assert gitspec("diff", "add-2fa").code == 0


@pytest.mark.parametrize(
    "args", [("--all", "auth"), ("nothing",), ("auth/session-expiry",), ("--at", "--output=x"), ("--at", "")]
)
def test_wrong_usage_is_told(project: Repo, gitspec: Cli, args: tuple[str, ...]) -> None:
    gitspec("validate", *args, fails=3 if args[0] == "--at" else 2)


def test_the_second_run_finds_the_same_as_the_first(project: Repo, gitspec: Cli) -> None:
    project.write(LIVING, AUTH.replace("title: Auth", "titel: Auth"))
    project.write(f"{HERE}/tasks.md", "- [y] 1.1 What\n")
    first = gitspec("validate", fails=1)
    assert gitspec("validate", fails=1) == first == gitspec("validate", "--no-cache", fails=1)


def test_an_archived_change_is_called_archived_and_not_unknown(project: Repo, gitspec: Cli) -> None:
    assert "the change 'start-billing' is archived" in gitspec("validate", "start-billing", fails=1).err
