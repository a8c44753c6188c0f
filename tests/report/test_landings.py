"""Which commits put changes into the archive: all at once as one by one."""

from collections.abc import Callable

import pytest

from gitspec.domain.policy import Policy
from gitspec.git.repository import discover
from gitspec.store import archive_walk
from gitspec.store.cache import Cache
from gitspec.store.history_opening import open_history
from gitspec.store.landings import landings
from tests.archive.project import ADDED, gitspec, project, propose
from tests.conftest import Repo


def plainly(repo: Repo) -> None:
    assert gitspec(repo, "archive", "add-2fa").code == 0


def by_a_merge(repo: Repo) -> None:
    repo.git("switch", "-qc", "work")
    plainly(repo)
    repo.git("switch", "-q", "main")
    repo.commit("Meanwhile")
    repo.git("merge", "-q", "--no-ff", "--no-verify", "-m", "Merge work", "work")


def with_a_squash(repo: Repo) -> None:
    repo.git("switch", "-qc", "work")
    plainly(repo)
    repo.git("switch", "-q", "main")
    repo.commit("Meanwhile")
    repo.git("merge", "-q", "--squash", "work")
    repo.commit("Squashed\n\nChange: add-2fa\nArchived: 2026-11-21-add-2fa")


def twice_on_two_branches(repo: Repo) -> None:
    repo.git("switch", "-qc", "work")
    plainly(repo)
    repo.git("switch", "-q", "main")
    repo.commit("Meanwhile")
    repo.git("cherry-pick", "work")
    repo.git("merge", "-q", "--no-verify", "-m", "Merge work", "work")


def taken_back_and_again(repo: Repo) -> None:
    plainly(repo)
    assert gitspec(repo, "unarchive", "add-2fa").code == 0
    plainly(repo)


def by_hand_without_a_word(repo: Repo) -> None:
    (repo.path / "spec/archive").mkdir()
    repo.git("mv", "spec/changes/add-2fa", "spec/archive/2026-11-21-add-2fa")
    repo.commit("Move it")


def claimed_by_another(repo: Repo) -> None:
    plainly(repo)
    repo.commit("Not true\n\nArchived: 2026-11-21-add-2fa")


@pytest.mark.parametrize(
    "archive",
    [
        plainly,
        by_a_merge,
        with_a_squash,
        twice_on_two_branches,
        taken_back_and_again,
        by_hand_without_a_word,
        claimed_by_another,
    ],
)
def test_all_at_once_is_as_one_by_one(repo: Repo, archive: Callable[[Repo], None]) -> None:
    project(repo)
    folder = propose(repo, "add-keys")
    repo.write(f"{folder}/deltas/billing.yaml", ADDED.format(capability="billing", id="keys"))
    repo.commit("Propose")
    archive(repo)
    assert gitspec(repo, "archive", "add-keys").code == 0
    history = open_history(discover(), repo.head(), policy=Policy(), use_cache=False)
    found = landings(history)
    assert found == {change: history.archived_in(change) for change in ("add-2fa", "add-keys")}
    assert found["add-keys"] == repo.head() and found["add-2fa"]


def test_history_is_walked_once_and_what_came_since_is_found(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> dict[str, str]:
        here = discover()
        archive_walk._arrivals.cache_clear()  # another process
        return landings(open_history(here, repo.head(), policy=Policy(), use_cache=False), Cache(here))

    project(repo)
    plainly(repo)
    first = told()
    with monkeypatch.context() as patch:
        patch.setattr(archive_walk, "_walk", lambda *_: pytest.fail("history was walked again"))
        assert told() == first == {"add-2fa": repo.head()}
    assert gitspec(repo, "unarchive", "add-2fa").code == 0
    plainly(repo)
    assert told() == {"add-2fa": repo.head()} != first
