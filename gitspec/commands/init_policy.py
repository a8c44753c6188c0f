"""A first spec/gitspec.yaml, made for the files that a repository has."""

import os
from collections.abc import Sequence

from gitspec.git.repository import Repository
from gitspec.git.run import git

_ALWAYS_EXCLUDED = ("*.md", "LICENSE*", ".gitignore", ".gitattributes", ".editorconfig")
_DOCUMENTATION = frozenset(["doc", "docs", "documentation", "man", "website"])
_PROSE = frozenset(
    "md markdown mdx rst adoc asciidoc txt tex pdf odt docx png jpg jpeg gif svg webp ico drawio puml bib csv".split()  # noqa: SIM905
)
_PROSE_PATTERNS = (("rst", "*.rst"), ("adoc", "*.adoc"), ("mdx", "*.mdx"))
_LISTED = 12

_TEXT = """\
version: "1"

# A commit that touches code names the change it serves: a last paragraph with the line `Change: <id>`.
# Code is what `include` matches and `exclude` does not: .gitignore patterns from the top of the repository.
code:
  include:
    # Everything, so that a folder that comes later counts too.{found}
    - "**"
  exclude:
{exclude}

# Without a change a commit may carry `Change-Skip: <reason>` instead, with one of these reasons by default:
# bug-fix, typo, formatting, dependencies, tests, each within its paths and number of lines.
# `skip: []` allows none; a list replaces the defaults:
#
# skip:
#   - reason: typo
#     max_lines: 20
#   - reason: emergency   # needs nothing at night, and stays listed until a later commit says `Settles: <commit>`
#     settle: true

# docs/policy.md of gitspec has all keys: `mode: warn`, `adopted`, `bots`, `scope`, `approvals` and more.

# Further sections that every proposal.md has beside Why and What Changes:
#
# proposal:
#   sections:
#     - Risks

# Fields that requirements may carry beyond the built-in ones:
#
# attributes:
#   priority:
#     type: choice
#     values:
#       - must
#       - should
#       - could
"""


def policy_text(repo: Repository) -> str:
    """The content of a new policy, without its modeline; its comments explain it."""
    listed = git(repo, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    code, exclude = sorted_out(os.fsdecode(listed).split("\0")[:-1])
    found = ""
    if code:
        shown = ", ".join(code[:_LISTED]) + (", …" if len(code) > _LISTED else "")
        found = f" Code stands in: {shown}"
    return _TEXT.format(found=found, exclude="\n".join(f"    - {_quoted(pattern)}" for pattern in exclude))


def sorted_out(paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """(top folders that hold code, patterns of what is no code) among the paths of a repository."""
    folders: dict[str, bool] = {}
    extensions: set[str] = set()
    for path in paths:
        top, slash, rest = path.partition("/")
        extension = rest.rpartition("/")[2].rpartition(".")[2].lower() if slash else path.rpartition(".")[2].lower()
        extensions.add(extension)
        if slash and top != "spec":
            folders[top] = folders.get(top, False) or extension not in _PROSE
    known = {name: holds_code for name, holds_code in folders.items() if _plain(name)}
    prose = [
        f"{name}/**"
        for name, holds_code in sorted(known.items())
        if (name.lower() in _DOCUMENTATION or not holds_code) and not name.startswith(".")
    ]
    code = sorted(f"{name}/" for name in known if f"{name}/**" not in prose)
    patterns = [pattern for extension, pattern in _PROSE_PATTERNS if extension in extensions]
    return code, [*prose, *_ALWAYS_EXCLUDED[:1], *patterns, *_ALWAYS_EXCLUDED[1:]]


def _plain(name: str) -> bool:
    """Whether a folder's name can stand in a pattern and in a comment as it is."""
    return name.isascii() and all(c.isalnum() or c in "._-+@" for c in name)


def _quoted(pattern: str) -> str:
    return f'"{pattern}"' if pattern[0] in "*@" else pattern
