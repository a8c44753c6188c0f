"""Every error that a user may see, and the exit code that goes with it.

Findings about content are data (``gitspec.domain.finding``); an exception is for what stops a command.
"""

EXIT_OK = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_CANNOT = 3


class GitspecError(Exception):
    """A refusal: one line that says what and why, and a ``help`` line that says what to type.

    ``code`` is a stable rule code (``gitspec.domain.rules``), ``place`` an optional ``path[:line[:col]]``.
    """

    exit_code = EXIT_FINDINGS

    def __init__(self, code: str, message: str, *, help: str = "", place: str = "") -> None:  # noqa: A002
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help
        self.place = place


class Refused(GitspecError):
    """The operation was understood and is not allowed in this state (exit 1)."""


class UsageError(GitspecError):
    """The command line does not make sense (exit 2)."""

    exit_code = EXIT_USAGE


class CannotJudge(GitspecError):
    """Data or a tool is missing: no repository, no policy, a lock, no Git (exit 3). Never a pass."""

    exit_code = EXIT_CANNOT
