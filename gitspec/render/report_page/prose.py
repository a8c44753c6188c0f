"""Texts of specs as HTML: paragraphs, headings, lists, code. Everything else of Markdown is shown as it is written.

All that is written goes through ``escape``, so that no text can bring a tag, an address or a style of its own. The work
is linear in the length of the text, whatever it holds.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from markupsafe import Markup, escape

from gitspec.render.text import clean_line, clean_lines

MOST = 50_000
"""So many characters of one text are shown: nobody reads more, and browsers take minutes to lay out millions."""

LONGEST = 5_000
"""So many characters of a title or the subject of a commit are shown; names and paths are shorter."""

_ITEM = re.compile(r"( {0,12})([-*+]|\d{1,9}[.)]) +(?=\S)")
_HEADING = re.compile(r" {0,3}#{1,6} +(?=\S)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_TICKS = re.compile("`+")
_STRONG = re.compile(r"\*\*([^*\s](?:[^*]{0,200}[^*\s])?)\*\*")


def prose(text: str | None) -> Markup:
    """The blocks of a text."""
    if not text:
        return Markup("")
    shown = Markup("").join(_blocks(clean_lines(text[:MOST])))
    return shown + _left_out(text) if len(text) > MOST else shown


def inline(text: str) -> Markup:
    """A line with its code and what is strong in it."""
    line = clean_line(text[:MOST])
    shown = Markup("").join(_spans(line)) if "`" in line else _strong(line)
    return shown + _left_out(text) if len(text) > MOST else shown


def line(text: str) -> str:
    """A text that stands on one line, such as a title: clean of what could turn or hide it, and of no great length."""
    cleaned = clean_line(text[:LONGEST])
    return f"{cleaned}…" if len(text) > LONGEST else cleaned


def _left_out(text: str) -> Markup:
    return Markup(f'<span class="quiet"> … and {len(text) - MOST:,} characters more, which the file has.</span>')


def _blocks(lines: list[str]) -> Iterator[Markup]:
    at = 0
    while at < len(lines):
        line = lines[at]
        fence = _FENCE.match(line)
        if not line.strip():
            at += 1
        elif fence:
            end = _end_of_fence(lines, at + 1, fence[1])
            yield _tagged("pre", escape("\n".join(lines[at + 1 : end])))
            at = end + 1
        elif heading := _HEADING.match(line):  # its level is of another outline than the page's
            yield Markup(f"<p dir=auto><strong>{inline(line[heading.end() :])}</strong></p>")
            at += 1
        elif line.lstrip().startswith("|"):
            end = _while(lines, at, lambda one: one.lstrip().startswith("|"))
            yield _tagged("pre", escape("\n".join(lines[at:end])))
            at = end
        elif _ITEM.match(line):
            end = _while(lines, at, lambda one: bool(one.strip()) and not (_FENCE.match(one) or _HEADING.match(one)))
            yield _list(lines[at:end])
            at = end
        else:
            end = _while(lines, at, _goes_on)
            yield _tagged("p", inline(_joined(lines[at:end])))
            at = end


def _tagged(tag: str, inner: Markup) -> Markup:
    return Markup(f"<{tag} dir=auto>{inner}</{tag}>")


def _goes_on(line: str) -> bool:
    starts_another = _ITEM.match(line) or _FENCE.match(line) or _HEADING.match(line) or line.lstrip().startswith("|")
    return bool(line.strip()) and not starts_another


def _while(lines: list[str], at: int, holds: Callable[[str], bool]) -> int:
    """The index behind the lines from ``at`` on for which ``holds``; at least one."""
    end = at + 1
    while end < len(lines) and holds(lines[end]):
        end += 1
    return end


def _end_of_fence(lines: list[str], at: int, fence: str) -> int:
    while at < len(lines) and not lines[at].strip().startswith(fence):
        at += 1
    return at


def _joined(lines: Iterable[str]) -> str:
    return " ".join(line.strip() for line in lines)


def _list(lines: list[str]) -> Markup:
    """Items with the depth that their indent shows; numbers stay as they are written."""
    items: list[tuple[int, str, list[str]]] = []
    for line in lines:
        found = _ITEM.match(line)
        if found:
            mark = "" if found[2] in "-*+" else found[2]
            items.append((min(len(found[1]) // 2, 3), mark, [line[found.end() :]]))
        else:
            items[-1][2].append(line)
    return Markup(f"<ul>{Markup('').join(_item(*item) for item in items)}</ul>")


def _item(depth: int, mark: str, lines: list[str]) -> Markup:
    number = f'<b class="n">{escape(mark)}</b> ' if mark else ""
    classes = " ".join(name for name in (f"d{depth}" if depth else "", "o" if mark else "") if name)
    return Markup(f'<li dir=auto class="{classes}">{number}{inline(_joined(lines))}</li>')


def _spans(text: str) -> Iterator[Markup]:
    """Code between runs of backticks of the same length (CommonMark 6.1), the rest as text."""
    runs = [(m.start(), m.end()) for m in _TICKS.finditer(text)]
    closing: list[int] = [0] * len(runs)
    last: dict[int, int] = {}
    for i in range(len(runs) - 1, -1, -1):
        length = runs[i][1] - runs[i][0]
        closing[i] = last.get(length, -1)
        last[length] = i
    at, i = 0, 0
    while i < len(runs):
        end = closing[i]
        if end < 0:
            i += 1
            continue
        start, after = runs[i]
        yield _strong(text[at:start])
        code = text[after : runs[end][0]]
        yield Markup(f"<code>{escape(code.strip() or code)}</code>")
        at, i = runs[end][1], end + 1
    yield _strong(text[at:])


def _strong(text: str) -> Markup:
    escaped = escape(text)
    return Markup(_STRONG.sub(r"<strong>\1</strong>", str(escaped))) if "**" in text else escaped
