"""The commit-msg hook's accepted path for a commit that names no change: is it plain that it need not?

Patterns of the policy that can be judged without a pattern engine are kept in the Git folder by the engine, under the id
of the policy's blob; what they do not decide is left to it.
"""

from gitspec.domain.places import POLICY, SPEC, runs_unasked, takes_for_spec
from gitspec.git.light import answer, is_harmless, is_special, is_stated, policy_facts, start

_PLAIN = ("000000", "100644")


def needs_no_reference() -> bool:
    """Whether nothing governs the commit, or it surely touches no code and nobody has stated a change for it.

    To be called as ``accepted.accepts``.
    """
    if is_special() or is_stated():
        return False
    diff = start(["diff-index", "--cached", "--raw", "-z", "--no-renames", "HEAD", "--"])
    policy = start(["ls-files", "-s", "-z", "--", POLICY])
    touched, listed = answer(diff), answer(policy)
    if touched is None or listed is None:
        return False
    fields = touched.decode("latin-1").split("\0")[:-1]
    paths = fields[1::2]
    if not listed:
        return POLICY not in paths
    patterns: list[str] | None = None
    for facts, path in zip(fields[::2], paths, strict=True):
        if not is_harmless(facts, path):
            return False
        if path.startswith(f"{SPEC}/"):
            continue
        if not facts[1:].startswith(_PLAIN) or facts[8:14] not in _PLAIN:
            return False
        if patterns is None:
            known = policy_facts(listed.split(b" ", 2)[1].decode("latin-1"))
            patterns = known[2] if known else []
        if not is_surely_no_code(path, patterns):
            return False
    return True


def is_surely_no_code(path: str, patterns: list[str]) -> bool:
    """Whether the engine too will find that a path outside of spec/ is none of its business.

    Not so where it may have more to say of it: what no pattern can exclude, attributes, names like that of spec/.
    """
    if not path.isascii() or path == ".gitattributes" or runs_unasked(path) or takes_for_spec(path):
        return False
    return is_excluded(path, patterns)


def is_excluded(path: str, patterns: list[str]) -> bool:
    """Whether one of the patterns that ``plain_patterns`` has kept matches the path."""
    name = path.rpartition("/")[2]
    for pattern in patterns:
        if pattern.endswith("/**"):
            if path.startswith(pattern[:-2]):
                return True
        elif pattern.startswith("*"):
            if name.endswith(pattern[1:]):
                return True
        elif name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern:
            return True
    return False


def plain_patterns(patterns: list[str]) -> list[str]:
    """Those of the patterns that ``is_excluded`` can judge; none when a negation may take back what they match."""
    if any(pattern.startswith("!") for pattern in patterns):
        return []
    return [pattern for pattern in patterns if _is_plain(pattern)]


def _is_plain(pattern: str) -> bool:
    """Whether it is ``folder/**``, ``*suffix``, ``prefix*`` or a name."""
    if not pattern.isascii() or not pattern.isprintable() or set(pattern) & set("?[\\#! "):
        return False
    if pattern.endswith("/**"):
        return not set(pattern[:-3]) & set("*/") and len(pattern) > 3
    starts, ends = pattern.startswith("*"), pattern.endswith("*")
    return "/" not in pattern and pattern.count("*") == starts + ends < 2
