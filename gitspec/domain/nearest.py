"""The known names that are most like one that is not."""

from collections.abc import Iterable

_AT_MOST = 3


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The names in ``known`` that ``name`` was probably meant to be, best first, at most three."""
    from difflib import get_close_matches

    pool = sorted(known)
    near = get_close_matches(name, pool, _AT_MOST, 0.6)
    near += [k for k in pool if k not in near and (k.startswith(name) or name.startswith(k))]
    return near[:_AT_MOST]
