"""Ranges of revisions on the command line."""

from collections.abc import Sequence

from gitspec.errors import UsageError


def only_word(words: Sequence[str], command: str) -> str | None:
    """What a command shall compare. Raises UsageError U000 for two words, which Git takes for two revisions."""
    if len(words) > 1:
        way_out = f"gitspec {command} {words[0]}..{words[1]}"
        raise UsageError("U000", "one range of revisions is wanted", help=way_out)
    return words[0] if words else None
