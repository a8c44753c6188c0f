"""The versions of a requirement or a capability, as text, as Markdown and as data for JSON."""

from collections.abc import Iterator
from typing import Any

from gitspec.commands.log import Log, Version
from gitspec.render.colour import PLAIN, Paint
from gitspec.render.deeds import deed_data, deed_words, skipped_data
from gitspec.render.diff import capabilities_data, capability_lines, part_data, part_lines, word_diff
from gitspec.render.diff_markdown import capability_markdown, parts_markdown
from gitspec.render.markdown_report import escape
from gitspec.render.text import clean_line, count

_SIGNS = {"added": "+", "removed": "-"}


def log_text(log: Log, paint: Paint = PLAIN) -> list[str]:
    """Each version: commit, moment (UTC), author and change, then what it changed."""
    is_short = log.what != "capability" and "/" not in log.asked  # the name of today without its capability
    is_old = log.lives and log.asked != log.name and not is_short
    lines = [f"{clean_line(log.asked)} is {clean_line(log.name)} now", ""] if is_old else []
    for version in log.versions:
        lines += _version(version, paint)
        lines.append("")
    if log.left_out:
        lines += [paint.faint(f"{count(log.left_out, 'older version')} left out"), ""]
    return lines[:-1]


def _version(version: Version, paint: Paint) -> Iterator[str]:
    deed = version.deed
    when = deed.moment[:16].replace("T", " ")
    yield f"{paint.warn(deed.commit[:12])} {when} {clean_line(deed.author)}: {deed_words(deed)}"
    sign = _SIGNS.get(version.kind, "~")
    colour = {"+": paint.good, "-": paint.bad}.get(sign, paint.warn)
    was = f" (was {clean_line(version.was)})" if version.was else ""
    if version.difference is None:
        yield f"  {colour(f'{sign} {version.kind}')} {paint.strong(clean_line(version.name))}{was}"
        yield from part_lines(version.parts, "    ", paint, word_diff)
        return
    for line in list(capability_lines(version.difference, paint, word_diff))[:-1]:
        yield f"  {line}".rstrip()


def log_markdown(log: Log) -> list[str]:
    """A heading, then a section for each version."""
    lines = [f"# {escape(log.name)}", ""]
    for version in log.versions:
        deed = version.deed
        was = f", was {escape(version.was)}" if version.was else ""
        lines += [f"## {escape(deed.moment[:10])} {version.kind}{was}", ""]
        lines += [f"Commit {deed.commit[:12]} by {escape(deed.author)}: {escape(deed_words(deed))}", ""]
        if version.difference is not None:
            lines += list(capability_markdown(version.difference, 3))
        elif version.parts:
            lines += [*parts_markdown(version.parts), ""]
    if log.left_out:
        lines += [f"{count(log.left_out, 'older version')} left out.", ""]
    return lines[:-1]


def log_data(log: Log) -> dict[str, Any]:
    """The body of `gitspec log --json`."""
    return {
        "what": log.what,
        "id": log.name,
        "asked": log.asked,
        "lives": log.lives,
        "versions": [_version_data(version) for version in log.versions],
        "left_out": log.left_out,
        "cut_off": list(log.cut_off),
        "skipped": skipped_data(log.skipped),
    }


def _version_data(version: Version) -> dict[str, Any]:
    difference = version.difference
    return {
        "kind": version.kind,
        "id": version.name,
        "was": version.was or None,
        **deed_data(version.deed),
        "parts": [part_data(part) for part in (difference.parts if difference else version.parts)],
        "requirements": capabilities_data([difference])[0]["requirements"] if difference else [],
    }
