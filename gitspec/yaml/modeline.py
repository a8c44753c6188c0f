"""The first line of every file that gitspec writes: where editors find its JSON Schema."""

from gitspec import __version__

BASE = "https://raw.githubusercontent.com/gitspec/gitspec"
PREFIX = "# yaml-language-server: $schema="
NAMES = {
    "Capability": "capability",
    "Change": "change",
    "Delta": "delta",
    "Policy": "policy",
    "Requirement": "requirement",
}
"""Models that have a schema of their own, and its name."""


def schema_url(name: str, version: str = __version__) -> str:
    """Where the schema ``name`` of a version of gitspec is published."""
    return f"{BASE}/v{version}/schemas/{name}.schema.json"


def modeline(name: str) -> str:
    """The first line of a file that the schema ``name`` describes."""
    return PREFIX + schema_url(name)
