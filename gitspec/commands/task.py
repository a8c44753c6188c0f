"""Use cases of `gitspec task`: read the checklist of a change, and edit it in place."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from gitspec.domain.finding import Finding
from gitspec.domain.ids import RequirementRef, parse_requirement_ref
from gitspec.domain.task_status import ENDED, TaskStatus
from gitspec.errors import Refused, UsageError
from gitspec.git.repository import Repository
from gitspec.git.snapshot import Snapshot, at_work_tree, open_snapshot
from gitspec.markdown.checklist import Item, read_checklist
from gitspec.markdown.tasks import add_task, next_added, set_status
from gitspec.store.layout import change_path
from gitspec.store.records import records_of
from gitspec.store.spec import Spec
from gitspec.store.task_history import doubts_of, need_commit
from gitspec.store.writing import write_file

if TYPE_CHECKING:
    from gitspec.domain.task_truth import Doubt

TEMPLATE = """\
# Tasks

<!-- A task is one line: `- [ ] 1.1 text`, nested ones two spaces deeper, further lines indented.
[ ] pending, [~] in progress, [x] done, [!] blocked and [-] dropped, both with `: reason`.
`(<capability>/<requirement>)` at the end says which requirement it serves. `gitspec task` edits this file in place. -->

## 1. Implementation
"""


class Tasks(NamedTuple):
    """The checklist of a change."""

    change: str
    path: str
    items: tuple[Item, ...]
    findings: tuple[Finding, ...]

    @property
    def ended(self) -> int:
        """How many are done or dropped."""
        return sum(item.status in ENDED for item in self.items)


class Listed(NamedTuple):
    """The tasks of a change with those of which tasks.md and history disagree; ``need_commit`` as the policy asks."""

    tasks: Tasks
    doubts: "tuple[Doubt, ...]"
    need_commit: bool


class Edited(NamedTuple):
    """What an edit of tasks did; ``written`` is false when the file said so already.

    ``wants_commit``: whether the policy asks for a commit that names what was ticked.
    """

    tasks: Tasks
    items: tuple[Item, ...]
    written: bool
    wants_commit: bool = False


def read(snapshot: Snapshot, change: str) -> Tasks:
    """The tasks of an active change; none when it has no tasks.md."""
    folder = Spec(snapshot).change(change)
    path = change_path(change, "tasks.md")
    return _parsed(change, path, folder.read("tasks.md") if folder.has("tasks.md") else b"")


def listed(repo: Repository, change: str, at: str | None) -> Listed:
    """The tasks of a change that is active at a revision (in the work tree without one), and what history says of them."""
    from gitspec.store.cache import Cache

    spec = Spec(open_snapshot(repo, at), Cache(repo))
    tasks = read(spec.snapshot, change)
    found = doubts_of(spec, records_of(spec, [spec.change(change)])) if tasks.items else {}
    return Listed(tasks, found.get(change, ()), need_commit(spec))


def add(
    repo: Repository,
    change: str,
    text: str,
    *,
    group: str | None = None,
    requirement: str | None = None,
    parent: str | None = None,
) -> Edited:
    """Add a pending task. Raises UsageError for a reference to nothing, Refused when it cannot be written."""
    if requirement is not None:
        ref = parse_requirement_ref(requirement)
        if not isinstance(ref, RequirementRef) or ref.scenario is not None:
            problem = "a task names a requirement, not a scenario" if isinstance(ref, RequirementRef) else ref
            raise UsageError("I001", problem, help="--requirement <capability>/<requirement>")
        _refuse_unknown(repo, change, requirement)
    path, data = _data(repo, change)
    before = data or TEMPLATE.encode()
    with _placed(path):
        after = add_task(before, text, group, requirement, parent)
    write_file(repo, path, after)
    return Edited(_parsed(change, path, after), (next_added(before, after),), written=True)


def set_all(
    repo: Repository, change: str, task_ids: tuple[str, ...], status: TaskStatus, reason: str | None = None
) -> Edited:
    """Set the state of tasks, all or none of them. Raises as ``gitspec.markdown.tasks.set_status``."""
    from gitspec.store.cache import Cache

    path, data = _data(repo, change)
    after, edited = edited_tasks(change, data, task_ids, status, reason)
    if edited.written:
        write_file(repo, path, after)
    return edited._replace(wants_commit=status == "done" and need_commit(Spec(at_work_tree(repo), Cache(repo))))


def edited_tasks(
    change: str, data: bytes, task_ids: tuple[str, ...], status: TaskStatus, reason: str | None = None
) -> tuple[bytes, Edited]:
    """The text of tasks.md with tasks in another state, and what that does; nothing is written. Raises as ``set_all``."""
    path = change_path(change, "tasks.md")
    after = data
    for task_id in task_ids:
        with _placed(path):
            after = set_status(after, task_id, status, reason)
    tasks = _parsed(change, path, after)
    items = tuple(item for item in tasks.items if item.id in task_ids)
    return after, Edited(tasks, items, written=after != data)


def _refuse_unknown(repo: Repository, change: str, requirement: str) -> None:
    """Raise UsageError T023 for a requirement that there is neither before nor after the change."""
    from gitspec.domain.nearest import nearest
    from gitspec.store.cache import Cache
    from gitspec.store.check import requirements_around

    spec = Spec(at_work_tree(repo), Cache(repo))
    known = requirements_around(spec, change)
    if requirement in known:
        return
    near = nearest(requirement, known)
    raise UsageError(
        "T023",
        f"there is no requirement '{requirement}', neither now nor after {change}",
        help=f"did you mean {', '.join(near)}?" if near else f"`gitspec delta add {change} <capability>` adds one",
    )


@contextmanager
def _placed(path: str) -> Iterator[None]:
    """Errors about the text of tasks.md say which file they mean."""
    try:
        yield
    except Refused as error:
        error.place = error.place or path
        raise


def _data(repo: Repository, change: str) -> tuple[str, bytes]:
    folder = Spec(at_work_tree(repo)).change(change)
    return change_path(change, "tasks.md"), folder.read("tasks.md") if folder.has("tasks.md") else b""


def _parsed(change: str, path: str, data: bytes) -> Tasks:
    checklist = read_checklist(data, path)
    return Tasks(change, path, checklist.items, checklist.findings)
