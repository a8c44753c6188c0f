"""Three-way merge of one YAML file of specs: bytes in, bytes out, read back and compared before anybody gets them."""

from gitspec.domain.merge_specs import ABSENT, clashes, merge_specs, planned
from gitspec.domain.merge_style import Style
from gitspec.yaml.merge_outlines import merged_lines
from gitspec.yaml.outline import Outline, read_outline

_MAX_BYTES = 1 << 20


class Merged:
    """``data`` is the file; ``conflicts`` name the parts between its markers, in order."""

    __slots__ = ("conflicts", "data")

    def __init__(self, data: bytes, conflicts: tuple[str, ...]) -> None:
        self.data = data
        self.conflicts = conflicts


def merge_yaml(base: bytes, ours: bytes, theirs: bytes, path: str, style: Style) -> Merged | str:
    """The merged file, or why only its text can be merged: which of the three cannot be read."""
    outlines = []
    for name, data in (("the merge base", base), ("our side", ours), ("their side", theirs)):
        outline = _outline(data, path)
        if outline is None:
            return f"{name} cannot be read"
        outlines.append(outline)
    below, mine, other = outlines
    plan = merge_specs(below.root.data, mine.root.data, other.root.data)
    conflicts = tuple(clash.label for clash in clashes(plan))
    merged = merged_lines(plan, below, mine, other, style)
    for mode in ("ours", "theirs") if conflicts else ("ours",):
        wanted = planned(plan, mine.root.data, other.root.data, mode)
        decided = merged_lines(plan, below, mine, other, style.deciding(mode)) if conflicts else merged
        if not _reads_back(decided, {} if wanted is ABSENT else wanted, path):
            return "the merged file would not read back as what was meant"
    return Merged(_encoded(merged, ours or theirs), conflicts)


def _reads_back(rows: list[str], wanted: object, path: str) -> bool:
    text = "".join(f"{row}\n" for row in rows)
    outline = read_outline(text) or _outline(text.encode(), path)
    return outline is not None and bool(outline.root.data == wanted)


def _outline(data: bytes, path: str) -> Outline | None:
    if len(data) > _MAX_BYTES:
        return None
    try:
        text = data.decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    usual = read_outline(text)
    if usual is not None:
        return usual
    from gitspec.yaml.outline_nodes import outline_of

    return outline_of(data, path)


def _encoded(rows: list[str], like: bytes) -> bytes:
    """The lines with the ends that ours have."""
    end = "\r\n" if like.count(b"\r\n") * 2 > like.count(b"\n") else "\n"
    ends_open = bool(like) and not like.endswith(b"\n")
    return (end.join(rows) + ("" if ends_open or not rows else end)).encode()
