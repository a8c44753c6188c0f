"""Judge what a forge is about to land, or has landed: every commit, the commit that the forge will make, and the specs.

The policy is that of the branch before it. The commits that a squash, a rebase or a merge makes are made for real, in a
folder of objects that goes away again, and judged by the same engine as all others.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.commands.judge_commits import judge_commits
from gitspec.commands.pull_request_event import Event, Landing, MergeGroup, PullRequest, Push
from gitspec.commands.pull_request_specs import SpecsTrial, try_specs
from gitspec.domain.commit import Identity
from gitspec.domain.landing_message import Landed, merge_message, squash_message
from gitspec.domain.report import CommitReport, Report
from gitspec.domain.rules import finding
from gitspec.errors import CannotJudge
from gitspec.git.commit_log import LoggedCommit, read_log
from gitspec.git.landing import NOBODY, identities, make_commit, merge, replayed
from gitspec.git.ref_tips import HEADS, is_ancestor
from gitspec.git.repository import Repository
from gitspec.git.run import run
from gitspec.git.scratch import scratch

if TYPE_CHECKING:
    from gitspec.domain.finding import Finding

FORGE = Identity("GitHub", "noreply@github.com")
"""Who commits what is landed with a button."""
_SHOWN = 5
_HELP = "fetch the whole history (in GitHub Actions: actions/checkout with fetch-depth: 0; in GitLab CI: GIT_DEPTH: 0)"


class Judged(NamedTuple):
    """``report`` holds all findings; ``landings``: the ways to land that were judged; ``specs``: what it does to specs."""

    report: Report
    specs: SpecsTrial
    base: str = ""
    head: str = ""
    landings: tuple[Landing, ...] = ()


def judge_event(repo: Repository, event: Event, landings: Sequence[Landing] | None = None) -> Judged:
    """Judge an event. ``landings`` says how pull requests land, instead of the forge's own settings.

    Raises CannotJudge: G016 shallow history, G018 a commit that is not in this clone or that has nothing in common with
    the branch, L010 no policy, and what else ``judge_commits`` raises.
    """
    if isinstance(event, Push):
        return _pushed(repo, event)
    _require(repo, "base", event.base)
    _require(repo, "head", event.head)
    with scratch(repo) as inside:
        inside.env.update(identities(NOBODY, NOBODY))  # a runner has no identity
        if isinstance(event, MergeGroup):
            return _queued(inside, event)
        return _requested(inside, event, tuple(landings or event.landings))


def _queued(repo: Repository, event: MergeGroup) -> Judged:
    report = judge_commits(repo, [event.head], [event.base], policy_at=event.base, landing=True)
    specs = try_specs(repo, event.base, event.head, event.head, event.branch)
    return Judged(_complete(report, specs, _range(event.base, event.head)), specs, event.base, event.head)


def _pushed(repo: Repository, event: Push) -> Judged:
    from gitspec.commands.gate import RefUpdate, judge_updates

    for name, oid in (("before", event.old), ("after", event.new)):
        if oid:
            _require(repo, name, oid)
    if event.old or not event.new or not event.ref.startswith(HEADS):
        report = judge_updates(repo, [RefUpdate(event.ref, event.old, event.new)], [], remote="origin")
    else:
        report = _made(repo, event)
    asked = _range(event.old, event.new) if event.old else event.new[:12]
    return Judged(report._replace(range=report.range or asked), SpecsTrial(), event.old, event.new)


def _made(repo: Repository, event: Push) -> Report:
    """Judge a new branch: what it adds to the default one, whose policy judges; of the first branch everything.

    The push has landed already, so the branches here hold it: they say nothing about what was judged before.
    """
    is_default = event.ref == f"{HEADS}{event.default_branch}"
    bases = [] if is_default else _tracked(repo, event.default_branch)[:1]
    return judge_commits(repo, [event.new], bases, policy_at=bases[0] if bases else None, landing=is_default)


def _requested(repo: Repository, event: PullRequest, landings: tuple[Landing, ...]) -> Judged:
    base = _newest_base(repo, event)
    asked = _range(base, event.head)
    commits = read_log(repo, [event.head], [base])
    as_they_are = "rebase" in landings or "merge" in landings
    report = judge_commits(repo, [event.head], [base], policy_at=base, landing=as_they_are)
    if not commits:
        return Judged(report._replace(range=asked), SpecsTrial(), base, event.head, landings)
    merged = merge(repo, base, event.head)
    if merged.conflicts:
        report = _complete(report, SpecsTrial(), asked, [_conflict(event, merged.conflicts)])
        return Judged(report, SpecsTrial(), base, event.head, landings)
    request = _landed(event, commits)
    texts = event.style
    message = squash_message(request, texts.squash_title, texts.squash_message)
    squashed = make_commit(repo, merged.tree, [base], message, _author(commits), FORGE)
    extra: list[CommitReport] = []
    notes: list[Finding] = []
    seen = {_same(f) for one in report.commits for f in one.findings}
    if "squash" in landings:
        one = judge_commits(repo, [squashed], [base], policy_at=base, landing=True)
        extra += _told(one.commits, "lands by squash")
    if "rebase" in landings:
        made = replayed(repo, commits, base, FORGE)
        if made is None and landings == ("rebase",):
            notes.append(_conflict(event, ()))
        if made:
            again = judge_commits(repo, made[-1:], [base], policy_at=base, landing=True)
            extra += _told(_only_new(again.commits, seen), "lands by rebase")
    if "merge" in landings:
        text = merge_message(request, texts.merge_title, texts.merge_message)
        joined = make_commit(repo, merged.tree, [base, event.head], text, _author(commits), FORGE)
        whole = judge_commits(repo, [joined], [base], policy_at=base, landing=True)
        extra += _told([one for one in whole.commits if one.commit == joined], "lands by merge")
    history = "" if "squash" in landings else make_commit(repo, merged.tree, [base, event.head], "", NOBODY, FORGE)
    specs = try_specs(repo, base, event.head, squashed, event.branch, history)
    report = report._replace(commits=(*report.commits, *extra))
    return Judged(_complete(report, specs, asked, notes), specs, base, event.head, landings)


def _newest_base(repo: Repository, event: PullRequest) -> str:
    """The newest tip of the branch that is here and builds on the one that the event names.

    Others may have landed since the event; not what the pull request itself landed as.
    """
    for tip in _tracked(repo, event.branch):
        if tip != event.base and is_ancestor(repo, event.base, tip) and not is_ancestor(repo, event.head, tip):
            return tip
    return event.base


def _tracked(repo: Repository, branch: str) -> list[str]:
    """Where origin has the branch, if that is known here."""
    if not branch:
        return []
    name = f"refs/remotes/origin/{branch}"
    found = run(repo, "for-each-ref", "--format=%(refname) %(objectname)", name).out.decode("utf-8", "surrogateescape")
    rows = (row.rpartition(" ") for row in found.splitlines())
    return [oid for ref, _, oid in rows if ref == name]


def _require(repo: Repository, what: str, oid: str) -> None:
    if run(repo, "cat-file", "-e", f"{oid}^{{commit}}").status:
        raise CannotJudge("G018", f"the {what} commit {oid[:12]} is not in this clone", help=_HELP)


def _landed(event: PullRequest, commits: Sequence[LoggedCommit]) -> Landed:
    own = [c for c in commits if len(c.parents) < 2]
    rows = [(c.message, f"{c.author.name} <{c.author.email}>") for c in own]
    return Landed(event.number, event.title, event.body, event.source, rows)


def _author(commits: Sequence[LoggedCommit]) -> Identity:
    """Who is credited: the one author of all commits; nobody when there are several, so that no name exempts the rest."""
    authors = {commit.author.email for commit in commits}
    return commits[0].author if len(authors) == 1 else NOBODY


def _told(reports: Sequence[CommitReport], how: str) -> list[CommitReport]:
    """Reports on commits that are not made yet, as such: their ids mean nothing to anybody."""
    return [
        one._replace(
            commit="",
            subject=f"{one.subject} ({how})",
            findings=tuple(
                f._replace(path="" if one.commit.startswith(f.path) else f.path, message=f"{f.message} ({how})")
                for f in one.findings
            ),
        )
        for one in reports
    ]


def _only_new(reports: Sequence[CommitReport], seen: set[tuple[str, str]]) -> list[CommitReport]:
    """What a rebased commit is found wrong with beyond what was said of it before."""
    found = [one._replace(findings=tuple(f for f in one.findings if _same(f) not in seen)) for one in reports]
    return [one for one in found if one.findings]


def _same(found: "Finding") -> tuple[str, str]:
    return found.code, found.message


def _conflict(event: PullRequest, paths: Sequence[str]) -> "Finding":
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    where = f": {', '.join(paths[:_SHOWN])}{more}" if paths else ""
    message = f"the branch conflicts with {event.branch or 'its target'}, so nothing can land{where}"
    return finding("L006", message, help=f"git merge {event.branch or '<target>'}, decide the conflicts, and push")


def _complete(report: Report, specs: SpecsTrial, asked: str, notes: "Sequence[Finding]" = ()) -> Report:
    found = [*specs.findings, *(f for change in specs.changes for f in change.findings)]
    return report._replace(notes=(*report.notes, *notes, *found), range=asked)


def _range(base: str, head: str) -> str:
    return f"{base[:12]}..{head[:12]}"
