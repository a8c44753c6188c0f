"""Tabs that stand where YAML wants spaces. Inside of texts and comments they are characters like others."""

from gitspec.domain.finding import Finding
from gitspec.domain.rules import finding
from gitspec.yaml.lexical import MAX_FINDINGS
from gitspec.yaml.nodes import Node, Scalar, walk


def tab_findings(lines: list[str], root: Node | None, path: str) -> list[Finding]:
    """A finding for each line with a tab outside of scalars and comments: loaders disagree about them."""
    rows = {number for number, row in enumerate(lines, 1) if "\t" in row and row.strip()}
    if not rows:
        return []
    covered: dict[int, list[tuple[int, int]]] = {}
    for node in walk(root) if root is not None else ():
        if isinstance(node, Scalar):
            for number in (
                rows.intersection(range(node.line, node.end_line + 1)) if node.end_line > node.line else (node.line,)
            ):
                start = node.col - 1 if number == node.line else 0
                stop = node.end_col - 1 if number == node.end_line else len(lines[number - 1])
                covered.setdefault(number, []).append((start, stop))
    found: list[Finding] = []
    for number in sorted(rows):
        col = _first_outside(lines[number - 1], covered.get(number, []))
        if col >= 0 and len(found) < MAX_FINDINGS:
            written = lines[number - 1][:col] + " " + lines[number - 1][col:].lstrip(" \t")
            help_ = f"write: {written[:200].rstrip()}"
            found.append(finding("Y005", "a tab where a space must stand", path, number, col + 1, help_))
    return found


def _first_outside(row: str, covered: list[tuple[int, int]]) -> int:
    """The column (from 0) of the first tab outside of what is covered, -1 for none."""
    at = row.find("\t")
    while at >= 0:
        inside = any(start <= at < stop for start, stop in covered)
        comment = row.find("#")
        if not inside and row[at:].strip(" \t") and not (0 <= comment < at and not _is_covered(comment, covered)):
            return at
        at = row.find("\t", at + 1)
    return -1


def _is_covered(col: int, covered: list[tuple[int, int]]) -> bool:
    return any(start <= col < stop for start, stop in covered)
