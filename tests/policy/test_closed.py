"""spec/ is closed, and what trailers name must be there: the facts that the engine is given."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import pytest

from gitspec.commands.mentions import specs_named, tasks_named
from gitspec.domain.code_paths import link_target
from gitspec.domain.commit import Touched
from gitspec.git.repository import discover
from gitspec.git.snapshot import at_commit
from gitspec.store.closed import closed_findings
from gitspec.store.spec import Spec
from tests.archive.project import gitspec, project
from tests.conftest import Repo

FILE = 0o100644


def names(*paths: str) -> Callable[[Sequence[str]], Mapping[str, Iterable[str]]]:
    """The folders of a tree that holds those paths."""
    return lambda folders: {
        folder: {p[len(folder) + 1 :].split("/")[0] for p in paths if p.startswith(f"{folder}/")} for folder in folders
    }


def codes(*touched: Touched, tree: tuple[str, ...] = ()) -> list[str]:
    """What the layout has against a commit."""
    here = [t.path for t in touched if t.new_mode]
    return [f.code for f in closed_findings(touched, names(*tree, *here))]


@pytest.mark.parametrize(
    ("path", "mode", "code"),
    [
        ("spec/conftest.py", FILE, "L001"),
        ("spec/.gitattributes", FILE, "L001"),
        ("spec/changes/a/run.sh", FILE, "L001"),
        ("spec/changes/a/deltas/b.yaml", 0o120000, "L002"),
        ("spec/changes/a", 0o120000, "L002"),
        ("spec", 0o160000, "L002"),
        ("spec/changes/a/proposal.md", 0o100755, "L002"),
        ("spec/changes/A/change.yaml", FILE, "L004"),
        ("spec/capabilities/con.yaml", FILE, "L004"),
    ],
)
def test_paths_and_modes_that_the_layout_does_not_know_are_found(path: str, mode: int, code: str) -> None:
    assert code in codes(Touched(path, 0, mode))
    assert codes(Touched(path, mode, 0)) == [], "to take it away is right"


def test_what_the_layout_knows_passes() -> None:
    known = ["gitspec.yaml", "capabilities/a/b.yaml", "changes/a/deltas/b/c.yaml", "archive/2026-11-21-a/tasks.md"]
    assert codes(*(Touched(f"spec/{path}", 0, FILE) for path in known)) == []
    assert codes(Touched("src/anything", 0, 0o120000)) == []


def test_a_path_that_some_file_system_takes_for_another_is_found() -> None:
    tree = ("spec/changes/add/proposal.md", "spec/capabilities/auth.yaml")
    assert codes(Touched("spec/changes/add/Proposal.md", 0, FILE), tree=tree) == ["L001", "L003"]
    assert codes(Touched("spec/Changes/add/tasks.md", 0, FILE), tree=tree) == ["L001", "L003"]
    assert codes(Touched("spec/changes/add/tasks.md", 0, FILE), tree=tree) == []
    both = (Touched("spec/capabilities/é.yaml", 0, FILE), Touched("spec/capabilities/e\u0301.yaml", 0, FILE))
    assert "L003" in codes(*both)


@pytest.mark.parametrize(
    ("link", "content", "target"),
    [
        ("src/p.py", "../docs/p.py", "docs/p.py"), ("p", "docs", "docs"), ("a/b/c", "./x/../y", "a/b/y"),
        ("src/p", "/etc/passwd", ""), ("src/p", "../../out", ""), ("src/p", "..", "."), ("src/p", "a\0b", ""),
    ],
)  # fmt: skip
def test_where_a_link_leads(link: str, content: str, target: str) -> None:
    assert link_target(link, content) == target


def test_tasks_and_requirements_are_looked_up_here_and_before(repo: Repo) -> None:
    project(repo)
    found = discover()
    before = Spec(at_commit(found, "HEAD"))
    assert gitspec(repo, "archive", "add-2fa").code == 0
    after = Spec(at_commit(found, "HEAD"))
    for specs in ([before], [after], [before, after]):
        assert tasks_named(specs, ["add-2fa", "nothing"]) == {"add-2fa": {"1.1", "1.2"}, "nothing": set()}
        named = specs_named(
            specs,
            ["add-2fa"],
            ["auth/session-expiry", "auth/totp-enrolment", "auth/nothing", "x/y", "", "auth/totp-enrolment#e"],
        )
        assert named == {
            "auth/session-expiry": True, "auth/totp-enrolment": True, "auth/nothing": False, "x/y": False, "": False,
            "auth/totp-enrolment#e": True,
        }  # fmt: skip
    assert specs_named([before], [], ["auth/totp-enrolment"]) == {"auth/totp-enrolment": False}
