"""What strangers write reaches logs of CI on standard output and standard error alike: no line is a command there."""

import re

import pytest

from gitspec.cli import hook_run
from gitspec.cli.options import emit, show_error
from gitspec.domain.finding import Finding
from gitspec.domain.report import CommitReport, Report
from gitspec.errors import CannotJudge, UsageError
from gitspec.render import output
from gitspec.render.text import findings_text, harmless
from tests.render.reports import HOSTILE, is_raw


def commands(text: str) -> list[str]:
    """The lines of a log that the runner of GitHub Actions, Azure Pipelines or TeamCity would obey."""
    return [line for line in text.splitlines() if re.match(r"\s*::[^:]*::", line) or re.search(r"##\w*\[", line)]


def test_the_list_of_hostile_texts_holds_commands() -> None:
    assert len([text for text in HOSTILE if commands(text)]) > 5


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_that_is_shown_is_a_command(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    found = Finding("R001", "error", text, text, 0, 0, text)
    several = CannotJudge("G000", text, place=text, help=text)
    several.findings = (found, found)  # type: ignore[attr-defined]
    show_error(UsageError("U000", text, place=text, help=text))
    show_error(several)
    emit(as_json=False, kind="any", data={}, text=[text, text])
    hook_run._tell(Report((CommitReport("a" * 40, text, text, (found,)),)))
    output.write_lines([*findings_text([found]), harmless(text)])
    seen = capfd.readouterr()
    for stream in (seen.out, seen.err):
        assert stream and commands(stream) == []
        assert not [char for char in stream if is_raw(char)]
