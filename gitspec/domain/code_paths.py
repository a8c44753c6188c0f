"""Which paths are code: the policy's patterns, and what no pattern can exclude."""

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from gitspec.domain.commit import MODE_FILE, Touched
from gitspec.domain.places import SPEC, runs_unasked
from gitspec.domain.plain_patterns import plain_matcher

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy

_SPEC_FILES = (".yaml", ".md")
_runs_unasked = lru_cache(maxsize=4096)(runs_unasked)
MAX_STARS = 2
"""So many `*` may stand in one part of a pattern, and so many `**` in a pattern: strangers write patterns and paths, and
more of them take a regular expression for ever."""


def code_matcher(policy: "Policy", linked: Collection[str] = ()) -> Callable[[Touched], bool]:
    """Tells whether a touched path is code. ``linked`` are paths that links of code lead to.

    Where the policy includes (whatever it takes back with `!`), these are code whatever it excludes: links, submodules,
    executables, changes of mode, what machines and agents run or obey unasked (``places.runs_unasked``), and what is
    linked to. A policy that includes `src/**` only does not ask for a change behind an edited workflow: what is left out
    by not being named is visible in the policy, what a pattern carves out of it is not. `adopted` limits all of that.
    In spec/ only what is neither YAML nor Markdown is code (a test runner may execute it); the rest has rules of its own.
    """
    included = path_matcher(policy.code.include)
    mentioned = path_matcher(p for p in policy.code.include if not p.startswith("!"))
    excluded = path_matcher(policy.code.exclude)
    adopted = path_matcher(policy.adopted) if policy.adopted else None

    def is_code(touched: Touched) -> bool:
        path = touched.path
        plain = touched.old_mode in (0, MODE_FILE) and touched.new_mode in (0, MODE_FILE)
        if path.startswith(f"{SPEC}/") or path == SPEC:
            return not (plain and path.endswith(_SPEC_FILES))
        if adopted is not None and not adopted(path):
            return False
        if not plain or _runs_unasked(path) or (linked and _is_below(path, linked)):
            return mentioned(path)
        return included(path) and not excluded(path)

    return is_code


def link_target(link: str, content: str) -> str:
    """The path that a symbolic link at ``link`` leads to, from the top of the repository; empty when out of it.

    The top itself, to which everything belongs, is ``.``. For who gathers ``CommitFacts.linked``.
    """
    if content.startswith("/") or "\0" in content:
        return ""
    parts = link.split("/")[:-1]
    for part in content.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or "."


def _is_below(path: str, tops: Collection[str]) -> bool:
    """Whether ``path`` is one of ``tops`` or lies in one."""
    if "." in tops or path in tops:
        return True
    at = path.rfind("/")
    while at > 0:
        if path[:at] in tops:
            return True
        at = path.rfind("/", 0, at)
    return False


def path_matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Tells whether a path matches the patterns as .gitignore would, from the top of the repository.

    A pattern that ``problem_with_pattern`` refuses matches nothing.
    """
    return _matcher(tuple(patterns))


@lru_cache(maxsize=64)  # every commit of a range asks for the same ones
def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    if plain := plain_matcher(patterns):
        return lru_cache(maxsize=4096)(plain)
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines([pattern for pattern in patterns if not problem_with_pattern(pattern)])
    return lru_cache(maxsize=4096)(lambda path: bool(spec.match_file(path)))


def problem_with_pattern(pattern: str) -> str | None:
    """Why ``pattern`` is none that paths can be matched with; None when it is one."""
    bare = pattern.removeprefix("!")
    if not bare.strip() or bare.startswith("#"):
        return "matches nothing"
    if (len(bare) - len(bare.rstrip("\\"))) % 2:
        return "ends in a backslash"
    if "[" in bare or "\\" in bare:
        import re
        import warnings

        from pathspec import GitIgnoreSpec

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                GitIgnoreSpec.from_lines([pattern])
        except (ValueError, re.error, Warning):
            return "has brackets that name no range of characters, or a backslash with nothing behind it"
    parts = bare.split("/")
    if parts.count("**") > MAX_STARS or any(p.count("*") > MAX_STARS for p in parts):
        return f"has more than {MAX_STARS} stars in one part, or more than {MAX_STARS} parts `**`"
    return None


def covers_everything(patterns: Collection[str]) -> bool:
    """Whether a scope leaves nothing out: without ``!`` it matches paths that nobody can have meant."""
    matches = path_matcher(p for p in patterns if not p.startswith("!"))
    return not patterns or any(matches(path) for path in _IMPROBABLE)


_IMPROBABLE = tuple(
    path for c in "az09_.-AZé" for path in (f"{c}jqxzkw", f"{c}jqxzkw/{c}jqxzkw", f"{c}jqxzkw/kwjqxz/{c}jqxzkw")
)
