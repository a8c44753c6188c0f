"""The project's policy: `spec/gitspec.yaml`. docs/policy.md says what each key is good for."""

from typing import Annotated, Literal

from pydantic import Field

from gitspec.domain.model import ChangeId, Count, Flag, Key, Line, Model, Pattern


class CodePaths(Model):
    """Which paths are code: `include` minus `exclude`, as .gitignore patterns from the top of the repository."""

    include: tuple[Pattern, ...] = ("**",)
    """Patterns of code."""
    exclude: tuple[Pattern, ...] = ("docs/**", "*.md", "LICENSE*", ".gitignore", ".gitattributes", ".editorconfig")
    """Patterns of what is not code, though included. What machines run unasked stays code."""


class SkipReason(Model):
    """A reason with which a commit may name no change."""

    reason: ChangeId
    """The word after `Change-Skip:`."""
    paths: tuple[Pattern, ...] = ()
    """Patterns: the commit may touch only code that matches; absent: any."""
    max_lines: Count | None = None
    """At most so many added and removed lines of code; absent: any number."""
    settle: Flag = False
    """Whether a commit that skips for this reason stays listed until a later one names it with `Settles:`."""


TEST_PATHS = ("tests/**", "test/**", "**/tests/**", "**/test_*.py", "**/*_test.*", "**/*.test.*", "**/*.spec.*")
DEFAULT_SKIPS: tuple[SkipReason, ...] = (
    SkipReason.model_construct(reason="bug-fix", paths=(), max_lines=100),
    SkipReason.model_construct(reason="typo", paths=(), max_lines=20),
    SkipReason.model_construct(reason="formatting", paths=(), max_lines=400),
    SkipReason.model_construct(
        reason="dependencies",
        paths=(
            "**/requirements*.txt", "pyproject.toml", "setup.cfg", "uv.lock", "poetry.lock", "Pipfile", "Pipfile.lock",
            "package.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "go.mod", "go.sum", "Cargo.toml",
            "Cargo.lock", "Gemfile", "Gemfile.lock", "pom.xml", "build.gradle", "build.gradle.kts", "composer.json",
            "composer.lock", "mix.exs", "mix.lock",
        ),
        max_lines=None,
    ),
    SkipReason.model_construct(
        reason="tests",
        paths=TEST_PATHS,
        max_lines=None,
    ),
)  # fmt: skip


class ProposalRules(Model):
    """What proposal.md must hold beyond `## Why` and `## What Changes`."""

    sections: tuple[Line, ...] = ()
    """Further headings of level two that every proposal has, not empty."""


class Attribute(Model):
    """A field that requirements of this project may carry."""

    type: Literal["text", "choice", "number", "date"] = "text"
    """What its values look like."""
    values: tuple[Line, ...] = ()
    """The values of a choice."""
    required: Flag = False
    """Whether every requirement has it."""


class Protected(Model):
    """The branches whose history counts: the gates judge whatever reaches them."""

    branches: tuple[Line, ...] = ("main", "master")
    """Names, or patterns like `release/*` in which `*` stands for anything but a slash."""
    strict_local: Flag = False
    """Whether the reference-transaction hook refuses on the developer's machine what would be refused at the gates."""


class Bot(Model):
    """A machine whose commits need no reference, as long as they touch nothing but certain paths."""

    name: Line
    """What to call it."""
    emails: tuple[Line, ...]
    """Author and committer must both have one of these addresses."""
    paths: tuple[Pattern, ...]
    """Patterns: a commit that touches code elsewhere is judged like anybody's."""


class ScopeRules(Model):
    """What the `scope` of a change means for commits that name it."""

    enforce: Flag = False
    """Whether code outside the scope of the changes that a commit names is an error."""
    required: Flag = False
    """Whether a change must have a scope, one that leaves something out."""


PublicKey = Annotated[
    str, Field(pattern=r"^(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+=*( [^\x00-\x1f\x7f]+)?$", max_length=4000)
]
"""A public SSH key as in a file `id_ed25519.pub`."""


