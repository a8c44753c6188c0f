"""`gitspec why`: from a line of code to what stands behind it."""

import json
from pathlib import Path

import pytest

from tests.archive.project import NAME, TAG, gitspec
from tests.conftest import Repo
from tests.why.conftest import CODE, asked, how, second_change, with_patterns


@pytest.mark.spec("history/why#line-of-code")
def test_a_line_leads_to_commit_change_requirement_scenario_design_archive_and_release(released: Repo) -> None:
    code = released.git("rev-parse", "HEAD^")
    data = asked(released, "src/auth.py:2")
    assert (data["path"], data["first"], data["last"], data["lines"]) == ("src/auth.py", 2, 2, 1)
    (answer,) = data["answers"]
    assert (answer["how"], answer["changes"]) == ("trailer", ["add-2fa"])
    (commit,) = answer["commits"]
    assert commit["id"] == code and commit["subject"] == "Enrol devices" and commit["author"] == "Ada Author"
    assert commit["release"] == "v1.0" and commit["day"] == "2026-11-21"
    assert commit["spans"] == [{"first": 2, "last": 2, "path": "src/auth.py", "was": 2}]
    (change,) = data["changes"]
    folder = f"spec/archive/{NAME}"
    assert (change["id"], change["state"], change["path"]) == ("add-2fa", "archived", folder)
    assert (change["proposal"], change["design"]) == (f"{folder}/proposal.md", f"{folder}/design.md")
    assert (change["tag"], change["archived_in"]) == (TAG, released.head())
    (requirement,) = change["requirements"]
    assert (requirement["id"], requirement["kind"]) == ("auth/totp-enrolment", "added")
    path, line = requirement["living"].split(":")
    assert released.read(path).splitlines()[int(line) - 1].strip() == "- id: totp-enrolment"
    delta = released.read(requirement["path"]).splitlines()
    assert delta[requirement["line"] - 1].strip() == "- id: totp-enrolment"
    (scenario,) = requirement["scenarios"]
    assert scenario["id"] == "auth/totp-enrolment#enrol" and delta[scenario["line"] - 1].strip() == "- id: enrol"


def test_json_has_the_documented_shape(released: Repo) -> None:
    from tests.reading.test_json_shapes import EXAMPLES, compare

    compare(asked(released, "src/auth.py:2"), EXAMPLES["why"], "why")
    released.write("src/auth.py", "# new\n" + CODE)
    compare(asked(released, "src/auth.py"), EXAMPLES["why"], "why")


def test_people_read_it_with_the_places(released: Repo) -> None:
    ran = gitspec(released, "why", "src/auth.py:2")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == "src/auth.py:2  return scan(device)"
    rows = dict(line[2:].split(maxsplit=1) for line in lines[2:] if line[2:3] != " ")
    commit = released.git("rev-parse", "--short=12", "HEAD^")
    assert rows["commit"] == f"{commit} 2026-11-21 Ada Author: Enrol devices"
    assert rows["change"] == "add-2fa: Two-factor authentication (feature, archived 2026-11-21)"
    assert rows["proposal"] == f"spec/archive/{NAME}/proposal.md"
    assert rows["requirement"].startswith("auth/totp-enrolment (added)  spec/capabilities/auth.yaml:")
    assert rows["scenario"] == f"#enrol (added)  spec/archive/{NAME}/deltas/auth.yaml:3"
    assert rows["design"] == f"spec/archive/{NAME}/design.md"
    assert rows["archived"] == f"by {released.head()[:12]}  {TAG}"
    assert rows["released"] == "v1.0"
    assert "the commit says 'Change: add-2fa'" in ran.out


def test_an_active_change_is_answered_from_its_folder(begun: Repo) -> None:
    (change,) = asked(begun, "src/auth.py:1")["changes"]
    assert (change["state"], change["path"], change["tag"]) == ("active", "spec/changes/add-2fa", None)
    assert change["requirements"][0]["living"] is None


