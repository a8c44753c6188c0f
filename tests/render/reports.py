"""Reports for the renderers: a plain one, hostile ones, and a strategy that makes any."""

from hypothesis import strategies as st

from gitspec.domain.finding import Finding, Severity
from gitspec.domain.report import CommitReport, RefReport, Report
from gitspec.domain.rules import RULES

A, B = "a" * 40, "b" * 40

PLAIN = Report(
    commits=(
        CommitReport(A, "Add a door", "A U Thor <author@example.com>"),
        CommitReport(
            B,
            "Add a window",
            "A U Thor <author@example.com>",
            (
                Finding("R001", "error", "the commit touches code (src/app.py) and names no change", B[:12], help="x"),
                Finding("S101", "warning", "text without SHALL", "spec/capabilities/auth.yaml", 4, 7, "say MUST"),
            ),
        ),
        CommitReport("c" * 40, "Before", "A U Thor <author@example.com>", exempt="before the policy"),
    ),
    refs=(RefReport("refs/heads/main", A, "", (Finding("R020", "error", "main is protected", "refs/heads/main"),)),),
    notes=(Finding("R016", "info", "the policy changes", "spec/gitspec.yaml", 2),),
    policy=A,
    range="main..HEAD",
)

HOSTILE = (
    "::add-mask::x",
    "  ::stop-commands::x",
    "a\n::error::b",
    "a\r::error::b",
    "a\u2028::error::b",
    "##[add-path]/x",
    "###[group]",
    "##vso[task.setvariable variable=x]y",
    "\x1b]0;owned\x07\x1b[2J",
    "\x9b31m",
    "\u202egnp.exe\u202c \u2066x\u2069",
    "\udcff\udc80.py",
    "\ud800",
    "\0",
    "<script>alert(1)</script>",
    "<!-- ",
    "| a | b |\n|---|",
    "```\n`` ` \\`",
    "[x](javascript:alert(1)) ![x](http://h/i.png)",
    "https://example.com www.example.com a@example.com @everyone org/repo#1 GH-1 :tada:",
    "&lt;b&gt; &#60; %0A::error::x %25 ,line=1::",
    "line=3,title=x::y",
    "-->",
    "# head\n\n- list\n\n> quote\n***",
    "\u2060\u200b\ufeff\U000e0041",
)

texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=40),
    st.text(alphabet=":#[]%,\n\r<>`|&\\@\x1b\u202e\udcff a", max_size=30),
    st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=3).map("".join),
)
ids = st.sampled_from(("", A, B))
severities: st.SearchStrategy[Severity] = st.sampled_from(("error", "warning", "info"))
findings = st.builds(
    Finding,
    st.sampled_from(sorted(RULES)),
    severities,
    texts,
    st.one_of(st.just(""), texts),
    st.integers(0, 99),
    st.integers(0, 99),
    st.one_of(st.just(""), texts),
)
some = st.lists(findings, max_size=4).map(tuple)
reports = st.builds(
    Report,
    st.lists(st.builds(CommitReport, ids, texts, texts, some, st.one_of(st.just(""), texts)), max_size=4).map(tuple),
    st.lists(st.builds(RefReport, texts, ids, ids, some), max_size=2).map(tuple),
    some,
    ids,
    texts,
)


def is_raw(char: str) -> bool:
    """Whether a terminal or a reader would be steered by it."""
    return char != "\n" and not char.isprintable() and char not in "\u200c\u200d"


def huge_message() -> Report:
    """One finding of which every text has ten megabytes, full of what must be escaped."""
    text = "<\x1b|`::error::\n##[x]@a" * 500_000
    found = Finding("R001", "error", text, text, 1, 1, text)
    return Report((CommitReport(A, text, text, (found,)),))


def many_findings(number: int = 100_000) -> Report:
    """That many findings, ten a commit."""
    found = tuple(Finding("R001", "error", "touches code <b>", f"src/{i}.py", 1, 1, "name a change") for i in range(10))
    return Report(tuple(CommitReport(f"{i:040x}", "Subject", "A U Thor", found) for i in range(number // 10)))
