"""The rules of the engine beyond references: scopes, approvals, bots, adoption, emergencies, what else trailers say."""

import pytest

from gitspec.domain.bots import bot_of
from gitspec.domain.commit import CommitFacts, Identity, Touched
from gitspec.domain.finding import Finding
from gitspec.domain.judge import judge
from gitspec.domain.policy import ApprovalRules, Bot, CodePaths, Policy, ScopeRules, SkipReason
from gitspec.domain.rules import finding

FILE = 0o100644


def touching(*paths: str) -> tuple[Touched, ...]:
    """Ordinary files that the commit changes."""
    return tuple(Touched(path, FILE, FILE) for path in paths)


def commit(*trailers: str, paths: tuple[str, ...] = ("src/auth/login.py",), **more: object) -> CommitFacts:
    """A commit with those trailers; `add-2fa` and `dark-mode` are active, `old` is archived."""
    archived = {"old": "spec/archive/2026-11-20-old"}
    active = frozenset(["add-2fa", "dark-mode"])
    message = "\n".join(["Count", "", *trailers, ""]) if trailers else "Count\n"
    facts = CommitFacts(message, touching(*paths), active, active, archived, archived)
    return facts._replace(**more)  # type: ignore[arg-type]


def found(facts: CommitFacts, policy: Policy) -> list[Finding]:
    """The findings, each with a way out."""
    findings = judge(facts, policy)
    assert all(f.help for f in findings)
    return findings


def codes(facts: CommitFacts, policy: Policy | None = None) -> list[str]:
    """The codes of all findings."""
    return [f.code for f in found(facts, policy or Policy())]


SCOPED = Policy(scope=ScopeRules(enforce=True))
SCOPES = {"add-2fa": ("src/auth/**", "tests/auth/**"), "dark-mode": ("src/ui/**",)}


def test_code_outside_the_scope_of_the_change_is_refused_where_the_policy_says_so() -> None:
    facts = commit("Change: add-2fa", paths=("src/auth/a.py", "src/ui/b.py"), scopes=SCOPES)
    assert codes(facts) == []
    (only,) = found(facts, SCOPED)
    assert (only.code, only.message) == ("R009", "the scope of 'add-2fa' does not cover src/ui/b.py")
    assert codes(facts._replace(touched=touching("src/auth/a.py", "docs/b.md")), SCOPED) == []


def test_the_scopes_of_all_named_changes_count_together() -> None:
    facts = commit("Change: add-2fa", "Change: dark-mode", paths=("src/auth/a.py", "src/ui/b.py"), scopes=SCOPES)
    assert codes(facts, SCOPED) == []
    assert codes(facts._replace(touched=touching("src/billing.py")), SCOPED) == ["R009"]
    anywhere = facts._replace(touched=touching("src/billing.py"), scopes={**SCOPES, "dark-mode": ()})
    assert codes(anywhere, SCOPED) == [], "a change without a scope may touch any path"


@pytest.mark.parametrize(
    "scope",
    [(), ("**",), ("*",), ("/**",), ("**/*",), ("?*",), ("[!q]*",), ("src/**", "**", "!jqxz*"), ("[a-zA-Z0-9]*",)],
)
def test_a_scope_that_leaves_nothing_out_is_none(scope: tuple[str, ...]) -> None:
    required = Policy(scope=ScopeRules(required=True))
    facts = commit("Change: add-2fa", scopes={"add-2fa": scope})
    (only,) = found(facts, required)
    assert (only.code, only.path) == ("R024", "spec/changes/add-2fa/change.yaml")
    assert codes(facts) == []
    assert codes(facts._replace(touched=()), required) == [], "no code, nothing to cover"


@pytest.mark.parametrize("scope", [("src/auth/**",), ("*.py",), ("**/auth/*", "!x"), ("/Makefile",)])
def test_a_scope_that_names_something_is_one(scope: tuple[str, ...]) -> None:
    assert codes(commit("Change: add-2fa", scopes={"add-2fa": scope}), Policy(scope=ScopeRules(required=True))) == []


def test_hostile_patterns_of_a_scope_cost_no_time_and_cover_nothing() -> None:
    for pattern in ("*a*a*a*a*a*a*a*a*b", "[z-a]", "a\\/", "!", "\\", "**/**/**/**/a"):
        facts = commit("Change: add-2fa", paths=("a" * 250,), scopes={"add-2fa": (pattern,)})
        assert codes(facts, SCOPED) == ["R009"], pattern


