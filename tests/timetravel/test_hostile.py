"""Names, titles, texts and authors come from strangers: what is shown steers no terminal, CI system or page."""

import pytest

from tests.domain.specs import delta, removed, requirement, scenario
from tests.timetravel.conftest import Cli, Story, auth

EVIL = "\x1b]0;title\x07\x1b[31m\u202eevil\u2066 ::error::x ##vso[task.x] <script>x</script> [a](javascript:b) `c`"
COMMANDS = [
    ("log", "auth"),
    ("log", "auth/session-expiry"),
    ("log", "auth", "--format", "markdown"),
    ("log", "auth/session-expiry#idle-timeout"),
    ("blame", "auth", "--parts"),
    ("blame", "auth", "--parts", "--format", "markdown"),
    ("blame", "auth", "--parts", "--format", "csv"),
    ("diff", "HEAD~6.."),
    ("diff", "HEAD~6..", "--format", "markdown"),
    ("diff", "HEAD~6..", "--format", "html"),
    ("changelog", "HEAD~6.."),
    ("changelog", "HEAD~6..", "--format", "markdown"),
]


@pytest.fixture
def evil(story: Story) -> Story:
    """Every field that a stranger can fill is filled with evil that YAML lets pass."""
    visible = "".join(c for c in EVIL if c.isprintable())
    story.begin(auth())
    story.archive(
        "one",
        delta("auth", added=[requirement("r", f"It MUST {visible}", scenario("s"), title=visible)]),
        author=EVIL.replace("<", "").replace(">", ""),
    )
    entry = removed(story.living(), "auth/r", reason=visible, migration=visible)
    story.archive("two", delta("auth", removed=[entry]), title=f'"{visible}"'.replace("\\", ""))
    story.by_hand(auth(f"It MUST {visible}", title=visible, purpose=visible), f"::error::{EVIL}\n\nSpec-Edit: {EVIL}")
    story.repo.git("update-ref", "refs/tags/\u202eevil", "HEAD")
    story.by_hand(auth(f"It MUST be {visible}"), "Edit\n\nChange: \x1b[31mx")
    return story


def test_nothing_steers_what_shows_it(evil: Story, gitspec: Cli) -> None:
    for command in COMMANDS:
        out = gitspec(*command).out.replace("\r\n", "\n" if "csv" in command else "\r\n")
        assert not [c for c in out if not c.isprintable() and c != "\n"], command
        if "html" not in command:
            lines = out.splitlines()
            assert not [line for line in lines if line.lstrip().startswith("::") or "##vso[" in line], command
        if "html" in command or "markdown" in command:
            assert "<script" not in out, command
        if "markdown" in command:
            assert "](" not in out and "`" not in out, command


def test_a_range_with_evil_names_is_shown_inert(evil: Story, gitspec: Cli) -> None:
    for command in ("diff", "changelog"):
        for name in ("\u202eevil", "HEAD^{/::error::}"):
            out = gitspec(command, f"{name}..HEAD").out
            assert not out.startswith("::") and "\u202e" not in out
    err = gitspec("diff", "\x1b[31m..HEAD", fails=3).err
    assert "\x1b" not in err


def test_json_is_safe_to_look_at_and_exact(evil: Story, gitspec: Cli) -> None:
    for command in COMMANDS:
        if "--format" not in command:
            out = gitspec(*command, "--json").out
            assert all(c.isprintable() or c == "\n" for c in out)
