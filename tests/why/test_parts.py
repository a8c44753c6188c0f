"""Questions about a few changes look at their folders only, and forget nothing of the others."""

import pytest

from gitspec.git.repository import discover
from gitspec.git.snapshot import open_snapshot
from gitspec.store.cache import Cache
from gitspec.store.part_spec import SpecParts
from gitspec.store.spec import Spec
from tests.archive.project import NAME
from tests.conftest import Repo
from tests.why.conftest import second_change


def test_the_folders_are_those_of_the_whole(released: Repo) -> None:
    second_change(released)
    released.write("spec/changes/Not An Id/change.yaml", "x: y\n")
    wanted = {"add-2fa": f"spec/archive/{NAME}", "add-billing": "spec/changes/add-billing"}
    repo = discover(str(released.path))
    for commit in ("", released.head()):
        parts = SpecParts(repo, commit, None)
        assert parts.folders() == wanted
        whole = Spec(open_snapshot(repo, commit or None))
        assert set(wanted) == set(whole.change_ids()) | whole.archived_ids
        part = parts.of([wanted["add-billing"]])
        assert part.change_ids() == ("add-billing",) and part.archived() == () and not part.has_policy
        assert [e.path for e in part.change("add-billing").entries] == [
            e.path for e in whole.change("add-billing").entries
        ]
        assert parts.of([]).change_ids() == ()


def test_a_look_at_a_part_keeps_what_is_known_of_the_other_files(
    released: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gitspec.store.stat_cache._SETTLED_NS", -(10**12))  # files of now count as settled
    repo = discover(str(released.path))
    cache = Cache(repo)
    whole = Spec(open_snapshot(repo, None), cache)
    paths = [entry.path for entry in whole.snapshot.entries()]
    oids = whole.oids(paths)
    released.write(f"spec/archive/{NAME}/design.md", "# Other\n")
    part = SpecParts(repo, "", cache).of([f"spec/archive/{NAME}"])
    part.oids([f"spec/archive/{NAME}/design.md"])
    held = cache.load("files-.git")
    assert set(paths) == held.keys()
    assert held["spec/gitspec.yaml"].endswith(oids[paths.index("spec/gitspec.yaml")])
