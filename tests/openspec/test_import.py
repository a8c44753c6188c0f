"""`gitspec import openspec` in a real repository, from the excerpts of eight projects."""

import json
import os

import pytest

from gitspec.__main__ import run as gitspec
from gitspec.domain.capability import Capability
from gitspec.domain.change import Change
from gitspec.domain.delta import Delta
from gitspec.yaml.binding import load
from tests.openspec.trees import EXCERPTS, TREES

POLICY = 'version: "1"\n'


@pytest.fixture
def project(repo):
    repo.write("spec/gitspec.yaml", POLICY)
    repo.commit("Begin")
    return repo


def run(capsys, *args):
    code = gitspec(["import", "openspec", *map(str, args)])
    out = capsys.readouterr()
    return code, out.out, out.err


def report(capsys, *args):
    code, out, err = run(capsys, *args, "--json")
    assert err == ""
    return code, json.loads(out)


def tree(repo, **files):
    """An openspec/ folder beside the repository: paths with __ for / and _md for .md."""
    top = repo.path.parent / "source" / "openspec"
    for name, text in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return top


SPEC = "## Purpose\nSign in.\n## Requirements\n### Requirement: Login\nIt MUST.\n#### Scenario: S\n- **WHEN** x\n"
CHANGE = {
    "changes/add-x/proposal.md": "# Change: Add X\n## Why\nBecause.\n## What Changes\n- X\n",
    "changes/add-x/tasks.md": "## 1. Do\n- [ ] First\n",
    "changes/add-x/specs/auth/spec.md": "## ADDED Requirements\n### Requirement: X\nIt MUST.\n#### Scenario: S\n- **WHEN** x\n",
}


@pytest.mark.parametrize("name", TREES)
@pytest.mark.spec("importing/openspec#whole-tree")
def test_an_excerpt_becomes_files_that_read_back_and_a_report(project, capsys, name):
    code, found = report(capsys, EXCERPTS / name, "--date", "2026-11-20")
    assert code == (1 if any(f["severity"] == "error" for f in found["validation"]) else 0)
    assert {f["code"] for f in found["validation"] if f["severity"] == "error"} <= {"P010", "P011", "D007"}
    assert sorted(found["written"]) == sorted(
        path for path in project.git("ls-files", "-o", "--exclude-standard", "spec").split("\n")
    )
    for path in found["written"]:
        data = project.read(path).encode()
        model = Capability if "/capabilities/" in path else Delta if "/deltas/" in path else Change
        if path.endswith(".yaml"):
            loaded = load(model, data, path)
            assert loaded.findings == ()
        if path.endswith("change.yaml"):
            archived = path.startswith("spec/archive/")  # only what was archived elsewhere is exempt from proof
            assert (loaded.value.imported or "").startswith("openspec ") == archived
    counts = found["counts"]
    assert counts["requirements"] + sum(sum(c.values()) for c in counts["deltas"].values()) > 0
    assert project.git("status", "--porcelain", "--", ":!spec") == ""


def test_the_suggested_commit_holds_the_import_and_its_trailer(project, capsys):
    _, found = report(capsys, EXCERPTS / "844196__chroma")
    assert found["commit"] == "git add spec && git commit -m 'Import specs from OpenSpec' -m 'Spec-Edit: import'"
    project.git("add", "spec")
    project.git("commit", "-q", "-m", "Import specs from OpenSpec", "-m", "Spec-Edit: import")
    assert project.git("log", "-1", "--format=%(trailers:key=Spec-Edit,valueonly)").strip() == "import"


def test_the_same_tree_makes_the_same_bytes(project, capsys, make_repo, monkeypatch):
    report(capsys, EXCERPTS / "charly-vibes__wai", "--date", "2026-11-20")
    project.git("add", "spec")
    other = make_repo("other")
    other.write("spec/gitspec.yaml", POLICY)
    monkeypatch.chdir(other.path)
    report(capsys, EXCERPTS / "charly-vibes__wai", "--date", "2026-11-20")
    other.git("add", "spec")
    assert project.git("write-tree") == other.git("write-tree")


