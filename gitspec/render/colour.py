"""Colours: only on a terminal, and never with ``NO_COLOR`` (https://no-color.org)."""

import os
from collections.abc import Mapping
from typing import NamedTuple, TextIO


class Paint(NamedTuple):
    """Wraps text in colours, or leaves it as it is when ``enabled`` is false. Text comes here cleaned."""

    enabled: bool

    def strong(self, text: str) -> str:
        return self._wrap(text, "1")

    def faint(self, text: str) -> str:
        return self._wrap(text, "2")

    def good(self, text: str) -> str:
        return self._wrap(text, "32")

    def warn(self, text: str) -> str:
        return self._wrap(text, "33")

    def bad(self, text: str) -> str:
        return self._wrap(text, "31")

    def _wrap(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.enabled and text else text


PLAIN = Paint(enabled=False)


def paint_for(stream: TextIO, environ: Mapping[str, str] = os.environ) -> Paint:
    """Colours for ``stream`` when it is a terminal that can show them and the user has not asked for none."""
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return PLAIN
    return Paint(enabled=stream.isatty())
