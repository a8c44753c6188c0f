"""gitspec fmt: repairs what is certain, orders, quotes, and says the same."""

import json
import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from gitspec.__main__ import run
from gitspec.domain.capability import Capability
from gitspec.domain.model import Model
from gitspec.yaml.binding import load
from gitspec.yaml.emit import emit
from gitspec.yaml.fmt import format_file
from tests.conftest import Repo
from tests.yaml.mutations import mutated
from tests.yaml.strategies import models
from tests.yaml.test_splice import AUTH

CHANGE = "change: add-2fa\ntitle: Add it\ncreated: 2026-11-21\n"


def _formatted(data: str) -> str:
    result = format_file(Capability, data.encode(), "f.yaml")
    assert not result.findings, result.findings
    return result.data.decode()


def _requirement(field: str) -> str:
    return f"capability: a\nrequirements:\n  - id: b\n    text: x\n    {field}\n"


REPAIRED = {
    "a leading backtick": ("notes: `code` first", 'notes: "`code` first"'),
    "a colon": ("notes: Note: this", 'notes: "Note: this"'),
    "a comment that is none": ("notes: Close issue #4", 'notes: "Close issue #4"'),
    "an alias that is none": ("notes: *important* thing", 'notes: "*important* thing"'),
    "a flow sequence that is none": ("notes: [WIP] later", 'notes: "[WIP] later"'),
    "text behind a quote": ('notes: "Quoted" rest', "notes: '\"Quoted\" rest'"),
    "an apostrophe in single quotes": ("notes: 'it's'", 'notes: "it\'s"'),
    "a path between double quotes": ('notes: "C:\\dir"', "notes: 'C:\\dir'"),
    "escaped quotes": ('notes: "say \\"hi\\""', "notes: 'say \"hi\"'"),
    "single quotes without need": ("notes: 'plain'", 'notes: "plain"'),
    "what YAML 1.1 takes for a boolean": ("notes: no", 'notes: "no"'),
    "a number": ("notes: 1.10", 'notes: "1.10"'),
    "several plain lines": ("notes: one\n      two", "notes: |\n      one\n      two"),
    "a comment behind it stays": ("notes: 'plain'   # why", 'notes: "plain"   # why'),
}


@pytest.mark.parametrize("case", REPAIRED)
def test_what_can_only_be_meant_one_way_is_repaired(case: str) -> None:
    before, after = REPAIRED[case]
    assert _formatted(_requirement(before)) == _requirement(after)


LEFT = {
    "perhaps a comment": ("notes: Close # later", "Y013"),
    "perhaps a line break": ('notes: "C:\\new"', "Y015"),
    "perhaps an open quote": ('notes: "open', "Y007"),
    "a key used twice": ("text: again", "Y008"),
    "perhaps an anchor": ("notes: &a b", "Y009"),
}


@pytest.mark.parametrize("case", LEFT)
def test_what_may_be_meant_in_two_ways_is_reported(case: str) -> None:
    before, code = LEFT[case]
    data = _requirement(before).encode()
    result = format_file(Capability, data, "f.yaml")
    assert (result.data, [f.code for f in result.findings]) == (data, [code])


def test_keys_are_ordered_with_their_comments() -> None:
    before = "title: A\n# the id\ncapability: a\n\nrequirements:\n  # b\n  - text: x\n    # why b\n    id: b\n    tags:\n      - t\n"
    after = "# the id\ncapability: a\ntitle: A\n\nrequirements:\n  # b\n  # why b\n  - id: b\n    text: x\n    tags:\n      - t\n"
    assert _formatted(before) == after


def test_marks_around_the_document_go_and_windows_ends_stay() -> None:
    assert _formatted("\ufeff---\r\ncapability: a\r\ntitle: 'A'") == 'capability: a\r\ntitle: "A"\r\n'


@settings(max_examples=60, deadline=None, phases=[Phase.generate])
@given(models)
def test_what_gitspec_writes_is_in_its_form(model: Model) -> None:
    data = emit(model)
    assert format_file(type(model), data, "f.yaml") == (data, ())


def test_damaged_files_are_made_better_or_left_alone_and_twice_is_once() -> None:
    rng = random.Random(4)
    for _ in range(400):
        data = mutated(AUTH, rng, 3)
        before = load(Capability, data, "f.yaml")
        result = format_file(Capability, data, "f.yaml")
        assert format_file(Capability, result.data, "f.yaml") == result, data
        if before.value is not None:
            assert load(Capability, result.data, "f.yaml").value == before.value