class Approver(Model):
    """Somebody whose approval counts."""

    email: Line
    """The address that the approval gives."""
    key: PublicKey | None = None
    """The public SSH key that signs it: `ssh-ed25519 AAAA…`; without one nothing by that address counts."""


class ApprovalRules(Model):
    """What must be approved before code for a change may land, and by whom."""

    need: Literal["none", "merged", "recorded"] = "none"
    """`merged`: the same proposal and deltas stand on the protected branch; `recorded`: signed by `gitspec approve`."""
    by: tuple[Approver, ...] = ()
    """Whose recorded approvals count; never that of the change's author."""


class ArchiveRules(Model):
    """When finished changes are archived."""

    on_merge: Literal["manual", "auto"] = "manual"
    """`auto`: the post-merge hook archives what is ready on `branch`, except after a pull."""
    branch: Line = "main"
    """The branch that changes are archived on."""


class ReferencePattern(Model):
    """How commits named changes or tickets before gitspec, or name them beside it. Only history reads it: no gate does."""

    pattern: Line
    """A text with one `{id}` in it, for example `(OpenSpec: {id})` or `Closes-Bug: {id}`."""
    where: Literal["subject", "body", "trailer", "anywhere"] = "anywhere"
    """Where it is looked for; in a trailer the pattern is `Key: {id}`, and all of the value is looked at."""
    id: Literal["change", "key", "number", "hash"] = "change"
    """What stands for `{id}`: the id of a change, a key like `PROJ-123`, a number, or 7 to 64 hexadecimal digits, as in `I5f0c…`."""


class ReferenceRules(Model):
    """References beyond the trailers of gitspec."""

    patterns: tuple[ReferencePattern, ...] = ()
    """How else commits name changes and tickets."""


class TaskRules(Model):
    """When a task counts as done."""

    need: Literal["none", "commit"] = "none"
    """`commit`: a commit that the branch reaches must carry `Task: <id>` with `Change:`, and not be reverted."""


class CoverageRules(Model):
    """Which files are tests: they cover what they name, other files cite it."""

    paths: tuple[Pattern, ...] = TEST_PATHS
    """Patterns of tests."""


class Policy(Model):
    """The project's policy."""

    version: Literal["1"] = "1"
    """Version of this format."""
    mode: Literal["enforce", "warn"] = "enforce"
    """`warn` turns the findings about references into warnings, for a team that is moving in."""
    severity: dict[Key, Literal["error", "warning", "info"]] = Field(default={})
    """Other severities for rules, by code; docs/rules.md says for which."""
    adopted: tuple[Pattern, ...] = ()
    """Patterns: only this much of the code is judged so far; absent: all of it."""
    code: CodePaths = CodePaths.model_construct()
    """Which paths are code."""
    skip: tuple[SkipReason, ...] = DEFAULT_SKIPS
    """Reasons with which a commit may name no change; absent: the defaults, `[]`: none."""
    spec_edits: tuple[ChangeId, ...] = ("import",)
    """Reasons for `Spec-Edit:` with which a commit may write living specs; `import` may only add files."""
    protected: Protected = Protected.model_construct()
    """The branches whose history counts."""
    bots: tuple[Bot, ...] = ()
    """Machines whose commits need no reference."""
    scope: ScopeRules = ScopeRules.model_construct()
    """What the scope of a change means."""
    approvals: ApprovalRules = ApprovalRules.model_construct()
    """What must be approved."""
    archive: ArchiveRules = ArchiveRules.model_construct()
    """When finished changes are archived."""
    tasks: TaskRules = TaskRules.model_construct()
    """When a task counts as done."""
    tests: CoverageRules = CoverageRules.model_construct()
    """Which files are tests."""
    references: ReferenceRules = ReferenceRules.model_construct()
    """References beyond the trailers of gitspec."""
    releases: tuple[Line, ...] = ("*",)
    """Names of tags that are releases, or patterns in which `*` stands for anything but a slash; archive tags never are."""
    proposal: ProposalRules = ProposalRules.model_construct()
    """What a proposal must hold."""
    attributes: dict[Key, Attribute] = Field(default={})
    """Fields that requirements may carry beyond the built-in ones, by name."""