@pytest.mark.parametrize("need", ["merged", "recorded"])
def test_code_waits_for_approval_where_the_policy_says_so(need: str) -> None:
    policy = Policy(approvals=ApprovalRules(need=need))  # type: ignore[arg-type]
    facts = commit("Change: add-2fa", unapproved={"add-2fa": "nobody has approved it"})
    (only,) = found(facts, policy)
    assert only.code == "R014" and "nobody has approved it" in only.message
    assert codes(facts) == []
    assert codes(facts._replace(unapproved={}), policy) == []
    assert codes(facts._replace(touched=touching("docs/a.md")), policy) == [], "the proposal itself may go ahead"


@pytest.mark.parametrize("subject", ["fixup! Count", "squash! Count", "amend! Count"])
def test_commits_for_autosquash_do_not_land_whatever_they_name(subject: str) -> None:
    facts = commit(message=f"{subject}\n\nChange: add-2fa\n")
    assert codes(facts) == []
    assert codes(facts._replace(landing=True)) == ["R015"]
    assert codes(facts._replace(landing=True, touched=())) == ["R015"]
    assert codes(facts._replace(landing=True, message="fixup Count\n\nChange: add-2fa\n")) == []


BOTS = Policy(
    bots=(
        Bot(
            name="Dependabot",
            emails=("bot@users.example.com", "noreply@example.com"),
            paths=("**/package.json", "*.lock"),
        ),
    )
)
BOT, WEB = Identity("bot", "bot@users.EXAMPLE.com"), Identity("Web", "noreply@example.com")


def test_a_bot_needs_no_reference_within_its_paths() -> None:
    facts = commit(paths=("web/package.json", "yarn.lock"), author=BOT, committer=WEB)
    assert codes(facts, BOTS) == []
    assert bot_of(facts, BOTS) == "Dependabot"
    assert codes(facts) == ["R001"]


@pytest.mark.parametrize(
    "changed",
    [
        {"author": Identity("Eve", "eve@example.com")},
        {"committer": Identity("Eve", "eve@example.com")},
        {"author": Identity("bot", "Bot@users.example.com")},
        {"author": Identity()},
        {"touched": touching("yarn.lock", "src/app.py")},
        {"touched": (*touching("yarn.lock"), Touched("run.sh", 0, 0o100755))},
    ],
)
def test_whoever_is_not_quite_the_bot_is_judged_like_anybody(changed: dict[str, object]) -> None:
    facts = commit(paths=("yarn.lock",), author=BOT, committer=WEB)._replace(**changed)  # type: ignore[arg-type]
    assert codes(facts, BOTS) == ["R001"]
    assert bot_of(facts, BOTS) == ""


def test_a_bot_is_exempt_from_nothing_else() -> None:
    facts = commit(paths=("yarn.lock", "spec/changes/add-2fa/tasks.md"), author=BOT, committer=WEB)
    assert codes(facts, BOTS) == ["R001"]
    living = commit(paths=("spec/capabilities/auth.yaml",), author=BOT, committer=WEB)
    assert codes(living, BOTS) == ["R010"]
    naming = commit("Change: nothing", paths=("yarn.lock",), author=BOT, committer=WEB)
    assert codes(naming, BOTS) == ["R002"]
    assert bot_of(commit("Change: add-2fa", paths=("yarn.lock",), author=BOT, committer=WEB), BOTS) == ""
    autosquash = commit(message="fixup! x\n", paths=("yarn.lock",), author=BOT, committer=WEB, landing=True)
    assert codes(autosquash, BOTS) == ["R015"]


@pytest.mark.spec("gates/settings-by-policy#adopted-path")
def test_adoption_by_path_asks_for_references_there_and_guards_all_of_spec() -> None:
    policy = Policy(adopted=("src/payments/**",))
    assert codes(commit(paths=("src/auth/a.py", ".github/workflows/ci.yml")), policy) == []
    assert codes(commit(paths=("src/payments/a.py",)), policy) == ["R001"]
    assert codes(commit(paths=("src/payments/docs/a.md",)), policy) == []
    assert codes(commit(paths=("spec/capabilities/auth.yaml",)), policy) == ["R010"]
    assert codes(commit(paths=("spec/archive/2026-11-20-old/change.yaml",)), policy) == ["R011"]
    assert codes(commit(paths=("spec/conftest.py",)), policy) == ["R001"]


EMERGENCY = Policy(skip=(SkipReason(reason="emergency", settle=True), SkipReason(reason="typo", max_lines=20)))


def test_an_emergency_needs_nothing_at_night_and_is_announced() -> None:
    facts = commit("Change-Skip: emergency", paths=("src/a.py",), lines={"src/a.py": 10_000})
    (only,) = found(facts, EMERGENCY)
    assert (only.code, only.severity) == ("R017", "info")
    assert codes(commit("Change-Skip: typo", lines={"src/auth/login.py": 1}), EMERGENCY) == []
    assert codes(commit("Change-Skip: emergency", "Change: add-2fa"), EMERGENCY) == [], "it names a change already"
    assert codes(commit("Change-Skip: emergency")) == ["R005"], "the policy has to list it"