def test_all_of_a_file_comes_by_change_with_most_lines_first(begun: Repo) -> None:
    second_change(begun)
    begun.write("src/auth.py", CODE + "# one\n# two\n# three\n")
    begun.commit("Number bills\n\nChange: add-billing")
    begun.write("src/auth.py", "# head\n" + CODE + "# one\n# two\n# three\n")
    begun.commit("Fix a typo\n\nChange-Skip: typo")
    data = asked(begun, "src/auth.py")
    assert data["first"] is None and data["lines"] == 6
    assert [(one["lines"], one["changes"]) for one in data["answers"]] == [
        (3, ["add-billing"]), (2, ["add-2fa"]), (1, []),
    ]  # fmt: skip
    assert data["answers"][2]["how"] == "skip" and data["answers"][2]["commits"][0]["said"] == "typo"
    out = gitspec(begun, "why", "src/auth.py").out
    assert out.startswith("src/auth.py: 6 lines, 2 changes, 1 without one\n")
    assert "3 lines (4-6): add-billing: Billing (feature, active)" in out
    assert "1 line (1): no change: Change-Skip: typo" in out


def test_some_lines_are_answered_apart_from_the_others(begun: Repo) -> None:
    second_change(begun)
    begun.write("src/auth.py", CODE + "# one\n")
    begun.commit("Number bills\n\nChange: add-billing")
    assert how(begun, "src/auth.py:1-2") == [("trailer", ["add-2fa"])]
    assert how(begun, "src/auth.py:3-3") == [("trailer", ["add-billing"])]
    data = asked(begun, "src/auth.py:2-9")  # as git blame: up to the end
    assert (data["first"], data["last"], data["lines"]) == (2, 3, 2)


def test_many_answers_are_short_and_the_help_leads_to_one(begun: Repo) -> None:
    for index in range(4):
        second_change(begun, f"add-{index}")
        with (begun.path / "src/auth.py").open("a") as file:
            file.write(f"# {index}\n")
        begun.commit(f"Add {index}\n\nChange: add-{index}")
    out = gitspec(begun, "why", "src/auth.py").out
    assert "help: gitspec why src/auth.py:1 shows all of a line" in out
    assert "proposal.md" not in out and "billing/numbering" in out


def test_a_change_behind_several_groups_counts_once_and_endless_texts_are_cut(begun: Repo) -> None:
    second_change(begun)
    begun.write("src/auth.py", f"one\n{'x' * 1_000_000}\n")
    begun.commit("One\n\nChange: add-2fa")
    begun.write("src/auth.py", f"two\n{'x' * 1_000_000}\n")
    begun.commit(f"Two {'y' * 100_000}\n\nChange: add-2fa\nChange: add-billing")
    whole = gitspec(begun, "why", "src/auth.py").out
    assert whole.startswith("src/auth.py: 2 lines, 2 changes\n") and f"Two {'y' * 100}" in whole and len(whole) < 5_000
    assert gitspec(begun, "why", "src/auth.py:2").out.startswith(f"src/auth.py:2  {'x' * 150}")
    for more in ([], ["--format", "markdown"]):
        assert len(gitspec(begun, "why", "src/auth.py:2", *more).out) < 5_000


def test_requirements_and_tasks_that_the_commit_names_come_first(begun: Repo) -> None:
    begun.write("src/auth.py", "# 1\n")
    begun.commit("Do it\n\nChange: add-2fa\nTask: 1.1\nSpec: auth/totp-enrolment")
    out = gitspec(begun, "why", "src/auth.py:1").out
    assert "1.1 Write it  spec/changes/add-2fa/tasks.md:3" in out
    assert "auth/totp-enrolment (added, named by the commit)" in out
    commit = asked(begun, "src/auth.py:1")["answers"][0]["commits"][0]
    assert commit["tasks"] == ["1.1"] and commit["requirements"] == ["auth/totp-enrolment"]


