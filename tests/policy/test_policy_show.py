"""`gitspec policy show`: every key, its value, and where it comes from."""

import json

from tests.archive.project import gitspec
from tests.conftest import Repo


def shown(repo: Repo, *args: str) -> dict[str, dict[str, object]]:
    """The rows by key."""
    ran = gitspec(repo, "policy", "show", "--json", *args)
    assert ran.code == 0, ran.err
    data = json.loads(ran.out)
    assert data["kind"] == "policy"
    return {row["key"]: row for row in data["values"]}


def test_each_value_says_where_it_comes_from(repo: Repo) -> None:
    repo.write(
        "spec/gitspec.yaml", 'version: "1"\nscope:\n  enforce: true\nskip:\n  - reason: typo\n    max_lines: 5\n'
    )
    first = repo.commit("Policy")
    repo.write("spec/gitspec.yaml", repo.read("spec/gitspec.yaml") + "mode: warn\n")
    second = repo.commit("Warn only")
    rows = shown(repo)
    assert rows["scope.enforce"] == {
        "key": "scope.enforce", "value": True, "source": "file", "line": 3, "commit": first, "day": "2026-11-21",
    }  # fmt: skip
    assert rows["mode"]["commit"] == second and rows["mode"]["value"] == "warn"
    assert rows["skip[0]"]["value"] == {"reason": "typo", "max_lines": 5} and rows["skip[0]"]["line"] == 5
    assert rows["code.include"] == {
        "key": "code.include", "value": ["**"], "source": "default", "line": None, "commit": None, "day": None,
    }  # fmt: skip
    assert shown(repo, "--at", first)["mode"]["source"] == "default"


def test_every_key_of_the_policy_is_shown(repo: Repo) -> None:
    from gitspec.domain.policy import Policy

    repo.commit("Nothing")
    ran = gitspec(repo, "policy", "show")
    assert ran.code == 0 and "There is no spec/gitspec.yaml" in ran.out
    keys = {line.split("  ")[0].split(".")[0].split("[")[0] for line in ran.out.splitlines()[2:]}
    assert keys == set(Policy.model_fields)


def test_what_is_not_committed_says_so(repo: Repo) -> None:
    repo.write("spec/gitspec.yaml", 'version: "1"\n')
    repo.commit("Policy")
    repo.write("spec/gitspec.yaml", 'version: "1"\nmode: warn\n')
    assert "spec/gitspec.yaml:2 (not committed)" in gitspec(repo, "policy", "show").out
    assert shown(repo, "--at", "HEAD")["mode"]["source"] == "default"


def test_a_broken_policy_is_shown_with_its_findings(repo: Repo) -> None:
    repo.write("spec/gitspec.yaml", 'version: "1"\nmode: maybe\ncode:\n  exclude:\n    - "[z-a]"\n')
    repo.commit("Policy")
    ran = gitspec(repo, "policy", "show")
    assert ran.code == 1
    assert "spec/gitspec.yaml:2" in ran.out and "spec/gitspec.yaml:5" in ran.out


def test_rules_that_cannot_do_what_they_were_written_for_are_told(repo: Repo) -> None:
    repo.write(
        "spec/gitspec.yaml",
        'version: "1"\nskip:\n  - reason: typo\n  - reason: typo\napprovals:\n  need: recorded\n  by:\n    - email: a@example.com\n'
        "bots:\n  - name: B\n    emails:\n      - b@example.com\n    paths:\n      - '**'\n"
        "archive:\n  on_merge: auto\n  branch: trunk\nseverity:\n  R010: warning\n",
    )
    repo.commit("Policy")
    ran = gitspec(repo, "policy", "show", "--json")
    found = json.loads(ran.out)["findings"]
    assert {(f["line"], f["severity"]) for f in found} == {
        (4, "warning"), (6, "warning"), (10, "warning"), (17, "warning"), (19, "error"),
    }  # fmt: skip
    assert ran.code == 1 and all(f["help"] for f in found)


def test_hostile_texts_of_a_policy_do_not_reach_the_terminal(repo: Repo) -> None:
    repo.write("spec/gitspec.yaml", 'version: "1"\narchive:\n  branch: "a\\u202eb"\n'.replace("\\u202e", "\u202e"))
    repo.commit("Policy")
    for args in (["policy", "show"], ["policy", "show", "--json"]):
        ran = gitspec(repo, *args)
        assert "\u202e" not in ran.out + ran.err
