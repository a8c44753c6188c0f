"""Which task of today a task of an earlier tasks.md is: numbers change when tasks come and go, and when lists are merged."""

from collections.abc import Sequence

from gitspec.domain.task_status import Item


def followed(then: Sequence[Item], now: Sequence[Item]) -> dict[str, str]:
    """The numbers of now by those of then; a task that is gone is left out.

    The same text is the same task, whatever its number, as long as only one had it and has it. Else it is the number that stays,
    with a text that was edited, unless that text was another task's then, or the old one is another's now.
    """
    texts_then, texts_now = _numbers_by_text(then), _numbers_by_text(now)
    there = {item.id: item.text for item in now}
    found = {}
    for item in then:
        if there.get(item.id) == item.text:
            found[item.id] = item.id
        elif texts_then[item.text] and (number := texts_now.get(item.text)):
            found[item.id] = number
        elif item.id in there and there[item.id] not in texts_then:
            found[item.id] = item.id
    return found


def _numbers_by_text(items: Sequence[Item]) -> dict[str, str]:
    """The number of each text; empty for one that several tasks have."""
    found: dict[str, str] = {}
    for item in items:
        found[item.text] = "" if item.text in found else item.id
    return found
