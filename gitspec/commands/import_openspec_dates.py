"""The day of a change that its folder's name does not tell: from Git's history, from its metadata, or today."""

from gitspec.commands.import_openspec_report import Report
from gitspec.commands.import_openspec_source import Root, SourceChange, created_in
from gitspec.git.identity import utc_date
from gitspec.git.run import run


class Days:
    """The days on which Git first saw the folders of a root's changes; asked for once, and only when needed."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._days: dict[str, str] | None = None

    def first_seen(self, folder: str) -> str | None:
        """The day of the oldest commit that added a file to the folder; None when Git knows nothing of it."""
        if self._days is None:
            self._days = _first_days(str(self._root.path))
        return self._days.get(folder)


def day_of(root: Root, change: SourceChange, days: Days, today: str, report: Report) -> str:
    """The day on which a change was archived or, for an active one, proposed; tells when it had to be found out."""
    if change.day is not None:
        return change.day
    path = f"{root.name}/{change.folder}" if root.name else change.folder
    created = created_in(root.read(f"{change.folder}/.openspec.yaml")) if ".openspec.yaml" in change.files else None
    if not change.archived and created is not None:
        return created
    seen = days.first_seen(change.folder)
    what = "archived folder" if change.archived else "change"
    if seen is not None:
        report.tell("M016", f"{what} without a date: {seen}, when Git first saw it", path)
    elif created is not None:
        report.tell("M016", f"{what} without a date: {created}, from its .openspec.yaml", path)
    else:
        report.tell("M016", f"{what} without a date: {today} stands in", path, help_="--date YYYY-MM-DD says another")
    return seen or created or today


def _first_days(root: str) -> dict[str, str]:
    result = run(
        root,
        *("log", "-z", "--relative", "--no-renames", "--diff-filter=A", "--name-only", "--format=tformat:%x01%at"),
        *("--", "changes"),
    )
    if result.status:
        return {}
    found: dict[str, str] = {}
    day = ""
    for token in result.out.split(b"\0"):
        text = token.strip(b"\n")
        if text.startswith(b"\x01") and text[1:].isdigit():
            day = utc_date(int(text[1:]))
        elif text and day:
            parts = text.decode("utf-8", "surrogateescape").split("/")
            folder = "/".join(parts[:3] if parts[:2] == ["changes", "archive"] else parts[:2])
            found[folder] = day  # newest first: the oldest stays
    return found