def test_a_dry_run_writes_nothing_and_says_what_it_would(project, capsys):
    code, out, _ = run(capsys, EXCERPTS / "844196__chroma", "--dry-run")
    assert code == 0
    assert "would write" in out
    assert project.git("status", "--porcelain") == ""


@pytest.mark.spec("importing/nothing-overwritten#second-import")
def test_a_second_import_is_refused_with_what_is_there(project, capsys):
    source = tree(project, **{"specs/auth/spec.md": SPEC, **CHANGE})
    assert run(capsys, source)[0] == 0
    before = project.git("ls-files", "-o", "-s")
    code, _, err = run(capsys, source)
    assert (code, "M003" in err, "spec/capabilities/auth.yaml" in err) == (1, True, True)
    assert project.git("ls-files", "-o", "-s") == before


def test_an_id_of_a_change_is_not_used_twice(project, capsys):
    project.write("spec/archive/2026-01-01-add-x/change.yaml", "change: add-x\ntitle: X\ncreated: 2026-01-01\n")
    code, _, err = run(capsys, tree(project, **CHANGE))
    assert code == 1
    assert "the change 'add-x'" in err


def test_a_failed_write_takes_back_what_it_wrote(project, capsys):
    source = tree(project, **{"specs/auth/spec.md": SPEC, **CHANGE})
    project.path.joinpath("spec/changes").symlink_to("/nonexistent")
    code, _, err = run(capsys, source)
    assert (code, "L009" in err) == (1, True)
    assert not project.path.joinpath("spec/capabilities").exists()


def test_what_is_no_openspec_tree_is_refused(project, capsys, tmp_path):
    for path in (tmp_path, tmp_path / "nowhere"):
        code, _, err = run(capsys, path)
        assert (code, "M002" in err, "help:" in err) == (2, True, True)


def test_a_project_without_a_policy_is_told_to_make_one(repo, capsys):
    code, _, err = run(capsys, tree(repo, **CHANGE))
    assert (code, "L010" in err, "gitspec init" in err) == (3, True, True)


def test_a_bare_repository_has_nowhere_to_import_to(bare_repo, capsys, monkeypatch):
    monkeypatch.chdir(bare_repo.path)
    code, _, err = run(capsys, EXCERPTS / "844196__chroma")
    assert (code, "G007" in err) == (3, True)


def test_the_folder_its_parent_and_a_subfolder_of_the_project_all_work(project, capsys, monkeypatch):
    source = tree(project, **{"specs/auth/spec.md": SPEC})
    inside = project.path / "deep"
    inside.mkdir()
    monkeypatch.chdir(inside)
    for path in (source, source.parent, os.path.relpath(source)):
        _, found = report(capsys, path, "--dry-run")
        assert found["written"] == ["spec/capabilities/auth.yaml"]


def test_several_roots_become_segments_of_the_ids(project, capsys):
    _, found = report(capsys, EXCERPTS / "jabrena__plinth")
    roots = ["documentation/openspec", "examples/openspec/calculator/openspec"]
    assert found["roots"] == roots
    assert any(path.startswith("spec/capabilities/documentation/") for path in found["written"])
    assert "spec/changes/add-calculator/deltas/examples/openspec/calculator/calculator.yaml" in found["written"]


def test_files_that_spec_cannot_hold_are_listed_each(project, capsys):
    files = {
        "project.md": "x", "AGENTS.md": "x", "config.yaml": "x", "specs/README.md": "x", "specs/auth/design.md": "x",
        "changes/add-x/notes/extra.json": "{}", "changes/add-x/.openspec.yaml": "created: 2026-02-03\n",
        "changes/README.md": "x", "changes/add-x/specs/auth/prose.md": "# Only prose\n",
    }  # fmt: skip
    source = tree(project, **{"specs/auth/spec.md": SPEC, **CHANGE, **files})
    _, found = report(capsys, source)
    left = {f["path"] for f in found["findings"] if f["code"] == "M015"}
    assert left == set(files)
    assert "created: 2026-02-03" in project.read("spec/changes/add-x/change.yaml")


