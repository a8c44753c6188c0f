from tests.conftest import Repo
from tests.reading.conftest import Cli


def test_list_shows_active_changes_with_their_progress(project: Repo, gitspec: Cli) -> None:
    assert gitspec("list").lines == ["add-2fa  1/4 tasks, 1 blocked  feature  Two-factor authentication"]


def test_list_specs_counts_requirements(project: Repo, gitspec: Cli) -> None:
    assert gitspec("list", "--specs").lines == [
        "auth              2 requirements  Authentication",
        "billing/invoices  1 requirement   Invoices",
    ]


def test_list_archived_shows_the_day_and_the_title(project: Repo, gitspec: Cli) -> None:
    assert gitspec("list", "--archived").lines == ["2026-11-01  start-billing  Billing authentication"]


def test_a_closed_change_is_listed_as_such_and_has_a_tag(project: Repo, gitspec: Cli) -> None:
    path = "spec/archive/2026-11-01-start-billing/change.yaml"
    project.write(path, project.read(path) + "closed:\n  day: 2026-11-01\n  reason: Not wanted.\n")
    assert gitspec("list", "--archived").lines[0].endswith("(closed)")
    assert gitspec("list", "--archived", "--json").json["archived"][0]["tag"] == "archive/2026-11-01-start-billing"


def test_what_an_import_brought_along_has_no_tag(project: Repo, gitspec: Cli) -> None:
    path = "spec/archive/2026-11-01-start-billing/change.yaml"
    project.write(path, project.read(path) + "imported: openspec/changes/archive/start-billing\n")
    assert gitspec("list", "--archived", "--json").json["archived"][0]["tag"] is None


def test_an_empty_project_is_told_how_to_start(repo: Repo, gitspec: Cli) -> None:
    repo.write("spec/gitspec.yaml", 'version: "1"\n')
    assert "gitspec propose" in gitspec("list").out
    assert gitspec("list", "--json").json["changes"] == []


def test_a_broken_file_is_marked_and_hides_no_other(project: Repo, gitspec: Cli) -> None:
    project.write("spec/capabilities/broken.yaml", "capability: [broken\n")
    project.write("spec/changes/odd/change.yaml", "nonsense\n")
    assert [line.split()[0] for line in gitspec("list", "--specs").lines] == ["auth", "billing/invoices", "broken"]
    changes = {c["id"]: c for c in gitspec("list", "--json").json["changes"]}
    assert changes["odd"]["errors"] and changes["odd"]["title"] is None
    assert not changes["add-2fa"]["errors"]


def test_an_edit_is_seen_although_facts_are_cached(project: Repo, gitspec: Cli) -> None:
    for title in ("One", "Two"):  # of one length
        project.write(
            "spec/capabilities/auth.yaml",
            project.read("spec/capabilities/auth.yaml").replace("Authentication", title).replace("One", title),
        )
        assert f" {title}" in gitspec("list", "--specs").out


def test_two_lists_at_once_are_refused(project: Repo, gitspec: Cli) -> None:
    assert "exclude each other" in gitspec("list", "--specs", "--archived", fails=2).err
