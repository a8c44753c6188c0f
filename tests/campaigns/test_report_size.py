"""A report of ten thousand requirements opens, searches and filters while somebody waits."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Repo
from tests.report.browser import Browser, chromium, needs_chromium
from tests.report.project import gitspec, page_of

pytestmark = [pytest.mark.campaign, needs_chromium]

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SIZES = ("--capabilities", "1000", "--requirements", "10", "--archived", "1000", "--commits", "5000")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repo = tmp_path_factory.mktemp("large") / "repo"
    subprocess.run([sys.executable, str(BENCHMARKS / "generate.py"), str(repo), *SIZES], check=True)
    made = Repo(repo)
    lines = "".join(f"# Spec: {name}\n" for name in names_of(made)[::3])
    made.write("tests/test_all.py", lines)
    made.commit("Test a third")
    return page_of(made, "--at", "HEAD")


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as running:
        running.size(1280, 900)
        yield running
        assert running.console == []


def names_of(repo: Repo) -> list[str]:
    import json

    listed = gitspec(repo, "report", "--json", "-o", "-", "--at", "HEAD")
    data = json.loads(listed.out)
    return [r["name"] for capability in data["capabilities"] for r in capability["requirements"]]


def waited(browser: Browser, do: str, until: str) -> float:
    started = time.monotonic()
    browser.eval(do)
    browser.until(until, 30)
    return time.monotonic() - started


def test_ten_thousand_requirements_open_in_three_seconds(browser: Browser, page: Path) -> None:
    seconds = min(browser.open(page) for _ in range(3))
    assert browser.eval("document.documentElement.dataset.ready") == "yes"
    assert "10,000" in browser.eval("document.querySelector('.stats dd').textContent")
    assert seconds < 3, seconds
    assert page.stat().st_size < 40_000_000


def test_search_and_filters_answer_at_once(browser: Browser, page: Path) -> None:
    browser.open(page, "#specs")
    search = "const q = document.querySelector('#specs-q'); q.value = '{}'; q.dispatchEvent(new Event('input')); 1"
    told = "document.querySelector('#specs-n').textContent.includes(' of 10,000')"
    assert waited(browser, search.format("webhook 699"), told) < 3
    browser.eval("document.querySelector('#specs-n').textContent = ''")
    assert waited(browser, f"{{ {search.format('invoice')} }}", told) < 1.5
    assert waited(browser, "location.hash = '#matrix?tests=with'", "document.querySelectorAll('#m-rows tr').length") < 3
    assert browser.eval("document.querySelector('#m-n').textContent") == "3,334 of 10,000 requirements"
    assert browser.eval("document.querySelectorAll('#m-rows tr').length") == 100, "rows are built as they are asked for"


def test_one_of_ten_thousand_is_reached_by_its_address(browser: Browser, page: Path) -> None:
    browser.open(page)
    target = browser.eval("[...document.querySelectorAll('#specs-view .group')].at(-1).id")
    assert waited(browser, f"location.hash = '#{target}'", "document.activeElement.tagName === 'H3'") < 3
    top = browser.eval("document.activeElement.getBoundingClientRect().top")
    assert 0 <= top < 900
