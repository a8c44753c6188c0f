"""Trailers, exactly as ``git interpret-trailers --parse --no-divider`` reads them without any configuration.

The one place of this rule: the hooks run it on every commit before anything else, so it imports nothing and uses no
regular expressions. It works on text decoded in any way that keeps ASCII (UTF-8 with surrogate escapes, Latin-1).
"""

SCISSORS = "------------------------ >8 ------------------------"
_SPACE = " \t\n\r"  # what Git takes for white space; Python's notion is wider
_KEY = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
_GENERATED = ("Signed-off-by: ", "(cherry picked from commit ")
_CLOSING = ("co-authored-by", "signed-off-by")
_DASHES = "---------"
_ODD = ("\n#", "\n ", "\n\t", "\r")


def parse(message: str, comment: str = "#") -> list[tuple[str, str]]:
    """The trailers of ``message`` in their order, as (key, value) with folded lines joined by one space."""
    lines = _lines(message)
    return _parsed(lines, _end(lines, comment), comment)


def _parsed(lines: list[str], end: int, comment: str) -> list[tuple[str, str]]:
    found: list[tuple[str, list[str]]] = []
    open_trailer = False  # whether an indented line continues the trailer before it
    for line in lines[_start(lines, end, comment) : end]:
        if open_trailer and _is_indented(line):
            found[-1][1].append(line)
            continue
        at = separator(line)
        open_trailer = at >= 1
        if open_trailer and not line.startswith(comment):
            found.append((line[:at].strip(_SPACE), [line[at + 1 :]]))
        elif open_trailer:  # a comment character that can start a key: nothing is read, its continuation neither
            found.append(("", []))
    return [(key, _unfolded(value)) for key, value in found if key]


def read(message: str, comment: str = "#") -> list[tuple[str, str]]:
    """As ``parse``, after setting closing paragraphs aside that hold nothing but what forges put there.

    A squash merge appends ``---------`` and Co-authored-by in paragraphs of their own, which would hide the trailers
    above them.
    """
    found = _plain(message) if comment == "#" else None
    return _read(message, comment) if found is None else found


def _plain(message: str) -> list[tuple[str, str]] | None:
    """What ``_read`` gives for a message as nearly all are: the last paragraph is keys and values; None for any other."""
    closing = last_paragraph(message)
    return closing if closing is None else read_paragraph(closing)


def last_paragraph(message: str) -> str | None:
    """The last paragraph, empty when there is only one; None when it takes the whole message to tell.

    When ``read_paragraph`` can read it, that is what ``read`` gives for the message. Histories have a hundred thousand
    of them, and many that end alike.
    """
    if SCISSORS in message or "\0" in message:
        return None
    text = message.rstrip("\n")
    above = text.rfind("\n\n")
    if above >= 0:
        return text[above + 2 :]
    return None if message[:1] in "\n\t #" or any(odd in message for odd in _ODD) else ""


def read_paragraph(paragraph: str) -> list[tuple[str, str]] | None:
    """The trailers of a last paragraph that is nothing but plain ones, and not only what forges append; else None."""
    if not paragraph:
        return []
    if "\r" in paragraph or "onflicts:" in paragraph:
        return None
    found = []
    says_something = False
    for line in paragraph.split("\n"):
        at = line.find(":")
        if at < 1 or not _KEY.issuperset(line[:at]):
            return None
        key = line[:at]
        says_something = says_something or key.lower() not in _CLOSING
        found.append((key, line[at + 1 :].strip(" \t")))
    return found if says_something else None


def _read(message: str, comment: str) -> list[tuple[str, str]]:
    lines = _lines(message)
    end = _end(lines, comment)
    while (shorter := _without_closing(lines, end, comment)) != end:
        end = shorter
    del lines[end:]
    return _parsed(lines, _end(lines, comment), comment)


