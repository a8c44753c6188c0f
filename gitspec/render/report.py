"""Print a report in one of the formats that `gitspec check` knows. Only what that format needs is imported."""

from gitspec.domain.report import Report


def shown(report: Report, form: str, *, strict: bool = False) -> None:
    """Print ``report`` as ``text``, ``json``, ``github``, ``sarif`` or ``markdown``."""
    from gitspec.render.output import paint, write, write_commands, write_lines

    if form == "json":
        from gitspec.render.check import check_data
        from gitspec.render.json import document

        write(document("check", **check_data(report, strict=strict)))
    elif form == "github":
        from gitspec.render.github import annotations

        write_commands(annotations(report, strict=strict))
    elif form == "sarif":
        from gitspec.render.sarif import sarif

        write(sarif(report))
    elif form == "markdown":
        from gitspec.render.markdown_report import markdown_summary

        write(markdown_summary(report, strict=strict))
    else:
        from gitspec.render.check import check_text

        write_lines(check_text(report, paint(), strict=strict))