def test_links_are_listed_and_never_followed(project, capsys):
    source = tree(project, **{"specs/auth/spec.md": SPEC})
    secret = project.path.parent / "secret.md"
    secret.write_text("## Requirements\n### Requirement: Secret\nIt MUST.\n")
    (source / "specs/linked").mkdir()
    (source / "specs/linked/spec.md").symlink_to(secret)
    (source / "specs/folder").symlink_to(project.path.parent)
    _, found = report(capsys, source)
    assert found["written"] == ["spec/capabilities/auth.yaml"]
    assert {f["path"] for f in found["findings"]} == {"specs/linked/spec.md", "specs/folder"}


def test_a_file_that_is_no_text_is_told_and_the_rest_comes(project, capsys):
    source = tree(project, **{"specs/auth/spec.md": SPEC, "specs/bad/spec.md": b"## Requirements\n\xff\n"})
    code, found = report(capsys, source)
    assert code == 1
    assert found["written"] == ["spec/capabilities/auth.yaml"]
    (error,) = [f for f in found["findings"] if f["severity"] == "error"]
    assert (error["code"], error["path"], error["line"]) == ("M004", "specs/bad/spec.md", 2)


def test_windows_line_breaks_and_a_byte_order_mark_do_not_show(project, capsys):
    source = tree(project, **{"specs/auth/spec.md": b"\xef\xbb\xbf" + SPEC.replace("\n", "\r\n").encode()})
    report(capsys, source)
    assert "\r" not in project.read("spec/capabilities/auth.yaml")
    assert "purpose: Sign in." in project.read("spec/capabilities/auth.yaml")


def test_the_day_of_an_archived_folder_comes_from_its_name_from_git_from_metadata_or_is_told(project, capsys):
    source = tree(
        project,
        **{
            "changes/archive/2025-05-06-named/proposal.md": "# X\n",
            "changes/archive/by-metadata/.openspec.yaml": "created: 2025-07-08\n",
            "changes/archive/by-nothing/proposal.md": "# X\n",
        },
    )
    _, found = report(capsys, source, "--date", "2026-11-20")
    folders = {path.split("/")[2] for path in found["written"]}
    assert folders == {"2025-05-06-named", "2025-07-08-by-metadata", "2026-11-20-by-nothing"}
    assert {f["path"].rpartition("/")[2] for f in found["findings"] if f["code"] == "M016"} == {
        "by-metadata",
        "by-nothing",
    }


def test_git_tells_when_an_undated_folder_was_first_seen(project, capsys, make_repo):
    other = make_repo("product")
    other.write("openspec/changes/archive/ünder dated/proposal.md", "# X\n")
    other.git("add", "-A")
    other.git("commit", "-q", "-m", "x", GIT_AUTHOR_DATE="2024-03-02T23:30:00-05:00")
    other.write("openspec/changes/archive/ünder dated/tasks.md", "- [x] 1.1 x\n")
    other.commit("later")
    _, found = report(capsys, other.path)
    assert {path.split("/")[2] for path in found["written"]} == {"2024-03-03-nder-dated"}


def test_two_folders_of_one_id_get_ids_of_their_own(project, capsys):
    source = tree(
        project,
        **{
            "changes/archive/2025-01-01-add-x/proposal.md": "# X\n",
            "changes/archive/2025-02-01-add-x/proposal.md": "# X\n",
            **CHANGE,
        },
    )
    _, found = report(capsys, source)
    folders = {"/".join(path.split("/")[1:3]) for path in found["written"]}
    assert folders == {"changes/add-x", "archive/2025-01-01-add-x-2", "archive/2025-02-01-add-x-3"}
    assert sum(f["code"] == "M017" for f in found["findings"]) == 2


