"""The same change archived twice: in two clones, on two days. The one that is published wins."""

import os
from typing import NamedTuple

from gitspec.errors import Refused
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.store import layout


class Rival(NamedTuple):
    """A change with two archived folders: ``ours`` is not published, ``theirs`` came with ``commit``."""

    change: str
    ours: str
    theirs: str
    commit: str


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
        f"change '{rival.change}' was archived on {remote_branch} on {rival.theirs[:10]}, by commit "
        f"{rival.commit[:12]} (tag archive/{rival.theirs}); the archive of {rival.ours[:10]} on {branch} is not published",
        place=f"{layout.ARCHIVE}/{rival.ours}",
        help=f"gitspec archive --drop-unpublished {rival.change}, then git pull --rebase",
    )


def refuse_archived_upstream(repo: Repository, branch: str, change: str) -> None:
    """Raise Refused A003 when the branch's upstream, as last fetched, has archived the change."""
    upstream = f"{branch}@{{upstream}}"
    name = archived_at(repo, upstream).get(change)
    if name is None:
        return
    commit = _came_with(repo, upstream, name)
    shown = git(repo, "for-each-ref", "--format=%(upstream:short)", f"refs/heads/{branch}").decode("utf-8", "replace")
    raise Refused(
        "A003",
        f"change '{change}' was archived on {shown.strip()} on {name[:10]}, by commit {commit[:12]} (tag archive/{name})",
        help="git pull",
    )


def _came_with(repo: Repository, tip: str, name: str) -> str:
    """The commit that brought an archived folder in; empty when history does not tell."""
    path = f"{layout.ARCHIVE}/{name}"
    args = ("rev-list", "-1", "--first-parent", "--end-of-options", tip, "--", path)
    return run(repo, *args).out.decode().strip()
