"""Which branches are protected: names, or patterns in which ``*`` stands for anything but a slash."""

from collections.abc import Callable, Sequence


def branch_matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Tells whether the short name of a branch (``main``, ``release/1.2``) is one of ``patterns``."""
    plain = frozenset(p for p in patterns if "*" not in p)
    starred = [p.split("/") for p in patterns if "*" in p]

    def matches(name: str) -> bool:
        if name in plain:
            return True
        parts = name.split("/")
        return any(len(p) == len(parts) and all(map(_fits, p, parts)) for p in starred)

    return matches


def _fits(pattern: str, text: str) -> bool:
    """Whether ``text`` is ``pattern`` with something, or nothing, for each star."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == first
    *middle, last = rest
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
