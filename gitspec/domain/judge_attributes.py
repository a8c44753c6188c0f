"""Attributes that reach into spec/: only those that `gitspec init` writes and those that hide and change nothing.

Merge drivers decide what a clone merges, filters what it checks out, and `-diff` or `linguist-generated` hide an edit
from whoever reviews it. gitattributes(5) is the source of the format.
"""

from collections.abc import Iterator

from gitspec.domain.finding import Finding
from gitspec.domain.rules import finding

FILE = ".gitattributes"
OWN = ("spec/**/*.yaml diff=gitspec-yaml", "spec/**/*.yaml merge=gitspec", "spec/**/tasks.md merge=gitspec")
"""The lines that `gitspec init` writes."""
_HARMLESS = (
    "text", "eol", "crlf", "whitespace", "export-ignore", "export-subst", "delta", "linguist-language",
    "linguist-documentation", "linguist-detectable", "linguist-vendored", "encoding",
)  # fmt: skip
_SPEC_NAMES = ("*.yaml", "proposal.md", "tasks.md", "design.md")
_ELSEWHERE = ("pnpm-lock.yaml",)  # could be a capability's file, and in every second repository is not
_REPEATING = (["*"], ["**"])
_MAX_LINE = 250
_MAX_LINES = 500


def judge_attributes(text: str) -> Iterator[Finding]:
    """Findings R023 about lines of the top .gitattributes; that below spec/ there is none, the layout sees to."""
    for number, line in enumerate(text.split("\n")):
        if number == _MAX_LINES:
            message = f"more than {_MAX_LINES} lines at once"
            yield finding("R023", message, FILE, help="split the commit, or name fewer paths")
            return
        bare = " ".join(line.split())
        if not bare or bare.startswith("#") or bare in OWN:
            continue
        if wrong := _reaching(bare):
            message = f"'{wrong}' would hold for files in spec/: {bare[:80]}"
            help_ = "say where: src/** or /openapi.yaml; spec/ keeps the attributes that `gitspec init` writes"
            yield finding("R023", message, FILE, help=help_)


def _reaching(line: str) -> str:
    """The first attribute of a line that must not reach spec/ and does; empty when there is none."""
    if len(line) > _MAX_LINE:  # nobody means that
        return line[:20]
    pattern, rest = _pattern(line)
    words = rest.split()
    if pattern.startswith("[attr]"):  # a macro: harmless names must stay what they are
        return pattern if pattern.removeprefix("[attr]") in (*_HARMLESS, "diff") else ""
    wrong = next((word for word in words if not _is_harmless(word)), "")
    return wrong if wrong and may_match_spec(pattern) else ""


def _pattern(line: str) -> tuple[str, str]:
    if not line.startswith('"'):
        pattern, _, rest = line.partition(" ")
        return pattern, rest
    end = 1
    while end < len(line) and line[end] != '"':
        end += 2 if line[end] == "\\" else 1
    return line[1:end].replace("\\", ""), line[end + 1 :]


def _is_harmless(word: str) -> bool:
    name, equals, value = word.lstrip("-!").partition("=")
    if name == "diff":  # a driver shows a diff otherwise; without a value, or with -, there would be none
        return bool(equals and value and word[0] not in "-!") or word == "!diff"
    return name in _HARMLESS


def may_match_spec(pattern: str) -> bool:
    """Whether a pattern may match a file that spec/ may hold."""
    anchored = "/" in pattern.rstrip("/")
    if pattern.endswith("/"):
        return False  # attributes are of files; such a pattern never matches
    if not anchored:
        return pattern not in _ELSEWHERE and any(_meet(pattern, name) for name in _SPEC_NAMES)
    wanted = pattern.removeprefix("/")
    return any(_meet(wanted, f"spec/**/{name}") or _meet(wanted, f"spec/{name}") for name in _SPEC_NAMES)


def _meet(left: str, right: str) -> bool:
    """Whether some path matches both globs."""
    a, b = _tokens(left), _tokens(right)
    todo, seen = [(0, 0)], {(0, 0)}
    while todo:
        i, j = todo.pop()
        if i == len(a) and j == len(b):
            return True
        repeats_a, repeats_b = a[i : i + 1] in _REPEATING, b[j : j + 1] in _REPEATING
        nexts = []
        if repeats_a:
            nexts.append((i + 1, j))
        if repeats_b:
            nexts.append((i, j + 1))
        if i < len(a) and j < len(b) and _share(a[i], b[j]):  # one character that both take; what repeats may stay
            nexts.append((i + (not repeats_a), j + (not repeats_b)))
        fresh = [at for at in nexts if at not in seen]
        seen.update(fresh)
        todo += fresh
    return False


def _share(one: str, other: str) -> bool:
    """Whether some character fits both tokens."""
    wild = {"*", "?"}
    if "**" in (one, other):
        return True
    if one in wild:
        return other != "/"
    return one != "/" if other in wild else one == other


def _tokens(glob: str) -> list[str]:
    """Literal characters, `?` for one of a kind, `*` for any run within a part, `**` for any run."""
    found: list[str] = []
    at = 0
    while at < len(glob):
        char = glob[at]
        if char == "*":
            end = at
            while end < len(glob) and glob[end] == "*":
                end += 1
            found.append("**" if end - at > 1 else "*")
            if end - at > 1 and glob[end : end + 1] == "/":
                end += 1  # `**/` may be nothing at all
            at = end
        elif char == "[" and (end := glob.find("]", at + 2)) > 0:
            found.append("?")
            at = end + 1
        elif char == "\\" and at + 1 < len(glob):
            found.append(glob[at + 1])
            at += 2
        else:
            found.append(char)
            at += 1
    return found
