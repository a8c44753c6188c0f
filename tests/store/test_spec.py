from collections.abc import Callable
from pathlib import Path

import pytest

from gitspec.errors import CannotJudge, Refused, UsageError
from gitspec.git.repository import discover
from gitspec.git.snapshot import at_commit, at_index, open_snapshot
from gitspec.store.cache import Cache
from gitspec.store.spec import Archived, BrokenSpec, Spec
from tests.conftest import Repo

AUTH = """\
capability: auth
purpose: Sign users in.
requirements:
  - id: session-expiry
    text: The system MUST expire sessions.
    links:
      depends-on:
        - billing/invoices/numbering
    scenarios:
      - id: idle
        steps: |
          WHEN 30 minutes pass
          THEN the session is gone
"""
BILLING = """\
capability: billing/invoices
title: Invoices
requirements:
  - id: numbering
    text: Invoices MUST be numbered.
"""
CHANGE = "change: add-2fa\ntitle: Two factors\ncreated: 2026-11-21\n"
DELTA = """\
capability: auth
added:
  - id: totp
    text: The system MUST offer TOTP.
"""


@pytest.fixture
def governed(repo: Repo) -> Repo:
    repo.write("spec/gitspec.yaml", 'version: "1"\n')
    repo.write("spec/capabilities/auth.yaml", AUTH)
    repo.write("spec/capabilities/billing/invoices.yaml", BILLING)
    for folder in ("changes/add-2fa", "archive/2026-01-02-old"):
        name = "add-2fa" if "add" in folder else "old"
        repo.write(f"spec/{folder}/change.yaml", CHANGE.replace("add-2fa", name))
        repo.write(f"spec/{folder}/proposal.md", "## Why\n\nBecause.\n\n## What Changes\n\nThis.\n")
        repo.write(f"spec/{folder}/tasks.md", "- [ ] 1.1 Do it\n- [x] 1.2 Done\n")
        repo.write(f"spec/{folder}/deltas/auth.yaml", DELTA)
    repo.commit()
    return repo


def spec() -> Spec:
    return Spec(open_snapshot(discover()))


def test_everything_is_found_and_typed(governed: Repo) -> None:
    found = spec()
    assert found.has_policy
    assert found.require_policy().version == "1"
    assert found.capability_ids() == ("auth", "billing/invoices")
    assert found.change_ids() == ("add-2fa",)
    assert found.archived() == (Archived("2026-01-02", "old", "spec/archive/2026-01-02-old"),)
    assert found.archived_ids == {"old"}
    auth = found.capability("auth").value
    assert auth is not None and [r.id for r in auth.requirements] == ["session-expiry"]
    assert dict(found.living)["billing/invoices"].title == "Invoices"
    assert "auth" in found.living and "nope" not in found.living
    assert found.layout_findings() == []


def test_a_change_shows_all_its_files(governed: Repo) -> None:
    change = spec().change("add-2fa")
    assert change.change.value is not None and change.change.value.title == "Two factors"
    assert change.tasks is not None and [t.status for t in change.tasks.tasks] == ["pending", "done"]
    assert change.proposal is not None
    assert change.design is None
    assert change.delta_ids() == ("auth",)
    assert [d.capability for d in change.require_deltas()] == ["auth"]
    assert [r.id for r in change.require_deltas()[0].added] == ["totp"]
    assert change.findings() == []
    assert change.day == ""


def test_an_archived_folder_reads_the_same(governed: Repo) -> None:
    found = spec()
    old = found.archived_change(found.archived()[0])
    assert (old.id, old.day) == ("old", "2026-01-02")
    assert old.change.value is not None
    assert old.delta_ids() == ("auth",)


def test_the_key_of_a_change_is_the_tree_of_its_folder(governed: Repo) -> None:
    wanted = governed.git("rev-parse", "HEAD:spec/changes/add-2fa")
    repo = discover()
    for snapshot in (open_snapshot(repo), at_index(repo), at_commit(repo, "HEAD")):
        assert Spec(snapshot, Cache(repo)).change("add-2fa").tree() == wanted
    governed.write("spec/changes/add-2fa/tasks.md", "- [x] 1.1 Do it\n")
    assert spec().change("add-2fa").tree() != wanted


