"""Who makes a commit and when, and whether it shall be signed: as the user's Git configuration and environment say."""

from typing import NamedTuple

from gitspec.errors import CannotJudge
from gitspec.git.run import GitFailed, Located, run


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
    """What the user's configuration says about writing."""

    sign_commits: bool
    sign_tags: bool
    file_mode: bool
    """Whether the executable bit of files counts."""


def committer(where: Located) -> Identity:
    """The committer, now. Raises CannotJudge (G010) when Git knows none."""
    result = run(where, "var", "GIT_COMMITTER_IDENT")
    if result.status:
        raise no_identity(result.err)
    return parse_identity(result.out.decode("utf-8", "surrogateescape").rstrip("\n"))


def parse_identity(line: str) -> Identity:
    """``Name <address> <seconds> <zone>`` taken apart."""
    _, seconds, zone = line.rsplit(" ", 2)
    return Identity(line, int(seconds), zone)


def committer_of(commit: bytes) -> Identity:
    """The committer of a raw commit object."""
    for line in commit.split(b"\n\n", 1)[0].split(b"\n"):
        if line.startswith(b"committer "):
            return parse_identity(line[10:].decode("utf-8", "surrogateescape"))
    raise CannotJudge("G004", "a commit without a committer")


def utc_date(timestamp: int) -> str:
    """The day of a moment, in UTC."""
    import time

    return time.strftime("%Y-%m-%d", time.gmtime(timestamp))


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
    """commit.gpgSign, tag.gpgSign or tag.forceSignAnnotated, and core.fileMode."""
    keys = r"^(commit\.gpgsign|tag\.gpgsign|tag\.forcesignannotated|core\.filemode)$"
    args = ("config", "--type=bool", "-z", "--get-regexp", keys)
    result = run(where, *args)
    if result.status not in (0, 1):
        raise GitFailed(args, result.status, result.err)
    values: dict[str, bool] = {}
    for entry in result.out.decode("utf-8", "replace").split("\0"):
        key, _, value = entry.partition("\n")
        values[key] = value == "true"
    tags = values.get("tag.gpgsign", False) or values.get("tag.forcesignannotated", False)
    return Settings(values.get("commit.gpgsign", False), tags, values.get("core.filemode", True))
