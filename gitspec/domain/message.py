"""Commit messages: what Git will make of the file that it hands to a hook, and how a trailer is put into it.

Pure and cheap to import. ``git help commit`` (--cleanup) is the source of the rules.
"""

from gitspec.domain import trailers

_SPACE = " \t\n\r"
_CUTTING = ("scissors", "strip")  # strip: of `commit --verbose`, which writes the line too
_AUTO = "#;@!$%^&|:"  # in the order in which Git tries them for core.commentChar=auto
AUTOSQUASH = ("fixup! ", "squash! ", "amend! ")


def decode(data: bytes, encoding: str = "utf-8") -> str:
    """The text of a message file: in the configured encoding, else UTF-8, else as Git falls back, Latin-1."""
    for name in (encoding, "utf-8"):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


def cleaned(text: str, mode: str, comment: str = "#", *, shown: bool = True) -> str:
    """The message that Git records when it cleans ``text`` up; empty when nothing is left.

    ``mode``: strip, whitespace, scissors or verbatim.
    ``shown``: an editor has it, so that a line of scissors is Git's own also where comments are stripped.
    """
    if mode == "verbatim":
        return text
    lines = text.split("\n")
    cut = f"{comment} {trailers.SCISSORS}"
    if mode in _CUTTING and cut in lines and (shown or mode == "scissors"):
        lines = lines[: lines.index(cut)]
    kept: list[str] = []
    for line in lines:
        if mode == "strip" and line.startswith(comment):
            continue
        line = line.rstrip(_SPACE)
        if line or (kept and kept[-1]):
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return "\n".join([*kept, ""]) if kept else ""


def mode_of(setting: str, *, editor: bool) -> str:
    """The mode of clean-up for the value of commit.cleanup (or of --cleanup)."""
    if setting in ("verbatim", "whitespace", "strip"):
        return setting
    if setting == "scissors":
        return "scissors" if editor else "whitespace"
    return "strip" if editor else "whitespace"


def comment_prefix(setting: str, text: str) -> str:
    """What starts a comment line, for the value of core.commentChar or core.commentString.

    With ``auto`` Git has chosen a character that started no line, and its own hints, last in ``text``, show which.
    """
    if setting != "auto":
        return setting or "#"
    cut = text.find(trailers.SCISSORS)
    lines = text[: cut if cut >= 0 else len(text)].split("\n")
    for line in reversed(lines):
        if line.strip(_SPACE):
            return line[0] if line[0] in _AUTO else "#"
    return "#"


def with_trailer(text: str, key: str, value: str, comment: str = "#", mode: str = "strip") -> str:
    """``text`` with one more trailer, before Git's own comments; its line breaks stay as they are.

    A message that holds scissors which ``mode`` does not cut has no place that Git would read a trailer from.
    """
    lines = _lines(text)
    above = 0  # what clean-up takes away before the title
    while above < len(lines) and (
        trailers.is_blank(lines[above]) or (mode == "strip" and lines[above].startswith(comment))
    ):
        above += 1
    _, end, there = trailers.block("\n".join([*lines[above:], ""]), comment)
    end += above
    if end == above:  # nothing but what looks like comments, and yet it is the message
        cut = f"{comment} {trailers.SCISSORS}"
        end = lines.index(cut) if cut in lines and mode in _CUTTING else len(lines)
        while end and trailers.is_blank(lines[end - 1]):
            end -= 1
    cr = "\r" if "\r\n" in text else ""
    before, after = lines[:end], lines[end:]
    if before and not before[-1].endswith(cr):
        before[-1] += cr
    new = [] if there else [cr]
    new.append(f"{key}: {value}{cr}")
    if after and not trailers.is_blank(after[0]) and not after[0].startswith(comment):
        new.append(cr)
    return "\n".join([*before, *new, *after, ""])


def with_hint(text: str, hint: list[str], comment: str = "#") -> str:
    """``text`` with lines of comment before those of Git, behind what may be typed above them."""
    lines = _lines(text)
    cut = f"{comment} {trailers.SCISSORS}"
    at = lines.index(cut) if cut in lines else len(lines)
    while at and (trailers.is_blank(lines[at - 1]) or lines[at - 1].startswith(comment)):
        at -= 1
    rest = lines[at:]
    while rest and trailers.is_blank(rest[0]):
        rest.pop(0)
    gap = [""] if at else ["", ""]  # a first line to type into
    hinted = [f"{comment} {line}".rstrip() for line in hint]
    separator = [comment] if rest else []
    return "\n".join([*lines[:at], *gap, *hinted, *separator, *rest, ""])


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def title(message: str) -> str:
    """The first line of a cleaned message."""
    return message.split("\n", 1)[0]


def is_autosquash(message: str) -> bool:
    """Whether the message is one that ``git rebase --autosquash`` folds into another commit."""
    return message.startswith(AUTOSQUASH)
