"""Machines whose commits need no reference."""

from typing import TYPE_CHECKING

from gitspec.domain.code_paths import code_matcher, path_matcher
from gitspec.domain.commit import CommitFacts
from gitspec.domain.places import SPEC
from gitspec.domain.references import references

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy


def bot_of(facts: CommitFacts, policy: "Policy") -> str:
    """The name of the bot that made a commit which therefore needs no reference (R001, R008); empty when none did.

    Author and committer have addresses of it, all code is within its paths, and nothing in spec/ is touched. Anybody can
    write any address into a commit: it is the paths that keep this harmless.
    """
    refs = references(facts.message)
    if not policy.bots or refs.changes or refs.skips or any(_is_spec(t.path) for t in facts.touched):
        return ""
    is_code = code_matcher(policy, facts.linked)
    code = [t.path for t in facts.touched if is_code(t)]
    for bot in policy.bots if code else ():
        emails = {canonical_email(email) for email in bot.emails}
        if {canonical_email(facts.author.email), canonical_email(facts.committer.email)} <= emails:
            matches = path_matcher(bot.paths)
            if all(map(matches, code)):
                return bot.name
    return ""


def _is_spec(path: str) -> bool:
    return path == SPEC or path.startswith(f"{SPEC}/")


def canonical_email(email: str) -> str:
    """An address as addresses are compared: the local part is what its server makes of it; domains know no case."""
    local, at, domain = email.rpartition("@")
    return f"{local}{at}{domain.lower()}"
