"""spec/ of one snapshot as typed values; nothing is read or parsed before it is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from gitspec.domain.finding import Finding
from gitspec.errors import CannotJudge, Refused, UsageError
from gitspec.git.snapshot import Entry, Snapshot, WorkTree, folder_trees
from gitspec.store import layout

if TYPE_CHECKING:
    from gitspec.domain.capability import Capability
    from gitspec.domain.change import Change
    from gitspec.domain.delta import Delta
    from gitspec.domain.policy import Policy
    from gitspec.markdown.proposal import Proposal
    from gitspec.markdown.tasks import TaskList
    from gitspec.store.cache import Cache
    from gitspec.yaml.binding import Loaded

M = TypeVar("M")


class BrokenSpec(Refused):
    """A file that an operation needs has findings."""

    def __init__(self, path: str, findings: Sequence[Finding]) -> None:
        first = next((f for f in findings if f.severity == "error"), findings[0])
        super().__init__(first.code, first.message, place=first.place or path, help=first.help)
        self.findings = tuple(findings)


class Archived(NamedTuple):
    """One archived folder."""

    day: str
    id: str
    folder: str


class Spec:
    """A typed, lazy view of a snapshot. ``cache`` (see gitspec.store.cache) makes facts cheap; None: no cache."""

    def __init__(self, snapshot: Snapshot, cache: "Cache | None" = None) -> None:
        self.snapshot = snapshot
        self.cache = cache
        self._capabilities: dict[str, Loaded[Capability]] = {}
        self._changes: dict[str, ChangeFolder] = {}
        self._policy: Loaded[Policy] | None = None
        self._paths: dict[str, str] | None = None
        self._folders: dict[str, list[Entry]] = {}
        self._has_policy = False
        self._links: dict[str, list[str]] | None = None

    # -- what is there

    def _sorted_out(self) -> dict[str, str]:
        """Capability id to path; sorts the entries of the snapshot on first use."""
        if self._paths is None:
            paths: dict[str, str] = {}
            for entry in self.snapshot.entries():
                if entry.mode != 0o100644:
                    continue
                place = layout.classify(entry.path)
                if place.kind == "capability":
                    paths[place.capability] = entry.path
                elif place.folder:
                    self._folders.setdefault(place.folder, []).append(entry)
                elif place.kind == "policy":
                    self._has_policy = True
            self._paths = dict(sorted(paths.items()))
        return self._paths

    @property
    def has_policy(self) -> bool:
        """Whether the project has a policy, so that gitspec governs it."""
        self._sorted_out()
        return self._has_policy

    def policy(self) -> "Loaded[Policy]":
        """The policy; the defaults when the project has none (``has_policy`` tells)."""
        from gitspec.domain.policy import Policy
        from gitspec.yaml.binding import Loaded, load
        from gitspec.yaml.reader import read

        if self._policy is None:
            if self.has_policy:
                self._policy = load(Policy, self.snapshot.read(layout.POLICY), layout.POLICY)
            else:
                self._policy = Loaded(Policy(), (), read(b"", layout.POLICY))
        return self._policy

    def require_policy(self) -> "Policy":
        """The policy. Raises CannotJudge when there is none or it cannot be read: nothing passes for lack of it."""
        if not self.has_policy:
            raise CannotJudge("L010", "the project has no spec/gitspec.yaml", help="run 'gitspec init'")
        loaded = self.policy()
        if loaded.value is None:
            first = loaded.findings[0]
            raise CannotJudge(
                first.code, f"the policy cannot be read: {first.message}", place=first.place, help=first.help
            )
        return loaded.value

    def oids(self, paths: Sequence[str]) -> list[str]:
        """The object ids of files, in order; in the work tree only of those that changed since they were last hashed."""
        if isinstance(self.snapshot, WorkTree) and self.cache is not None:
            from gitspec.store.stat_cache import oids_by_stat

            return oids_by_stat(self.snapshot, self.cache, paths)
        return self.snapshot.oids(paths)

    # -- living specs

    def capability_ids(self) -> tuple[str, ...]:
        """The ids of all living capabilities, sorted; files with other names are layout findings."""
        return tuple(self._sorted_out())

    def capability_paths(self, capabilities: Sequence[str] | None = None) -> dict[str, str]:
        """The files of all living capabilities (or of those given that exist), in the order of the ids."""
        paths = self._sorted_out()
        return paths if capabilities is None else {c: paths[c] for c in sorted(set(capabilities)) if c in paths}

    def capability(self, capability: str) -> "Loaded[Capability]":
        """A living capability. Raises UsageError L011 (with the nearest ids) when there is none of that id."""
        loaded = self._capabilities.get(capability)
        if loaded is None:
            paths = self._sorted_out()
            if capability not in paths:
                raise _unknown("capability", capability, paths)
            path = paths[capability]
            loaded = read_capability(capability, self.snapshot.read(path), path)
            self._capabilities[capability] = loaded
        return loaded

    @property
    def living(self) -> "Mapping[str, Capability]":
        """The living specs by id, loaded one by one as they are looked up.

        Looking up a capability whose file has errors raises BrokenSpec.
        """
        return _Living(self)

    def links_to(self, name: str) -> tuple[str, ...]:
        """The living requirements (`<capability>/<requirement>`) that link to requirement ``name``, sorted."""
        if self._links is None:
            from gitspec.store.facts import facts_of_capabilities

            links: dict[str, list[str]] = {}
            for capability, facts in facts_of_capabilities(self).items():
                for link in facts.links:
                    links.setdefault(link.target, []).append(f"{capability}/{link.requirement}")
            self._links = links
        return tuple(sorted(set(self._links.get(name, ()))))

    # -- changes

    def change_ids(self) -> tuple[str, ...]:
        """The ids of all active changes, sorted."""
        self._sorted_out()
        prefix = f"{layout.CHANGES}/"
        return tuple(sorted(f.removeprefix(prefix) for f in self._folders if f.startswith(prefix)))

    def change(self, change: str) -> "ChangeFolder":
        """An active change. Raises UsageError L011 (with the nearest ids) when there is none of that id."""
        if change not in self.change_ids():
            where = next((a.folder for a in self.archived() if a.id == change), None)
            if where:
                raise Refused("L011", f"the change '{change}' is archived", help=f"it is in {where}")
            raise _unknown("change", change, self.change_ids())
        return self._folder(f"{layout.CHANGES}/{change}", change, "")

    def archived(self) -> tuple[Archived, ...]:
        """All archived folders, by day and id."""
        self._sorted_out()
        found = []
        for folder in self._folders:
            if folder.startswith(f"{layout.ARCHIVE}/") and (
                split := layout.split_archive_name(folder.rpartition("/")[2])
            ):
                found.append(Archived(*split, folder))
        return tuple(sorted(found))

    @property
    def archived_ids(self) -> frozenset[str]:
        """The ids of all archived changes."""
        return frozenset(a.id for a in self.archived())

    def archived_change(self, archived: Archived) -> "ChangeFolder":
        """What an archived folder holds."""
        return self._folder(archived.folder, archived.id, archived.day)

    def trees(self, folders: "Sequence[ChangeFolder]", below: str = "") -> list[str]:
        """The tree ids of all folders, or of what lies ``below`` a folder in each (`deltas/`); all files are asked for at once."""
        starts = [f"{folder.path}/{below}" for folder in folders]
        rows = [(e, at) for at, folder in enumerate(folders) for e in folder.entries if e.path.startswith(starts[at])]
        found: list[list[tuple[str, int, str]]] = [[] for _ in folders]
        for (entry, at), oid in zip(rows, self.oids([entry.path for entry, _ in rows]), strict=True):
            found[at].append((entry.path[len(starts[at]) :], entry.mode, oid))
        return [folder_trees(files, self.snapshot.repo.object_format)[""] for files in found]

    def _folder(self, folder: str, change: str, day: str) -> "ChangeFolder":
        if folder not in self._changes:
            self._changes[folder] = ChangeFolder(self, folder, change, day, self._folders[folder])
        return self._changes[folder]

    # -- findings

    def layout_findings(self) -> list[Finding]:
        """What is wrong with paths and modes below spec/."""
        from gitspec.domain.rules import finding

        found = layout.layout_findings(self.snapshot.entries())
        if isinstance(self.snapshot, WorkTree) and (unknown := [f.path for f in found if f.code in ("L001", "L004")]):
            ignored = self.snapshot.ignored(unknown)  # an editor's swap file is no content
            found = [f for f in found if f.path not in ignored]
        for path in self.snapshot.unmerged:
            found.append(finding("L006", "has a conflict that is not decided", path, help="resolve it and git add it"))
        return found


class ChangeFolder:
    """The files of one change, each read when it is asked for."""

    def __init__(self, spec: Spec, path: str, change: str, day: str, entries: Sequence[Entry]) -> None:
        self.id = change
        self.path = path
        self.day = day
        """The day it was archived; empty for an active change."""
        self.entries = tuple(entries)
        self._spec = spec
        self._change: Loaded[Change] | None = None
        self._deltas: dict[str, Loaded[Delta]] | None = None

    def has(self, *parts: str) -> bool:
        """Whether the folder holds that file."""
        path = "/".join((self.path, *parts))
        return any(e.path == path for e in self.entries)

    def read(self, *parts: str) -> bytes:
        """The content of a file of the folder. Raises CannotJudge G006 when there is none."""
        return self._spec.snapshot.read("/".join((self.path, *parts)))

    def tree(self) -> str:
        """The tree id of the folder's known files, as Git computes it: the key under which facts are cached.

        Of many folders ``Spec.trees`` asks at once.
        """
        return self._spec.trees([self])[0]

    @property
    def change(self) -> "Loaded[Change]":
        """change.yaml; when it is missing, no value and finding L005."""
        from gitspec.domain.change import Change
        from gitspec.yaml.binding import Loaded, load
        from gitspec.yaml.reader import read

        if self._change is None:
            path = f"{self.path}/change.yaml"
            if not self.has("change.yaml"):
                from gitspec.domain.rules import finding

                missing = finding("L005", "the folder of a change has no change.yaml", self.path)
                self._change = Loaded(None, (missing,), read(b"", path))
            else:
                self._change = load(Change, self.read("change.yaml"), path)
                if self._change.value is not None and self._change.value.change != self.id:
                    self._change = _with_wrong_name(self._change, "change", self.id, path)
        return self._change

    @property
    def proposal(self) -> "Proposal | None":
        """proposal.md, judged by what the policy asks for; None when there is none."""
        from gitspec.markdown.proposal import read_proposal

        if not self.has("proposal.md"):
            return None
        policy = self._spec.policy().value
        required = policy.proposal.sections if policy else ()
        return read_proposal(self.read("proposal.md"), f"{self.path}/proposal.md", required)

    @property
    def tasks(self) -> "TaskList | None":
        """tasks.md; None when there is none."""
        from gitspec.markdown.tasks import read_tasks

        return read_tasks(self.read("tasks.md"), f"{self.path}/tasks.md") if self.has("tasks.md") else None

    @property
    def design(self) -> bytes | None:
        """design.md; None when there is none."""
        return self.read("design.md") if self.has("design.md") else None

    def delta_ids(self) -> tuple[str, ...]:
        """The capabilities that the change has a delta for, sorted."""
        return tuple(sorted(layout.classify(p).capability for p in self._delta_paths()))

    @property
    def deltas(self) -> "dict[str, Loaded[Delta]]":
        """The deltas by capability."""
        from gitspec.domain.delta import Delta
        from gitspec.yaml.binding import load

        if self._deltas is None:
            deltas: dict[str, Loaded[Delta]] = {}
            for path in self._delta_paths():
                capability = layout.classify(path).capability
                loaded = load(Delta, self._spec.snapshot.read(path), path)
                if loaded.value is not None and loaded.value.capability != capability:
                    loaded = _with_wrong_name(loaded, "capability", capability, path)
                deltas[capability] = loaded
            self._deltas = dict(sorted(deltas.items()))
        return self._deltas

    def findings(self) -> list[Finding]:
        """All findings of the folder's files, each file for itself (not of the fold)."""
        found = list(self.change.findings)
        for loaded in self.deltas.values():
            found += loaded.findings
        if (proposal := self.proposal) is not None:
            found += proposal.findings
        if (tasks := self.tasks) is not None:
            found += tasks.findings
        return found

    def require_deltas(self) -> "list[Delta]":
        """All deltas, in the order of their capabilities. Raises BrokenSpec when one has errors."""
        for capability, loaded in self.deltas.items():
            if loaded.value is None:
                raise BrokenSpec(layout.delta_path(self.path, capability), loaded.findings)
        return [loaded.value for loaded in self.deltas.values() if loaded.value is not None]

    def _delta_paths(self) -> list[str]:
        return [e.path for e in self.entries if e.path.startswith(f"{self.path}/deltas/")]


