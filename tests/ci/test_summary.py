"""The summary of a run: bounded, and inert whatever requirements and titles hold."""

import re

from gitspec.commands.pull_request import Judged
from gitspec.commands.pull_request_specs import ChangeTrial, NewerEdit, SpecsTrial
from gitspec.domain.diff import CapabilityDiff, PartDiff, RequirementDiff
from gitspec.domain.finding import Finding
from gitspec.domain.report import Report
from gitspec.render.markdown_report import LARGEST
from gitspec.render.pull_request import judged_markdown

HOSTILE = (
    "```\n````\n</details><img src=x onerror=y>\n::error::x\n@everyone #1 [a](javascript:b)\x1b[2J\u202e| ~~~\n```diff"
)


def trial(change: str, text: str, requirements: int = 1) -> ChangeTrial:
    parts = (PartDiff("text", None, text), PartDiff("steps", text, None, text))
    rows = tuple(RequirementDiff(f"r{n}{text}", "added", parts) for n in range(requirements))
    diff = CapabilityDiff(f"auth{text}", "renamed", parts, rows, text)
    return ChangeTrial(change, text, "refused", (diff,), (NewerEdit(text, text, (text,) * 50, text),) * 300, ())


def test_nothing_gets_out_of_its_fence() -> None:
    shown = judged_markdown(Judged(Report(), SpecsTrial((trial(HOSTILE, HOSTILE),), (HOSTILE,), ((HOSTILE, HOSTILE),))))
    fences = [line for line in shown.splitlines() if re.fullmatch(r" {0,3}`{3,}(diff)?", line)]
    longest = max(fences, key=len)
    opened = [line for line in fences if line.startswith(longest.removesuffix("diff"))]
    assert len(opened) == 2, fences
    outside = shown[: shown.index(opened[0])] + shown[shown.rindex(opened[1]) :]
    assert "<img" not in outside
    assert "@everyone" not in outside
    assert "](javascript" not in outside
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_it_fits_and_says_what_is_left_out() -> None:
    trials = tuple(trial(f"change-{n}", "long text " * 200 + "\n", 100) for n in range(10))
    findings = tuple(Finding("R001", "error", "x" * 5000, "a" * 5000, help="h" * 5000) for _ in range(2000))
    for report in (Report(), Report(notes=findings)):
        shown = judged_markdown(Judged(report, SpecsTrial(trials)))
        assert len(shown.encode()) <= LARGEST
        assert "the summary is full" in shown
