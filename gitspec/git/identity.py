"""Who makes a commit and when, and whether it shall be signed: as the user's Git configuration and environment say."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from gitspec.errors import CannotJudge
from gitspec.git.run import Located, git, run


class Identity(NamedTuple):
    """A person at a moment. ``line`` is how commits and tags write it."""

    line: str
    timestamp: int
    zone: str

    @property
    def date(self) -> str:
        """The day in UTC, as YYYY-MM-DD."""
        return utc_date(self.timestamp)

    @property
    def git_date(self) -> str:
        """The moment in the form that GIT_COMMITTER_DATE takes unchanged."""
        return f"@{self.timestamp} {self.zone}"


class Settings(NamedTuple):
    """What the user's configuration and environment say about writing, now."""

    author: Identity
    committer: Identity
    sign_commits: bool
    sign_tags: bool
    file_mode: bool
    """Whether the executable bit of files counts."""


def committer(where: Located) -> Identity:
    """The committer, now. Raises CannotJudge (G010) when Git knows none."""
    return _strict(where, "GIT_COMMITTER_IDENT")


def _strict(where: Located, variable: str) -> Identity:
    result = run(where, "var", variable)
    if result.status:
        raise no_identity(result.err)
    return parse_identity(result.out.decode("utf-8", "surrogateescape").rstrip("\n"))


def parse_identity(line: str) -> Identity:
    """``Name <address> <seconds> <zone>`` taken apart."""
    _, seconds, zone = line.rsplit(" ", 2)
    return Identity(line, int(seconds), zone)


def utc_date(timestamp: int, form: str = "%Y-%m-%d") -> str:
    """The day of a moment, in UTC. Commits may bear any number: what is behind the year 9999 is shown as its end."""
    import time

    return time.strftime(form, time.gmtime(min(timestamp, 253_402_300_799)))


def no_identity(err: bytes) -> CannotJudge:
    """The error for a machine on which Git cannot tell who commits."""
    said = err.decode("utf-8", "replace").strip().splitlines()
    reason = next((line.removeprefix("fatal: ") for line in reversed(said) if line.startswith("fatal:")), "")
    return CannotJudge(
        "G010",
        "Git does not know who commits" + (f": {reason}" if reason else ""),
        help='git config user.name "Your Name" && git config user.email you@example.com',
    )


def settings(where: Located) -> Settings:
    """Identities, and commit.gpgSign, tag.gpgSign or tag.forceSignAnnotated, core.fileMode. One git child.

    Raises CannotJudge G010 when Git knows no author or committer.
    """
    listed = git(where, "var", "-l").decode("utf-8", "surrogateescape")
    values: dict[str, str] = {}
    for line in listed.split("\n"):
        key, equals, value = line.partition("=")
        values[key] = value if equals else "true"
    tags = _is_on(values.get("tag.gpgsign", "")) or _is_on(values.get("tag.forcesignannotated", ""))
    return Settings(
        _identity(where, "AUTHOR", values),
        _identity(where, "COMMITTER", values),
        _is_on(values.get("commit.gpgsign", "")),
        tags,
        _is_on(values.get("core.filemode", "true")),
    )


def _identity(where: Located, who: str, values: Mapping[str, str]) -> Identity:
    """The identity as listed, if it was given and not guessed; else Git is asked again and may refuse."""
    role = who.lower()
    given = all(
        os.environ.get(f"GIT_{who}_{part}")
        or values.get(f"{role}.{part.lower()}")
        or values.get(f"user.{part.lower()}")
        for part in ("NAME", "EMAIL")
    )
    line = values.get(f"GIT_{who}_IDENT", "")
    if given and line and not line.startswith((" ", "<")):
        return parse_identity(line)
    return _strict(where, f"GIT_{who}_IDENT")


def _is_on(value: str) -> bool:
    return value.lower() in ("true", "yes", "on") or (value.isdigit() and int(value) != 0)
