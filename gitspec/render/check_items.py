"""What every form of a report needs: findings in order, where they are, the totals, and texts of bounded length."""

from typing import NamedTuple

from gitspec.domain.finding import Finding
from gitspec.domain.report import CommitReport, RefReport, Report
from gitspec.render.text import clean_line, count
from gitspec.render.words import judged

SHORT = 12
LONGEST = 2_000
"""Characters of one text that are shown; a message of ten megabytes helps nobody."""
LONGEST_SUBJECT = 120
LONGEST_PATH = 4_096  # of Linux
RULES_PAGE = "https://github.com/gitspec/gitspec/blob/main/docs/rules.md"
_RANK = {"error": 0, "warning": 1, "info": 2}


class Item(NamedTuple):
    """A finding, and the commit or ref that it is about; None: the whole."""

    about: CommitReport | RefReport | None
    finding: Finding

    @property
    def file(self) -> str:
        """The path in the repository that the finding is about, exact; empty when it is about a message or a ref."""
        path = self.finding.path
        if not path or path.startswith(("/", ".git/")) or "\0" in path or len(path) > LONGEST_PATH:
            return ""
        if isinstance(self.about, CommitReport) and is_id_of(path, self.about.commit):
            return ""
        return "" if isinstance(self.about, RefReport) and path == self.about.ref else path


class Totals(NamedTuple):
    """How many findings of each severity, and what was judged."""

    errors: int
    warnings: int
    infos: int
    judged: int
    exempt: int
    with_findings: int
    """Commits that have a finding."""
    refs: int


def items(report: Report) -> list[Item]:
    """All findings in the order of the report."""
    return [Item(about, found) for about, found in report.findings()]


def worst_first(found: list[Item]) -> list[Item]:
    """Errors, then warnings, then the rest; otherwise in order."""
    return sorted(found, key=lambda item: _RANK[item.finding.severity])


def totals(report: Report) -> Totals:
    """The numbers that a last line gives."""
    severities = [found.severity for _, found in report.findings()]
    exempt = sum(bool(one.exempt) for one in report.commits)
    return Totals(
        severities.count("error"),
        severities.count("warning"),
        severities.count("info"),
        len(report.commits) - exempt,
        exempt,
        sum(bool(one.findings) for one in report.commits),
        len(report.refs),
    )


def summed_up(report: Report, *, strict: bool = False) -> str:
    """One line: ``refused: 2 errors, 1 warning in 2 of 14 commits``, or how many commits were judged."""
    sums = totals(report)
    numbers = ((sums.errors, "error", ""), (sums.warnings, "warning", ""), (sums.infos, "info", "infos"))
    found = ", ".join(count(n, noun, plural) for n, noun, plural in numbers if n)
    exempt = f", {sums.exempt} exempt" if sums.exempt else ""
    what = judged(sums.judged) + exempt
    if sums.refs:
        what += f", {count(sums.refs, 'ref')}"
    if report.is_refused(strict=strict):
        return f"refused: {found} ({what})"
    return f"fine: {what}" + (f" ({found})" if found else "")


def is_id_of(path: str, commit: str) -> bool:
    """Whether what stands for a path is the (short) id of the commit."""
    return len(path) >= 7 and commit.startswith(path)


def title_of(about: CommitReport | RefReport) -> str:
    """One line that names a commit (short id and subject) or a ref, clean; empty for a commit that is not made yet."""
    if isinstance(about, CommitReport):
        subject = clean_line(shortened(about.subject, LONGEST_SUBJECT))
        return f"{about.commit[:SHORT]} {subject}".strip() if about.commit else ""
    ref = clean_line(shortened(about.ref, LONGEST_SUBJECT))
    if not about.old or not about.new:
        return f"{ref} ({f'new: {about.new[:SHORT]}' if about.new else f'deleted: {about.old[:SHORT]}'})"
    return f"{ref} ({about.old[:SHORT]}..{about.new[:SHORT]})"


def shortened(text: str, longest: int = LONGEST) -> str:
    """``text``, cut where it is longer than that many characters, with a mark that it was."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text) - longest} more characters)"


def bounded(found: Finding) -> Finding:
    """The finding with message, help and path of a length that can be shown."""
    if max(len(found.message), len(found.help), len(found.path)) <= LONGEST:
        return found
    return found._replace(
        message=shortened(found.message), help=shortened(found.help, 2 * LONGEST), path=shortened(found.path)
    )


def rule_url(code: str) -> str:
    """Where the rule is explained."""
    return f"{RULES_PAGE}#{code.lower()}"
