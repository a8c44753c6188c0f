"""`gitspec report`: what the page says, where it goes, and that it is the same for the same commit."""

import json
import os
import re
import sys
from html import unescape
from pathlib import Path

import pytest

from gitspec.cli.report_file import replace
from tests.conftest import Repo
from tests.fsck.histories import adds, change
from tests.reading.test_json_shapes import EXAMPLES, compare
from tests.report.project import gitspec, page_of, shop


def text_of(page: Path | str) -> str:
    """The page as one text without tags, scripts and styles."""
    html = page if isinstance(page, str) else page.read_text(encoding="utf-8")
    html = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def data_of(page: Path) -> dict[str, list[list[object]]]:
    found = re.search(r'(?s)<script type="application/json" id="data">(.*?)</script>', page.read_text())
    assert found
    data: dict[str, list[list[object]]] = json.loads(found[1])
    return data


@pytest.fixture
def project(repo: Repo) -> Repo:
    return shop(repo)


def test_a_requirement_shows_text_scenarios_history_tests_and_release(project: Repo) -> None:
    text = text_of(page_of(project))
    head = project.git("rev-parse", "archive/2026-11-21-add-2fa^{commit}")[:12]
    assert "The system MUST let a user enrol a device." in text
    assert f"2026-11-21 added by add-2fa in {head} , first in v1.0" in text
    assert "GIVEN a user" in text and "WHEN the user scans the code" in text
    assert "active modified by short-sessions" in text
    assert "tests/test_login.py:1 idle-timeout" in text
    assert "Cited in src/session.py:1" in text


def test_gaps_come_first_and_name_what_is_missing(project: Repo) -> None:
    text = text_of(page_of(project))
    gaps = text[text.index("Gaps") : text.index("Search in names")]
    assert (
        "2 requirements without a test" in gaps and "billing/session-expiry" in gaps and "auth/totp-enrolment" in gaps
    )
    assert "auth/totp-enrolment#enrol" in gaps and "auth/session-expiry#idle-timeout" not in gaps
    assert "1 change without commits" in gaps and "unstarted" in gaps
    assert "2 open tasks" in gaps and "short-sessions 2 of 3 open" in gaps
    assert text.index("Gaps") < text.index("The system MUST")


def test_active_changes_show_state_progress_and_the_next_step(project: Repo) -> None:
    text = text_of(page_of(project))
    assert "Shorter sessions short-sessions feature implementing" in text
    assert "1 of 3 tasks ended" in text
    assert "gitspec task set short-sessions 1.2 done" in text
    assert "Shorten sessions" in text


def test_what_an_active_change_adds_is_not_struck_through(project: Repo) -> None:
    change(project, "logout", added=[adds("sign-out")])
    html = page_of(project).read_text(encoding="utf-8")
    assert "<bdi>auth/sign-out</bdi>" in html and '<bdi class="gone">auth/sign-out</bdi>' not in html


def test_archived_changes_show_their_commits_release_and_the_commit_that_archived_them(project: Repo) -> None:
    text = text_of(page_of(project))
    archive = text[text.index("Archived changes Search") :]
    assert "Two-factor authentication 2026-11-21 add-2fa" in archive and "first in v1.0" in archive
    assert "Enrol devices" in archive and "1 commit," in archive


def test_the_matrix_ties_requirement_change_commits_tests_and_release(project: Repo) -> None:
    data = data_of(page_of(project))
    rows = {str(row[0]): row for row in data["rows"]}
    enrol = project.git("log", "--format=%H", "--grep=^Spec: auth/totp-enrolment")[:12]
    _, _, changes, direct, tests, release, scenarios, untested, asked = rows["auth/totp-enrolment"]
    assert [data["changes"][i] for i in changes] == [["add-2fa", [enrol]]]  # type: ignore[attr-defined]
    assert (direct, tests, scenarios, untested, asked) == ([enrol], [], 1, 1, 1)
    assert data["releases"][release] == "v1.0"  # type: ignore[index]
    assert [data["tests"][i] for i in rows["auth/session-expiry"][4]] == ["tests/test_login.py:1"]  # type: ignore[attr-defined]


def test_a_requirement_that_is_deferred_is_no_gap(project: Repo) -> None:
    path = project.path / "spec/capabilities/billing.yaml"
    path.write_text(path.read_text().replace("    scenarios:", "    deferred: |\n      Next year.\n    scenarios:"))
    page = page_of(project)
    gaps = text_of(page)[: text_of(page).index("Search in names")]
    assert "1 requirement without a test" in gaps and "billing" not in gaps
    assert "billing/session-expiry not built yet Not built yet. Next year." in text_of(page)
    assert [row[8] for row in data_of(page)["rows"]] == [1, 1, 0]
    assert "Scenarios with a test 1 of 2" in text_of(page)


def test_tasks_that_history_contradicts_are_said_and_open_where_the_policy_holds_them(project: Repo) -> None:
    project.write("spec/gitspec.yaml", 'version: "1"\ntasks:\n  need: commit\n')
    text = text_of(page_of(project))
    assert "Tasks and history disagree. task 1.1 is ticked, and no commit names it" in text
    assert "0 of 3 tasks ended" in text and "short-sessions 3 of 3 open" in text


