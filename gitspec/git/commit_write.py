"""Commits and annotated tags as objects, signed as the user's Git configuration says; no ref moves here."""

import os
from collections.abc import Sequence

from gitspec.errors import CannotJudge
from gitspec.git.identity import Identity, Settings
from gitspec.git.journal import operation_folder
from gitspec.git.object_batch import ObjectBatch
from gitspec.git.removing import remove_folder
from gitspec.git.repository import Repository
from gitspec.git.run import git, run

_UTF8 = ("-c", "i18n.commitEncoding=UTF-8")


def write_commit(
    repo: Repository, batch: ObjectBatch, tree: str, parents: Sequence[str], message: str, settings: Settings
) -> str:
    """Make a commit and give its id; unsigned it is in ``batch``. Raises CannotJudge G014 when signing fails."""
    if settings.sign_commits:
        return _write_signed_commit(repo, batch, tree, parents, message, settings)
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    lines += [f"author {settings.author.line}", f"committer {settings.committer.line}", "", message]
    return batch.add("commit", "\n".join(lines).encode("utf-8", "surrogateescape"))


def _write_signed_commit(
    repo: Repository, batch: ObjectBatch, tree: str, parents: Sequence[str], message: str, settings: Settings
) -> str:
    batch.write(repo)
    args = [*_UTF8, "commit-tree", "-S", tree, *(word for parent in parents for word in ("-p", parent))]
    env = {"GIT_COMMITTER_DATE": settings.committer.git_date, "GIT_AUTHOR_DATE": settings.author.git_date}
    result = run(repo, *args, input=message.encode("utf-8", "surrogateescape"), env=env)
    if result.status:
        raise _unsigned(result.err)
    return result.out.decode().strip()


def tag_object(commit: str, committer: str, name: str, message: str) -> bytes:
    """The content of an annotated tag. It follows from the commit: the same commit gives the same tag everywhere."""
    text = f"object {commit}\ntype commit\ntag {name}\ntagger {committer}\n\n{message}"
    return text.encode("utf-8", "surrogateescape")


def write_tag(repo: Repository, batch: ObjectBatch, commit: str, name: str, message: str, settings: Settings) -> str:
    """Make an annotated tag as an object only, and give its id; unsigned it is in ``batch``. Raises CannotJudge G014."""
    who = settings.committer
    if settings.sign_tags:
        batch.write(repo)
        return _write_signed_tag(repo, commit, who, name, message)
    return batch.add("tag", tag_object(commit, who.line, name, message))


def _write_signed_tag(repo: Repository, commit: str, who: Identity, name: str, message: str) -> str:
    """``git tag`` signs, and also writes the ref at once: so it runs in a scratch repository that shares the objects.

    Which key signs is asked for where the user is: settings may be for this repository or work tree only.
    """
    rows = run(repo, "config", "-z", "--get-regexp", r"^(user|author|committer|gpg|tag)\.").out.split(b"\0")[:-1]
    options = [word for row in rows for word in ("-c", os.fsdecode(row.replace(b"\n", b"=", 1)))]
    scratch = f"{operation_folder(repo)}/signing.git"
    remove_folder(scratch)
    os.makedirs(f"{scratch}/refs/heads")
    with open(f"{scratch}/HEAD", "w") as file:
        file.write("ref: refs/heads/none\n")
    sha256 = repo.object_format == "sha256"
    with open(f"{scratch}/config", "w", encoding="utf-8", errors="surrogateescape") as file:
        quoted = f"{repo.common_dir}/config".replace("\\", "\\\\").replace('"', '\\"')
        file.write(f'[include]\n\tpath = "{quoted}"\n[core]\n\tbare = true\n')
        file.write(f"\trepositoryformatversion = {int(sha256)}\n")
        if sha256:
            file.write("[extensions]\n\tobjectFormat = sha256\n")
    env: dict[str, str | None] = {
        "GIT_DIR": scratch,
        "GIT_COMMON_DIR": None,
        "GIT_WORK_TREE": None,
        "GIT_OBJECT_DIRECTORY": os.environ.get("GIT_OBJECT_DIRECTORY") or f"{repo.common_dir}/objects",
        "GIT_COMMITTER_DATE": who.git_date,
    }
    args = ("tag", "-s", "--cleanup=verbatim", "-F", "-", name, commit)
    result = run(repo, *options, *_UTF8, *args, input=message.encode(), env=env)
    if result.status:
        raise _unsigned(result.err)
    oid = git(repo, "rev-parse", "--verify", f"refs/tags/{name}", env=env).decode().strip()
    if b"\n-----BEGIN " not in git(repo, "cat-file", "tag", oid):
        raise _unsigned(result.err)  # Git 2.39 makes a tag without a signature when ssh-keygen fails, and ends with 0
    remove_folder(scratch)
    return oid


def _unsigned(err: bytes) -> CannotJudge:
    said = err.decode("utf-8", "replace").strip().splitlines()
    return CannotJudge(
        "G014",
        f"signing failed: {said[0].removeprefix('error: ') if said else 'no reason given'}",
        help="mend user.signingKey and gpg.format, or turn off commit.gpgSign and tag.gpgSign",
    )
