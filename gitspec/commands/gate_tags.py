"""The archive tags of a push: they never move, and only a proven archive commit of a protected branch gets one."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gitspec.domain.finding import Finding
from gitspec.domain.rules import finding
from gitspec.git.objects import Objects
from gitspec.git.ref_tips import is_ancestor
from gitspec.git.repository import Repository
from gitspec.git.spec_history import parse_commit, present, reached
from gitspec.store import layout

if TYPE_CHECKING:
    from gitspec.store.cache import Cache
    from gitspec.store.proving import Verdict

ARCHIVE_TAGS = "refs/tags/archive/"
_FEW = 8
"""So many tags are looked up one by one; for more the history of the protected branches is listed."""


def kept_tag(ref: str, *, moves: bool) -> Finding:
    """The finding about an archive tag that shall move or go."""
    what = "moved" if moves else "removed"
    return finding("R022", f"{ref} exists, and archive tags are never {what}", ref, help="leave it")


def judge_new_tags(
    repo: Repository,
    tags: Mapping[str, tuple[str, str]],
    tips: Sequence[str],
    proofs: Mapping[str, "Verdict"],
    cache: "Cache | None",
) -> dict[str, Finding]:
    """What is wrong with new archive tags, by ref.

    ``tags`` gives for each ref the object that it shall hold and the commit that this names, or an empty id. ``tips`` are
    the protected branches as they will be; ``proofs`` is what is known already.

    Raises CannotJudge G016 when history that would tell is missing.
    """
    problems: dict[str, str] = {}
    named = {}
    for ref, (_, commit) in tags.items():
        if commit and layout.split_archive_name(ref.removeprefix(ARCHIVE_TAGS)):
            named[ref] = commit
        else:
            problems[ref] = "is no name of an archive, or names no commit"
    landed = _landed(repo, named, tips)
    problems |= {ref: "names a commit that is on no protected branch" for ref in named if ref not in landed}
    problems |= _unfit(repo, landed, tags, proofs, cache)
    return {ref: finding("R022", f"{ref} {problem}", ref, help=_way_out(ref)) for ref, problem in problems.items()}


def _way_out(ref: str) -> str:
    from shlex import quote

    tag = quote(ref.removeprefix("refs/tags/"))
    return f"git tag -d {tag}, then 'gitspec tags --restore' makes the right one; push it with the branch"


def _landed(repo: Repository, named: Mapping[str, str], tips: Sequence[str]) -> dict[str, str]:
    """Those tags whose commit a protected branch has."""
    on_branch = reached(repo, tips) if len(named) > _FEW else set(tips)
    return {
        ref: commit
        for ref, commit in named.items()
        if commit in on_branch or any(is_ancestor(repo, commit, tip) for tip in tips)
    }


def _unfit(
    repo: Repository,
    landed: Mapping[str, str],
    tags: Mapping[str, tuple[str, str]],
    proofs: Mapping[str, "Verdict"],
    cache: "Cache | None",
) -> dict[str, str]:
    """What is wrong with tags of commits that landed."""
    from gitspec.store.archive_tags import TagRef, compared
    from gitspec.store.verdicts import verdicts_on

    if not landed:
        return {}
    problems = {}
    objects = Objects(repo)
    try:
        commits = list(dict.fromkeys(landed.values()))
        texts = dict(zip(commits, map(parse_commit, objects.read_many(commits)), strict=True))
        asked = [(oid, _folder(ref)) for ref, commit in landed.items() for oid in (commit, *texts[commit].parents[:1])]
        has = dict(zip(asked, present(repo, asked), strict=True))
        fit = {}
        for ref, commit in landed.items():
            if has[commit, _folder(ref)] and not any(has[oid, _folder(ref)] for oid in texts[commit].parents[:1]):
                fit[ref] = commit
            else:
                problems[ref] = "names a commit that does not archive that"
        unknown = [commit for commit in dict.fromkeys(fit.values()) if commit not in proofs]
        proven = {**proofs, **verdicts_on(repo, [(c, texts[c].parents) for c in unknown], unknown, cache)}
        for ref, commit in fit.items():
            if commit in proven and not proven[commit].is_proven:
                problems[ref] = "names an archive commit that is not proven"
                continue
            oid = tags[ref][0]
            tag = TagRef(oid, objects.read_typed(oid)[0], commit)
            problems[ref] = compared(objects, ref.removeprefix(ARCHIVE_TAGS), tag, texts[commit].committer).problem
    finally:
        objects.close()
    return {ref: problem for ref, problem in problems.items() if problem}


def _folder(ref: str) -> str:
    """What the commit that a tag names adds to the archive."""
    return f"{layout.ARCHIVE}/{ref.removeprefix(ARCHIVE_TAGS)}/change.yaml"
