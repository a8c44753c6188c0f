"""How a text is written as one YAML scalar, so that YAML 1.1 and 1.2 loaders and Prettier agree about it.

Plain where every loader reads it back as that text. Between double quotes otherwise, or between single ones when it
holds double quotes or backslashes (Prettier's choice too). Characters that must not stand in a file are the only ones
that are escaped, as ``\\uXXXX``.
"""

import re

from gitspec.yaml.lexical import has_hidden, is_hidden

_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`=~<")
# What some loader takes for null, a boolean, a number, a time or a date.
_RESOLVED = re.compile(
    r"null|Null|NULL|y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF"
    r"|[-+]?0b[01_]+|[-+]?0o[0-7_]+|[-+]?0x[0-9a-fA-F_]+"
    r"|[-+]?[0-9][0-9_,]*(?::[0-9]+)*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?"
)
# Between double quotes: escapes that say nothing that could be written without them would be swallowed in silence.
_ESCAPES = re.compile(r"\\(?:[\\\"n]|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|.)", re.DOTALL)


def scalar(text: str) -> str:
    """``text`` on one line, plain or quoted."""
    return text if is_plain(text) else quoted(text)


def is_plain(text: str) -> bool:
    """Whether ``text`` may stand without quotes, in any loader's eyes."""
    return not (
        not text
        or text[0] in _INDICATORS
        or text != text.strip()
        or text[-1] == ":"
        or text.startswith("...")
        or "\n" in text
        or "\t" in text
        or ": " in text
        or " #" in text
        or _RESOLVED.fullmatch(text)
        or has_hidden(text)
    )


def quoted(text: str) -> str:
    """``text`` between the quotes that need the fewest escapes."""
    if "\n" in text or has_hidden(text):
        return '"' + "".join(_escaped(c) for c in text) + '"'
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _escaped(char: str) -> str:
    if char in '\\"':
        return "\\" + char
    if char == "\n":
        return "\\n"
    if is_hidden(char):
        return f"\\u{ord(char):04X}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08X}"
    return char


def has_only_needed_escapes(raw: str) -> bool:
    """Whether the text between double quotes is escaped as ``quoted`` does it: for the sake of a hidden character."""
    needed = False
    for match in _ESCAPES.finditer(raw):
        digits = match[1] or match[2]
        if digits:
            code = int(digits, 16)
            if code > 0x10FFFF or not is_hidden(chr(code)):
                return False
            needed = True
        elif match[0] not in ("\\\\", '\\"', "\\n"):
            return False
    return needed


def can_be_block(text: str) -> bool:
    """Whether ``text`` can stand in a literal block."""
    return bool(text) and not has_hidden(text)


def literal_block(text: str, indent: int) -> list[str]:
    """The header of a literal block and its lines, indented by ``indent``. The text must be canonical."""
    margin = " " * indent
    # Where the first line starts with white space, the block must say how deep its margin is.
    header = "|2" if text[0] in " \t" else "|"
    return [header, *(margin + line if line else "" for line in text.split("\n"))]
