"""Which paths are code: the policy's patterns, and what no pattern can exclude."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from gitspec.domain.commit import MODE_FILE, Touched
from gitspec.domain.places import SPEC

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy

_SPEC_FILES = (".yaml", ".md")


def code_matcher(policy: "Policy") -> Callable[[Touched], bool]:
    """Tells whether a touched path is code.

    Links, submodules and executables are code wherever the policy includes, whatever it excludes. In spec/ only what is
    neither YAML nor Markdown is (a test runner may execute it); the rest has rules of its own.
    """
    included = path_matcher(policy.code.include)
    excluded = path_matcher(policy.code.exclude)

    def is_code(touched: Touched) -> bool:
        path = touched.path
        plain = touched.old_mode in (0, MODE_FILE) and touched.new_mode in (0, MODE_FILE)
        if path.startswith(f"{SPEC}/") or path == SPEC:
            return not (plain and path.endswith(_SPEC_FILES))
        return included(path) and (not plain or not excluded(path))

    return is_code


def path_matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Tells whether a path matches the patterns as .gitignore would, from the top of the repository."""
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(patterns)
    return lambda path: bool(spec.match_file(path))
