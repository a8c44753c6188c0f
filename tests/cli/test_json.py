"""What the writing commands print as JSON has the shape that docs/json.md shows."""

from tests.cli.conftest import Cli
from tests.cli.test_delta import YAML
from tests.conftest import Repo
from tests.reading.test_json_shapes import EXAMPLES, compare


def check(gitspec: Cli, *args: str, stdin: str = "") -> None:
    shown = gitspec(*args, "--json", stdin=stdin).json
    compare(shown, EXAMPLES[shown["kind"]], shown["kind"])


def test_writing_commands_print_the_documented_shapes(project: Repo, gitspec: Cli) -> None:
    project.write("Makefile", "v:\n\tgit describe\n")
    check(gitspec, "init", "--no-hooks")
    check(gitspec, "propose", "other")
    check(gitspec, "delta", "modify", "add-2fa", "auth/session-expiry", "--from", "-", stdin=YAML)
    check(gitspec, "delta", "rename", "add-2fa", "auth/session-expiry", "session-end")
    check(gitspec, "delta", "stamp", "add-2fa")
    check(gitspec, "task", "add", "add-2fa", "Do it")
    check(gitspec, "task", "set", "add-2fa", "1.1", "blocked", "--reason", "no phone")
    check(gitspec, "task", "done", "add-2fa", "1.1")
