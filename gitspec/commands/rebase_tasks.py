"""Tasks that serve a requirement follow the names that archived changes gave it."""

from collections.abc import Callable

from gitspec.domain.rebase_notes import NewName
from gitspec.markdown.checklist import read_checklist


def with_new_names(data: bytes, path: str, new_name: Callable[[str], str | None]) -> tuple[bytes, tuple[NewName, ...]]:
    """tasks.md with new names in place of old ones, and which; ``new_name`` gives None for a name that stays."""
    items = read_checklist(data, path).items
    lines = data.split(b"\n")
    ends = [item.line - 1 for item in items[1:]] + [len(lines)]
    followed: dict[NewName, None] = {}
    for item, end in zip(items, ends, strict=True):
        new = new_name(item.requirement) if item.requirement else None
        if not item.requirement or not new:
            continue
        old = f"({item.requirement})".encode()
        for number in range(end - 1, item.line - 2, -1):
            before, found, after = lines[number].rpartition(old)
            if found:
                lines[number] = before + f"({new})".encode() + after
                followed[NewName(item.requirement, new)] = None
                break
    return b"\n".join(lines), tuple(followed)
