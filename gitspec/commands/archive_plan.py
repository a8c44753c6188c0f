"""What archiving or closing a change would do to a branch, as data: nothing is written, nothing moves."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.commands.archive_rival import refuse_archived_upstream
from gitspec.commands.archive_tag import Choice, choose_tag
from gitspec.domain import archive_message
from gitspec.domain.finding import Finding, has_errors
from gitspec.domain.fold_result import Touched
from gitspec.domain.fold_version import FOLD_VERSION
from gitspec.domain.ids import problem_with_change_id
from gitspec.domain.task_status import ENDED
from gitspec.errors import CannotJudge, GitspecError, Refused, UsageError
from gitspec.git.identity import Settings, settings
from gitspec.git.object_batch import ObjectBatch
from gitspec.git.objects import MODE_FILE, MODE_TREE, Objects, TreeEntry, oid_of, tree_data
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.git.target import Target
from gitspec.git.transaction import Operation, Tag
from gitspec.git.tree_edit import Item, Trees
from gitspec.markdown.checklist import Item as Task
from gitspec.markdown.checklist import read_checklist
from gitspec.store import layout
from gitspec.store.cache import Cache
from gitspec.store.prepared import TASKS, Ids, Invalid, Prepared, prepare, recall, served

if TYPE_CHECKING:
    from gitspec.store.spec import Spec

_MANY = 50
_TAKING = (b"moved", b"rename")
"""In the keys of every delta that takes a name away: removed, moved, renamed, rename_to."""


class Plan(NamedTuple):
    """An operation, and what to tell about it. ``name`` is ``<YYYY-MM-DD>-<change>``."""

    operation: Operation
    name: str
    title: str
    touched: tuple[Touched, ...]
    earlier: str = ""
    """The commit that has the tag of that name already, when this one gets none for that."""
    findings: tuple[Finding, ...] = ()
    """What is said of its tasks and of what cites it, and keeps nothing from happening."""


class Tip(NamedTuple):
    """The commit that a plan builds on, opened for reading; ``root`` is its tree, or one that is planned on top."""

    repo: Repository
    target: Target
    root: str
    trees: Trees
    objects: Objects
    history: str = ""
    """The commit whose history tells of tasks; empty: the target's tip."""

    def at(self, path: str) -> Item | None:
        """What the commit has at ``path``."""
        return self.trees.at(self.root, path)


def open_tip(repo: Repository, target: Target) -> Tip:
    """Open the tip of a branch."""
    objects = Objects(repo)
    root = objects.read(target.tip).split(b"\n", 1)[0].removeprefix(b"tree ").decode()
    return Tip(repo, target, root, Trees(objects.read, ObjectBatch(repo.object_format)), objects)


def plan_archive(tip: Tip, change: str, *, with_tag: bool, cache: Cache | None, strict: bool = False) -> Plan:
    """Plan the archive of a change; with ``strict`` warnings about its tasks and about citations refuse it (Invalid).

    Raises UsageError and CannotJudge for a bad id and a missing policy; Refused: A003 archived already (here or upstream), A007 not
    committed, A001 no tasks, A002 open tasks, A033 tasks that the policy holds for open (CannotJudge G016 where a shallow clone
    does not tell), A004 the tag is taken, A005 and A009 dependencies; Invalid and BrokenSpec for what is wrong with files;
    A006 instead of any of them when the change has uncommitted edits that may be the answer.
    """
    folder = active_folder(tip, change)
    refuse_archived_upstream(tip.repo, tip.target.branch, change)
    try:
        planned = _planned(tip, change, folder, settings(tip.repo), with_tag=with_tag, cache=cache)
        if has_errors(planned.findings, strict=strict):
            raise Invalid(change, [f._replace(severity="error") for f in planned.findings])
        return planned
    except GitspecError as error:
        _blame_uncommitted(tip, change, error)
        raise


def plan_again(tip: Tip, change: str, day: str) -> Plan:
    """What archiving a change on ``day`` has made of a commit; raises as ``plan_archive``, and nothing is asked upstream."""
    who = settings(tip.repo)
    return _planned(tip, change, active_folder(tip, change), who, with_tag=False, cache=None, day=day)