def test_a_change_that_only_its_archive_commit_names_has_no_commits(repo: Repo) -> None:
    from tests.archive.project import project

    project(repo)
    assert gitspec(repo, "archive", "add-2fa").code == 0
    assert "1 change without commits" in text_of(page_of(repo))


def test_the_same_commit_gives_the_same_bytes_with_and_without_a_cache(project: Repo, tmp_path: Path) -> None:
    pages = [page_of(project, *args).read_bytes() for args in ((), (), ("--no-cache",), ("--no-cache",))]
    assert len(set(pages)) == 1
    clone = tmp_path / "elsewhere" / "clone"
    project.git("clone", "-q", str(project.path), str(clone))
    here, there = (page_of(Repo(path), "--at", "HEAD").read_bytes() for path in (project.path, clone))
    assert here == there


def test_a_revision_shows_what_it_knew(project: Repo) -> None:
    text = text_of(page_of(project, "--at", "v1.0~1"))
    assert "MUST let a user enrol a device" not in text and "Two-factor authentication add-2fa feature ready" in text
    assert "Archived changes 0" in text
    assert "Shorter sessions" not in text
    assert "tests/test_login.py" not in text
    assert f"As of {project.git('rev-parse', 'v1.0~1')[:12]}" in text


def test_the_work_tree_says_so_and_shows_what_is_not_committed(project: Repo) -> None:
    path = project.path / "spec/capabilities/billing.yaml"
    path.write_text(path.read_text().replace("30 minutes without", "40 minutes without"))
    text = text_of(page_of(project))
    assert f"Work tree on {project.head()[:12]}" in text and "40 minutes without" in text
    assert "40 minutes without" not in text_of(page_of(project, "--at", "HEAD"))


def test_before_the_first_commit_there_is_a_page_too(repo: Repo) -> None:
    repo.write("spec/gitspec.yaml", 'version: "1"\n')
    text = text_of(page_of(repo))
    assert "Work tree, no commit yet" in text and "There are no living specs yet." in text


def test_a_commit_of_a_far_future_has_the_last_day(repo: Repo) -> None:
    repo.write("spec/gitspec.yaml", 'version: "1"\n')
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "Begin", GIT_COMMITTER_DATE="@99999999999999 +0000")
    assert "9999-12-31 23:59 UTC" in text_of(page_of(repo))


def test_a_test_that_names_nothing_is_a_gap_and_covers_nothing(project: Repo) -> None:
    project.write("tests/test_old.py", "# Spec: auth/totp-enrolment#gone\n")
    text = text_of(page_of(project))
    assert "1 unknown name in tests" in text and "auth/totp-enrolment#gone tests/test_old.py:1" in text
    assert "2 requirements without a test" in text


def test_of_many_commits_that_name_a_requirement_the_newest_are_listed(project: Repo) -> None:
    for number in range(21):
        project.commit(f"Work {number}.\n\nChange: short-sessions\nSpec: auth/totp-enrolment\n")
    text = text_of(page_of(project))
    assert "(the newest 20 of 22: git log --grep '^Spec: auth/totp-enrolment' )" in text
    assert text.count("Work 20.") == 2 and "Work 0." not in text


def test_old_history_that_was_imported_is_no_gap(project: Repo) -> None:
    change = project.read("spec/changes/unstarted/change.yaml").replace("unstarted", "older")
    project.write("spec/archive/2025-01-01-older/change.yaml", f"{change}imported: elsewhere\n")
    project.write("spec/archive/2025-01-01-older/proposal.md", project.read("spec/changes/unstarted/proposal.md"))
    project.write("spec/archive/2025-01-01-older/tasks.md", "- [ ] 1.1 Nobody did it\n")
    text = text_of(page_of(project))
    gaps = text[text.index("Gaps") : text.index("Search in names")]
    assert "2 open tasks" in gaps and "1 change without commits" in gaps and "older" not in gaps
    assert "Nobody did it" in text


def test_code_in_titles_is_code(project: Repo) -> None:
    path = "spec/capabilities/billing.yaml"
    project.write(path, project.read(path).replace('title: "Session expiry"', "title: The `ttl` of <b>"))
    assert ">The <code>ttl</code> of &lt;b&gt;</a></h4>" in page_of(project).read_text(encoding="utf-8")


def test_a_bare_repository_has_a_report(project: Repo, tmp_path: Path) -> None:
    bare = project.bare(tmp_path / "bare.git")
    assert page_of(bare).read_bytes() == page_of(project, "--at", "HEAD").read_bytes()


def test_a_file_that_cannot_be_read_is_a_gap_and_hides_nothing_else(project: Repo) -> None:
    project.write("spec/capabilities/broken.yaml", "capability: broken\nrequirements: 7\n")
    text = text_of(page_of(project))
    assert "1 file that cannot be read" in text and "spec/capabilities/broken.yaml" in text
    assert "The system MUST let a user enrol a device." in text


