import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from gitspec.domain.capability import Capability
from gitspec.domain.finding import Finding
from gitspec.git.repository import discover
from gitspec.git.snapshot import at_commit, open_snapshot
from gitspec.store import bulk, facts
from gitspec.store.cache import Cache
from gitspec.store.facts import CapabilityFacts, Check, Link, RequirementFacts, facts_of_capabilities
from gitspec.store.spec import Spec
from gitspec.yaml.reader import Document
from tests.conftest import Repo
from tests.store.test_spec import AUTH, BILLING


@pytest.fixture
def governed(repo: Repo) -> Repo:
    repo.write("spec/capabilities/auth.yaml", AUTH)
    repo.write("spec/capabilities/billing/invoices.yaml", BILLING)
    repo.commit()
    return repo


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were parsed, as they are."""
    paths: list[str] = []
    real = facts._row_of

    def parsing(path: str, data: bytes, check: Check | None) -> facts.Row:
        paths.append(path)
        return real(path, data, check)

    monkeypatch.setattr(facts, "_row_of", parsing)
    return paths


def look(at: str | None = None, *, check: Check | None = None, cached: bool = True) -> dict[str, CapabilityFacts]:
    repo = discover()
    return facts_of_capabilities(Spec(open_snapshot(repo, at), Cache(repo) if cached else None), check=check)


@pytest.mark.parametrize("times", [1, 2])
def test_facts_say_what_the_file_says(governed: Repo, times: int) -> None:
    for _ in range(times):
        found = look()
    assert list(found) == ["auth", "billing/invoices"]
    auth, invoices = found.values()
    assert (auth.title, invoices.title) == ("Auth", "Invoices")
    assert (auth.purpose, invoices.purpose) == ("Sign users in.", "")
    assert (auth.path, auth.oid) == (
        "spec/capabilities/auth.yaml",
        governed.git("rev-parse", "HEAD:spec/capabilities/auth.yaml"),
    )
    assert auth.requirements == (RequirementFacts("session-expiry", "Session expiry", 4, 1),)
    assert auth.requirement_ids == ("session-expiry",)
    assert (auth.requirement_count, auth.scenario_count) == (1, 1)
    assert (invoices.requirement_count, invoices.scenario_count) == (1, 0)
    assert auth.links == (Link("session-expiry", "depends-on", "billing/invoices/numbering"),)
    assert not auth.is_broken
    assert auth.findings == invoices.findings == []


def test_only_new_content_is_parsed(governed: Repo, parsed: list[str]) -> None:
    look()
    assert set(parsed) == {"spec/capabilities/auth.yaml", "spec/capabilities/billing/invoices.yaml"}
    parsed.clear()
    look()
    look("HEAD")
    assert parsed == []
    governed.write("spec/capabilities/auth.yaml", AUTH + "    notes: New.\n")
    look()
    assert set(parsed) == {"spec/capabilities/auth.yaml"}
    parsed.clear()
    look("HEAD")
    assert parsed == []


def test_without_a_cache_nothing_is_written(governed: Repo) -> None:
    look(cached=False)
    assert not (governed.path / ".git/gitspec").exists()


def test_broken_files_have_findings_and_no_content(governed: Repo) -> None:
    governed.write("spec/capabilities/auth.yaml", "capability: auth\nnope: 1\nrequirements: 1\n")
    for _ in range(2):
        auth = look()["auth"]
        assert auth.is_broken
        assert {(f.code, f.place) for f in auth.findings} == {
            ("S001", "spec/capabilities/auth.yaml:2:1"),
            ("S003", "spec/capabilities/auth.yaml:3:15"),
        }
        assert (auth.requirements, auth.requirement_count, auth.links) == ((), 0, ())


def test_the_same_content_elsewhere_has_its_own_path_in_findings(governed: Repo, parsed: list[str]) -> None:
    look()
    governed.write("spec/capabilities/oauth.yaml", AUTH)
    parsed.clear()
    found = look()
    assert parsed == []
    assert [(f.code, f.place) for f in found["oauth"].findings] == [("L008", "spec/capabilities/oauth.yaml:1:13")]
    assert found["oauth"].is_broken
    assert found["auth"].findings == []


def _shouts(capability: Capability, document: Document, path: str) -> Iterable[Finding]:
    yield Finding("S001", "warning", f"{capability.capability}!", path, 3, 1, "whisper")


def test_a_check_rides_along_and_is_remembered_under_its_key(governed: Repo, parsed: list[str]) -> None:
    look()
    parsed.clear()
    for _ in range(2):
        found = look(check=Check("one", _shouts))
        assert [(f.message, f.place) for f in found["auth"].findings] == [("auth!", "spec/capabilities/auth.yaml:3:1")]
    assert len(set(parsed)) == 2
    parsed.clear()
    look()
    assert parsed == []
    look(check=Check("two", _shouts))
    assert len(set(parsed)) == 2


def test_many_files_give_the_same_facts_in_several_processes(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(230):
        repo.write(f"spec/capabilities/c{i}.yaml", BILLING.replace("billing/invoices", f"c{i}"))
    repo.write("spec/capabilities/c7.yaml", "broken")
    repo.commit()
    monkeypatch.setattr(bulk, "_cores", lambda: 1)
    alone = look(cached=False)
    monkeypatch.setattr(bulk, "_cores", lambda: 2)
    for found in (look(cached=False), look(), look(), look("HEAD", cached=False)):
        assert {c: (f.title, f.requirements, f.findings) for c, f in found.items()} == {
            c: (f.title, f.requirements, f.findings) for c, f in alone.items()
        }


def test_an_old_cache_is_thinned_out(governed: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    look()
    cache = Cache(discover())
    cache.save("capabilities", cache.load("capabilities") | {f"{i:040x}": ["x"] for i in range(5_000)})
    look()
    governed.write("spec/capabilities/auth.yaml", AUTH + "    notes: New.\n")
    look()
    assert len(cache.load("capabilities")) == 2


def test_rows_of_another_shape_are_made_again(governed: Repo) -> None:
    look()
    cache = Cache(discover())
    cache.save("capabilities", {oid: ["x"] for oid in cache.load("capabilities")})
    assert look()["auth"].title == "Auth"


def test_a_warm_look_imports_neither_yaml_nor_models(governed: Repo) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from gitspec.git.repository import discover\n"
        "from gitspec.git.snapshot import open_snapshot\n"
        "from gitspec.store.cache import Cache\n"
        "from gitspec.store.spec import Spec\n"
        "from gitspec.store.facts import facts_of_capabilities\n"
        "repo = discover()\n"
        "found = facts_of_capabilities(Spec(open_snapshot(repo), Cache(repo)))\n"
        "found['auth'].requirements, found['auth'].findings, found['auth'].links\n"
        "print(*({'pydantic', 'yaml', 'ruamel', 'pygit2', 'subprocess', 'regex', 'pathlib'} & set(sys.modules)))\n"
    )
    root = str(Path(__file__).parents[2])
    look()
    done = subprocess.run([sys.executable, "-c", code, root], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_a_commit_is_looked_at_in_a_bare_repository(
    governed: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = governed.bare(tmp_path / "bare.git")
    monkeypatch.chdir(bare.path)
    assert look()["auth"].title == "Auth"
    assert os.path.exists(bare.path / "gitspec/capabilities.json")
    repo = discover()
    only = facts_of_capabilities(Spec(at_commit(repo, "HEAD"), Cache(repo)), ["auth", "nope"])
    assert list(only) == ["auth"]