def test_an_approval_is_shown_with_its_place(begun: Repo) -> None:
    path = "spec/changes/add-2fa/change.yaml"
    approval = "approvals:\n  - by: Rae Reviewer <rae@example.com>\n    day: 2026-11-20\n    digest: 0123456789ab\n"
    begun.write(path, begun.read(path) + approval)
    begun.commit("Approve it\n\nChange: add-2fa")
    assert (
        f"Rae Reviewer <rae@example.com>, 2026-11-20, not signed  {path}" in gitspec(begun, "why", "src/auth.py:1").out
    )
    approvals = asked(begun, "src/auth.py:1")["changes"][0]["approvals"]
    assert approvals == [{"by": "Rae Reviewer <rae@example.com>", "day": "2026-11-20", "signed": False}]


def test_where_a_merged_proposal_is_the_approval_the_merge_is_shown(begun: Repo) -> None:
    begun.git("switch", "-q", "-c", "proposal")
    second_change(begun)
    begun.git("switch", "-q", "main")
    begun.git("merge", "-q", "--no-ff", "--no-verify", "-m", "Merge the proposal", "proposal")
    merge = begun.head()
    begun.write("src/auth.py", "# bills\n")
    begun.commit("Number bills\n\nChange: add-billing")
    assert asked(begun, "src/auth.py:1")["changes"][0]["merged_in"] is None
    begun.write("spec/gitspec.yaml", 'version: "1"\napprovals:\n  need: merged\n')
    assert asked(begun, "src/auth.py:1")["changes"][0]["merged_in"] == merge
    assert f"the proposal was merged by {merge[:12]}" in gitspec(begun, "why", "src/auth.py:1").out


def test_requirements_and_scenarios_that_were_renamed_since_have_the_names_of_today(released: Repo) -> None:
    released.write("spec/changes/rename-it/change.yaml", "change: rename-it\ntitle: Rename\ncreated: 2026-11-21\n")
    released.write("spec/changes/rename-it/proposal.md", "# P\n\n## Why\n\nClear.\n\n## What Changes\n\nA name.\n")
    released.write("spec/changes/rename-it/tasks.md", "## 1. Do\n\n- [x] 1.1 Write it\n")
    delta = "capability: auth\nrenamed:\n  - id: totp-enrolment\n    to: device-enrolment\n"
    delta += "modified:\n  - id: device-enrolment\n    scenarios:\n      renamed:\n        - id: enrol\n          to: by-code\n"
    released.write("spec/changes/rename-it/deltas/auth.yaml", delta)
    assert gitspec(released, "delta", "stamp", "rename-it").code == 0
    released.commit("Propose\n\nChange: rename-it")
    ran = gitspec(released, "archive", "rename-it")
    assert ran.code == 0, ran.err
    (requirement,) = asked(released, "src/auth.py:1")["changes"][0]["requirements"]
    assert (requirement["id"], requirement["now"]) == ("auth/totp-enrolment", "auth/device-enrolment")
    path, line = requirement["living"].split(":")
    assert released.read(path).splitlines()[int(line) - 1].strip() == "- id: device-enrolment"
    assert [(one["id"], one["now"]) for one in requirement["scenarios"]] == [
        ("auth/totp-enrolment#enrol", "auth/device-enrolment#by-code")
    ]
    assert "scenario     #enrol (added, now #by-code)" in gitspec(released, "why", "src/auth.py:1").out


def test_a_renamed_file_is_followed_and_copies_where_asked(begun: Repo) -> None:
    (begun.path / "src/auth.py").rename(begun.path / "src/devices.py")
    begun.commit("Move it\n\nChange-Skip: formatting")
    (span,) = asked(begun, "src/devices.py:2")["answers"][0]["commits"][0]["spans"]
    assert (span["path"], span["was"]) == ("src/auth.py", 2)
    (span,) = asked(begun, "src/devices.py")["answers"][0]["commits"][0]["spans"]
    assert span == {"first": 1, "last": 2, "path": "src/auth.py", "was": 1}
    assert "there src/auth.py:2" in gitspec(begun, "why", "src/devices.py:2").out
    long = "".join(f"value_number_{n} = compute_something_rather_long_from_it({n})\n" for n in range(20))
    begun.write("src/long.py", long)
    begun.commit("Long\n\nChange: add-2fa")
    begun.write("src/copy.py", long)
    begun.write("src/long.py", long + "# more\n")
    begun.commit("Copy it\n\nChange-Skip: formatting")
    assert how(begun, "src/copy.py:3") == [("skip", [])]
    assert how(begun, "src/copy.py:3", "-C") == [("trailer", ["add-2fa"])]


