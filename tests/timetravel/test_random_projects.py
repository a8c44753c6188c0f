"""Random projects in real repositories: branches, merges, squashes, renames, archives taken back, releases merged."""

import os
from random import Random

import pytest

from gitspec.commands.blame import blame
from gitspec.commands.compare import Sides, compare
from gitspec.commands.log import find_past, log
from gitspec.domain.capability import Capability, Requirement
from gitspec.domain.diff import diff, requirement_parts
from gitspec.domain.renames import renames
from gitspec.domain.same_content import requirements_of
from gitspec.git.repository import Repository, discover
from gitspec.git.snapshot import at_commit
from gitspec.store.past import Pasts
from gitspec.store.spec import Spec
from tests.conftest import Repo
from tests.domain.histories import MARK
from tests.fsck.world import live
from tests.timetravel.test_random_changes import applied, by_mark, flat, mistaken

SEEDS = [8, 30_000_155]


@pytest.fixture(params=SEEDS)
def project(request: pytest.FixtureRequest, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """The repository of a random project."""
    for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, os.environ[name])  # the project sets them, and they are put back
    live(repo, request.param)
    return discover(str(repo.path))


def test_log_blame_and_diff_of_a_random_project(project: Repository) -> None:
    check(project, Random(1), pairs=15)


def check(project: Repository, random: Random, *, pairs: int) -> None:
    """Everything that must hold of any project."""
    spec = Spec(at_commit(project, "main"))
    for name in requirements_of(dict(spec.living)):
        the_last_version_is_what_lives(spec, name)
    for capability in spec.capability_ids():
        found = log(spec, capability)
        assert found.versions and found.lives
        what_is_blamed_brought_it(spec, capability)
    commits = repo_git(project, "rev-list", "main", "release").split()
    for _ in range(pairs):
        a, b = random.sample(commits, 2)
        a_difference_leads_from_one_to_the_other(project, a, b)


def the_last_version_is_what_lives(spec: Spec, name: str) -> None:
    """And each version comes from one of the same requirement: the mark tells. After a removal an id may be another's."""
    capability, _, requirement = name.rpartition("/")
    lives = spec.living[capability].requirement(requirement)
    assert lives is not None
    pasts = Pasts(spec.snapshot.repo, spec.snapshot.name)
    try:
        past = find_past(spec, pasts, name, "requirement")[1]
        versions = past.versions()
        newest = versions[0]
        assert isinstance(newest.thing, Requirement)
        assert newest.name == name and not list(requirement_parts(newest.thing, lives))
        for moment in versions:
            things = (moment.thing, *(side.thing for side in moment.before))
            assert len({thing.attributes[MARK] for thing in things if isinstance(thing, Requirement)}) == 1, name
        assert any(not [s for s in m.before if s.thing is not None] for m in versions), "somebody brought it"
        for moment in past.moments.values():
            assert at(spec.snapshot.repo, moment.commit, moment.name) == moment.thing
    finally:
        pasts.close()


def what_is_blamed_brought_it(spec: Spec, capability: str) -> None:
    """The blamed commit has the text or the scenario as it is now, and its first parent has not."""
    repo = spec.snapshot.repo
    for row in blame(spec, capability).rows:
        name, _, scenario = row.name.partition("#")
        if row.part != "text" and not scenario:
            continue
        now = at(repo, spec.snapshot.name, name)
        assert isinstance(now, Requirement)
        there = requirements_of(dict(Spec(at_commit(repo, row.deed.commit)).living))
        (same,) = [r for r in there.values() if r.attributes[MARK] == now.attributes[MARK]]
        assert said(same, scenario) == said(now, scenario)
        parents = repo_git(repo, "rev-list", "--parents", "-1", row.deed.commit).split()[1:]
        for parent in parents[:1]:
            before = requirements_of(dict(Spec(at_commit(repo, parent)).living))
            same_before = [r for r in before.values() if r.attributes[MARK] == now.attributes[MARK]]
            assert all(said(r, scenario) != said(now, scenario) for r in same_before)


def said(requirement: Requirement, scenario: str) -> object:
    """The text of a requirement, or one of its scenarios."""
    return requirement.scenario(scenario) if scenario else requirement.text


def a_difference_leads_from_one_to_the_other(project: Repository, a: str, b: str) -> None:
    sides = Sides(Spec(at_commit(project, a)), Spec(at_commit(project, b)), a, b)
    before, after = dict(sides.before.living), dict(sides.after.living)
    found = compare(sides)
    assert found.capabilities == diff(before, after, renames(before, after, found.step))
    old, new = requirements_of(before), requirements_of(after)
    wrong = mistaken(found.capabilities, by_mark(before), by_mark(after))
    assert not [(kind, was, now) for kind, was, now in wrong if old[was].text != new[now].text]
    assert applied(before, found.capabilities) == {n: flat(r) for n, r in requirements_of(after).items()}


def at(repo: Repository, commit: str, name: str) -> Requirement | Capability | None:
    capability, _, requirement = name.rpartition("/")
    spec = Spec(at_commit(repo, commit))
    if capability not in spec.living:
        return None
    return spec.living[capability].requirement(requirement)


def repo_git(repo: Repository, *args: str) -> str:
    from gitspec.git.run import git

    return git(repo, *args).decode()
