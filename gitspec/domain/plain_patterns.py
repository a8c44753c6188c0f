"""Patterns of paths that need no pattern engine, whose import costs as much as judging several hundred commits.

They match exactly what `.gitignore` patterns from the top of the repository do.
"""

from collections.abc import Callable, Sequence

_SPECIAL = frozenset("?[\\#! ")


def plain_matcher(patterns: Sequence[str]) -> Callable[[str], bool] | None:
    """A matcher for patterns like ``**``, ``folder/**``, ``*.suffix``, ``prefix*`` and ``name``; None for any others."""
    folders: list[str] = []
    prefixes: list[str] = []
    suffixes: list[str] = []
    names: set[str] = set()
    everything = False
    for pattern in patterns:
        if not pattern.isascii() or not pattern.isprintable() or not _SPECIAL.isdisjoint(pattern) or not pattern:
            return None
        if pattern == "**":
            everything = True
        elif pattern.endswith("/**"):
            folder = pattern[:-3]
            if not folder or "*" in folder or folder.startswith("/") or "//" in folder:
                return None
            folders.append(f"{folder}/")
        elif "/" in pattern or pattern.count("*") > 1 or pattern == "*":
            return None
        elif pattern.startswith("*"):
            suffixes.append(pattern[1:])
        elif pattern.endswith("*"):
            prefixes.append(pattern[:-1])
        elif "*" in pattern:
            return None
        else:
            names.add(pattern)
    below, begins, ends = tuple(folders), tuple(prefixes), tuple(suffixes)

    def matches(path: str) -> bool:
        if everything or path.startswith(below):
            return True
        # What has no slash holds for folders too, and so for all that is in them.
        return any(part in names or part.startswith(begins) or part.endswith(ends) for part in path.split("/"))

    return matches
