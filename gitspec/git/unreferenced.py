"""The commit-msg hook's accepted path for a commit that names no change: is it plain that it need not?

Patterns of the policy that can be judged without a pattern engine are kept in the Git folder by the engine, under the id
of the policy's blob; what they do not decide is left to it.
"""

import posix

from gitspec.domain.places import POLICY, SPEC, runs_unasked, takes_for_spec
from gitspec.git.light import answer, is_harmless, policy_facts, read_file, start, variable

_PLAIN = ("000000", "100644")


def is_stated() -> bool:
    """Whether the branch's name or ``gitspec use`` says what the commit is for."""
    git_dir = (variable(b"GIT_DIR") or b".git").decode("latin-1")
    head = read_file(f"{git_dir}/HEAD") or b""
    return head.startswith(b"ref: refs/heads/change/") or read_file(f"{git_dir}/GITSPEC_CHANGE") is not None


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


def is_special() -> bool:
    """Whether the commit may be an amended one or a merge, or an option says what it is for."""
    git_dir = (variable(b"GIT_DIR") or b".git").decode("latin-1")
    head = read_file(f"{git_dir}/HEAD") or b""
    on_branch = head.startswith(b"ref: refs/heads/") and not head.startswith(b"ref: refs/heads/.")
    if not on_branch and head[:1] not in b"0123456789abcdef":
        return True
    if b"gitspec.change" in (variable(b"GIT_CONFIG_PARAMETERS") or b"").lower() or variable(b"GIT_CONFIG_COUNT"):
        return True
    if read_file(f"{git_dir}/MERGE_HEAD") is not None:
        return True
    command = read_file(f"/proc/{posix.getppid()}/cmdline")
    if command is None:
        return False
    program = command.split(b"\0", 1)[0].rpartition(b"/")[2]
    return program != b"git" or b"\0--am" in command


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
