"""A finding of the pure domain, before anybody knows the file and line."""

from typing import NamedTuple

from gitspec.domain.finding import Finding
from gitspec.domain.fold_result import Loc
from gitspec.domain.rules import finding


class Problem(NamedTuple):
    """What is wrong, and where in the model: ``loc`` is made of keys as in the file and of indices from 0."""

    code: str
    message: str
    help: str = ""
    loc: Loc = ()
    capability: str = ""
    """In the verdict on a change: the delta that ``loc`` is in; empty for change.yaml."""

    def finding(self, path: str, line: int = 0, col: int = 0) -> Finding:
        """The finding, once its place is known."""
        return finding(self.code, self.message, path, line, col, self.help)
