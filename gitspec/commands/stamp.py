"""Use case of `gitspec delta stamp`: fill in what the author of a hand-written entry saw.

That is the living spec of the commit that brought the entry in (of HEAD while it is uncommitted), never a later one: a
stamp from later would claim that the author saw what others wrote since, and the fold would overwrite it.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gitspec.commands.delta import Entry, Written
from gitspec.errors import CannotJudge, Refused
from gitspec.git.objects import Objects
from gitspec.git.repository import Repository
from gitspec.git.run import git, run
from gitspec.git.snapshot import at_commit, at_work_tree
from gitspec.store.layout import delta_path
from gitspec.store.spec import Spec
from gitspec.store.writing import write_file

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability
    from gitspec.domain.delta import Delta

HAS_ENTRIES = ("modified", "removed", "renamed")
OWN, OWN_FIELDS = "capability", ("title", "purpose", "capability_notes")


class Key(NamedTuple):
    """An entry within a delta; with the operation ``capability`` an edit of one of its own fields."""

    operation: str
    requirement: str


def stamp(repo: Repository, change: str, only: str | None = None) -> Written:
    """Stamp all deltas of a change, or the entry of one requirement.

    Raises Refused D002 when ``only`` names no entry, and D001 when what an entry is about did not live at its commit.
    """
    from gitspec.domain.stamp_delta import is_stamped
    from gitspec.yaml.splice import rewrite

    spec = Spec(at_work_tree(repo))
    spec.require_policy()
    folder = spec.change(change)
    deltas = folder.require_deltas()
    history = History(repo, change)
    written, entries, notes, wanting = [], [], [], []
    found = only is None
    for delta in deltas:
        path = delta_path(folder.path, delta.capability)
        stamped = delta
        for key in keys_of(delta):
            name = delta.capability if key.operation == OWN else f"{delta.capability}/{key.requirement}"
            if only is not None and name != only:
                continue
            found = True
            commit = history.brought_in(delta.capability, path, key)
            try:
                _refuse_newer(spec, delta, key, commit, history.living(commit), deltas)
            except Refused as error:
                error.place = path
                raise
            after = _with_stamped(stamped, key, history.living(commit), deltas)
            if after != stamped:
                stamped = after
                entries.append(Entry(delta.capability, key.operation, key.requirement, (f"as of {commit[:12]}",)))
            if not is_stamped(_alone(stamped, key)):
                wanting.append((path, name, commit))
        if stamped != delta:
            write_file(repo, path, rewrite(spec.snapshot.read(path), stamped, path))
            written.append(path)
    if not found:
        raise Refused("D002", f"the change has no entry for {only}", help=f"gitspec show {change}")
    if wanting and not written:
        path, name, commit = wanting[0]
        help_ = "correct its id; what another change adds can be quoted once `depends_on` names that change"
        raise Refused("D001", f"{name} did not live at {commit[:12]}, where the entry came in", place=path, help=help_)
    notes = [
        f"{path}: {name} did not live at {commit[:12]}, so its entry stays unstamped" for path, name, commit in wanting
    ]
    return Written(change, tuple(written), (), tuple(entries), tuple(notes))


def keys_of(delta: "Delta") -> list[Key]:
    """All entries that a stamp is about."""
    keys = [Key(operation, e.id) for operation in HAS_ENTRIES for e in getattr(delta, operation)]
    keys += [Key(OWN, name) for name in OWN_FIELDS if hasattr(getattr(delta, name), "before")]
    return [*keys, Key(OWN, "retire")] if delta.retire else keys


class History:
    """Where the entries of a change's deltas came in, along the history of HEAD."""

    def __init__(self, repo: Repository, change: str) -> None:
        self._repo = repo
        self._change = change
        self._head: str | None = None
        self._versions: dict[str, list[tuple[str, frozenset[Key] | None]]] = {}
        self._living: dict[str, Mapping[str, Capability]] = {}

    @property
    def head(self) -> str:
        """The commit of HEAD. Raises CannotJudge G005 when there is none."""
        if self._head is None:
            self._head = Objects(self._repo).resolve("HEAD")
        return self._head

    def brought_in(self, capability: str, path: str, key: Key) -> str:
        """The commit that brought the entry in; HEAD while none did. Raises CannotJudge G016 in a shallow clone."""
        if path not in self._versions:
            self._versions[path] = list(self._read_versions(path))
        found = self.head
        for commit, keys in self._versions[path]:  # newest first
            if keys is not None and key not in keys:
                break
            found = commit
        if found in _shallow_edge(self._repo):
            message = f"this clone hides the history in which the entry for {capability} came in"
            raise CannotJudge("G016", message, help="git fetch --unshallow")
        return found

    def living(self, commit: str) -> "Mapping[str, Capability]":
        """The living specs at a commit, with what the change depends on there."""
        if commit not in self._living:
            self._living[commit] = self._living_at(commit)
        return self._living[commit]

    def _living_at(self, commit: str) -> "Mapping[str, Capability]":
        from gitspec.store.folding import fold_change

        spec = Spec(at_commit(self._repo, commit))
        if self._change in spec.change_ids() and spec.change(self._change).change.value is not None:
            try:
                return fold_change(spec, self._change).before
            except Refused:  # its deltas, or those of what it depends on, were broken there
                return spec.living
        return spec.living

    def _read_versions(self, path: str) -> Iterable[tuple[str, frozenset[Key] | None]]:
        """Each commit that changed the delta, newest first, and the entries it has then; None: nobody can tell."""
        listed = git(self._repo, "rev-list", "--topo-order", self.head, "--", path).decode().split()
        for commit in listed:
            yield commit, _keys_at(self._repo, commit, path)


