"""Reports full of what strangers write, at length: the properties of tests/render hold for thousands."""

import pytest
from hypothesis import HealthCheck, given, settings

from gitspec.domain.report import Report
from tests.render import test_hostile
from tests.render.reports import reports

PROPERTIES = [
    test_hostile.test_no_report_lets_a_raw_character_through,
    test_hostile.test_no_line_of_text_is_a_command_to_a_ci_system,
    test_hostile.test_annotations_are_one_command_a_line_and_nothing_else,
    test_hostile.test_sarif_of_any_report_is_valid,
    test_hostile.test_no_markup_of_a_stranger_survives_in_the_summary,
]
EXAMPLES = 5_000


@pytest.mark.campaign
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(reports)
def test_properties_of_renderers_hold_for_many_reports(report: Report) -> None:
    for holds in PROPERTIES:
        holds.hypothesis.inner_test(report)  # type: ignore[attr-defined]
