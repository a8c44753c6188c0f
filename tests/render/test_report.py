"""A report in each form says what was found, where, and how to go on."""

import json
import re

import jsonschema

from gitspec.domain.finding import Finding
from gitspec.domain.report import CommitReport, Report, of_one
from gitspec.render.check import check_data, check_text
from gitspec.render.github import annotations
from gitspec.render.json import document
from gitspec.render.markdown_report import markdown_summary
from gitspec.render.sarif import sarif
from tests.reading.test_json_shapes import EXAMPLES, compare
from tests.render.reports import PLAIN, A, B
from tests.render.sarif_schema import SCHEMA


def test_text_groups_findings_by_ref_and_commit_and_sums_up() -> None:
    assert check_text(PLAIN) == [
        "spec/gitspec.yaml:2: R016 info: the policy changes",
        "refs/heads/main (deleted: aaaaaaaaaaaa)",
        "  refs/heads/main: R020 main is protected",
        "bbbbbbbbbbbb Add a window",
        "  R001 the commit touches code (src/app.py) and names no change",
        "    help: x",
        "  spec/capabilities/auth.yaml:4:7: S101 warning: text without SHALL",
        "    help: say MUST",
        "refused: 2 errors, 1 warning, 1 info (2 commits judged, 1 exempt, 1 ref)",
    ]


def test_a_clean_report_says_how_many_commits_were_judged() -> None:
    assert check_text(Report(PLAIN.commits[:1])) == ["fine: 1 commit judged"]
    assert check_text(Report()) == ["fine: 0 commits judged"]
    assert markdown_summary(Report(PLAIN.commits[:1])) == "## gitspec check\n\n✅ fine: 1 commit judged\n"


def test_warnings_refuse_only_when_strict() -> None:
    report = Report((CommitReport(A, "x", "", (Finding("S101", "warning", "w"),)),))
    assert check_text(report)[-1] == "fine: 1 commit judged (1 warning)"
    assert check_text(report, strict=True)[-1] == "refused: 1 warning (1 commit judged)"
    assert check_data(report)["passed"] and not check_data(report, strict=True)["passed"]


def test_a_message_that_is_no_commit_yet_has_no_heading() -> None:
    found = Finding("R002", "error", "there is no change 'x'", ".git/COMMIT_EDITMSG", 3, 1)
    assert check_text(of_one([found]))[0] == ".git/COMMIT_EDITMSG:3:1: R002 there is no change 'x'"


def test_a_limit_says_how_many_findings_it_leaves_out() -> None:
    lines = check_text(PLAIN, most=1)
    assert lines[1:] == ["and 3 findings more", check_text(PLAIN)[-1]]


def test_json_is_as_documented() -> None:
    shown = json.loads(document("check", **check_data(PLAIN)))
    compare(shown, EXAMPLES["check"], "check")
    assert (shown["errors"], shown["warnings"], shown["infos"], shown["judged"], shown["exempt"]) == (2, 1, 1, 2, 1)


def test_annotations_name_a_file_only_where_a_finding_has_one() -> None:
    assert annotations(PLAIN) == [
        "::error title=R020%3A protected branch deleted::main is protected%0A(refs/heads/main (deleted: aaaaaaaaaaaa))",
        "::error title=R001%3A code without a reference to a change::the commit touches code (src/app.py) and names "
        "no change%0A(bbbbbbbbbbbb Add a window)%0Ahelp: x",
        "::warning file=spec/capabilities/auth.yaml,line=4,col=7,title=S101%3A text without SHALL or MUST::"
        "text without SHALL%0A(bbbbbbbbbbbb Add a window)%0Ahelp: say MUST",
        "::notice file=spec/gitspec.yaml,line=2,title=R016%3A change of policy%2C judged by the old one::"
        "the policy changes",
        "gitspec check refused: 2 errors, 1 warning, 1 info (2 commits judged, 1 exempt, 1 ref)",
    ]


def test_no_more_annotations_than_github_shows_and_the_worst_come_first() -> None:
    mixed = tuple(Finding("R001", s, f"{s} {i}") for i in range(12) for s in ("info", "warning", "error"))
    lines = annotations(Report((CommitReport(A, "x", "", mixed),)))
    assert [line.split(" ")[0] for line in lines[:-1]] == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"] * 10
    assert lines[-1].endswith("6 findings more in the summary")


def test_a_path_that_an_annotation_cannot_name_stands_in_its_message() -> None:
    report = of_one([Finding("L004", "error", "bad name", "spec/a\nb.yaml", 1, 1)])
    assert annotations(report)[0] == "::error title=L004%3A file or folder name is no id::spec/a b.yaml:1:1: bad name"


def test_sarif_is_valid_and_names_rules_places_and_commits() -> None:
    data = json.loads(sarif(PLAIN))
    jsonschema.validate(data, SCHEMA)
    run = data["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["R001", "R016", "R020", "S101"]
    assert rules[0]["helpUri"].endswith("/docs/rules.md#r001")
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    by_rule = {result["ruleId"]: result for result in run["results"]}
    place = by_rule["S101"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "spec/capabilities/auth.yaml"
    assert place["region"] == {"startLine": 4, "startColumn": 7}
    # a message has no file
    assert by_rule["R001"]["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "spec/gitspec.yaml"}}
    assert by_rule["R001"]["properties"] == {"commit": B}


def test_sarif_fingerprints_outlive_moved_lines_and_tell_equal_findings_apart() -> None:
    def fingerprints(*lines: int) -> list[str]:
        found = tuple(Finding("S101", "warning", "m", "a.yaml", line) for line in lines)
        results = json.loads(sarif(Report((CommitReport(A, "x", "", found),))))["runs"][0]["results"]
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]

    assert fingerprints(1, 5) == fingerprints(2, 9)
    assert len(set(fingerprints(1, 5))) == 2


def test_sarif_names_bytes_of_paths_and_embeds_no_links() -> None:
    found = Finding("L004", "error", "see [here](https://example.com)", "spec/\udcff é.yaml")
    result = json.loads(sarif(of_one([found])))["runs"][0]["results"][0]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "spec/%FF%20%C3%A9.yaml"
    assert result["message"]["text"] == r"see \[here\](https://example.com)"


def test_the_summary_is_a_table_with_links_to_the_rules() -> None:
    text = markdown_summary(PLAIN)
    assert text.startswith("## gitspec check\n\n❌ refused: 2 errors, 1 warning, 1 info (2 commits judged")
    rows = [line for line in text.splitlines() if line.startswith("| ") and "#r" in line]
    assert len(rows) == 3 and all(re.search(r"\[R0\d\d\]\(https://\S+/docs/rules\.md#r0\d\d\)", row) for row in rows)
    assert "bbbbbbbbbbbb Add a window<br>spec/capabilities/auth.yaml&#58;4&#58;7" in text