def test_without_a_policy_it_says_what_to_do(repo: Repo, tmp_path: Path) -> None:
    repo.commit()
    done = gitspec(repo, "report", "-o", str(tmp_path / "x.html"))
    assert done.code == 3 and "gitspec init" in done.err
    assert not (tmp_path / "x.html").exists()


def test_a_shallow_clone_is_not_believed(project: Repo, tmp_path: Path) -> None:
    clone = tmp_path / "shallow"
    project.git("clone", "-q", "--depth=1", project.path.as_uri(), str(clone))
    done = gitspec(Repo(clone), "report", "-o", str(tmp_path / "x.html"))
    assert done.code == 3 and "G016" in done.err and "git fetch --unshallow" in done.err


def test_standard_output_gets_the_page_and_nothing_else(project: Repo) -> None:
    done = gitspec(project, "report", "--output", "-")
    assert done.code == 0 and done.out == page_of(project).read_text()


def test_a_pipe_that_is_named_as_a_file_is_written_to() -> None:
    """What `--output >(cmd)` and `--output /dev/stdout` name leads to a name that no folder has."""
    read, write = os.pipe()
    try:
        replace(f"/dev/fd/{write}", b"page")
        assert os.read(read, 100) == b"page"
    finally:
        os.close(read)
        os.close(write)


def test_the_default_file_is_in_the_current_folder(project: Repo) -> None:
    done = gitspec(project, "report")
    assert done.out.startswith("wrote gitspec-report.html: 3 requirements, ")
    assert (project.path / "gitspec-report.html").stat().st_mode & 0o777 == 0o666 & ~_umask()


def test_a_page_is_replaced_as_a_whole_or_not_at_all(project: Repo, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("before")
    page.chmod(0o640)
    project.write("spec/gitspec.yaml", "version: 9\n")
    assert gitspec(project, "report", "-o", str(page)).code == 3
    assert page.read_text() == "before"
    project.git("checkout", "-q", "spec/gitspec.yaml")
    assert gitspec(project, "report", "-o", str(page)).code == 0
    assert page.read_text().startswith("<!doctype html>") and page.stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in tmp_path.iterdir() if "report" in p.name) == []


def test_a_link_keeps_leading_to_what_it_led_to(project: Repo, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real.html")
    assert gitspec(project, "report", "-o", str(tmp_path / "link")).code == 0
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real.html").is_file()


@pytest.mark.parametrize("where", ["missing/page.html", ".", ""])
def test_where_nothing_can_be_written_it_says_so(project: Repo, where: str) -> None:
    done = gitspec(project, "report", "-o", where)
    assert done.code in (2, 3) and "help:" in done.err
    assert project.git("status", "--short") == ""


def test_json_says_the_same(project: Repo) -> None:
    done = gitspec(project, "report", "--json")
    data = json.loads(done.out)
    compare(data, EXAMPLES["report"], "report")
    assert not (project.path / "gitspec-report.html").exists()
    assert gitspec(project, "report", "--json", "-o", "data.json").code == 0
    assert json.loads(project.read("data.json"))["gaps"] == data["gaps"]
    assert (data["gitspec"], data["kind"], data["at"], data["commit"]) == (1, "report", "work tree", project.head())
    assert data["gaps"]["requirements_without_tests"] == ["auth/totp-enrolment", "billing/session-expiry"]
    assert data["gaps"]["open_tasks"] == [{"change": "short-sessions", "tasks": ["1.2", "1.3"]}]
    auth = {r["name"]: r for r in data["capabilities"][0]["requirements"]}
    assert auth["auth/totp-enrolment"]["history"][0]["release"] == "v1.0"
    assert auth["auth/session-expiry"]["tests"] == [
        {"path": "tests/test_login.py", "line": 1, "scenario": "idle-timeout"}
    ]


def test_the_title_is_free_and_only_a_text(project: Repo) -> None:
    page = page_of(project, "--title", "Shop </title><script>1</script>").read_text()
    assert page.count("<title>Shop &lt;/title&gt;&lt;script&gt;1&lt;/script&gt;</title>") == 1


def test_the_package_holds_all_that_the_page_is_made_of() -> None:
    """The wheel takes whole packages: a file that is ignored or of another kind would be missing there."""
    import subprocess

    top = Path(__file__).parents[2]
    folder = top / "gitspec/render/report_page"
    found = [p for p in folder.rglob("*") if p.suffix in (".html", ".css", ".js")]
    assert {p.name for p in found} >= {"page.html", "parts.html", "page.css", "words.js", "start.js"}
    for path in (str(p.relative_to(top)) for p in found):
        ignored = subprocess.run(["git", "check-ignore", "-q", "--no-index", path], cwd=top, check=False)
        assert ignored.returncode != 0, path


def test_a_built_wheel_makes_the_same_page(project: Repo, tmp_path: Path) -> None:
    import subprocess
    import zipfile

    pytest.importorskip("hatchling")
    top = Path(__file__).parents[2]
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    done = subprocess.run(build, cwd=top, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as held:
        names = set(held.namelist())
    assert {f"gitspec/render/report_page/{name}" for name in ("page.html", "page.css", "script/start.js")} <= names


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
