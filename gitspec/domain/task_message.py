"""The message of the commit that ticks tasks."""

from collections.abc import Sequence

from gitspec.domain.archive_message import one_line
from gitspec.domain.references import KEY, TASK_KEY
from gitspec.domain.task_status import Item

_LONGEST = 72


def task_message(change: str, items: Sequence[Item]) -> str:
    """The task as the subject, with trailers that name it and its change; several are listed below.

    Every line but the subject and the trailers is indented, so that no text is taken for a trailer.
    """
    texts = [f"{item.id} {one_line(item.text)}" for item in items]
    subject = f"Finish task {texts[0]}" if len(texts) == 1 else f"Finish {len(texts)} tasks of {change}"
    body = "" if len(texts) == 1 and len(subject) <= _LONGEST else "".join(f"  {text}\n" for text in texts) + "\n"
    if len(subject) > _LONGEST:
        subject = f"{subject[: _LONGEST - 1].rstrip()}…"
    trailers = [f"{KEY}: {change}", *(f"{TASK_KEY}: {item.id}" for item in items)]
    return f"{subject}\n\n{body}" + "".join(f"{trailer}\n" for trailer in trailers)