def test_ignored_commits_are_looked_through_as_git_does(begun: Repo) -> None:
    begun.write("src/auth.py", CODE.replace("    ", "\t"))
    formatted = begun.commit("Format\n\nChange-Skip: formatting")
    assert how(begun, "src/auth.py:2") == [("skip", [])]
    assert how(begun, "src/auth.py:2", "--ignore-rev", formatted) == [("trailer", ["add-2fa"])]
    assert how(begun, "src/auth.py:2", "-w") == [("trailer", ["add-2fa"])]
    begun.write(".git-blame-ignore-revs", f"# formatting\n{formatted}\n")
    begun.git("config", "blame.ignoreRevsFile", ".git-blame-ignore-revs")
    assert how(begun, "src/auth.py:2") == [("trailer", ["add-2fa"])]
    (begun.path / ".git-blame-ignore-revs").unlink()
    ran = gitspec(begun, "why", "src/auth.py:2")
    assert ran.code == 3 and "G008 blame.ignoreRevsFile names .git-blame-ignore-revs, which is not there" in ran.err
    data = asked(begun, "src/auth.py:2", "--at", "HEAD")
    assert data["answers"][0]["how"] == "skip"
    assert data["notes"] == [
        "blame.ignoreRevsFile names .git-blame-ignore-revs, which is not there: no commit is ignored"
    ]
    begun.write(".git-blame-ignore-revs", "nonsense\n")
    ran = gitspec(begun, "why", "src/auth.py:2")
    assert ran.code == 3 and "blame.ignoreRevsFile holds what is no commit" in ran.err and "help: " in ran.err
    begun.write(".git-blame-ignore-revs", "")
    ran = gitspec(begun, "why", "src/auth.py", "--ignore-rev", "nowhere")
    assert ran.code == 2 and "G005 'nowhere' is no commit" in ran.err


def test_lines_that_are_not_committed_say_so(begun: Repo) -> None:
    begun.write("src/auth.py", "# new\n" + CODE)
    data = asked(begun, "src/auth.py")
    assert [(one["how"], one["lines"]) for one in data["answers"]] == [("trailer", 2), ("uncommitted", 1)]
    assert data["answers"][1]["commits"][0]["id"] is None
    assert "not committed yet" in gitspec(begun, "why", "src/auth.py:1").out
    assert how(begun, "src/auth.py:1", "--at", "HEAD") == [("trailer", ["add-2fa"])]
    begun.write("src/new.py", "pass\n")
    ran = gitspec(begun, "why", "src/new.py:1")
    assert ran.code == 2 and "U009 is not tracked" in ran.err and "git add" in ran.err
    begun.git("add", "src/new.py")
    assert how(begun, "src/new.py:1") == [("uncommitted", [])]


def test_any_revision_and_a_bare_repository_answer(released: Repo, tmp_path: Path) -> None:
    released.write("src/auth.py", "# all new\n")
    released.commit("Again\n\nChange-Skip: typo")
    data = asked(released, "src/auth.py:2", "--at", "v1.0")
    assert data["at"] == released.git("rev-parse", "v1.0^{commit}")
    assert data["answers"][0]["changes"] == ["add-2fa"]
    bare = released.bare(tmp_path / "bare.git")
    assert asked(bare, "src/auth.py:2", "--at", "v1.0")["answers"] == data["answers"]
    assert how(bare, "src/auth.py") == [("skip", [])]  # HEAD
    assert gitspec(bare, "why", "src/auth.py:9", "--at", "v1.0").code == 2


