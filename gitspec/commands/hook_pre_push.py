"""pre-push: judge what is pushed as the server would, every ref of the push."""

import os
from collections.abc import Mapping

from gitspec.commands.gate import RefUpdate, judge_updates
from gitspec.commands.plain_policies import note_if_plain
from gitspec.domain.places import POLICY
from gitspec.domain.report import Report
from gitspec.errors import CannotJudge, UsageError
from gitspec.git.objects import Objects
from gitspec.git.repository import discover
from gitspec.git.spec_history import was_ever
from gitspec.store.cache import Cache

_ZEROS = ("0" * 40, "0" * 64)


def judge_push(remote: str, url: str, lines: str) -> Report:
    """Judge a push to ``remote`` (its name, or the URL again where it has none), as Git tells a hook on standard input.

    Raises CannotJudge, and UsageError for lines that Git would not write.
    """
    repo = discover()
    updates = [_update(line) for line in lines.splitlines() if line.strip()]
    if not updates:
        return Report()
    name = "" if remote == url else remote
    known = f"--remotes={name}" if name else "--remotes"
    try:
        # Of what lies behind a URL nothing is known; this clone's own branches are certainly not what it has.
        report = judge_updates(repo, updates, (known,), remote=name or "origin", cache=Cache(repo))
        note_if_plain(repo, report.policy)
        return report
    except CannotJudge as error:
        if error.code == "L010" and not any(was_ever(repo, u.new, POLICY) for u in updates if u.new):
            return Report()  # nothing governs what is pushed, and nothing ever did
        raise


def lines_of_framework(environ: Mapping[str, str]) -> str:
    """The line of a push that the pre-commit framework tells in variables: it hands on one ref of a push, never more.

    Empty where it says nothing of a push. What the remote has is known only for a branch that was there before: for a
    new one the framework names a commit of its own choice.
    """
    ref, local = environ.get("PRE_COMMIT_REMOTE_BRANCH", ""), environ.get("PRE_COMMIT_LOCAL_BRANCH", "")
    if not ref or not local:
        return ""
    objects = Objects(discover())
    new = environ.get("PRE_COMMIT_TO_REF") or objects.find(local) or ""
    short = ref.removeprefix("refs/heads/")
    tracked = objects.find(f"refs/remotes/{environ.get('PRE_COMMIT_REMOTE_NAME', '')}/{short}")
    old = environ.get("PRE_COMMIT_FROM_REF", "") if tracked else ""
    return f"{local} {objects.find(new) or new} {ref} {objects.find(old) or _ZEROS[0]}"


def _update(line: str) -> RefUpdate:
    fields = line.rsplit(" ", 3)  # what is pushed may be called HEAD@{1 day ago}
    if len(fields) != 4 or not all(
        set(oid) <= set("0123456789abcdef") and len(oid) in (40, 64) for oid in fields[1::2]
    ):
        raise UsageError(
            "U000",
            f"pre-push reads '<local ref> <id> <remote ref> <id>', not '{os.fsdecode(os.fsencode(line))[:200]}'",
            help="let Git run the hook: git push",
        )
    _, new, ref, old = fields
    return RefUpdate(ref, "" if old in _ZEROS else old, "" if new in _ZEROS else new)
