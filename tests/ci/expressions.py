"""The part of GitHub's expression language that our workflows use: contexts, literals, comparison, and, or, not.

https://docs.github.com/actions/reference/evaluate-expressions-in-workflows-and-actions
"""

import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w.-]*)|(-?\d+)|(==|!=|&&|\|\||!|\(|\)))")
_HOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


def substituted(text: str, contexts: Mapping[str, Any]) -> str:
    """``text`` with its ``${{ … }}`` filled in as the runner does, before any shell sees it."""
    return _HOLE.sub(lambda hole: _text(evaluate(hole[1], contexts)), text)


def holds(condition: str | bool, contexts: Mapping[str, Any]) -> bool:
    """Whether an ``if:`` holds; without a status function it means success() as well, which the caller sees to."""
    if isinstance(condition, bool):
        return condition
    inner = _HOLE.fullmatch(condition.strip())
    return _truth(evaluate(inner[1] if inner else condition, contexts))


def evaluate(text: str, contexts: Mapping[str, Any]) -> Any:
    """The value of an expression. Raises ValueError for what is not understood: a test must not pass for that."""
    tokens: list[str] = []
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if not found:
            raise ValueError(f"not understood: {text[at:]}")
        tokens.append(found[0].strip())
        at = found.end()
    value = _either(tokens, contexts)
    if tokens:
        raise ValueError(f"left over: {tokens}")
    return value


def _either(tokens: list[str], contexts: Mapping[str, Any]) -> Any:
    value = _both(tokens, contexts)
    while tokens[:1] == ["||"]:
        tokens.pop(0)
        other = _both(tokens, contexts)
        value = value if _truth(value) else other
    return value


def _both(tokens: list[str], contexts: Mapping[str, Any]) -> Any:
    value = _compared(tokens, contexts)
    while tokens[:1] == ["&&"]:
        tokens.pop(0)
        other = _compared(tokens, contexts)
        value = other if _truth(value) else value
    return value


def _compared(tokens: list[str], contexts: Mapping[str, Any]) -> Any:
    value = _one(tokens, contexts)
    while tokens[:1] in (["=="], ["!="]):
        sign = tokens.pop(0)
        same = _text(value).lower() == _text(_one(tokens, contexts)).lower()
        value = same if sign == "==" else not same
    return value


def _one(tokens: list[str], contexts: Mapping[str, Any]) -> Any:
    token = tokens.pop(0)
    if token == "!":
        return not _truth(_one(tokens, contexts))
    if token == "(":
        value = _either(tokens, contexts)
        if tokens.pop(0) != ")":
            raise ValueError("a parenthesis is not closed")
        return value
    if token.startswith("'"):
        return token[1:-1].replace("''", "'")
    if token in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[token]
    if re.fullmatch(r"-?\d+", token):
        return int(token)
    name, *path = token.split(".")
    if name not in contexts:
        raise ValueError(f"no context '{name}'")
    found: Any = contexts[name]
    for part in path:
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _truth(value: Any) -> bool:
    return value not in (None, "", 0, False)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