def _planned(
    tip: Tip, change: str, folder: Item, who: Settings, *, with_tag: bool, cache: Cache | None, day: str = ""
) -> Plan:
    tasks = _tasks(tip, change, folder)
    prepared = _prepared(tip, change, folder, tasks, cache)
    _refuse_unready(tip, change, prepared, tasks)
    findings = () if day else _refuse_doubtful(tip, change, tasks, cache)
    if not day:
        findings += _still_cited(tip, change, folder, cache)
    name = layout.archive_name(day or who.committer.date, change)
    message = archive_message.archive_message(change, prepared.title, name, prepared.touched, FOLD_VERSION)
    files = {path: _blob(tip, data) for path, data in prepared.files.items()}
    choice = choose_tag(tip.repo, tip.target, change, name) if with_tag else Choice(None)
    operation = _operation(tip, "archive", change, name, folder, files, message, who, choice.tag)
    return Plan(operation, name, prepared.title, prepared.touched, choice.earlier, findings)


def refuse_unfinished(tip: Tip, change: str) -> None:
    """Raise as ``plan_archive`` does while tasks are open or missing, or held for open; looks at nothing else."""
    tasks = _tasks(tip, change, active_folder(tip, change))
    _refuse_unfinished(change, tasks)
    _refuse_doubtful(tip, change, tasks, None)


def active_changes(tip: Tip) -> list[str]:
    """The names of the folders of active changes."""
    return _names(tip, layout.CHANGES)


def plan_close(tip: Tip, change: str, reason: str, superseded_by: str | None, *, with_tag: bool) -> Plan:
    """Plan the end of a change that is given up: ``closed:`` in its change.yaml, its folder archived, nothing folded.

    Only change.yaml must be readable. Raises as ``plan_archive``, and A018 when ``superseded_by`` is no other change.
    """
    from gitspec.commands.close_edit import closed_change

    if not reason.strip():
        raise UsageError("U000", "a change is closed for a reason", help="--reason '<why it is given up>'")
    folder = active_folder(tip, change)
    if superseded_by is not None:
        _refuse_bad_successor(tip, change, superseded_by)
    who = settings(tip.repo)
    name = layout.archive_name(who.committer.date, change)
    path = layout.change_path(change, "change.yaml")
    found = tip.at(path)
    if found is None or found.mode != MODE_FILE:
        raise Refused("L005", "the folder of the change has no change.yaml", place=layout.change_folder(change))
    title, data = closed_change(tip.objects.read(found.oid), path, who.committer.date, reason, superseded_by)
    moved = Item(MODE_TREE, tip.trees.edited(folder.oid, {"change.yaml": _blob(tip, data)}))
    message = archive_message.close_message(change, title, name, reason, superseded_by)
    choice = choose_tag(tip.repo, tip.target, change, name) if with_tag else Choice(None)
    operation = _operation(tip, "close", change, name, moved, {}, message, who, choice.tag)
    return Plan(operation, name, title, (), choice.earlier)


def _operation(
    tip: Tip,
    what: str,
    change: str,
    name: str,
    folder: Item,
    files: Mapping[str, Item | None],
    message: str,
    who: Settings,
    tag: Tag | None,
) -> Operation:
    old, new = layout.change_folder(change), f"{layout.ARCHIVE}/{name}"
    tree = tip.trees.edited(tip.root, {**files, old: None, new: folder})
    changes = tuple(tip.trees.changes(tip.root, tree))
    return Operation(what, change, tip.target, tree, changes, tip.trees.batch, message, tag, who, (old, new))


def _blob(tip: Tip, data: bytes | None) -> Item | None:
    return None if data is None else Item(MODE_FILE, tip.trees.batch.add("blob", data))


def active_folder(tip: Tip, change: str) -> Item:
    """The folder of an active change in the commit.

    Raises UsageError I001 and L011, CannotJudge L010 without a policy, Refused A003 and A007, as ``plan_archive``.
    """
    if problem := problem_with_change_id(change):
        raise UsageError("I001", f"id of a change: {problem}", help="'gitspec list' shows the changes")
    if tip.at(layout.POLICY) is None:
        raise CannotJudge("L010", f"branch {tip.target.branch} has no {layout.POLICY}", help="run 'gitspec init'")
    folder = tip.at(layout.change_folder(change))
    if done := [name for name in _names(tip, layout.ARCHIVE) if layout.split_archive_name(name) == (name[:10], change)]:
        raise Refused(
            "A003",
            f"change '{change}' was archived on {done[0][:10]}",
            place=f"{layout.ARCHIVE}/{done[0]}",
            help=_where_archived(tip, done[0])
            + ("; an id is used once: give the change another one" if folder else ""),
        )
    if folder is not None and folder.mode == MODE_TREE:
        return folder
    uncommitted = f"{tip.repo.top}/{layout.change_folder(change)}"
    if tip.target.checked_out and os.path.isdir(uncommitted):  # noqa: PTH112 (pathlib would cost start-up time)
        raise Refused(
            "A007",
            f"change '{change}' is not committed; what is archived is what the commit has",
            place=layout.change_folder(change),
            help=f"git add {layout.change_folder(change)} && git commit",
        )
    from difflib import get_close_matches

    near = get_close_matches(change, _names(tip, layout.CHANGES), 3, 0.5)
    raise UsageError(
        "L011",
        f"there is no change '{change}' on branch {tip.target.branch}",
        help=f"did you mean {', '.join(near)}?" if near else "'gitspec list' shows the changes",
    )