def test_a_bare_repository_reads_the_file_of_ignored_commits_from_the_revision(begun: Repo, tmp_path: Path) -> None:
    begun.write("src/auth.py", CODE.replace("    ", "\t"))
    formatted = begun.commit("Format\n\nChange-Skip: formatting")
    begun.write(".git-blame-ignore-revs", f"{formatted} # formatting\n")
    begun.commit("Ignore it\n\nChange-Skip: formatting")
    bare = begun.bare(tmp_path / "bare.git")
    bare.git("config", "blame.ignoreRevsFile", ".git-blame-ignore-revs")
    assert how(bare, "src/auth.py:2", "--at", "main") == [("trailer", ["add-2fa"])]


def test_paths_are_relative_to_where_one_stands(begun: Repo) -> None:
    inner = Repo(begun.path / "src")
    assert asked(inner, "auth.py:1")["path"] == "src/auth.py"
    assert asked(inner, "../src/auth.py:1", "--at", "HEAD")["path"] == "src/auth.py"
    assert asked(begun, str(begun.path / "src/auth.py"))["path"] == "src/auth.py"
    ran = gitspec(inner, "why", "../../elsewhere.py")
    assert ran.code == 2 and "is outside of the repository" in ran.err


def test_a_column_is_passed_over_and_a_file_of_that_name_has_precedence(begun: Repo) -> None:
    assert asked(begun, "src/auth.py:2:5")["first"] == 2
    begun.write("src/auth.py:2", "other\n")
    begun.commit("Odd\n\nChange-Skip: typo")
    assert asked(begun, "src/auth.py:2")["path"] == "src/auth.py:2"
    assert asked(begun, "src/auth.py:2:1")["path"] == "src/auth.py:2"
    assert asked(begun, "src/auth.py:1")["path"] == "src/auth.py"


REFUSED = [
    ("src/auth.py:3", "src/auth.py: U009 has only 2 lines", "name a line"),
    ("src/auth.py:99999999999", "src/auth.py: U009 has only 2 lines", ""),
    ("src/auth.py:0", "src/auth.py: U009 lines count from 1", ""),
    ("src/auth.py:2-1", "the lines end before they begin: 2-1", "write 1-2"),
    ("src/auht.py:1", "src/auht.py: U009 there is no such file in the work tree", "did you mean src/auth.py?"),
    ("nowhere/at/all.py", "there is no such file", "git ls-files"),
    ("src", "src: U009 is a folder", "name a file in it"),
    (".", "is a folder", "name a file in it"),
    ("src/link:1", "src/link: U009 is a symbolic link to auth.py", "name the file"),
    ("src/image.bin:1", "src/image.bin: U009 is binary", ""),
    ("sub", "sub: U009 is a submodule", ""),
    ("src/empty.py:1", "src/empty.py: U009 has only 0 lines", ""),
]


@pytest.mark.parametrize("at", [(), ("--at", "HEAD")])
def test_what_has_no_such_lines_is_refused_with_a_way_out(begun: Repo, tmp_path: Path, at: tuple[str, ...]) -> None:
    other = Repo.init(tmp_path / "other")
    other.commit("Empty")
    (begun.path / "src/link").symlink_to("auth.py")
    begun.write("src/image.bin", b"PNG\0\1\2")
    begun.write("src/empty.py", "")
    begun.git("submodule", "add", "-q", str(other.path), "sub")
    begun.commit("Odd things\n\nChange-Skip: typo")
    for place, said, way_out in REFUSED:
        ran = gitspec(begun, "why", place, *at)
        assert ran.code == 2 and ran.out == "", place
        assert said.replace("the work tree", f"commit {begun.head()[:12]}" if at else "the work tree") in ran.err
        assert way_out in ran.err


def test_a_file_that_is_elsewhere_in_time_is_said_to_be_so(begun: Repo) -> None:
    before = begun.git("rev-parse", "HEAD^")
    ran = gitspec(begun, "why", "src/auth.py:1", "--at", before)
    assert ran.code == 2 and "the work tree has it: leave --at out" in ran.err
    (begun.path / "src/auth.py").unlink()
    ran = gitspec(begun, "why", "src/auth.py:1")
    assert ran.code == 2 and "add --at HEAD" in ran.err


