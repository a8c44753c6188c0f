"""Use case of `gitspec init`: the policy, the hooks, the diff and the merge driver of a repository.

Everything is looked at first (``plan``) and written then (``apply``); what is there already stays as it is.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.commands.init_ci import Forge, PipelineFile, pipeline_files
from gitspec.commands.init_git import ATTRIBUTES, attributes, missing_settings
from gitspec.commands.tag_readers import TagReader, find_tag_readers
from gitspec.errors import CannotJudge, Refused
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.snapshot import at_work_tree
from gitspec.store.layout import POLICY
from gitspec.store.spec import Spec
from gitspec.store.writing import write_file

if TYPE_CHECKING:
    from gitspec.commands.hooks import Installed


class Plan(NamedTuple):
    """What init would do; None or false where nothing is to be done."""

    policy: bytes | None
    attributes: bytes | None
    settings: dict[str, str]
    """Of this clone's Git configuration."""
    kept_settings: tuple[str, ...]
    """Those that the user has set otherwise; they stay."""
    hooks: bool
    tag_readers: tuple[TagReader, ...]
    pipelines: tuple[PipelineFile, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that would be written."""
        own = tuple(p for p, data in ((POLICY, self.policy), (ATTRIBUTES, self.attributes)) if data is not None)
        return (*own, *(file.path for file in self.pipelines if file.state == "new"))


class Done(NamedTuple):
    """What init did."""

    written: tuple[str, ...]
    kept: tuple[str, ...]
    configured: tuple[str, ...]
    hooks: "Installed | None"


def plan(repo: Repository, *, hooks: bool = True, ci: Sequence[Forge] = ()) -> Plan:
    """Look at the repository; ``ci`` names forges to write pipelines for. Raises CannotJudge G007 in a bare one, Refused L001 when ``spec`` is something else."""
    if repo.top is None:
        help_ = "run it in a clone with a work tree; its commits bring the policy here"
        raise CannotJudge("G007", "a bare repository has no work tree to write to", help=help_)
    spec = Spec(at_work_tree(repo))
    _check_free(spec)
    settings, kept = missing_settings(repo)
    return Plan(
        policy=None if spec.has_policy else _policy(repo),
        attributes=attributes(repo),
        settings=settings,
        kept_settings=kept,
        hooks=hooks,
        tag_readers=find_tag_readers(repo),
        pipelines=pipeline_files(repo, ci),
    )


def apply(repo: Repository, planned: Plan) -> Done:
    """Do what was planned. Running it again does what is left, and nothing when nothing is.

    The hooks come first: where they are refused (G040, G041), nothing else has been written.
    """
    written = list(planned.paths)
    installed = _hooks(repo) if planned.hooks else None
    if planned.policy is not None:
        write_file(repo, POLICY, planned.policy, exclusive=True)
    if planned.attributes is not None:
        write_file(repo, ATTRIBUTES, planned.attributes, within="")
    for file in planned.pipelines:
        if file.state == "new":
            write_file(repo, file.path, file.data, exclusive=True, within="")
    for key, value in planned.settings.items():
        git(repo, "config", "--local", key, value)
    there = (POLICY, ATTRIBUTES, *(file.path for file in planned.pipelines if file.state == "same"))
    kept = tuple(path for path in there if path not in written)
    return Done(tuple(written), kept, tuple(planned.settings), installed)


def _hooks(repo: Repository) -> "Installed":
    from gitspec.commands.hooks import install

    try:
        return install(repo)
    except Refused as error:
        error.help += "; or go without: gitspec init --no-hooks"
        raise


def _policy(repo: Repository) -> bytes:
    from gitspec.commands.init_policy import policy_text
    from gitspec.yaml.modeline import modeline

    return f"{modeline('policy')}\n{policy_text(repo)}".encode()


def _check_free(spec: Spec) -> None:
    """Refuse a repository whose ``spec`` is a file or a link, or holds somebody else's files, such as RSpec's."""
    if spec.has_policy:
        return
    foreign = [f for f in spec.layout_findings() if f.code in ("L001", "L002")]
    if foreign:
        first = foreign[0]
        if first.path == "spec":
            raise Refused(first.code, first.message, place="spec", help="gitspec needs a folder spec/ of its own")
        message = f"spec/ is in use for other files, such as {first.path}"
        raise Refused(
            "L001", message, help="gitspec keeps its files in spec/ alone: move the others, for example to test/"
        )