def test_two_active_changes_that_edit_one_requirement_are_told_and_both_fold(project, capsys):
    block = "## MODIFIED Requirements\n### Requirement: Login\nIt MUST.\n#### Scenario: {0}\n- **WHEN** {0}\n"
    source = tree(
        project,
        **{
            "specs/auth/spec.md": SPEC,
            "changes/one/proposal.md": "# One\n## Why\nx\n## What Changes\nx\n",
            "changes/one/specs/auth/spec.md": block.format("A"),
            "changes/two/proposal.md": "# Two\n## Why\nx\n## What Changes\nx\n",
            "changes/two/specs/auth/spec.md": block.format("B"),
        },
    )
    code, found = report(capsys, source)
    assert code == 0
    assert [f["code"] for f in found["findings"] if f["severity"] == "warning"].count("M021") == 2
    (overlap,) = [f for f in found["findings"] if f["code"] == "M022"]
    assert "'one' added a" in overlap["message"]
    assert "'two' added b" in overlap["message"]


def test_a_change_that_modifies_what_another_adds_depends_on_it(project, capsys):
    modified = (
        CHANGE["changes/add-x/specs/auth/spec.md"].replace("ADDED", "MODIFIED").replace("It MUST.", "It MUST well.")
    )
    source = tree(
        project,
        **{
            "specs/auth/spec.md": SPEC,
            **CHANGE,
            "changes/better-x/proposal.md": "# Better\n## Why\nx\n## What Changes\nx\n",
            "changes/better-x/specs/auth/spec.md": modified,
        },
    )
    code, _ = report(capsys, source)
    assert code == 0
    assert "depends_on:\n  - add-x\n" in project.read("spec/changes/better-x/change.yaml")


def test_tasks_are_numbered_and_marks_kept(project, capsys):
    tasks = "# Tasks\n## 2. Do\n- [x] First\n  - [ ] below\n* [X] 2.7 Third\n- [N/A] Fourth\n"
    source = tree(project, **{**CHANGE, "changes/add-x/tasks.md": tasks})
    _, found = report(capsys, source)
    assert project.read("spec/changes/add-x/tasks.md") == (
        "# Tasks\n## 2. Do\n- [x] 2.1 First\n  - [ ] 2.1.1 below\n- [x] 2.7 Third\n- [-] 2.2 Fourth: N/A\n"
    )
    assert found["counts"]["tasks"]["active"] == {"done": 2, "undone": 1, "other": 1}


def test_an_imported_change_can_be_archived(project, capsys):
    source = tree(project, **{"specs/auth/spec.md": SPEC, **CHANGE, "changes/add-x/tasks.md": "- [x] 1.1 Done\n"})
    report(capsys, source)
    project.commit("Import specs from OpenSpec\n\nSpec-Edit: import")
    assert gitspec(["archive", "add-x"]) == 0
    capsys.readouterr()
    assert "id: x\n" in project.show("HEAD:spec/capabilities/auth.yaml")


def test_text_for_people_names_counts_losses_and_the_next_step(project, capsys):
    code, out, _ = run(capsys, EXCERPTS / "charly-vibes__wai")
    assert code == 0
    assert "1 changes, active" in out
    assert "M021" in out
    assert "is not in the block; kept" in out
    assert out.rstrip().endswith("-m 'Spec-Edit: import'")


def test_names_in_a_report_cannot_steer_a_terminal(project, capsys):
    source = tree(
        project, **{"specs/auth/spec.md": SPEC.replace("Scenario: S\n- **WHEN** x", "Scenario: \x1b[31mS\u202e")}
    )
    _, out, _ = run(capsys, source)
    assert "\x1b" not in out
    assert "\u202e" not in out
