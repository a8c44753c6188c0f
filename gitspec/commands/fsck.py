"""`gitspec fsck`: prove the living specs from the history, and say what cannot be proven."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gitspec.domain.finding import Finding
from gitspec.domain.rules import finding
from gitspec.errors import CannotJudge
from gitspec.git.objects import Objects
from gitspec.git.repository import Repository
from gitspec.git.snapshot import at_tree
from gitspec.git.spec_history import branch_tips, present
from gitspec.store import layout
from gitspec.store.archive_tags import archive_tags
from gitspec.store.cache import Cache
from gitspec.store.proving import Exempted, Verdict
from gitspec.store.spec import Spec
from gitspec.store.verdicts import History, judge_history

_SHOWN = 3


class Found(NamedTuple):
    """A finding, and the commit that it is about."""

    commit: str
    finding: Finding


class Allowed(NamedTuple):
    """A direct edit of living specs that is allowed, and listed."""

    commit: str
    exempted: Exempted


class Report(NamedTuple):
    """What was proven. ``commits`` counts those looked through, ``archives`` the proven ones that archive changes."""

    tip: str
    since: str | None
    commits: int
    archives: int
    changes: int
    """How many changes these archive."""
    judged: int
    """How many commits were judged now; the others were remembered."""
    exceptions: tuple[Allowed, ...]
    found: tuple[Found, ...]

    @property
    def is_clean(self) -> bool:
        """Whether there is no error."""
        return all(one.finding.severity != "error" for one in self.found)


def fsck(
    repo: Repository,
    *,
    at: str | None,
    since: str | None,
    every_branch: bool,
    cache: Cache | None,
    with_tags: bool = True,
) -> Report:
    """Prove what ``at`` (HEAD) reaches, and with ``every_branch`` all branches, back to ``since``.

    Raises CannotJudge: G005 names of nothing, G006 missing objects, G016 a shallow clone, L010 no policy.
    """
    objects = Objects(repo)
    try:
        tip = objects.resolve("HEAD" if at is None else at)
        start = objects.resolve(since) if since else None
        tips = list(dict.fromkeys([tip, *(branch_tips(repo) if every_branch else ())]))
        history = judge_history(repo, tips, start, cache)
        spec = Spec(at_tree(repo, tip, objects, name=tip), cache)
        if not spec.has_policy and not history.verdicts:
            raise CannotJudge("L010", f"no commit up to {tip[:12]} has {layout.POLICY}", help="run 'gitspec init'")
        found = [Found(v.commit, f) for v in history.verdicts for f in v.findings]
        found += _ids_used_again(repo, history)
        found += _never_said(repo, history, spec, tips)
        found += [Found(tip, f) for f in (*_of_layout(spec), *_dead_links(spec))]
        if with_tags:
            found += _about_tags(repo, history, tips, whole=start is None)
    finally:
        objects.close()
    proven = [v for v in history.verdicts if v.is_proven and any(one.kind == "archived" for one in v.landed)]
    changes = sum(one.kind == "archived" for v in proven for one in v.landed)
    exceptions = tuple(Allowed(v.commit, one) for v in history.verdicts for one in v.exempted)
    return Report(
        tip, start, history.commits, len(proven), changes, history.judged, exceptions, tuple(dict.fromkeys(found))
    )


def _ids_used_again(repo: Repository, history: History) -> Iterator[Found]:
    """Commits that have two folders for one id: an id is used once, for ever."""
    names: dict[str, dict[str, None]] = {}
    suspects: list[tuple[Verdict, str]] = []
    for verdict in history.verdicts:
        landed = [one.name for one in verdict.landed]
        for name in landed:
            names.setdefault(name[11:], {})[name] = None
        suspects += [(verdict, name[11:]) for name in landed if len(names[name[11:]]) > 1]
        suspects += [(verdict, change) for change in verdict.proposed if change in names]
    asked = [
        (verdict.commit, change, folder)
        for verdict, change in suspects
        for folder in (*(f"{layout.ARCHIVE}/{name}" for name in names[change]), f"{layout.CHANGES}/{change}")
    ]
    there = present(repo, [(commit, f"{folder}/change.yaml") for commit, _, folder in asked])
    folders: dict[tuple[str, str], list[str]] = {}
    for (commit, change, folder), has in zip(asked, there, strict=True):
        if has:
            folders.setdefault((commit, change), []).append(folder)
    for (commit, change), found in folders.items():
        if len(found) > 1:
            message = f"the id '{change}' has two folders: {found[0]} and {found[1]}"
            way_out = "an id is used once, for ever: give the later change another one"
            yield Found(commit, finding("H007", message, found[-1], help=way_out))


def _never_said(repo: Repository, history: History, spec: Spec, tips: Sequence[str]) -> Iterator[Found]:
    """Quotations as `from` that were in no living spec: of archived changes, and of the active ones at the tip."""
    from gitspec.commands.fsck_quotes import active_quotes, never_said

    quoted = [(verdict.commit, "", quote) for verdict in history.verdicts for quote in verdict.quotes]
    quoted += [(spec.snapshot.name, path, quote) for path, quote in active_quotes(spec)]
    for commit, path, quote in never_said(repo, quoted, tips):
        message = f"quotes a {quote.part} of {quote.name} as `from` that was in no living spec"
        way_out = "gitspec delta stamp" if path else "the archived delta overwrote something else than it says"
        where = path or f"{layout.CAPABILITIES}/{quote.capability}.yaml"
        yield Found(commit, finding("H011", message, where, help=way_out))


def _of_layout(spec: Spec) -> list[Finding]:
    return [f for f in spec.layout_findings() if f.severity == "error"]


def _dead_links(spec: Spec) -> Iterator[Finding]:
    """Links at the tip to requirements that do not exist."""
    from gitspec.store.facts import facts_of_capabilities

    facts = facts_of_capabilities(spec)
    ids = {capability: set(one.requirement_ids) for capability, one in facts.items()}
    for capability, one in facts.items():
        if one.is_broken:
            yield from one.findings
        for link in one.links:
            home, _, requirement = link.target.rpartition("/")
            if not (home in facts and facts[home].is_broken) and requirement not in ids.get(home, ()):
                message = f"{capability}/{link.requirement} links to {link.target}, which does not exist"
                yield finding("S103", message, one.path, help="remove the link by a delta: gitspec delta modify")


def _about_tags(repo: Repository, history: History, tips: Sequence[str], *, whole: bool) -> Iterator[Found]:
    tags = archive_tags(repo, history, tips, whole=whole)
    for tag in tags:
        if tag.state == "wrong":
            message = f"tag archive/{tag.name} {tag.problem}"
            way_out = f"git tag -d archive/{tag.name} && gitspec tags --restore"
            if "landed with" not in tag.problem:  # as after a rebase or a squash
                way_out += "; find out who moved it"
            yield Found(tag.commit, finding("H008", message, "", help=way_out))
    missing = [tag for tag in tags if tag.state == "missing" and not tag.is_optional]
    if missing:
        names = ", ".join(f"archive/{tag.name}" for tag in missing[:_SHOWN])
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        message = f"archive tags are missing: {names}{more}"
        way_out = "git fetch --tags, or gitspec tags --restore"
        yield Found(missing[0].commit, finding("H009", message, "", help=way_out))
