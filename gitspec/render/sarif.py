"""A report as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for code scanning and viewers.

Strings are those of JSON, escaped by ``gitspec.render.json.safe``. A finding about a message or a ref has no file, and
viewers want one: it is anchored to the policy.
"""

import json
from collections import Counter
from typing import Any
from urllib.parse import quote

from gitspec import __version__
from gitspec.domain.places import POLICY
from gitspec.domain.report import CommitReport, Report
from gitspec.domain.rules import RULES
from gitspec.render.check_items import Item, bounded, items, rule_url, title_of, worst_first
from gitspec.render.json import safe
from gitspec.render.text import clean, count

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST = 5_000
"""Results that GitHub takes from one run; it wants no more than 25,000 in the file."""
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def sarif(report: Report) -> str:
    """The document, with a final line break; the worst findings when there are too many."""
    found = worst_first(items(report))
    shown = found[:MOST]
    codes = sorted({item.finding.code for item in shown})
    index = {code: i for i, code in enumerate(codes)}
    seen: Counter[str] = Counter()
    run = {
        "tool": {
            "driver": {
                "name": "gitspec",
                "version": __version__,
                "informationUri": "https://github.com/gitspec/gitspec",
                "rules": [_rule(code) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, **_left_out(len(found) - len(shown))}],
        "results": [_result(item, index, seen) for item in shown],
    }
    return safe(json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1)) + "\n"


def escape(text: str) -> str:
    """``text`` as a plain message: clean, and with nothing in it that makes an embedded link (SARIF 3.11.6)."""
    text = clean(text)
    if "](" not in text:
        return text
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _rule(code: str) -> dict[str, Any]:
    rule = RULES.get(code)
    return {
        "id": code,
        "shortDescription": {"text": rule.summary if rule else code},
        "helpUri": rule_url(code),
        "defaultConfiguration": {"level": _LEVELS[rule.severity] if rule else "error"},
    }


def _left_out(number: int) -> dict[str, Any]:
    if not number:
        return {}
    text = f"{count(number, 'finding')} more; `gitspec check --json` has all of them"
    return {"toolExecutionNotifications": [{"level": "warning", "message": {"text": text}}]}


def _result(item: Item, index: dict[str, int], seen: Counter[str]) -> dict[str, Any]:
    found = bounded(item.finding)
    about = title_of(item.about) if item.about else ""
    text = "\n".join([found.message, *([about] if about else []), *([f"help: {found.help}"] if found.help else [])])
    return {
        "ruleId": found.code,
        "ruleIndex": index[found.code],
        "level": _LEVELS[found.severity],
        "message": {"text": escape(text)},
        "locations": [{"physicalLocation": _location(item)}],
        "partialFingerprints": _fingerprints(item, seen),
        **_commit(item),
    }


def _commit(item: Item) -> dict[str, Any]:
    made = isinstance(item.about, CommitReport) and item.about.commit
    return {"properties": {"commit": made}} if made else {}


def _location(item: Item) -> dict[str, Any]:
    found = item.finding
    path = item.file
    uri = quote((path or POLICY).encode("utf-8", "surrogateescape" if _is_bytes(path) else "replace"))
    location: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if path and found.line > 0:
        location["region"] = {"startLine": found.line, **({"startColumn": found.col} if found.col > 0 else {})}
    return location


def _is_bytes(path: str) -> bool:
    """Whether all surrogates in a path stand for bytes, as the file system gives them."""
    return not any("\ud800" <= c < "\udc80" or "\udcff" < c <= "\udfff" for c in path)


def _fingerprints(item: Item, seen: Counter[str]) -> dict[str, str]:
    """What stays the same when lines move: the rule, the file, the message, and what it is about."""
    from hashlib import sha256

    about = item.about.commit if isinstance(item.about, CommitReport) else item.about.ref if item.about else ""
    parts = (item.finding.code, about, item.file, item.finding.message)
    digest = sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:32]
    seen[digest] += 1
    return {"primaryLocationLineHash": f"{digest}:{seen[digest]}"}
