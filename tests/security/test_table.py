"""docs/security.md names a test for each attack, and the tests are there."""

import ast
import re
from pathlib import Path

TOP = Path(__file__).parents[2]
_ROW = re.compile(r"\| (?P<attack>[^|]+) \| (?P<rule>[^|]+) \| `(?P<file>tests/[a-z_/]+\.py)::(?P<name>test_\w+)` \|")


def test_each_attack_has_a_rule_and_a_test_that_exists() -> None:
    lines = (TOP / "docs/security.md").read_text().splitlines()
    rows = [line for line in lines if line.startswith("|") and not line.startswith(("|---", "| way |", "| attack |"))]
    assert len(rows) > 60
    for row in rows:
        match = _ROW.fullmatch(row)
        assert match, row
        assert match["name"] in _tests(match["file"]), row


def test_every_bypass_test_is_in_the_table() -> None:
    text = (TOP / "docs/security.md").read_text()
    named = set(re.findall(r"::(test_\w+)", text))
    honest = {name for name in _tests("tests/gates/test_bypasses.py") if re.search("honest|passes|judged_later", name)}
    assert _tests("tests/gates/test_bypasses.py") - honest <= named
    assert _tests("tests/security/test_threats.py") <= named


def _tests(file: str) -> set[str]:
    path = TOP / file
    if not path.exists():
        return set()
    functions = [node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    return {name for name in functions if name.startswith("test_")}