def _where_archived(tip: Tip, name: str) -> str:
    tag = f"refs/tags/archive/{name}"
    if run(tip.repo, "show-ref", "--verify", "--quiet", "--", tag).status == 0:
        return f"git show archive/{name}"
    return f"git log -1 --grep='^Archived: {name}$'"


def _names(tip: Tip, folder: str) -> list[str]:
    item = tip.at(folder)
    return list(tip.trees.entries(item.oid)) if item and item.mode == MODE_TREE else []


def _tasks(tip: Tip, change: str, folder: Item) -> tuple[Task, ...]:
    """The checklist, which is ticked after everything else was validated. Raises Invalid when it has errors."""
    found = tip.trees.entries(folder.oid).get(TASKS)
    if found is None or found.mode != MODE_FILE:
        return ()
    checklist = read_checklist(tip.objects.read(found.oid), layout.change_path(change, TASKS))
    if any(f.severity == "error" for f in checklist.findings):
        raise Invalid(change, checklist.findings)
    return checklist.items


def _prepared(tip: Tip, change: str, folder: Item, tasks: tuple[Task, ...], cache: Cache | None) -> Prepared:
    held = recall(cache, change) if cache else None
    if held and _same(tip, folder, held[0]) and served(tasks) == held[1].requirements:
        return held[1]
    _prefetch(tip, folder)
    spec = open_spec(tip, cache)
    _refuse_layout(spec.layout_findings(), change)
    return prepare(spec, change)


def open_spec(tip: Tip, cache: Cache | None) -> "Spec":
    """spec/ as the tip has it."""
    from gitspec.git.snapshot import at_tree, at_trees
    from gitspec.store.spec import Spec

    if tip.trees.batch.get(tip.root) is None:
        return Spec(at_tree(tip.repo, tip.root, tip.objects, name=tip.target.tip), cache)
    return Spec(at_trees(tip.repo, tip.trees, tip.root, tip.objects, name=tip.target.tip), cache)


def _prefetch(tip: Tip, folder: Item) -> None:
    """Read a change with many deltas, and the capabilities that they name, at one go."""
    files = dict(tip.trees.files(folder.oid))
    if len(files) < _MANY:
        return
    named = (tip.at(f"{layout.CAPABILITIES}/{path.removeprefix('deltas/')}") for path in files if "/" in path)
    wanted = [item.oid for item in (*files.values(), *named) if item and item.mode == MODE_FILE]
    tip.objects.prefetch(list(dict.fromkeys(wanted)))


def _same(tip: Tip, folder: Item, ids: Ids) -> bool:
    """Whether the commit has what a remembered result was made of."""
    policy = tip.at(layout.POLICY)
    rows = [TreeEntry(name, *item) for name, item in tip.trees.entries(folder.oid).items() if name != TASKS]
    without_tasks = oid_of("tree", tree_data(rows), tip.repo.object_format)
    if without_tasks != ids.change or policy is None or policy.oid != ids.policy:
        return False
    if ids.all_living is not None:
        whole = tip.at(layout.CAPABILITIES)
        return whole is not None and whole.oid == ids.all_living
    found = {name: tip.at(layout.capability_path(name)) for name in ids.living}
    return all(item is None or item.mode == MODE_FILE for item in found.values()) and ids.living == {
        name: item.oid if item else None for name, item in found.items()
    }


def _refuse_layout(findings: Sequence[object], change: str) -> None:
    """Paths in the change's own folder that the layout does not know; what others have is not its fault."""
    folder = layout.change_folder(change)
    mine = [f for f in findings if isinstance(f, Finding) and (f.path == folder or f.path.startswith(f"{folder}/"))]
    if any(f.severity == "error" for f in mine):
        raise Invalid(change, mine)


