"""Words that the messages of the engine share."""

from collections.abc import Iterable

from gitspec.domain.commit import CommitFacts

SHOWN = 3


def known(facts: CommitFacts) -> str:
    """The active changes that a message may name."""
    active = sorted(facts.active)
    if not active:
        return "no change is active"
    more = f" and {len(active) - SHOWN} more" if len(active) > SHOWN else ""
    return f"active: {', '.join(active[:SHOWN])}{more}"


def nameable(facts: CommitFacts) -> str:
    """The same for who has none to name yet."""
    return known(facts) if facts.active else "no change is active: gitspec propose <id>"


def listed(paths: Iterable[str]) -> str:
    """A few paths, on one line whatever their names hold."""
    names = [repr(p)[1:-1] if not p.isprintable() else p for p in paths]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
