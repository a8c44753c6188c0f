import gc
import os
import time

import pytest

from gitspec.store import bulk
from gitspec.store.bulk import gc_paused, map_many


@pytest.fixture
def cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_cores", lambda: 3)


def assert_no_child_is_left() -> None:
    gc.collect()  # other tests' readers of objects
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_results_come_in_order_from_several_processes(cores: None) -> None:
    results = map_many(lambda i: [i, os.getpid()], 1_000, meanwhile=lambda: time.sleep(0.2))
    assert [i for i, _ in results] == list(range(1_000))
    assert {pid for _, pid in results} - {os.getpid()}
    assert_no_child_is_left()


@pytest.mark.parametrize("count", [0, 1, 127, 128, 129, 500])
def test_every_number_is_worked_on_once(cores: None, count: int) -> None:
    said: list[str] = []
    found = map_many(lambda i: i, count, parallel_above=2, meanwhile=lambda: said.append("once"))
    assert found == list(range(count)) and said == ["once"]


def test_few_are_done_here(cores: None) -> None:
    assert set(map_many(lambda _: os.getpid(), 200)) == {os.getpid()}
    assert map_many(lambda i: i, 0) == []


def test_large_answers_pass(cores: None) -> None:
    assert map_many(lambda i: str(i) * 100_000, 10, parallel_above=2)[9] == "9" * 100_000


def test_what_a_dead_child_owes_is_worked_out_here(cores: None) -> None:
    me = os.getpid()

    def work(i: int) -> int:
        if os.getpid() != me and i > 300:
            os.kill(os.getpid(), 9)
        return i

    assert map_many(work, 500) == list(range(500))


def test_an_error_is_raised_as_if_there_were_one_process(cores: None, capfd: pytest.CaptureFixture[str]) -> None:
    def work(i: int) -> int:
        if i == 301:
            raise ValueError(f"number {i}")
        return i

    with pytest.raises(ValueError, match="number 301"):
        map_many(work, 500)
    assert capfd.readouterr() == ("", "")
    assert_no_child_is_left()


def test_the_collector_is_off_and_then_as_it_was() -> None:
    with gc_paused():
        assert not gc.isenabled()
        with gc_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
