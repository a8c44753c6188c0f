"""`gitspec explain` and docs/rules.md say of every rule what triggers it, why, how to mend it, and what the policy can do."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from gitspec.cli.main import COMMANDS
from gitspec.commands.explain import Explanation, explain_all, families, text_of
from gitspec.domain.rules import RULES
from gitspec.domain.severity import CONFIGURABLE, WARNED
from gitspec.render import rules_page
from tests.cli.conftest import Cli, gitspec
from tests.reading.test_json_shapes import EXAMPLES, compare

__all__ = ["gitspec"]
EVERY = {rule.code: rule for rule in explain_all()}
TO_COME = {"approve", "policy"}
"""Commands that the engine's own helps name, whether or not this version has them."""


def test_every_rule_is_explained_once_and_no_other() -> None:
    assert sorted(rule.code for rule in explain_all()) == sorted(RULES)


@pytest.mark.parametrize("rule", EVERY.values(), ids=EVERY)
def test_an_explanation_is_whole(rule: Explanation) -> None:
    assert rule.what and rule.mend and (rule.why or rule.code == "T022")
    for text in filter(None, (rule.what, rule.why, rule.mend, rule.configure)):
        assert text.endswith((".", ")")) and len(text) > 10, text
        assert text.count("`") % 2 == 0, text


def test_paragraphs_have_no_other_beginnings() -> None:
    known = re.compile(r"(Why|Mend|Configure): ")
    for family in families():
        for rule in family.rules:
            assert not known.search(rule.what + rule.why + rule.mend + rule.configure), rule.code


def test_explanations_name_only_commands_and_rules_that_there_are() -> None:
    text = rules_page.rules_page()
    named = set(re.findall(r"`gitspec ([a-z][a-z-]*)", text))
    assert named <= COMMANDS.keys() | TO_COME
    assert set(re.findall(r"\b[A-Z]\d{3}\b", text)) <= RULES.keys() | {"D019"}


def test_the_page_is_current_and_the_check_is_a_command() -> None:
    args = [sys.executable, "-m", "gitspec.render.rules_page", "--check"]
    done = subprocess.run(args, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_page_that_is_not_current_fails_the_check(tmp_path: Path) -> None:
    page = tmp_path / "rules.md"
    assert rules_page.main(["--check"], page) == 1
    assert rules_page.main([], page) == 0
    assert rules_page.main(["--check"], page) == 0
    page.write_text("# Rules\n")
    assert rules_page.main(["--check"], page) == 1
    assert rules_page.main(["--what"], page) == 2


def test_the_page_has_an_anchor_for_every_rule_and_says_what_can_be_changed() -> None:
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^###? |\Z)", rules_page.rules_page(), re.MULTILINE | re.DOTALL))
    assert sections.keys() == RULES.keys()
    for code, section in sections.items():
        said = " ".join(section.split())
        assert (f"`severity` may change it, by the key `{code}`." in said) == (code in CONFIGURABLE)
        assert ("`mode: warn` makes it a warning." in said) == (code in WARNED)


def test_the_page_names_the_leniencies_of_local_hooks() -> None:
    assert "## Leniencies of local hooks" in text_of("preface")
    assert text_of("preface").rstrip("\n") in rules_page.rules_page()


@pytest.mark.spec("gates/explain#known-code")
def test_rules_are_explained_in_the_order_asked_for(gitspec: Cli) -> None:
    shown = gitspec("explain", "s101", "R001", "S101").out
    assert re.findall(r"^(\w+) (\w+): ", shown, re.MULTILINE) == [("S101", "warning"), ("R001", "error")]
    for part in ("\n  why: ", "\n  mend: ", "\n  policy: "):
        assert shown.count(part) == 2
    assert "mend: End the message with `Change: <id>`" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_an_unknown_code_names_the_nearest(gitspec: Cli) -> None:
    outcome = gitspec("explain", "R001", "r0o1x", fails=2)
    assert outcome.out == ""
    assert outcome.err.startswith("gitspec: U000 there is no rule 'R0O1X'\nhelp: did you mean R001")
    assert "--all lists" in gitspec("explain", "\x1b[31m", fails=2).err
    gitspec("explain", fails=2)
    gitspec("explain", "--all", "R001", fails=2)


def test_json_is_as_documented(gitspec: Cli) -> None:
    shown = gitspec("explain", "--all", "--json").json
    compare(shown, EXAMPLES["explain"], "explain")
    assert {rule["code"] for rule in shown["rules"] if rule["configurable"]} == CONFIGURABLE


def test_no_other_command_pays_for_the_texts() -> None:
    code = "import sys, gitspec.render.check, gitspec.render.sarif, gitspec.commands.validate, gitspec.domain.judge\n"
    code += "sys.exit('gitspec.commands.explain' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
