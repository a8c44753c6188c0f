"""`gitspec tags`: the archive tags, and making missing ones again from the commits alone."""

from typing import NamedTuple

from gitspec.errors import Refused
from gitspec.git.object_batch import ObjectBatch
from gitspec.git.objects import Objects
from gitspec.git.repository import Repository
from gitspec.git.run import GitFailed, run
from gitspec.git.spec_history import parse_commit
from gitspec.store.archive_tags import ArchiveTag, archive_tags, tag_data
from gitspec.store.cache import Cache
from gitspec.store.verdicts import judge_history


class Tags(NamedTuple):
    """The archive tags as they are now; ``restored`` are those made just now, ``unproven`` those left out."""

    tip: str
    tags: tuple[ArchiveTag, ...]
    restored: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()


def list_tags(repo: Repository, at: str | None, cache: Cache | None) -> Tags:
    """The archive tags of what ``at`` (HEAD) reaches. Raises CannotJudge as `gitspec fsck`."""
    objects = Objects(repo)
    try:
        tip = objects.resolve("HEAD" if at is None else at)
    finally:
        objects.close()
    history = judge_history(repo, [tip], None, cache)
    return Tags(tip, tuple(archive_tags(repo, history, [tip], whole=True)))


def restore_tags(repo: Repository, at: str | None, cache: Cache | None) -> Tags:
    """Make the missing tags of proven commits, all or none; tags that exist are left alone.

    A tag is derived from its commit, so the object is the same wherever it is made. Raises Refused A004 when a name is
    taken meanwhile, and CannotJudge as ``list_tags``.
    """
    before = list_tags(repo, at, cache)
    proven = _proven(repo, before, cache)
    missing = [tag for tag in before.tags if tag.state == "missing"]
    wanted = [tag for tag in missing if tag.commit in proven]
    if wanted:
        _create(repo, wanted)
    made = {tag.name for tag in wanted}
    tags = tuple(tag._replace(state="ok") if tag.name in made else tag for tag in before.tags)
    return Tags(before.tip, tags, tuple(sorted(made)), tuple(tag.name for tag in missing if tag.name not in made))


def _proven(repo: Repository, tags: Tags, cache: Cache | None) -> set[str]:
    history = judge_history(repo, [tags.tip], None, cache)
    return {verdict.commit for verdict in history.verdicts if verdict.is_proven}


def _create(repo: Repository, tags: list[ArchiveTag]) -> None:
    objects = Objects(repo)
    batch = ObjectBatch(repo.object_format)
    try:
        commits = objects.read_many([tag.commit for tag in tags])
    finally:
        objects.close()
    lines = ["start"]
    for tag, data in zip(tags, commits, strict=True):
        oid = batch.add("tag", tag_data(tag.name, tag.commit, parse_commit(data).committer))
        lines.append(f"create {tag.ref} {oid}")
    batch.write(repo)
    result = run(repo, "update-ref", "--stdin", input="\n".join([*lines, "prepare", "commit", ""]).encode())
    if result.status:
        said = result.err.decode("utf-8", "replace").strip()
        if "already exists" in said or "cannot lock ref" in said:
            raise Refused("A004", f"no tag was made: {said.splitlines()[-1]}", help="run it again")
        raise GitFailed(("update-ref",), result.status, result.err)
