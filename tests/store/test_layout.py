import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitspec.errors import UsageError
from gitspec.store import layout
from gitspec.store.layout import Place, classify, layout_findings

FILE = 0o100644


def codes(*paths: str) -> list[tuple[str, str]]:
    return [(f.code, f.path) for f in layout_findings([(path, FILE, None) for path in paths])]


def change(name: str, *files: str) -> list[str]:
    return [f"spec/{name}/{file}" for file in ("change.yaml", *files)]


def test_every_path_of_the_layout_is_known() -> None:
    folder, past = "spec/changes/add-2fa", "spec/archive/2026-11-21-add-2fa"
    assert classify("spec/gitspec.yaml") == Place("policy")
    assert classify("spec/capabilities/auth.yaml") == Place("capability", "auth")
    assert classify("spec/capabilities/billing/invoices.yaml") == Place("capability", "billing/invoices")
    assert classify(f"{folder}/change.yaml") == Place("change", "", "add-2fa", folder)
    assert classify(f"{folder}/proposal.md").kind == "proposal"
    assert classify(f"{folder}/tasks.md").kind == "tasks"
    assert classify(f"{folder}/design.md").kind == "design"
    assert classify(f"{folder}/deltas/a/b.yaml") == Place("delta", "a/b", "add-2fa", folder)
    assert classify(f"{past}/deltas/a.yaml") == Place("delta", "a", "add-2fa", past, "2026-11-21")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("spec", "L001"),
        ("spec/conftest.py", "L001"),
        ("spec/README.md", "L001"),
        ("spec/.gitattributes", "L001"),
        ("spec/gitspec.yml", "L001"),
        ("spec/Gitspec.yaml", "L001"),
        ("spec/gitspec.yaml/x", "L001"),
        ("spec/capabilities", "L001"),
        ("spec/capabilities/auth.yml", "L001"),
        ("spec/capabilities/auth", "L001"),
        ("spec/capabilities/.yaml", "L004"),
        ("spec/capabilities/Auth.yaml", "L004"),
        ("spec/capabilities/a//b.yaml", "L001"),
        ("spec/capabilities/../x.yaml", "L004"),
        ("spec/capabilities/con.yaml", "L004"),
        ("spec/capabilities/a b.yaml", "L004"),
        ("spec/capabilities/\u202egnp.yaml", "L004"),
        ("spec/capabilities/" + os.fsdecode(b"\xff") + ".yaml", "L004"),
        ("spec/capabilities/.git/config", "L001"),
        ("spec/capabilities/" + "a" * 81 + ".yaml", "L004"),
        ("spec/changes/x", "L001"),
        ("spec/changes/X/change.yaml", "L004"),
        ("spec/changes/a--b/change.yaml", "L004"),
        ("spec/changes/x/run.sh", "L001"),
        ("spec/changes/x/deltas", "L001"),
        ("spec/changes/x/deltas/a.md", "L001"),
        ("spec/changes/x/deltas/-a.yaml", "L004"),
        ("spec/changes/x/proposal.md/y", "L001"),
        ("spec/archive/x/change.yaml", "L004"),
        ("spec/archive/2026-02-30-x/change.yaml", "L004"),
        ("spec/archive/2026-1-1-x/change.yaml", "L004"),
        ("spec/archive/２０２６-11-21-x/change.yaml", "L004"),
        ("spec/archive/2026-11-21-/change.yaml", "L004"),
        ("spec/archive/2026-11-21_x/change.yaml", "L004"),
        ("src/code.py", "L001"),
        ("specs/gitspec.yaml", "L001"),
    ],
)
@pytest.mark.spec("files/closed-layout#code-in-spec")
def test_every_other_path_is_a_finding(path: str, code: str) -> None:
    assert codes(path) == [(code, path)]