def values(trailers: list[tuple[str, str]], key: str) -> list[str]:
    """The values that ``trailers`` give for ``key``, whatever its case, without repetitions."""
    wanted = key.lower()
    return list(dict.fromkeys(value for name, value in trailers if name.lower() == wanted))


def separator(line: str) -> int:
    """Where the colon stands that ends the key at the start of ``line``; below 1 when there is no key."""
    at = line.find(":")
    if at < 1:
        return -1
    return at if _KEY.issuperset(line[:at].rstrip(" \t")) else -1


def block(message: str, comment: str = "#") -> tuple[int, int, bool]:
    """Where trailers are, or would be put: first and last+1 of the lines of the block, and whether there is one."""
    lines = _lines(message)
    end = _end(lines, comment)
    start = _start(lines, end, comment)
    there = start < end
    while end and is_blank(lines[end - 1]):
        end -= 1
    return (start, end, True) if there else (end, end, False)


def is_blank(line: str) -> bool:
    """Whether Git takes the line for an empty one."""
    return not line.strip(_SPACE)


def _lines(message: str) -> list[str]:
    nul = message.find("\0")
    lines = (message if nul < 0 else message[:nul]).split("\n")
    if not lines[-1]:
        lines.pop()
    elif lines[-1] == "Conflicts:":
        lines[-1] += " "  # without its line break it is none of Git's own; as a trailer it reads the same
    return lines


def _is_indented(line: str) -> bool:
    return not line or line[0] in _SPACE


def _end(lines: list[str], comment: str) -> int:
    """The number of lines before scissors, closing comments, empty lines and an old-style block of conflicts."""
    cut = f"{comment} {SCISSORS}"
    end = lines.index(cut) if cut in lines else len(lines)
    run = -1
    conflicts = False
    for at in range(end):
        line = lines[at]
        if not line or line.startswith(comment):
            run = at if run < 0 else run
        elif line == "Conflicts:":
            run = at if run < 0 else run
            conflicts = True
        elif not (conflicts and line[0] == "\t"):
            run = -1
            conflicts = False
    return end if run < 0 else run


def _start(lines: list[str], end: int, comment: str) -> int:
    """The first line of the block of trailers; ``end`` when there is none.

    The block is the last paragraph but never the first one. Either each of its lines is a trailer, or one was written
    by Git itself and at least a quarter are trailers.
    """
    title = 0
    while title < end and (lines[title].startswith(comment) or not is_blank(lines[title])):
        title += 1
    trailers = others = indented = 0
    generated = begun = False
    for at in range(end - 1, title - 1, -1):
        line = lines[at]
        if line.startswith(comment):
            others += indented
            indented = 0
        elif is_blank(line):
            if not begun:
                continue
            others += indented
            fits = trailers * 3 >= others if generated else trailers and not others
            return at + 1 if fits else end
        else:
            begun = True
            if line.startswith(_GENERATED):
                generated = True
                trailers += 1
                indented = 0
            elif line[0] in _SPACE:
                indented += 1
            elif separator(line) >= 1:
                trailers += 1
                indented = 0
            else:
                others += 1 + indented
                indented = 0
    return end


def _unfolded(value: list[str]) -> str:
    return " ".join([value[0], *(line.lstrip(_SPACE) for line in value[1:])]).strip(_SPACE)


def _without_closing(lines: list[str], end: int, comment: str) -> int:
    """``end`` without a last paragraph that says nothing of its own."""
    last = end
    while last and (is_blank(lines[last - 1]) or lines[last - 1].startswith(comment)):
        last -= 1
    first = last
    while first and not is_blank(lines[first - 1]):
        first -= 1
    if not first or first == last:
        return end  # the title is never set aside
    for line in lines[first:last]:
        key = line[: max(separator(line), 0)].rstrip(" \t").lower()
        if not (key in _CLOSING or line.rstrip(_SPACE) == _DASHES or line[0] in " \t" or line.startswith(comment)):
            return end
    return first