@pytest.fixture
def project(repo: Repo) -> Repo:
    repo.write("spec/gitspec.yaml", "version: 1\n")
    repo.write("spec/capabilities/auth.yaml", "title: 'Auth'\ncapability: auth\n")
    repo.write("spec/changes/add-2fa/change.yaml", CHANGE.replace("Add it", "Close #4"))
    repo.write("spec/archive/2026-01-01-old/change.yaml", "title: 'Old'\nchange: old\ncreated: 2026-01-01\n")
    return repo


def test_the_policy_and_active_changes_are_formatted_and_nothing_else(
    project: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fmt"]) == 0
    assert capsys.readouterr().out == "formatted spec/changes/add-2fa/change.yaml\nformatted spec/gitspec.yaml\n"
    assert project.read("spec/gitspec.yaml") == 'version: "1"\n'
    assert project.read("spec/changes/add-2fa/change.yaml") == CHANGE.replace("Add it", '"Close #4"')
    assert project.read("spec/capabilities/auth.yaml").startswith("title: 'Auth'")
    assert project.read("spec/archive/2026-01-01-old/change.yaml").startswith("title: 'Old'")
    assert run(["fmt"]) == 0
    assert capsys.readouterr().out == "nothing to format in 2 files\n"


def test_check_writes_nothing_and_fails(project: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fmt", "--check"]) == 1
    out = capsys.readouterr().out
    assert "spec/gitspec.yaml: Y021" in out
    assert "help: gitspec fmt spec/gitspec.yaml" in out
    assert project.read("spec/gitspec.yaml") == "version: 1\n"


def test_living_specs_are_left_alone_and_the_reason_is_said(project: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    before = project.read("spec/capabilities/auth.yaml")
    assert run(["fmt", "spec/capabilities"]) == 1
    err = capsys.readouterr().err
    assert "spec/capabilities/auth.yaml: Y022 only archive commits may change living specs" in err
    assert "gitspec fmt --living" in err
    assert run(["fmt", "spec"]) == 0
    assert "left 1 living spec as it is: archive commits change them" in capsys.readouterr().out
    assert run(["fmt", "--json", "spec"]) == 0
    assert json.loads(capsys.readouterr().out)["left"] == ["spec/capabilities/auth.yaml"]
    assert project.read("spec/capabilities/auth.yaml") == before


def test_a_living_spec_is_formatted_when_it_is_meant_also_from_a_subfolder(
    project: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.path / "spec" / "capabilities")
    assert run(["fmt", "--living", "auth.yaml"]) == 0
    assert project.read("spec/capabilities/auth.yaml") == 'capability: auth\ntitle: "Auth"\n'


def test_an_archived_folder_is_refused_and_an_unknown_path_is_wrong_usage(
    project: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fmt", "spec/archive/2026-01-01-old"]) == 1
    assert "Y022 archived folders never change" in capsys.readouterr().err
    assert run(["fmt", "src"]) == 2
    assert "no YAML of spec/ at 'src'" in capsys.readouterr().err


def test_what_cannot_be_repaired_is_reported_beside_what_was(project: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    project.write("spec/changes/add-2fa/change.yaml", CHANGE + "foo: bar\nnotes: `x`\n")
    assert run(["fmt", "spec/changes"]) == 1
    out = capsys.readouterr().out
    assert "spec/changes/add-2fa/change.yaml:4:1: S001 unknown key 'foo'" in out
    assert project.read("spec/changes/add-2fa/change.yaml").endswith('notes: "`x`"\n')


def test_prettier_changes_no_quotes_when_it_is_there(tmp_path: Path) -> None:
    import shutil

    prettier = shutil.which("prettier")
    if prettier is None:
        pytest.skip("prettier is not installed here")
    file = tmp_path / "f.yaml"
    file.write_bytes(format_file(Capability, AUTH, "f.yaml").data)
    before = file.read_bytes()
    subprocess.run([prettier, "--write", str(file)], check=True, capture_output=True)
    assert [r for r in file.read_bytes().split(b"\n") if b'"' in r] == [r for r in before.split(b"\n") if b'"' in r]