def test_paths_are_built_and_read_back() -> None:
    assert classify(layout.capability_path("a/b")).capability == "a/b"
    assert classify(layout.change_path("x", "tasks.md")).kind == "tasks"
    assert classify(layout.delta_path(layout.archive_folder("2026-11-21", "x"), "a/b")) == Place(
        "delta", "a/b", "x", "spec/archive/2026-11-21-x", "2026-11-21"
    )
    assert layout.split_archive_name("2026-11-21-a-b") == ("2026-11-21", "a-b")


@given(
    st.one_of(st.text(), st.sampled_from(["..", "../../x", "a/../../b", "/etc", ".git", "a.lock", "CON", "a\0b", "x/"]))
)
def test_nothing_derived_from_an_id_leaves_its_folder(value: str) -> None:
    for make, base in (
        (layout.capability_path, "spec/capabilities/"),
        (layout.change_folder, "spec/changes/"),
        (lambda v: layout.delta_path("spec/changes/x", v), "spec/changes/x/deltas/"),
        (lambda v: layout.archive_folder("2026-11-21", v), "spec/archive/2026-11-21-"),
    ):
        try:
            path = make(value)
        except UsageError:
            continue
        assert path.startswith(base)
        assert os.path.normpath(path) == path
        assert ".git" not in path.split("/")


@pytest.mark.parametrize("day", ["", "2026", "2026-13-01", "20261121", "2026-11-21 ", "../../../etc", "2026-W47-6"])
def test_an_archive_name_needs_a_date(day: str) -> None:
    with pytest.raises(UsageError):
        layout.archive_name(day, "x")


@pytest.mark.parametrize("mode", [0o100755, 0o120000, 0o160000, 0])
def test_only_ordinary_files_may_be_there(mode: int) -> None:
    assert [f.code for f in layout_findings([("spec/gitspec.yaml", mode, None)])] == ["L002"]


@pytest.mark.parametrize(
    ("paths", "at"),
    [
        (["spec/capabilities/Auth.yaml", "spec/capabilities/auth.yaml"], "spec/capabilities/auth.yaml"),
        (["spec/capabilities/auth.yaml", "spec/capabilities/auTH.yaml"], "spec/capabilities/auTH.yaml"),
        (["spec/Changes/a", "spec/changes/a"], "spec/changes"),
        (["spec/capabilities/e\u0301.yaml", "spec/capabilities/\u00e9.yaml"], "spec/capabilities/\u00e9.yaml"),
        (["spec/capabilities/straße.yaml", "spec/capabilities/strasse.yaml"], "spec/capabilities/strasse.yaml"),
    ],
)
def test_paths_that_some_machines_take_for_one_are_findings(paths: list[str], at: str) -> None:
    assert [f.path for f in layout_findings([(p, FILE, None) for p in paths]) if f.code == "L003"] == [at]


def test_paths_that_only_share_their_beginning_do_not_collide() -> None:
    assert codes("spec/capabilities/a.yaml", "spec/capabilities/a/b.yaml", "spec/capabilities/ab.yaml") == []


def test_a_folder_of_a_change_needs_its_change_yaml() -> None:
    assert codes("spec/changes/x/proposal.md", "spec/archive/2026-11-21-y/tasks.md") == [
        ("L005", "spec/changes/x"),
        ("L005", "spec/archive/2026-11-21-y"),
    ]
    assert codes(*change("changes/x", "proposal.md", "deltas/a.yaml")) == []


def test_an_id_is_used_once_for_ever() -> None:
    again = [
        *change("archive/2026-01-01-x"),
        *change("archive/2026-02-01-x"),
        *change("changes/x"),
        *change("changes/y"),
    ]
    assert codes(*again) == [("L007", "spec/archive/2026-02-01-x"), ("L007", "spec/changes/x")]


def test_the_findings_of_ten_thousand_paths_take_no_time_out_of_proportion() -> None:
    paths = [(f"spec/capabilities/area-{i % 100}/cap-{i}.yaml", FILE, None) for i in range(10_000)]
    start = time.process_time()
    assert layout_findings(paths) == []
    assert time.process_time() - start < 5
