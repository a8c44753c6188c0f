"""How a merge is written down: its conflict markers, or which side decides."""


class Style:
    """``mode``: `markers` shows conflicts; `ours` and `theirs` decide them; `base` writes a merge base that other merges
    start from, with a value for each conflict that no side can have.
    """

    __slots__ = ("base", "mode", "ours", "shows_base", "size", "theirs")

    def __init__(
        self,
        mode: str = "markers",
        size: int = 7,
        *,
        ours: str = "ours",
        base: str = "base",
        theirs: str = "theirs",
        shows_base: bool = False,
    ) -> None:
        self.mode = mode
        self.size = size
        self.ours = ours
        self.base = base
        self.theirs = theirs
        self.shows_base = shows_base

    def deciding(self, mode: str) -> "Style":
        """The same in another mode."""
        names = {"ours": self.ours, "base": self.base, "theirs": self.theirs}
        return Style(mode, self.size, **names, shows_base=self.shows_base)

    def conflict(self, label: str, ours: "list[str]", base: "list[str]", theirs: "list[str]") -> "list[str]":
        """The lines of a conflict between markers."""
        shown = _plain(label)
        middle = [f"{'|' * self.size} {_plain(self.base)}: {shown}", *base] if self.shows_base else []
        return [
            f"{'<' * self.size} {_plain(self.ours)}: {shown}",
            *ours,
            *middle,
            "=" * self.size,
            *theirs,
            f"{'>' * self.size} {_plain(self.theirs)}: {shown}",
        ]


def _plain(label: str) -> str:
    """Text from files and refs, made fit for one line."""
    return "".join(c if c.isprintable() else "?" for c in label[:120])


def merged_lead(base: "list[str]", ours: "list[str]", theirs: "list[str]") -> "list[str]":
    """Blank lines and comments that three versions have at one place: no comment goes unless a side has removed it."""
    if theirs in (base, ours):
        return ours
    if ours == base:
        return theirs
    kept = [row for row in ours if not (row.strip() and row in base and row not in theirs)]
    return kept + [row for row in theirs if row.strip() and row not in ours and row not in base]
