"""Results remembered by what they were computed from: the keys say everything that a result depends on."""

from collections.abc import Callable, Sequence
from typing import Any

from gitspec.store.cache import Cache

_SPARE = 500
"""How many results may stay that this call did not ask for: other branches and commits are looked at too."""


def remembered(
    cache: Cache | None, kind: str, keys: Sequence[str], work: Callable[[Sequence[int]], Sequence[Any]]
) -> list[Any]:
    """For each key its result: from the cache, or of ``work(indices of the missing)``, which is then remembered.

    Results are plain JSON values (so lists, not tuples) and never None.
    """
    known = cache.load(kind) if cache else {}
    missing = [i for i, key in enumerate(keys) if known.get(key) is None]
    if not missing:
        return [known[key] for key in keys]
    fresh = dict(zip((keys[i] for i in missing), work(missing), strict=True))
    if cache:
        old = list(known.items()) if len(known) <= _SPARE else [(k, known[k]) for k in keys if k in known]
        cache.save(kind, dict(old) | fresh)
    return [fresh[key] if key in fresh else known[key] for key in keys]
