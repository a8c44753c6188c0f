"""The same change archived twice: in two clones, on two days. The one that is published wins."""

import os
from typing import NamedTuple

from gitspec.errors import Refused
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.store import layout


class Rival(NamedTuple):
    """A change with two archived folders: ``ours`` is not published, ``theirs`` came with the commit that is told."""

    change: str
    ours: str
    theirs: str
    came: str


def archived_at(repo: Repository, commit: str) -> dict[str, str]:
    """The archived folders of a commit: id of the change to the folder's name. ``commit`` may be any name of one."""
    args = ("ls-tree", "--name-only", "-z", "--end-of-options", f"{commit}:{layout.ARCHIVE}")
    names = os.fsdecode(run(repo, *args).out).split("\0")
    return {split[1]: name for name in names if (split := layout.split_archive_name(name))}


def rivals(repo: Repository, ours: str, theirs: str) -> list[Rival]:
    """The changes that two tips have each archived for themselves, since they parted."""
    here, there = archived_at(repo, ours), archived_at(repo, theirs)
    both = sorted(here.keys() & there.keys())
    if not both:
        return []
    base = run(repo, "merge-base", ours, theirs).out.decode().strip()
    before = archived_at(repo, base) if base else {}
    rest = [change for change in both if change not in before]
    return [Rival(c, here[c], there[c], _came_with(repo, theirs, there[c])) for c in rest]


def told(rival: Rival, branch: str, remote_branch: str) -> Refused:
    """The refusal that says which one has won."""
    return Refused(
        "A003",
        f"change '{rival.change}' was archived on {remote_branch} on {rival.theirs[:10]}{rival.came} "
        f"(tag archive/{rival.theirs}); the archive of {rival.ours[:10]} on {branch} is not published",
        place=f"{layout.ARCHIVE}/{rival.ours}",
        help=f"gitspec archive --drop-unpublished {rival.change}, then git pull --rebase",
    )


def refuse_archived_upstream(repo: Repository, branch: str, change: str) -> None:
    """Raise Refused A003 when the branch's upstream, as last fetched, has archived the change."""
    upstream = f"{branch}@{{upstream}}"
    name = archived_at(repo, upstream).get(change)
    if name is None:
        return
    shown = git(repo, "for-each-ref", "--format=%(upstream:short)", f"refs/heads/{branch}").decode("utf-8", "replace")
    came = _came_with(repo, upstream, name)
    raise Refused(
        "A003",
        f"change '{change}' was archived on {shown.strip()} on {name[:10]}{came} (tag archive/{name})",
        help="git pull",
    )


def _came_with(repo: Repository, tip: str, name: str) -> str:
    """By whom an archived folder was brought in, and in which commit, for a sentence; empty when history is missing."""
    args = ("log", "-1", "--first-parent", "--encoding=UTF-8", "--format=%H%x00%aN", "--end-of-options", tip, "--")
    commit, _, author = run(repo, *args, f"{layout.ARCHIVE}/{name}").out.decode("utf-8", "replace").partition("\0")
    if not commit:
        return ""
    return f", by {author.strip()} in commit {commit[:12]}" if author.strip() else f", by commit {commit[:12]}"
