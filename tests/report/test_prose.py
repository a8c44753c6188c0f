"""Texts of specs as HTML: what is code, a list or a paragraph, and that nothing else comes through."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitspec.render.report_page.prose import LONGEST, inline, line, prose
from tests.report.project import ATTACKS

_TAGS = {"p", "span", "ul", "li", "pre", "code", "strong", "b"}


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(html: str) -> Seen:
    parser = Seen()
    parser.feed(html)
    parser.close()
    return parser


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\nline", "<p dir=auto>One line</p>"),
        ("One\n\nTwo", "<p dir=auto>One</p><p dir=auto>Two</p>"),
        ("Type `a < b` now", "<p dir=auto>Type <code>a &lt; b</code> now</p>"),
        ("``a ` b`` and ` alone", "<p dir=auto><code>a ` b</code> and ` alone</p>"),
        ("**very** sure", "<p dir=auto><strong>very</strong> sure</p>"),
        ("```\n<b>\n  x\n```\nend", "<pre dir=auto>&lt;b&gt;\n  x</pre><p dir=auto>end</p>"),
        ("```\nopen", "<pre dir=auto>open</pre>"),
        ("| a | b |\n|---|---|", "<pre dir=auto>| a | b |\n|---|---|</pre>"),
    ],
)
def test_blocks(text: str, html: str) -> None:
    assert prose(text) == html


def test_lists_keep_their_numbers_and_depth() -> None:
    html = prose("Steps:\n- one\n  goes on\n  - deeper\n3. three")
    assert seen(html).text == "Steps:one goes ondeeper3. three"
    assert html.count("<li") == 3 and 'class="d1"' in html


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_stays_a_text(attack: str) -> None:
    for html in (prose(attack), prose(f"- {attack}"), prose(f"```\n{attack}\n```"), inline(attack)):
        found = seen(html)
        assert found.tags <= _TAGS and found.attributes <= {"dir", "class"}


@given(st.text(alphabet=st.sampled_from("`*<>&\"'-|~#1. \nab\u202e\x1b/"), max_size=200))
def test_any_text_gives_only_the_tags_of_prose(text: str) -> None:
    found = seen(prose(text))
    assert found.tags <= _TAGS and found.attributes <= {"dir", "class"}
    assert "\u202e" not in found.text and "\x1b" not in found.text


@pytest.mark.parametrize(
    "piece", ["`", "``a`", "**a", "*", "- x\n", "| ", "<", "~~~\n", "1. ", "`*<b>&", " \n", "**a**`", "  - "]
)
def test_a_megabyte_of_anything_takes_time_in_proportion(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        started = time.process_time()
        prose(text)
        return time.process_time() - started

    seconds(1000)
    assert seconds(1_000_000) < 60 * max(seconds(50_000), 0.002)


def test_what_is_too_long_to_read_is_left_out_and_counted() -> None:
    text = "word " * 20_000
    for html in (prose(text), inline(text)):
        assert len(html) < 51_000 and "and 50,000 characters more" in html


def test_a_title_is_one_line_of_no_great_length() -> None:
    assert line("a\nb\x1b\u202e") == "a b"
    assert line("a" * 1_000_000) == "a" * LONGEST + "…"


def test_a_heading_stands_by_itself_and_is_strong() -> None:
    shown = prose("Before\n## Cache `ttl`\nAfter\n- one\n### <b>\n#no heading")
    assert shown == (
        "<p dir=auto>Before</p><p dir=auto><strong>Cache <code>ttl</code></strong></p><p dir=auto>After</p>"
        '<ul><li dir=auto class="">one</li></ul><p dir=auto><strong>&lt;b&gt;</strong></p><p dir=auto>#no heading</p>'
    )