def test_nothing_is_read_before_it_is_asked_for(governed: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    found = spec()
    read: list[str] = []
    real = found.snapshot.read
    monkeypatch.setattr(found.snapshot, "read", lambda path: (read.append(path), real(path))[1])
    assert found.capability_ids() and found.change_ids() and found.archived() and found.has_policy
    assert len(found.living) == 2
    assert read == []
    assert found.living["auth"] and found.capability("auth")
    assert read == ["spec/capabilities/auth.yaml"]


def test_a_broken_file_of_one_change_blocks_no_other(governed: Repo) -> None:
    governed.write("spec/changes/broken/change.yaml", "change: [\n")
    governed.write("spec/changes/broken/deltas/auth.yaml", "capability: auth\nadded: 1\n")
    found = spec()
    broken = found.change("broken")
    assert broken.change.value is None
    assert {f.path for f in broken.findings()} == {
        "spec/changes/broken/change.yaml",
        "spec/changes/broken/deltas/auth.yaml",
    }
    with pytest.raises(BrokenSpec) as caught:
        broken.require_deltas()
    assert caught.value.place.startswith("spec/changes/broken/deltas/auth.yaml:2")
    assert found.change("add-2fa").findings() == []


def test_a_broken_capability_stops_only_who_needs_it(governed: Repo) -> None:
    governed.write("spec/capabilities/auth.yaml", "capability: auth\nrequirements: 1\n")
    found = spec()
    assert found.living["billing/invoices"].title == "Invoices"
    with pytest.raises(BrokenSpec) as caught:
        found.living["auth"]
    assert (caught.value.exit_code, caught.value.place) == (1, "spec/capabilities/auth.yaml:2:15")


@pytest.mark.parametrize(
    ("path", "text", "at"),
    [
        ("spec/capabilities/auth.yaml", AUTH.replace("capability: auth", "capability: auth2"), ":1:13"),
        ("spec/changes/add-2fa/change.yaml", CHANGE.replace("add-2fa", "other"), ":1:9"),
        ("spec/changes/add-2fa/deltas/auth.yaml", DELTA.replace("capability: auth", "capability: oauth"), ":1:13"),
    ],
)
def test_an_id_that_differs_from_the_path_is_a_finding(governed: Repo, path: str, text: str, at: str) -> None:
    governed.write(path, text)
    found = spec()
    findings = [*found.capability("auth").findings, *found.change("add-2fa").findings()]
    assert [(f.code, f.place) for f in findings] == [("L008", path + at)]


def test_links_are_known_from_their_target(governed: Repo) -> None:
    for found in (spec(), Spec(open_snapshot(discover()), Cache(discover()))):
        assert found.links_to("billing/invoices/numbering") == ("auth/session-expiry",)
        assert found.links_to("auth/session-expiry") == ()


def test_unknown_names_are_answered_with_near_ones(governed: Repo) -> None:
    found = spec()
    with pytest.raises(UsageError, match="no capability 'billing/invoice'") as caught:
        found.capability("billing/invoice")
    assert "billing/invoices" in caught.value.help
    with pytest.raises(UsageError) as caught:
        found.change("add-2af")
    assert "add-2fa" in caught.value.help
    with pytest.raises(UsageError):
        found.change("../x")
    with pytest.raises(Refused, match="is archived") as archived:
        found.change("old")
    assert archived.value.help == "it is in spec/archive/2026-01-02-old"


def test_without_a_policy_nothing_is_judged(repo: Repo) -> None:
    found = spec()
    assert not found.has_policy
    assert found.policy().value is not None
    with pytest.raises(CannotJudge) as caught:
        found.require_policy()
    assert "gitspec init" in caught.value.help
    repo.write("spec/gitspec.yaml", "version: nonsense\n")
    with pytest.raises(CannotJudge, match="policy cannot be read"):
        spec().require_policy()


def test_a_policy_that_is_a_link_is_none(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "policy").write_text('version: "1"\n')
    repo.write("spec/x", "")
    (repo.path / "spec/gitspec.yaml").symlink_to(tmp_path / "policy")
    found = spec()
    assert not found.has_policy
    assert [f.code for f in found.layout_findings()] == ["L002", "L001"]


def test_files_that_git_ignores_are_no_findings(governed: Repo) -> None:
    governed.write("spec/.auth.yaml.swp", "x")
    governed.write("spec/run.py", "x")
    assert [f.path for f in spec().layout_findings()] == ["spec/.auth.yaml.swp", "spec/run.py"]
    governed.write(".gitignore", "*.swp\n")
    assert [f.path for f in spec().layout_findings()] == ["spec/run.py"]
    governed.git("add", "-f", "spec/.auth.yaml.swp")
    assert len(spec().layout_findings()) == 2


def test_undecided_merges_are_findings(governed: Repo) -> None:
    governed.git("checkout", "-q", "-b", "other")
    governed.write("spec/capabilities/auth.yaml", AUTH.replace("expire", "end"))
    governed.commit()
    governed.git("checkout", "-q", "main")
    governed.write("spec/capabilities/auth.yaml", AUTH.replace("expire", "drop"))
    governed.commit()
    governed.git("merge", "other", check=False)
    findings = Spec(at_index(discover())).layout_findings()
    assert [(f.code, f.path) for f in findings] == [("L006", "spec/capabilities/auth.yaml")]


def test_a_folder_without_change_yaml_is_a_change_with_a_finding(governed: Repo) -> None:
    (governed.path / "spec/changes/add-2fa/change.yaml").unlink()
    found = spec()
    assert found.change_ids() == ("add-2fa",)
    assert [f.code for f in found.change("add-2fa").findings()] == ["L005"]
    assert [f.code for f in found.layout_findings()] == ["L005"]


def test_a_sha256_repository_reads_the_same(governed: Repo, make_repo: Callable[..., Repo]) -> None:
    other = make_repo("sha256", "--object-format=sha256")
    for path in ("spec/gitspec.yaml", "spec/capabilities/auth.yaml", "spec/changes/add-2fa/change.yaml"):
        other.write(path, governed.read(path))
    other.commit()
    repo = discover(str(other.path))
    for snapshot in (open_snapshot(repo), at_commit(repo, "HEAD"), at_index(repo)):
        found = Spec(snapshot, Cache(repo))
        assert found.change("add-2fa").tree() == other.git("rev-parse", "HEAD:spec/changes/add-2fa")
        assert found.links_to("billing/invoices/numbering") == ("auth/session-expiry",)
