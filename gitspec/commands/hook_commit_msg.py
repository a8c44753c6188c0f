"""commit-msg: judge the commit that is being made, by the engine; add the reference that its author has stated before."""

from typing import TYPE_CHECKING, NamedTuple

from gitspec.commands.pending_commit import (
    Message,
    Pending,
    choice_for,
    facts_of,
    pending_commit,
    read_message,
    tell_recovered,
)
from gitspec.domain.choice import Choice
from gitspec.domain.commit import CommitFacts
from gitspec.domain.finding import Finding, has_errors
from gitspec.domain.mend import missing_trailer
from gitspec.domain.message import is_autosquash
from gitspec.domain.places import POLICY, SPEC
from gitspec.domain.references import KEY, references
from gitspec.errors import CannotJudge
from gitspec.git import commit_facts, message_file
from gitspec.git.journal import is_pending
from gitspec.git.parent_command import amends, git_arguments
from gitspec.git.repository import Repository, discover

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy


class Verdict(NamedTuple):
    """What commit-msg decides. ``mend`` are commands that use the typed message again."""

    findings: tuple[Finding, ...] = ()
    added: Choice | None = None
    mend: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether Git shall stop."""
        return has_errors(self.findings)


def commit_msg(path: str) -> Verdict:
    """Judge the commit whose message is in the file ``path``. Raises CannotJudge.

    Where there is no policy, or no message (Git stops then by itself), nothing is judged. The reference is added to the
    file when the message has none and ``--change``, the branch or ``gitspec use`` states it, and only if the commit is
    accepted with it. An interrupted operation is finished or undone first, and stops a commit that it has torn.
    """
    repo = discover(recover=False)
    if is_pending(repo):
        tell_recovered(repo, _again(message_file.shown(repo, path)))
    pending = pending_commit(repo)
    if not pending.has_policy:
        return Verdict()
    message = read_message(path, pending)
    if not message.text:
        return Verdict()
    facts = facts_of(pending, message.text, message_file.shown(repo, path))
    data = message.data
    if choice := _stated(pending, facts):
        data = message.with_trailers(KEY, [choice.change])
        text = message.cleaned_up(data)
        choice = choice if choice.change in references(text).changes else None  # scissors of its own hide it
        facts = facts._replace(message=text) if choice else facts
    findings, reasons = _judged(facts, pending)
    if has_errors(findings):
        trailer = missing_trailer(findings, facts, reasons, choice_for(pending))
        return Verdict(tuple(findings), None, _mend(message, facts, trailer))
    if choice:
        message_file.write(path, data)
    return Verdict(tuple(findings), choice)


def _stated(pending: Pending, facts: CommitFacts) -> Choice | None:
    """The change to add to the message, if it shall get one."""
    refs = references(facts.message)
    if refs.changes or refs.skips or refs.spec_edits or is_autosquash(facts.message):
        return None
    if len(pending.parents) > 1 and not facts.touched:  # a clean merge says for itself what it brings
        return None
    choice = choice_for(pending)
    return choice if choice and choice.stated else None


def _judged(facts: CommitFacts, pending: Pending) -> tuple[list[Finding], list[str]]:
    """The findings, and the reasons to skip that the policy lists."""
    from gitspec.commands.judge_pending import judge_pending, needs_proof
    from gitspec.domain.judge import judge, needs_policy

    if not needs_policy(facts) and not needs_proof(pending, facts) and not (findings := judge(facts, None)):
        return findings, []
    try:
        policy = pending.policy()
    except CannotJudge as error:
        if not facts.touched or not all(t.path.startswith(f"{SPEC}/") for t in facts.touched):
            raise
        # Nothing but spec/ is touched: let the policy be mended.
        return [Finding(error.code, "warning", error.message, error.place, help=error.help)], []
    if pending.before is not None and pending.before.has_policy:
        _remember(pending.repo, pending.before.snapshot.oid(POLICY), policy)
    return judge_pending(pending, facts, policy), [skip.reason for skip in policy.skip]


def _remember(repo: Repository, oid: str, policy: "Policy") -> None:
    commit_facts.remember_policy(
        repo,
        oid,
        references=not (policy.scope.enforce or policy.scope.required) and policy.approvals.need == "none",
        skips={s.reason: s.max_lines for s in policy.skip if s.max_lines is not None and not s.paths and not s.settle},
        not_code=policy.code.exclude,
    )


def _mend(message: Message, facts: CommitFacts, trailer: str) -> tuple[str, ...]:
    """Commands that use the typed text again: first, if it is clear what is missing, one that puts that right."""
    again = _again(facts.place)
    if not trailer:
        return (again,)
    file, (option, paths) = _quoted(facts.place), _given()
    wrong = references(facts.message)
    replace = "-c trailer.ifexists=replace " if wrong.changes or wrong.skips else ""
    editor = "-eF" if message.editor else "-F"
    return (f"git {replace}commit {option}{editor} {file} --trailer '{trailer}'{paths}", again)


def _again(place: str) -> str:
    """The command that commits once more with the message that is kept in the file ``place``."""
    option, paths = _given()
    return f"git commit {option}-eF {_quoted(place)}{paths}"


def _given() -> tuple[str, str]:
    """The options, and what stands for the paths, that `git commit` needs to commit the same again."""
    option, paths = message_file.what_was_given()
    return f"--amend {option}" if amends(git_arguments()) else option, paths


def _quoted(path: str) -> str:
    return path if _is_plain(path) else f"'{path}'"


def _is_plain(path: str) -> bool:
    return path.isascii() and path.replace("/", "").replace(".", "").replace("_", "").replace("-", "").isalnum()