def test_what_settles_an_emergency_is_a_change() -> None:
    assert codes(commit("Change: add-2fa", "Settles: 1234567", settles={"1234567": True})) == []
    assert codes(commit("Change: add-2fa", "Settles: 1234567", settles={"1234567": False})) == ["R018"]
    assert codes(commit("Change: add-2fa", "Settles: 1234567")) == ["R018"], "without facts nothing passes"
    assert codes(commit("Settles: 1234567", paths=(), settles={"1234567": True})) == ["R018"]


def test_a_task_or_requirement_that_is_named_must_be_there() -> None:
    tasks = {"add-2fa": frozenset(["1.1", "1.2"])}
    assert codes(commit("Change: add-2fa", "Task: 1.2", tasks=tasks)) == []
    (only,) = found(commit("Change: add-2fa", "Task: 1.3", tasks=tasks), Policy())
    assert only.code == "R019"
    assert "did you mean 1.2 or 1.1?" in only.help
    assert codes(commit("Change: dark-mode", "Task: 1.2", tasks=tasks)) == ["R019"]
    assert codes(commit("Task: 1.2", paths=(), tasks=tasks)) == ["R019"]
    named = "Spec: auth/session-expiry"
    assert codes(commit("Change: add-2fa", named, specs={"auth/session-expiry": True})) == []
    assert codes(commit("Change: add-2fa", named, specs={"auth/session-expiry": False})) == ["R019"]
    assert codes(commit("Change: add-2fa", named)) == ["R019"]


ALWAYS = Policy(code=CodePaths(exclude=("**",)))


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/ci.yml", ".github/actions/x/run.md", ".gitlab-ci.yml", "CLAUDE.md", "sub/AGENTS.md",
        ".claude/settings.json", ".cursor/rules/a.mdc", ".mcp.json", "docs/conftest.py", "docs/.vscode/tasks.json",
        "pyproject.toml", "docs/package.json", "Makefile", "docs/Dockerfile.dev", "setup.py", ".husky/pre-commit",
        "docs/pre-push", "claude.md", ".GitHub/workflows/ci.yml", "docs/requirements-dev.txt", ".envrc", ".gitmodules",
    ],
)  # fmt: skip
def test_what_machines_run_unasked_cannot_be_excluded(path: str) -> None:
    assert codes(commit(paths=(path,)), ALWAYS) == ["R001"]
    taken_back = Policy(code=CodePaths(include=("**", "!**", f"!{path}")))
    assert codes(commit(paths=(path,)), taken_back) == ["R001"]


def test_a_policy_that_never_included_a_path_does_not_ask_for_it() -> None:
    policy = Policy(code=CodePaths(include=("src/**",)))
    assert codes(commit(paths=(".github/workflows/ci.yml", "Makefile")), policy) == []
    assert codes(commit(paths=("src/Makefile",)), policy) == ["R001"]
    for path in ("README.md", "docs/guide.md", "docs/hooks.md", "notes/updates.md"):
        assert codes(commit(paths=(path,)), ALWAYS) == []


@pytest.mark.parametrize(
    ("old", "new"), [(0, 0o120000), (0o120000, 0), (0, 0o160000), (0, 0o100755), (0o100755, FILE), (FILE, 0o100755)]
)
def test_links_submodules_programs_and_changes_of_mode_cannot_be_excluded(old: int, new: int) -> None:
    assert codes(commit(touched=(Touched("docs/a.md", old, new),)), ALWAYS) == ["R001"]


def test_what_a_link_of_code_leads_to_is_code() -> None:
    facts = commit(paths=("docs/p.py",))
    assert codes(facts) == []
    assert codes(facts._replace(linked=frozenset(["docs/p.py"]))) == ["R001"]
    assert codes(facts._replace(linked=frozenset(["docs"]))) == ["R001"]
    assert codes(facts._replace(linked=frozenset(["doc", "docs/p"]))) == []
    assert codes(facts._replace(linked=frozenset(["."]))) == ["R001"]


def test_taking_an_archive_back_is_no_edit_of_it() -> None:
    touched = (
        Touched("spec/capabilities/auth.yaml", FILE, FILE),
        Touched("spec/archive/2026-11-20-old/change.yaml", FILE, 0),
        Touched("spec/changes/old/change.yaml", 0, FILE),
    )
    facts = commit("Change: old", touched=touched, archived={}, active=frozenset(["add-2fa", "dark-mode", "old"]))
    assert codes(facts) == []
    assert codes(facts._replace(active=facts.active_before)) == ["R002", "R011", "R010"], "it is nowhere afterwards"
    kept = facts._replace(touched=(*touched, Touched("spec/archive/2026-11-20-old/new.md", 0, FILE)))
    assert "R011" in codes(kept)


