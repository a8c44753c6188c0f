"""The project's policy: `spec/gitspec.yaml`. Later rules of enforcement get their keys here."""

from typing import Literal

from pydantic import Field

from gitspec.domain.model import ChangeId, Count, Flag, Key, Line, Model


class CodePaths(Model):
    """Which paths are code: `include` minus `exclude`, as .gitignore patterns from the top of the repository."""

    include: tuple[Line, ...] = ("**",)
    """Patterns of code."""
    exclude: tuple[Line, ...] = ("docs/**", "*.md", "LICENSE*", ".gitignore", ".gitattributes", ".editorconfig")
    """Patterns of what is not code, though included."""


class SkipReason(Model):
    """A reason with which a commit may name no change."""

    reason: ChangeId
    """The word after `Change-Skip:`."""
    paths: tuple[Line, ...] = ()
    """Patterns: the commit may touch only code that matches; absent: any."""
    max_lines: Count | None = None
    """At most so many added and removed lines of code; absent: any number."""


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
        paths=("tests/**", "test/**", "**/tests/**", "**/test_*.py", "**/*_test.*", "**/*.test.*", "**/*.spec.*"),
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


class Policy(Model):
    """The project's policy."""

    version: Literal["1"] = "1"
    """Version of this format."""
    code: CodePaths = CodePaths.model_construct()
    """Which paths are code."""
    skip: tuple[SkipReason, ...] = DEFAULT_SKIPS
    """Reasons with which a commit may name no change; absent: the defaults, `[]`: none."""
    proposal: ProposalRules = ProposalRules.model_construct()
    """What a proposal must hold."""
    attributes: dict[Key, Attribute] = Field(default={})
    """Fields that requirements may carry beyond the built-in ones, by name."""
