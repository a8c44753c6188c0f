"""The chain behind a name for other programs: a table of links as Markdown or CSV, and graphs for Mermaid and Graphviz.

Ids, titles and subjects come from strangers: each format has its own escaping, and nothing of them is left to be
understood as markup, a formula, a link or a statement.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gitspec.render.csv_table import csv_text
from gitspec.render.markdown_report import escape
from gitspec.render.text import clean_line

_SHORT = 12
_LONGEST = 80


class Node(NamedTuple):
    """Something in the chain. ``kind``: requirement, scenario, change, task, commit, test, code, tag or release."""

    kind: str
    id: str
    label: str


class Link(NamedTuple):
    """One thing leads to another; ``how`` is a verb, read from left to right."""

    source: Node
    how: str
    target: Node


def links(trace: Mapping[str, Any]) -> list[Link]:
    """All links of the chain, from requirements to releases; each once."""
    return list(dict.fromkeys(_links(trace)))


def written(trace: Mapping[str, Any], format_: str) -> str:
    """The chain as ``markdown``, ``csv``, ``mermaid`` or ``dot``."""
    return {"markdown": _markdown, "csv": _csv, "mermaid": _mermaid, "dot": _dot}[format_](trace)


def _links(trace: Mapping[str, Any]) -> Iterator[Link]:
    commits = {one["id"]: _commit(one) for one in trace["commits"]}
    for one in trace["requirements"]:
        requirement = Node("requirement", one["id"], one["title"] or "")
        for change in one["changes"]:
            yield Link(requirement, f"{change['kind']} by", Node("change", change["change"], ""))
        for scenario in one["scenarios"]:
            if trace["scenario"] in (None, scenario["id"]):
                yield from _tested(requirement, one["id"], scenario)
        yield from (Link(requirement, "tested by", _place("test", place)) for place in one["tests"])
        yield from (Link(requirement, "cited by", _place("code", place)) for place in one["code"])
        yield from (Link(requirement, "named by", commits[oid]) for oid in one["commits"] if oid in commits)
    for one in trace["changes"]:
        yield from _of_change(one, commits)
    for one in trace["commits"]:
        if one["release"]:
            yield Link(commits[one["id"]], "released in", Node("release", one["release"], ""))


def _tested(requirement: Node, name: str, scenario: Mapping[str, Any]) -> Iterator[Link]:
    node = Node("scenario", f"{name}#{scenario['id']}", "")
    yield Link(requirement, "shown by", node)
    yield from (Link(node, "tested by", _place("test", place)) for place in scenario["tests"])


def _of_change(one: Mapping[str, Any], commits: Mapping[str, Node]) -> Iterator[Link]:
    change = Node("change", one["id"], "")
    for task in one["tasks"]:
        node = Node("task", f"{one['id']} {task['id']}", f"{task['text']} ({task['status']})")
        yield Link(change, "has task", node)
        if task["requirement"]:
            yield Link(node, "serves", Node("requirement", task["requirement"], ""))
        yield from (Link(node, "done by", commits[oid]) for oid in task["commits"] if oid in commits)
    yield from (Link(change, "named by", commits[oid]) for oid in one["commits"] if oid in commits)
    if one["archive"]:
        commit, tag = one["archive"]["commit"], one["archive"]["tag"]
        if commit:
            yield Link(change, "archived by", commits.get(commit) or Node("commit", commit, ""))
        if tag:
            yield Link(change, "archived as", Node("tag", tag, ""))
    if one["release"]:
        yield Link(change, "released in", Node("release", one["release"], ""))


def _commit(one: Mapping[str, Any]) -> Node:
    return Node("commit", one["id"], f"{one['date']} {one['author']}: {one['subject']}")


def _place(kind: str, place: Mapping[str, Any]) -> Node:
    return Node(kind, f"{place['path']}:{place['line']}", "")


def _markdown(trace: Mapping[str, Any]) -> str:
    head = f"## {escape(_title(trace))}\n\n| From | | | To | |\n|---|---|---|---|---|\n"
    rows = (
        f"| {link.source.kind} | {escape(_shown(link.source))} | {link.how} | {link.target.kind} {escape(_shown(link.target))} "
        f"| {escape(link.target.label)} |\n"
        for link in links(trace)
    )
    return head + "".join(rows) + ("" if trace["complete"] else "\nThe clone is shallow: there may be more.\n")


def _title(trace: Mapping[str, Any]) -> str:
    return f"{trace['is']} {trace['name']}" + (f"#{trace['scenario']}" if trace["scenario"] else "")


def _shown(node: Node) -> str:
    return node.id[:_SHORT] if node.kind == "commit" else node.id


def _csv(trace: Mapping[str, Any]) -> str:
    rows = ((source.kind, source.id, how, target.kind, target.id, target.label) for source, how, target in links(trace))
    return csv_text(("from_kind", "from", "how", "to_kind", "to", "label"), rows)


def _mermaid(trace: Mapping[str, Any]) -> str:
    names, found = _numbered(trace)
    lines = ["flowchart LR"]
    lines += [f'  {names[node]}["{_entities(_text(node))}"]' for node in names]
    lines += [f"  {names[source]} -->|{how}| {names[target]}" for source, how, target in found]
    return "\n".join(lines) + "\n"


def _entities(text: str) -> str:
    """Text as Mermaid's entity codes, but for letters, digits and spaces: no mark is left that it could understand."""
    return "".join(c if c.isalnum() or c == " " else f"#{ord(c)};" for c in text)


def _dot(trace: Mapping[str, Any]) -> str:
    names, found = _numbered(trace)
    lines = ["digraph trace {", "  rankdir=LR;", "  node [shape=box];"]
    lines += [f"  {names[node]} [label={_quoted(_text(node))}];" for node in names]
    lines += [f"  {names[source]} -> {names[target]} [label={_quoted(how)}];" for source, how, target in found]
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    """A quoted string of the DOT language, in which nothing but the quotation mark and the backslash means anything."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _numbered(trace: Mapping[str, Any]) -> tuple[dict[Node, str], list[Link]]:
    """A plain name for each node, and the links; a node that stands in several links with and without label is one."""
    found = links(trace)
    labels: dict[tuple[str, str], str] = {}
    for node in (node for link in found for node in (link.source, link.target)):
        labels[node.kind, node.id] = labels.get((node.kind, node.id)) or node.label
    whole = {key: Node(*key, label) for key, label in labels.items()}
    named = {node: f"n{number}" for number, node in enumerate(whole.values(), 1)}
    return named, [Link(whole[a.kind, a.id], how, whole[b.kind, b.id]) for a, how, b in found]


def _text(node: Node) -> str:
    label = f"{node.kind} {_shown(node)}" + (f": {node.label}" if node.label else "")
    line = clean_line(label)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
