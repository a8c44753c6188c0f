"""What the commands about history print is as docs/json.md shows it."""

from tests.domain.specs import delta, requirement, scenario
from tests.reading.test_json_shapes import EXAMPLES, compare
from tests.timetravel.conftest import Cli, Story, auth, devices
from tests.timetravel.test_changelog import dropped, lock, shorter

SHAPES = {
    "comparison": [("diff", "HEAD~9.."), ("diff", "HEAD~9")],
    "log": [
        ("log", "auth"),
        ("log", "auth/session-expiry"),
        ("log", "auth/session-expiry#idle-timeout"),
        ("log", "devices/front-page"),
    ],
    "blame": [("blame", "auth"), ("blame", "devices/front-page")],
    "changelog": [("changelog", "HEAD~9.."), ("changelog", "..HEAD~3")],
}


def test_what_is_printed_is_as_documented(story: Story, gitspec: Cli) -> None:
    story.begin(auth(), devices())
    story.archive("shorten", shorter(story))
    story.archive("move", delta("auth", moved=[{"id": "login-page", "to": "devices/front-page"}]))
    story.archive("new", delta("mail", purpose="Mail.", added=[requirement("send", "It MUST.", scenario("sent"))]))
    story.archive("lock", lock())
    story.later()
    story.propose("never")
    gitspec("close", "never", "--reason", "Too much.")
    path = "spec/capabilities/auth.yaml"
    whole = story.repo.read(path)
    story.repo.write(path, whole + "\tbroken\n")
    story.repo.commit("Break")
    story.repo.write(path, whole)
    story.repo.commit("Mend")
    for kind, command in ((kind, command) for kind, commands in SHAPES.items() for command in commands):
        shown = gitspec(*command, "--json").json
        assert shown["gitspec"] == 1 and shown["kind"] == kind
        others = shown.get("others")
        if others:
            compare(others, EXAMPLES["comparison"]["capabilities"], "others")
        compare({**shown, "others": []} if others else shown, with_items(EXAMPLES[kind]), kind)


def with_items(example: dict[str, object]) -> dict[str, object]:
    """The lists that are empty in the example of a changelog hold what another one shows."""
    if "taken_back" in example:
        return {**example, **dict.fromkeys(("closed", "taken_back", "imported"), example["changes"])}
    return example


def test_migration_notes_are_documented(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive("drop", dropped(story))
    compare(gitspec("changelog", "HEAD~2..", "--json").json, EXAMPLES["changelog"], "changelog")
