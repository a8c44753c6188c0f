"""`gitspec diff A..B`: what differs between two revisions."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.conftest import Repo
from tests.domain.specs import capability, delta, modified, removed, requirement, scenario
from tests.timetravel.conftest import EXPIRY, SHORTER, Cli, Story, auth, devices

HOSTILE = "It MUST <script>alert(1)</script> & `x` **b** [l](javascript:x) \x1b[31m @you #1."


def shorter(story: Story, **fields: Any) -> Any:
    edit = {"from": EXPIRY, "to": SHORTER}
    return delta("auth", modified=[modified(story.living(), "auth/session-expiry", text=edit, **fields)])


def told(outcome: Any) -> list[tuple[str, str, str | None]]:
    """(kind, id, was) of each requirement that differs."""
    return [(r["kind"], r["id"], r["was"]) for c in outcome.json["capabilities"] for r in c["requirements"]]


@pytest.fixture
def releases(story: Story) -> Story:
    """v1: auth and devices; v2: one requirement edited, one renamed, one moved, one removed, one added."""
    old = requirement("remember-me", "It MUST remember users.", scenario("kept"))
    spec = auth()
    story.begin(
        spec.model_copy(update={"requirements": (*spec.requirements, *capability("x", old).requirements)}), devices()
    )
    story.repo.git("tag", "v1")
    story.archive("shorten", shorter(story))
    story.archive("rename", delta("auth", renamed=[{"id": "login-page", "to": "sign-in-page"}]))
    story.archive("move", delta("auth", moved=[{"id": "sign-in-page", "to": "devices/front-page"}]))
    story.archive("drop", delta("auth", removed=[removed(story.living(), "auth/remember-me", reason="No.")]))
    story.archive("add", delta("auth", added=[requirement("lock", "It MUST lock.", scenario("locked"))]))
    story.repo.git("tag", "-a", "-m", "Two", "v2")
    return story


def test_words_are_marked_and_everything_goes_by_requirement(releases: Story, gitspec: Cli) -> None:
    lines = gitspec("diff", "v1..v2").lines
    assert lines[0] == "~ modified auth"
    at = lines.index("  ~ modified auth/session-expiry")
    assert lines[at + 2] == "      The system MUST expire a session after [-30-]{+15+} minutes without activity."
    assert "  ~ moved devices/front-page (was auth/login-page)" in lines
    assert "  + added auth/lock" in lines and "  - removed auth/remember-me" in lines


def test_json_names_both_sides_and_every_part(releases: Story, gitspec: Cli) -> None:
    found = gitspec("diff", "v1..v2", "--json")
    assert found.json["kind"] == "comparison"
    assert found.json["from"] == {"rev": "v1", "at": releases.repo.git("rev-parse", "v1^{commit}")}
    assert found.json["to"] == {"rev": "v2", "at": releases.repo.git("rev-parse", "v2^{commit}")}
    assert told(found) == [
        ("modified", "auth/session-expiry", None),
        ("added", "auth/lock", None),
        ("removed", "auth/remember-me", None),
        ("moved", "devices/front-page", "auth/login-page"),
    ]
    (part,) = found.json["capabilities"][0]["requirements"][0]["parts"]
    assert part == {"part": "text", "scenario": None, "before": EXPIRY, "after": SHORTER}


def test_backwards_undoes_renames_and_moves(releases: Story, gitspec: Cli) -> None:
    assert told(gitspec("diff", "v2..v1", "--json")) == [
        ("modified", "auth/session-expiry", None),
        ("moved", "auth/login-page", "devices/front-page"),
        ("added", "auth/remember-me", None),
        ("removed", "auth/lock", None),
    ]


def test_ends_that_are_left_out_are_head_and_one_revision_is_against_the_work_tree(
    releases: Story, gitspec: Cli
) -> None:
    whole = told(gitspec("diff", "v1..v2", "--json"))
    assert told(gitspec("diff", "v1..", "--json")) == told(gitspec("diff", "v1", "--json")) == whole
    releases.repo.write("spec/capabilities/devices.yaml", "capability: devices\n")
    found = gitspec("diff", "v2", "--json")
    assert found.json["to"] == {"rev": "work tree", "at": "work tree"}
    assert told(found) == [
        ("removed", "devices/device-list", None),
        ("removed", "devices/front-page", None),
    ]
    assert told(gitspec("diff", "v2..", "--json")) == []


def test_three_dots_compare_with_the_common_ancestor(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.repo.git("switch", "-q", "-c", "feature")
    story.archive("lock", delta("auth", added=[requirement("lock", "It MUST lock.", scenario("locked"))]))
    story.repo.git("switch", "-q", "main")
    story.archive("shorten", shorter(story))
    assert told(gitspec("diff", "main...feature", "--json")) == [("added", "auth/lock", None)]
    assert len(told(gitspec("diff", "main..feature", "--json"))) == 2
    story.repo.git("switch", "-q", "--orphan", "alone")
    story.repo.commit("Alone")
    assert gitspec("diff", "main...alone", fails=3).err.startswith("gitspec: G016")


def test_a_change_wins_over_a_branch_of_its_name(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.propose("shorten", shorter(story))
    story.repo.git("branch", "shorten")
    assert gitspec("diff", "shorten", "--json").json["kind"] == "diff"
    assert gitspec("diff", "refs/heads/shorten", "--json").json["kind"] == "comparison"


@pytest.mark.parametrize(
    "hostile", ["--output=x", "-p", "..--output=x", "--all..HEAD", "^HEAD", "..", "...", "@{-1}", "HEAD:x"]
)
def test_no_revision_is_an_option_or_anything_else(story: Story, gitspec: Cli, hostile: str) -> None:
    story.begin(auth())
    from gitspec.__main__ import run

    assert run(["diff", "--", hostile]) in (2, 3)
    assert run(["changelog", "--", hostile]) in (2, 3)
    assert run(["log", "auth", "--at", hostile]) in (2, 3)
    assert run(["blame", "auth", "--at", hostile]) in (2, 3)
    assert not (story.repo.path / "x").exists()


def test_a_tag_like_an_option_can_be_compared(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.repo.git("update-ref", "refs/tags/--all", "HEAD")
    story.archive("shorten", shorter(story))
    assert told(gitspec("diff", "--json", "--", "--all..HEAD")) == [("modified", "auth/session-expiry", None)]
    assert gitspec("log", "auth", "--at=--all").code == 0


def test_renamed_by_hand_is_found_by_content(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    spec = auth()
    renamed = spec.requirements[0].model_copy(update={"id": "session-end"})
    story.by_hand(spec.model_copy(update={"requirements": (renamed, spec.requirements[1])}))
    assert told(gitspec("diff", "HEAD~..", "--json")) == [("renamed", "auth/session-end", "auth/session-expiry")]
    story.by_hand(story.living()["auth"].model_copy(update={"capability": "identity"}))
    (story.repo.path / "spec/capabilities/auth.yaml").unlink()
    story.repo.commit("Rename it")
    (found,) = gitspec("diff", "HEAD~2..", "--json").json["capabilities"]
    assert (found["kind"], found["capability"], found["was"], found["requirements"]) == (
        "renamed",
        "identity",
        "auth",
        [],
    )


def test_a_name_that_another_one_took_is_told_as_new(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive("rename", delta("auth", renamed=[{"id": "login-page", "to": "sign-in-page"}]))
    story.archive("again", delta("auth", added=[requirement("login-page", "It MUST redirect.", scenario("moved"))]))
    assert told(gitspec("diff", "HEAD~4..", "--json")) == [
        ("renamed", "auth/sign-in-page", "auth/login-page"),
        ("added", "auth/login-page", None),
    ]


def test_what_was_renamed_and_then_removed_is_not_what_came_under_that_name(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.archive("rename", delta("auth", renamed=[{"id": "login-page", "to": "front-page"}]))
    story.archive("drop", delta("auth", removed=[removed(story.living(), "auth/front-page", reason="No.")]))
    again = requirement("front-page", "There MUST be a login page.", scenario("shown"))
    story.archive("again", delta("auth", added=[again]))
    assert told(gitspec("diff", "HEAD~6..", "--json")) == [
        ("added", "auth/front-page", None),
        ("removed", "auth/login-page", None),
    ]


def test_only_form_differs(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    spec = auth()
    story.by_hand(spec.model_copy(update={"requirements": tuple(reversed(spec.requirements))}))
    assert gitspec("diff", "HEAD~..").lines == ["HEAD~..HEAD: no living spec differs"]


def test_a_file_with_errors_is_named_and_left_out(story: Story, gitspec: Cli) -> None:
    story.begin(auth(), devices())
    story.archive("shorten", shorter(story))
    story.repo.write("spec/capabilities/devices.yaml", "capability: [\n")
    story.repo.commit("Break")
    found = gitspec("diff", "HEAD~3..", "--json", fails=1)
    assert told(found) == [("modified", "auth/session-expiry", None)]
    (finding,) = found.json["findings"]
    assert finding["path"] == "spec/capabilities/devices.yaml" and finding["message"].startswith("in HEAD: ")


class Page(HTMLParser):
    """Tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_html_is_one_inert_page(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    hostile = auth(HOSTILE.replace("\x1b", ""), title="<b>Bold</b>", purpose="</style><script>x</script>")
    story.by_hand(hostile)
    out = gitspec("diff", "HEAD~..", "--format", "html").out
    page = Page()
    page.feed(out)
    assert out.startswith("<!doctype html>") and "\x1b" not in out
    assert not page.tags & {"script", "b", "a", "img", "link", "iframe", "form"}
    assert page.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class"}
    style = re.search("<style>(.*)</style>", out, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in out
    assert "<script>alert(1)</script>" in "".join(page.text)


def test_titles_and_names_are_escaped_too(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.propose("shorten", shorter(story), title="'<script>alert(1)</script> & co'")
    out = gitspec("diff", "shorten", "--format", "html").out
    assert "<script" not in out and "<h1>shorten: &lt;script&gt;alert(1)&lt;/script&gt; &amp; co</h1>" in out
    story.repo.git("tag", "a&b<c")
    assert "<h1>a&amp;b&lt;c..HEAD</h1>" in gitspec("diff", "a&b<c..", "--format", "html").out


def test_markdown_is_inert(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.by_hand(auth(HOSTILE.replace("\x1b", ""), title="# <b>"))
    out = gitspec("diff", "HEAD~..", "--format", "markdown").out
    assert set(re.findall(r"</?([a-z]+)", out)) == {"ins", "del"}
    assert "**b**" not in out and "](" not in out and "`" not in out


def test_a_change_too_can_be_shown_as_a_page(story: Story, gitspec: Cli) -> None:
    story.begin(auth())
    story.propose("shorten", shorter(story))
    assert "<del>30</del><ins>15</ins>" in gitspec("diff", "shorten", "--format", "html").out
    assert "<del>30</del><ins>15</ins>" in gitspec("diff", "--format", "markdown").out
    assert gitspec("diff", "--json", "--format", "html", fails=2).err.startswith("gitspec: U000")


def test_colours_mark_words_on_a_terminal() -> None:
    from gitspec.render.colour import Paint
    from gitspec.render.word_diff import word_lines

    (line,) = word_lines("after 30 minutes", "after 15 minutes", Paint(enabled=True))
    assert line == "after \x1b[31m30\x1b[0m\x1b[32m15\x1b[0m minutes"


def test_bare_repositories_compare_too(releases: Story, gitspec: Cli, tmp_path: Any, monkeypatch: Any) -> None:
    bare: Repo = releases.repo.bare(tmp_path / "bare.git")
    whole = gitspec("diff", "v1..v2", "--json").json["capabilities"]
    monkeypatch.chdir(bare.path)
    assert gitspec("diff", "v1..v2", "--json").json["capabilities"] == whole
    against_head = gitspec("diff", "v1", "--json").json
    assert against_head["capabilities"] == whole and against_head["to"]["rev"] == "HEAD"