def test_an_empty_file_and_an_empty_repository(repo: Repo) -> None:
    repo.write("a.py", "")
    ran = gitspec(repo, "why", "a.py")
    assert ran.code == 3 and "nothing is committed yet" in ran.err
    repo.commit("Empty")
    assert asked(repo, "a.py")["answers"] == []
    assert gitspec(repo, "why", "a.py").out == "a.py: 0 lines, 0 changes\n"


def test_a_broken_policy_stops_and_says_where(begun: Repo) -> None:
    begun.write("spec/gitspec.yaml", 'version: "1"\nmode: maybe\n')
    ran = gitspec(begun, "why", "src/auth.py:1")
    assert ran.code == 3 and "spec/gitspec.yaml:2" in ran.err


def test_nothing_hostile_reaches_the_terminal(begun: Repo) -> None:
    name = 'src/\x1b[2J\u202e"a\\b\tc\nd|<b>.py'
    begun.write(name, "pass  # \x1b[31m\x07::error::boom\n")
    begun.git("add", "-A")
    message = "Evil \x1b]0;owned\x07 \u202e ::error:: | <b>\n\nChange: add-2fa\nTask: \x1b[2J"
    begun.git("commit", "-q", "--no-verify", "-m", message, GIT_AUTHOR_NAME="Mal \x1b[1mory\u202e")
    ran = gitspec(begun, "why", f"{name}:1")
    assert ran.code == 0, ran.err
    assert not set(ran.out) & set("\x1b\x07\u202e\t") and len(ran.out.splitlines()) == 9
    data = asked(begun, f"{name}:1")
    assert data["path"] == name and data["answers"][0]["commits"][0]["spans"][0]["path"] == name
    ran = gitspec(begun, "why", f"{name}:1", "--json")
    assert not set(ran.out) & set("\x1b\x07\u202e")
    ran = gitspec(begun, "why", f"{name}:1", "--format", "markdown")
    assert ran.code == 0 and "<b>" not in ran.out and not set(ran.out) & set("\x1b\x07\u202e")
    missing = gitspec(begun, "why", "\x1b[2J\nx.py:1")
    assert missing.code == 2 and "\x1b" not in missing.err
    assert gitspec(begun, "why", "-n").code == 2


def test_markdown_is_a_table_for_each_answer(released: Repo) -> None:
    out = gitspec(released, "why", "src/auth.py", "--format", "markdown").out
    assert out.startswith("## gitspec why\n")
    assert "| commit | " in out and "| requirement | auth/totp-enrolment" in out


def test_the_answer_is_the_same_without_the_index_and_in_another_object_format(tmp_path: Path) -> None:
    from tests.archive.project import project

    repo = project(Repo.init(tmp_path / "sha256", "--object-format=sha256"))
    repo.write("src/auth.py", CODE)
    commit = repo.commit("Enrol\n\nChange: add-2fa")
    assert len(commit) == 64
    assert gitspec(repo, "archive", "add-2fa").code == 0
    first = gitspec(repo, "why", "src/auth.py", "--json").out
    assert json.loads(first)["answers"][0]["commits"][0]["id"] == commit
    assert gitspec(repo, "why", "src/auth.py", "--json").out == first
    assert gitspec(repo, "why", "src/auth.py", "--json", "--no-cache").out == first


def test_children_do_not_grow_with_commits_and_lines(
    begun: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_patterns(begun, 'pattern: "{id}"')

    def children(repo: Repo) -> int:
        trace = tmp_path / "trace"
        trace.unlink(missing_ok=True)
        monkeypatch.setenv("GIT_TRACE2_EVENT", str(trace))
        assert gitspec(repo, "why", "src/many.py", "--no-cache").code == 0
        monkeypatch.delenv("GIT_TRACE2_EVENT")
        return sum('"event":"start"' in line for line in trace.read_text().splitlines())

    def grow(first: int, last: int) -> None:
        for index in range(first, last):
            with (begun.path / "src/many.py").open("a") as file:
                file.write(f"# {index}\n")
            begun.commit(f"Line {index}")

    grow(0, 3)
    few = children(begun)
    grow(3, 30)
    assert children(begun) == few
