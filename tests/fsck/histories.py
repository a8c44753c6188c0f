"""Short ways to make histories of changes in a real repository, and to prove them."""

from typing import Any

from gitspec.commands import archive as archiving
from gitspec.commands.fsck import Report, fsck
from gitspec.domain.capability import Capability
from gitspec.domain.delta import Delta
from gitspec.domain.digest import seen_of, seen_of_whole
from gitspec.git.repository import discover
from gitspec.store.cache import Cache
from gitspec.yaml.binding import load
from gitspec.yaml.emit import emit
from tests.archive.project import TASKS, propose
from tests.conftest import Repo

DAY = "2026-11-21"
LIVING = "spec/capabilities/auth.yaml"
POLICY = "spec/gitspec.yaml"
REQUIREMENT = """\
  - id: {id}
    text: |
{text}
    scenarios:
      - id: usual
        steps: |
          WHEN it happens
          THEN it works
"""
TEXT = "\n".join(f"      The system MUST do {{id}}, part {n}." for n in range(9))


def requirement(requirement_id: str, **fields: str) -> str:
    """A requirement of nine lines, so that Git can merge two edits of it line by line."""
    return REQUIREMENT.format(id=requirement_id, text=fields.get("text", TEXT).format(id=requirement_id))


def start(repo: Repo, *ids: str) -> Repo:
    """Commit a policy and the capability ``auth`` with requirements of these ids."""
    repo.write(POLICY, 'version: "1"\n')
    body = "\n".join(requirement(i) for i in ids or ("one", "two", "three"))
    repo.write(LIVING, f"capability: auth\ntitle: Authentication\nrequirements:\n{body}")
    repo.write("src/code.py", "pass\n")
    repo.commit("Start")
    return repo


def living(repo: Repo, capability: str = "auth", at: str = "HEAD") -> Capability:
    """A living capability at a commit."""
    path = f"spec/capabilities/{capability}.yaml"
    loaded = load(Capability, repo.show(f"{at}:{path}").encode(), path)
    assert loaded.value is not None, loaded.findings
    return loaded.value


def change(repo: Repo, change_id: str, *, capability: str = "auth", tasks: str = TASKS, **delta: Any) -> str:
    """Commit an active change with one delta (or none, when none is given); its folder."""
    folder = propose(repo, change_id, tasks=tasks)
    if delta:
        model = Delta.model_validate({"capability": capability, **delta})
        repo.write(f"{folder}/deltas/{capability}.yaml", emit(model))
    else:
        repo.write(f"{folder}/change.yaml", repo.read(f"{folder}/change.yaml") + "no_deltas: true\n")
    repo.commit(f"Propose {change_id}\n\nChange: {change_id}")
    return folder


def edits(repo: Repo, requirement_id: str, old: str, new: str, capability: str = "auth") -> dict[str, Any]:
    """A stamped `modified` entry that replaces a part of the text as it lives at HEAD."""
    there = living(repo, capability).requirement(requirement_id)
    assert there is not None and old in there.text
    text = {"from": there.text, "to": there.text.replace(old, new)}
    return {"id": requirement_id, "seen": seen_of(there), "text": text}


def adds(requirement_id: str, **fields: Any) -> dict[str, Any]:
    """An `added` entry."""
    return {"id": requirement_id, "text": f"The system MUST {requirement_id}.", **fields}


def removes(repo: Repo, requirement_id: str, capability: str = "auth") -> dict[str, Any]:
    """A stamped `removed` entry."""
    there = living(repo, capability).requirement(requirement_id)
    assert there is not None
    return {"id": requirement_id, "seen": seen_of_whole(there), "reason": "Not needed."}


def archive(repo: Repo, change_id: str, *, with_tag: bool = True) -> str:
    """Archive it on the checked-out branch; the commit."""
    done = archiving.archive(discover(str(repo.path)), change_id, archiving.Options(with_tag=with_tag, use_cache=False))
    return done.outcome.commit


def close(repo: Repo, change_id: str) -> str:
    """Close it; the commit."""
    done = archiving.close(discover(str(repo.path)), change_id, "given up", None, archiving.Options())
    return done.outcome.commit


def land(repo: Repo, change_id: str, **delta: Any) -> str:
    """Propose and archive a change; the archive commit."""
    change(repo, change_id, **delta)
    return archive(repo, change_id)


def prove(repo: Repo, *, cached: bool = False, **options: Any) -> Report:
    """Run fsck in the repository."""
    here = discover(str(repo.path))
    wanted = {"at": None, "since": None, "every_branch": False, **options}
    return fsck(here, cache=Cache(here) if cached else None, **wanted)


def codes(report: Report) -> list[str]:
    """The codes of all findings."""
    return [one.finding.code for one in report.found]


def only(report: Report) -> tuple[str, str]:
    """Code and message of the one finding."""
    assert len(report.found) == 1, [tuple(one.finding) for one in report.found]
    return report.found[0].finding.code, report.found[0].finding.message


def clean(report: Report) -> None:
    """Fail when anything was found."""
    assert not report.found, [(one.commit, *one.finding) for one in report.found]


def switch(repo: Repo, branch: str, at: str = "") -> None:
    """Check a branch out; a new one when ``at`` says where."""
    repo.git("switch", "-q", *(("-c", branch, at) if at else (branch,)))