def _refuse_unready(tip: Tip, change: str, prepared: Prepared, tasks: tuple[Task, ...]) -> None:
    _refuse_unfinished(change, tasks)
    if change in prepared.depends_on:
        raise Refused(
            "A009", f"change '{change}' depends on itself", place=f"{layout.change_folder(change)}/change.yaml"
        )
    archived = {split[1] for name in _names(tip, layout.ARCHIVE) if (split := layout.split_archive_name(name))}
    if missing := [other for other in prepared.depends_on if other not in archived]:
        raise Refused(
            "A005",
            f"change '{change}' depends on {', '.join(missing)}, not archived on branch {tip.target.branch}",
            place=f"{layout.change_folder(change)}/change.yaml",
            help=f"gitspec archive {missing[0]}",
        )
    _refuse_unapproved(tip, change)


def _refuse_unapproved(tip: Tip, change: str) -> None:
    """Only a policy that speaks of approvals can ask for one; others cost no look at them."""
    policy = tip.at(layout.POLICY)
    if policy is not None and b"approvals" in tip.objects.read(policy.oid):
        from gitspec.commands.approvals import refuse_unapproved

        spec = open_spec(tip, None)
        refuse_unapproved(tip.repo, spec.require_policy(), spec, change, tip.target.tip, tip.target.branch)


def _refuse_unfinished(change: str, tasks: tuple[Task, ...]) -> None:
    path = layout.change_path(change, TASKS)
    if not tasks:
        raise Refused(
            "A001", f"change '{change}' has no tasks", place=path, help=f"gitspec task add {change} '<what was done>'"
        )
    if opened := [task for task in tasks if task.status not in ENDED]:
        first = opened[0]
        more = f", and {len(opened) - 1} more" if len(opened) > 1 else ""
        ids = " ".join(task.id for task in opened[:20])
        raise Refused(
            "A002",
            f"task {first.id} is {first.status.replace('-', ' ')}: {first.text}{more}",
            place=f"{path}:{first.line}",
            help=f"gitspec task done {change} {ids}, or drop what is not wanted: gitspec task set {change} {first.id} "
            "dropped --reason '<why>'",
        )


def _refuse_doubtful(tip: Tip, change: str, tasks: Sequence[Task], cache: Cache | None) -> tuple[Finding, ...]:
    """Refuse what the policy holds for open, and give what else history has to say of the tasks.

    One that does not speak of tasks costs no look at history, unless a task that is done serves a requirement.
    """
    policy = tip.at(layout.POLICY)
    is_asked = policy is not None and b"tasks" in tip.objects.read(policy.oid)
    if not is_asked and not any(task.requirement and task.status == "done" for task in tasks):
        return ()
    from gitspec.commands.task_doubts import refuse_held_open

    return refuse_held_open(open_spec(tip, cache), change, tip.history)


def _still_cited(tip: Tip, change: str, folder: Item, cache: Cache | None) -> tuple[Finding, ...]:
    """What tests and code still cite of what the change takes away; one without a word of that costs no look."""
    deltas = [item.oid for path, item in tip.trees.files(folder.oid) if path.startswith("deltas/")]
    if not any(word in data for data in tip.objects.read_many(deltas) for word in _TAKING):
        return ()
    from gitspec.store.cited import still_cited

    return tuple(still_cited(open_spec(tip, cache), [change]))


def _refuse_bad_successor(tip: Tip, change: str, other: str) -> None:
    known = {*_names(tip, layout.CHANGES)}
    known |= {split[1] for name in _names(tip, layout.ARCHIVE) if (split := layout.split_archive_name(name))}
    if other == change or other not in known:
        why = "is the change itself" if other == change else "is no change, active or archived"
        raise Refused("A018", f"'{other}' {why}", help="name the change that takes its place")


def _blame_uncommitted(tip: Tip, change: str, error: GitspecError) -> None:
    """When the change has edits that are not committed, say that first: they may be what is missing."""
    if not tip.target.checked_out:
        return
    folder = layout.change_folder(change)
    listed = git(tip.repo, "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", folder)
    if rows := os.fsdecode(listed).split("\0")[:-1]:
        raise Refused(
            "A006",
            f"is not committed, and in what is committed {error.message}",
            place=rows[0][3:],
            help=f"git add {folder} && git commit",
        ) from error