def test_reasons_to_edit_specs_are_those_of_the_policy() -> None:
    added = (Touched("spec/capabilities/auth.yaml", 0, FILE),)
    edited = touching("spec/capabilities/auth.yaml")
    policy = Policy(spec_edits=("import", "correction"))
    assert codes(commit("Spec-Edit: import", touched=added)) == []
    assert codes(commit("Spec-Edit: import", touched=edited), policy) == ["R013"]
    assert codes(commit("Spec-Edit: correction", touched=edited), policy) == []
    assert codes(commit("Spec-Edit: correction", touched=edited)) == ["R013"]
    assert codes(commit("Spec-Edit: import", touched=added), Policy(spec_edits=())) == ["R013"]
    code = (*edited, *touching("src/a.py"))
    assert "R013" in codes(commit("Spec-Edit: correction", "Change: add-2fa", touched=code), policy)


def test_a_change_of_policy_is_announced_and_its_removal_refused() -> None:
    (only,) = found(commit(paths=("spec/gitspec.yaml",)), Policy())
    assert (only.code, only.severity) == ("R016", "info")
    assert codes(commit(paths=("spec/gitspec.yaml",), governed=False)) == []
    assert codes(commit(touched=(Touched("spec/gitspec.yaml", FILE, 0),))) == ["R012"]


def test_what_the_layout_has_against_a_path_is_said() -> None:
    wrong = finding("L001", "is no path that spec/ may hold", "spec/notes.md", help="move it")
    assert codes(commit(paths=("spec/notes.md",), layout=(wrong,))) == ["L001"]


@pytest.mark.parametrize("path", ["Spec/gitspec.yaml", "SPEC/x.md", "spec./x.md", "ſpec/x.md", "spe\u200bc/x.md"])
def test_a_folder_that_some_machine_takes_for_spec_is_refused(path: str) -> None:
    assert "L003" in codes(commit("Change: add-2fa", paths=(path,)))


def test_other_folders_are_not_taken_for_spec() -> None:
    assert codes(commit("Change: add-2fa", paths=("specs/a.md", "src/Spec/b.md", "rspec/c.rb", "специ/d"))) == []


@pytest.mark.parametrize(
    "line",
    [
        "* merge=union", "spec/** -diff", "*.yaml merge=ours", "*.md linguist-generated", "/spec/** binary",
        "**/change.yaml -diff", "spec/changes/*/tasks.md filter=x", "spec/capabilities/a*.yaml working-tree-encoding=UTF-16",
        '"spec/gitspec.yaml" -diff', "* -text merge=union", "ch[a-z]nge.yaml -diff", "[attr]text merge=union",
        "spec/**/*.yaml merge=gitspec -diff", "s?ec/** -diff", "* " + "x" * 3000, "*.y?ml diff",
    ],
)  # fmt: skip
def test_attributes_that_reach_into_spec_are_refused(line: str) -> None:
    facts = commit("Change: add-2fa", paths=(".gitattributes",), attributes=f"# why\n{line}\n")
    assert codes(facts) == ["R023"]


@pytest.mark.parametrize(
    "line",
    [
        "* text=auto", "* text=auto eol=lf", "*.md diff=markdown", "*.lock -diff merge=ours", "*.png binary",
        "src/** merge=union", "specs/** -diff", "spec/**/*.yaml merge=gitspec", "spec/**/tasks.md  merge=gitspec",
        "docs/*.md linguist-generated", "vendor/** linguist-generated", "", "*.yaml text", "spec/ -diff", "CHANGELOG.md merge=union",
        "/openapi.yaml linguist-generated", "pnpm-lock.yaml -diff", "*.min.md -diff",
    ],
)  # fmt: skip
def test_other_attributes_are_nobodys_business(line: str) -> None:
    facts = commit("Change: add-2fa", paths=(".gitattributes",), attributes=f"{line}\n")
    assert codes(facts) == []


def test_hostile_attributes_cost_no_time_and_no_crash() -> None:
    import time

    lines = [
        "*" + "a*" * 90 + ".py -diff",
        "**/" * 60 + "x -diff",
        "[" * 150 + " -diff",
        '"' + "\\" * 151,
        "\0 \x1b -diff",
        "*" * 5000,
    ]
    facts = commit("Change: add-2fa", paths=(".gitattributes",), attributes="\n".join(lines * 400))
    start = time.perf_counter()
    assert set(codes(facts)) == {"R023"}
    assert time.perf_counter() - start < 20