def _keys_at(repo: Repository, commit: str, path: str) -> frozenset[Key] | None:
    from gitspec.domain.delta import Delta
    from gitspec.yaml.binding import load

    shown = run(repo, "cat-file", "blob", f"{commit}:{path}")
    if shown.status:
        return frozenset()
    loaded = load(Delta, shown.out, path)
    return None if loaded.value is None else frozenset(keys_of(loaded.value))


def _shallow_edge(repo: Repository) -> frozenset[str]:
    """The commits of a shallow clone whose parents are not there."""
    path = Path(repo.common_dir, "shallow")
    return frozenset(path.read_text().split()) if path.exists() else frozenset()


def _with_stamped(delta: "Delta", key: Key, living: "Mapping[str, Capability]", deltas: "Iterable[Delta]") -> "Delta":
    """The delta with that one entry stamped."""
    from gitspec.domain.stamp_delta import stamped

    done = stamped(delta, living, deltas)
    if key.operation == OWN:
        names = OWN_FIELDS if key.requirement == "retire" else (key.requirement,)
        return delta.model_copy(update={name: getattr(done, name) for name in names})
    one = {e.id: e for e in getattr(done, key.operation)}[key.requirement]
    entries = tuple(one if e.id == key.requirement else e for e in getattr(delta, key.operation))
    return delta.model_copy(update={key.operation: entries})


def _refuse_newer(
    spec: Spec,
    delta: "Delta",
    key: Key,
    commit: str,
    living: "Mapping[str, Capability]",
    deltas: "Iterable[Delta]",
) -> None:
    """Refuse an entry that quotes something else than lived at the commit: its author saw another text.

    Raises Refused D037 when it lived before, so that a stamp would claim that a newer text was seen; D035 when it never
    did.
    """
    from gitspec.domain.digest import TEXT
    from gitspec.domain.edit_delta import base_of, name_before
    from gitspec.domain.provenance import fits, quoted
    from gitspec.store.lived import Lived

    if key.operation != "modified":
        return
    entry = next(e for e in delta.modified if e.id == key.requirement)
    base = base_of(delta.capability, entry.id, living, deltas)
    if TEXT in (entry.seen or {}) or base is None or fits(entry, base) or not any(True for _ in quoted(entry)):
        return
    name, _ = name_before(delta.capability, entry.id, deltas)
    before = Lived(spec).find(name, entry)
    if before is None:
        message = f"`from` of {name} was in no living spec"
        raise Refused("D035", message, help="delete `from`, and stamp again")
    message = (
        f"{name} is quoted as it was at {before.commit[:12]}, and lived otherwise at {commit[:12]}, where the entry came in: "
        "a stamp would say that its author saw the newer text"
    )
    raise Refused("D037", message, help=f"look at it with `gitspec show {name}` and write the entry anew")


def _alone(delta: "Delta", key: Key) -> "Delta":
    """The delta reduced to that entry."""
    entries = {name: tuple(e for e in getattr(delta, name) if Key(name, e.id) == key) for name in HAS_ENTRIES}
    return delta.model_copy(update=entries)
