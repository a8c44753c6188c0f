"""Commits and annotated tags as objects, signed as the user's Git configuration says; no ref moves here."""

import os
from collections.abc import Sequence

from gitspec.errors import CannotJudge
from gitspec.git.identity import Identity, no_identity
from gitspec.git.journal import operation_folder, remove_folder
from gitspec.git.repository import Repository
from gitspec.git.run import GitFailed, git, run

_UTF8 = ("-c", "i18n.commitEncoding=UTF-8")


def write_commit(
    repo: Repository, tree: str, parents: Sequence[str], message: str, who: Identity, *, sign: bool
) -> str:
    """Write a commit and give its id. Raises CannotJudge: G010 no author is known, G014 signing failed."""
    args = [*_UTF8, "commit-tree", tree, *(word for parent in parents for word in ("-p", parent))]
    env = {"GIT_COMMITTER_DATE": who.git_date, "GIT_AUTHOR_DATE": os.environ.get("GIT_AUTHOR_DATE") or who.git_date}
    result = run(repo, *args, *(["-S"] if sign else []), input=message.encode(), env=env)
    if result.status:
        if b"ident" in result.err and not sign:
            raise no_identity(result.err)
        raise _unsigned(result.err) if sign else GitFailed(("commit-tree",), result.status, result.err)
    return result.out.decode().strip()


def tag_object(commit: str, committer: str, name: str, message: str) -> bytes:
    """The content of an annotated tag. It follows from the commit: the same commit gives the same tag everywhere."""
    text = f"object {commit}\ntype commit\ntag {name}\ntagger {committer}\n\n{message}"
    return text.encode("utf-8", "surrogateescape")


def write_tag(repo: Repository, commit: str, who: Identity, name: str, message: str, *, sign: bool) -> str:
    """Write an annotated tag as an object only, and give its id. Raises CannotJudge G014 when signing fails."""
    if sign:
        return _write_signed_tag(repo, commit, who, name, message)
    data = tag_object(commit, who.line, name, message)
    return git(repo, "hash-object", "-t", "tag", "-w", "--stdin", input=data).decode().strip()


def _write_signed_tag(repo: Repository, commit: str, who: Identity, name: str, message: str) -> str:
    """``git tag`` signs, and also writes the ref at once: so it runs in a scratch repository that shares the objects."""
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
    result = run(repo, *_UTF8, *args, input=message.encode(), env=env)
    if result.status:
        raise _unsigned(result.err)
    oid = git(repo, "rev-parse", "--verify", f"refs/tags/{name}", env=env).decode().strip()
    remove_folder(scratch)
    return oid


def _unsigned(err: bytes) -> CannotJudge:
    said = err.decode("utf-8", "replace").strip().splitlines()
    return CannotJudge(
        "G014",
        f"signing failed: {said[0].removeprefix('error: ') if said else 'no reason given'}",
        help="mend user.signingKey and gpg.format, or turn off commit.gpgSign and tag.gpgSign",
    )
