"""The page of hostile specs as a parser reads it: what may run and where links lead, without a browser."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gitspec.render.report_page import as_script_data, content_policy, script
from tests.conftest import Repo
from tests.report.project import hostile_project, page_of

FOLDER = Path(__file__).parents[2] / "gitspec/render/report_page"
_LINKS = {
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "poster",
    "srcdoc",
    "srcset",
    "xlink:href",
    "background",
    "ping",
}
_NEVER = {
    "iframe",
    "object",
    "embed",
    "img",
    "svg",
    "math",
    "form",
    "base",
    "link",
    "template",
    "video",
    "audio",
    "frame",
}


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self.open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open = tag
        if tag in self.texts:
            self.texts[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        self.open = ""

    def handle_data(self, data: str) -> None:
        if self.open in self.texts:
            self.texts[self.open][-1] += data


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    import os
    import subprocess

    folder = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{name}_NAME", "A U Thor")
            patch.setenv(f"GIT_{name}_EMAIL", "author@example.com")
        subprocess.run(["git", "init", "-q", "-b", "main", str(folder / "repo")], check=True, env=os.environ)
        return page_of(hostile_project(Repo(folder / "repo"))).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    parser = Page()
    parser.feed(html)
    parser.close()
    return parser


def test_the_attacks_are_on_the_page(html: str) -> None:
    """Without them the other tests would show nothing."""
    assert html.count("&lt;script&gt;window.owned = 1&lt;/script&gt;") >= 10
    assert html.count("window.owned = 7") > 5 and "owned=17" in html and "owned=18" in html
    assert "Cannot be read:" in html


def test_only_the_pages_own_script_and_style_are_there(page: Page) -> None:
    code, data = page.texts["script"]
    assert code == script() and data.startswith("{") and "<" not in data
    assert page.texts["style"] == [(FOLDER / "page.css").read_text()]
    assert not [tag for tag, _ in page.tags if tag in _NEVER]


def test_no_element_has_a_handler_a_style_or_a_link_that_leaves_the_page(page: Page) -> None:
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on") and name != "style", (tag, name)
            if name in _LINKS:
                assert name == "href" and tag == "a" and (value or "").startswith("#"), (tag, value)


def test_the_policy_comes_first_and_allows_only_the_two_digests(page: Page, html: str) -> None:
    policy = next(a["content"] or "" for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert html.index("Content-Security-Policy") < html.index("<style>") < html.index("<script>")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    for kind, text in (("style", page.texts["style"][0]), ("script", page.texts["script"][0])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules.pop(f"{kind}-src") == f"'sha256-{digest}'"
    assert rules == {
        "default-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "gitspec",
    }
    assert "unsafe" not in policy and "http" not in policy


def test_no_address_of_the_net_is_in_the_page(page: Page) -> None:
    own = "".join(page.texts["style"]) + page.texts["script"][0]
    assert "http" not in own and "url(" not in own and "@import" not in own
    assert not re.search(r"\b(eval|Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write)\b", own)


def test_nothing_that_turns_or_hides_text_gets_through(html: str) -> None:
    assert not set(html) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\u2028\u2029\x00\x1b")


def test_the_script_and_the_style_cannot_end_their_elements() -> None:
    assert "</" not in script() and "<!--" not in script()
    assert "</" not in (FOLDER / "page.css").read_text()


def test_data_stays_data() -> None:
    import json

    hostile = {"</script><!--": ["<script>", "&amp;", "\u2028\u2029"]}
    text = as_script_data(hostile)
    assert not set(text) & set("<>&\u2028\u2029") and json.loads(text) == hostile


def test_a_changed_script_changes_the_policy() -> None:
    assert content_policy("a", "b") != content_policy("a", "c") != content_policy("b", "c")


def _brightness(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_enough_contrast(scheme: str) -> None:
    """WCAG 2.2, 1.4.3 (texts, 4.5) and 1.4.11 (edges of fields and the focus, 3)."""
    blocks = re.findall(r":root \{(.*?)\}", (FOLDER / "page.css").read_text(), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[0 if scheme == "light" else 1]))

    def contrast(one: str, other: str) -> float:
        light, dark = sorted((_brightness(colours[one]), _brightness(colours[other])), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    for text in ("text", "quiet", "accent", "ok", "bad", "warn", "busy"):
        for back in ("page", "card", "sunk"):
            assert contrast(text, back) >= 4.5, (text, back)
    for mood in ("ok", "bad", "warn", "busy"):
        assert contrast(mood, f"{mood}-back") >= 4.5, mood
    assert (
        contrast("text", "mark") >= 4.5 and contrast("text", "bad-back") >= 4.5 and contrast("text", "warn-back") >= 4.5
    )
    assert (
        contrast("strong-line", "page") >= 3 and contrast("strong-line", "card") >= 3 and contrast("focus", "page") >= 3
    )