class _Living(Mapping[str, "Capability"]):
    def __init__(self, spec: Spec) -> None:
        self._spec = spec

    def __getitem__(self, capability: str) -> "Capability":
        if capability not in self._spec._sorted_out():
            raise KeyError(capability)
        loaded = self._spec.capability(capability)
        if loaded.value is None:
            raise BrokenSpec(layout.capability_path(capability), loaded.findings)
        return loaded.value

    def __contains__(self, capability: object) -> bool:
        return capability in self._spec._sorted_out()

    def __iter__(self) -> Iterator[str]:
        return iter(self._spec.capability_ids())

    def __len__(self) -> int:
        return len(self._spec.capability_ids())


def read_capability(capability: str, data: bytes, path: str) -> "Loaded[Capability]":
    """The capability that a file holds which is named for it."""
    from gitspec.domain.capability import Capability
    from gitspec.yaml.binding import load

    loaded = load(Capability, data, path)
    if loaded.value is not None and loaded.value.capability != capability:
        return _with_wrong_name(loaded, "capability", capability, path)
    return loaded


def _with_wrong_name(loaded: "Loaded[M]", key: str, expected: str, path: str) -> "Loaded[M]":
    from gitspec.yaml.binding import locate

    wrong = misnamed(key, expected, path, *locate(loaded.document, (key,)))
    return loaded._replace(value=None, findings=(*loaded.findings, wrong))


def misnamed(key: str, expected: str, path: str, line: int, col: int) -> Finding:
    """The finding about a file whose ``key`` does not say the id that its path has."""
    from gitspec.domain.rules import finding

    way_out = f"write '{key}: {expected}', or move the file"
    return finding("L008", f"the file's path says '{expected}'", path, line, col, help=way_out)


def _unknown(what: str, name: str, known: Sequence[str] | Mapping[str, str]) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), 3, 0.5)
    listed = "gitspec list --specs" if what == "capability" else "gitspec list"
    return UsageError(
        "L011",
        f"there is no {what} '{name}'",
        help=f"did you mean {', '.join(near)}?" if near else f"'{listed}' shows what there is",
    )
