"""Use case of `gitspec propose`: the folder of a new change."""

from collections.abc import Sequence
from typing import NamedTuple

from gitspec.commands.clock import today
from gitspec.commands.task import TEMPLATE as TASKS
from gitspec.domain.ids import derived_title
from gitspec.domain.kinds import Kind
from gitspec.errors import Refused, UsageError
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.snapshot import at_work_tree
from gitspec.markdown.proposal import REQUIRED, read_proposal
from gitspec.markdown.source import read_source
from gitspec.store import layout
from gitspec.store.spec import Spec
from gitspec.store.writing import write_file

_ASKS = {
    "Why": "What is missing or wrong today, and for whom? One or two sentences.",
    "What Changes": "What will be different, point by point.",
}


class Wanted(NamedTuple):
    """What the user asks for. ``proposal`` is a whole proposal.md and excludes ``why`` and ``what``."""

    change: str
    title: str | None = None
    kind: Kind = "feature"
    scope: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    no_deltas: bool = False
    why: str | None = None
    what: str | None = None
    proposal: bytes | None = None


class Proposed(NamedTuple):
    """What was written. ``missing`` are the required sections that are still to be filled."""

    change: str
    title: str
    created: str
    written: tuple[str, ...]
    missing: tuple[str, ...]


def propose(repo: Repository, wanted: Wanted) -> Proposed:
    """Make the folder of a change with change.yaml, proposal.md and tasks.md.

    Raises UsageError for a bad id or value (I001, C002) and an unknown dependency (L011), Refused C001 for an id that
    was ever used, CannotJudge L010 without a policy.
    """
    from gitspec.commands.model_input import built
    from gitspec.domain.change import Change
    from gitspec.yaml.emit import emit

    folder = layout.change_folder(wanted.change)
    spec = Spec(at_work_tree(repo))
    policy = spec.require_policy()
    _check_unused(repo, spec, wanted.change)
    for needed in wanted.depends_on:
        if needed not in spec.change_ids() and needed not in spec.archived_ids:
            help_ = "gitspec list --archived and gitspec list show what there is"
            raise UsageError("L011", f"there is no change '{needed}' to depend on", help=help_)
    for pattern in wanted.scope:
        if problem := _problem_with_scope(pattern):
            message = f"scope: the pattern '{pattern}' {problem}"
            raise UsageError("C002", message, help="patterns are from the top of the repository: --scope 'src/**'")
    created = today(repo)
    title = _title(wanted)
    change = built(
        Change,
        change=wanted.change,
        title=title,
        kind=wanted.kind,
        created=created,
        scope=wanted.scope,
        depends_on=tuple(dict.fromkeys(wanted.depends_on)),
        no_deltas=wanted.no_deltas,
    )
    required = tuple(dict.fromkeys([*REQUIRED, *policy.proposal.sections]))
    proposal = wanted.proposal
    if proposal is None:
        proposal = proposal_text(title, required, {"Why": wanted.why, "What Changes": wanted.what}).encode()
    files = {"proposal.md": proposal, "tasks.md": TASKS.encode(), "change.yaml": emit(change)}
    for name, data in files.items():
        write_file(repo, f"{folder}/{name}", data, exclusive=True)
    found = read_proposal(proposal, "", required).findings
    missing = tuple(n for n in required if any(f"'{n}'" in f.message or f"'## {n}'" in f.message for f in found))
    written = tuple(f"{folder}/{name}" for name in ("change.yaml", "proposal.md", "tasks.md"))
    return Proposed(wanted.change, title, created, written, missing)


def _problem_with_scope(pattern: str) -> str | None:
    """Why a pattern can only be a slip of the command line; what else a pattern must be, the model of a change knows."""
    bare = pattern.removeprefix("!").strip()
    if not bare:
        return "is empty"
    if bare.startswith("-"):
        return "looks like an option"
    if bare.startswith(("/", "~", "\\")) or (bare[1:2] == ":" and bare[:1].isalpha()):
        return "is an absolute path"
    if ".." in bare.replace("\\", "/").split("/"):
        return "leads out of the repository"
    return None


def _title(wanted: Wanted) -> str:
    """The title in one line: as given, else that of the given proposal.md, else from the id. Raises UsageError C002."""
    for hidden in read_source((wanted.title or "").encode(), "", "P").findings:
        raise UsageError("C002", f"title: {hidden.message}", help="--title '<what it is about>'")
    heading = read_proposal(wanted.proposal, "").title if wanted.proposal is not None else ""
    shown = heading if not read_source(heading.encode(), "", "P").findings else ""
    return " ".join((wanted.title or shown or derived_title(wanted.change)).split())


def edit_proposal(repo: Repository, wanted: Wanted) -> Wanted:
    """Let the user write proposal.md in an editor first; nothing is made when it stays as it was."""
    from gitspec.commands.editor import edited, forget

    spec = Spec(at_work_tree(repo))
    layout.change_folder(wanted.change)
    _check_unused(repo, spec, wanted.change)
    required = tuple(dict.fromkeys([*REQUIRED, *spec.require_policy().proposal.sections]))
    template = proposal_text(_title(wanted), required, {"Why": wanted.why, "What Changes": wanted.what})
    offered = wanted.proposal.decode("utf-8", "surrogateescape") if wanted.proposal is not None else template
    text, path = edited(repo, f"proposal-{wanted.change}.md", offered)
    if text == offered or not text.strip():
        raise Refused(
            "U006", "the proposal was left as it was, so nothing was written", help="write it, or leave out --edit"
        )
    forget(path)
    return wanted._replace(proposal=text.encode("utf-8", "surrogateescape"))


def proposal_text(title: str, sections: Sequence[str], texts: dict[str, str | None]) -> str:
    """A proposal.md with these sections; one without a text asks for it in a comment, and counts as empty."""
    parts = [f"# {title}"]
    for name in sections:
        text = (texts.get(name) or "").strip()
        parts += [f"## {name}", text or f"<!-- {_ASKS.get(name, 'To be written.')} -->"]
    return "\n\n".join(parts) + "\n"


def _check_unused(repo: Repository, spec: Spec, change: str) -> None:
    """Refuse an id that a folder, active or archived, or an archive tag has, in whatever case."""
    places = {path.split("/")[2].casefold(): path for path in _folders(spec, layout.CHANGES)}
    where = places.get(change)
    for path in _folders(spec, layout.ARCHIVE):
        name = path.split("/")[2]
        if name[11:].casefold() == change:
            where = path
    if where:
        place = "/".join(where.split("/")[:3])
        raise Refused(
            "C001",
            f"the id '{change}' was used before; an id is used once, for ever",
            place=place,
            help=_other(spec, change),
        )
    tags = git(repo, "for-each-ref", "--format=%(refname)", "refs/tags/archive/").decode("utf-8", "replace").split()
    for tag in tags:
        split = layout.split_archive_name(tag.rpartition("/")[2])
        if split and split[1] == change:
            message = f"the id '{change}' was used before: {tag.removeprefix('refs/tags/')} is its archive tag"
            raise Refused("C001", message, help=_other(spec, change))


def _folders(spec: Spec, area: str) -> list[str]:
    return [e.path for e in spec.snapshot.entries() if e.path.startswith(f"{area}/") and e.path.count("/") > 2]


def _other(spec: Spec, change: str) -> str:
    taken = {*spec.change_ids(), *spec.archived_ids}
    number = next(n for n in range(2, len(taken) + 3) if f"{change}-{n}" not in taken)
    return f"take another one: gitspec propose {change}-{number}"
