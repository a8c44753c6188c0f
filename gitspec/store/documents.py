"""Documents as plain data, as in their files: cached by the id of the blob, so that showing one needs no models.

Absent optional keys are absent here too, texts are canonical, steps are one block: what `gitspec delta modify` takes.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gitspec.domain.finding import Finding
from gitspec.errors import Refused
from gitspec.store.memo import remembered
from gitspec.store.records import finding_of, plain

if TYPE_CHECKING:
    from gitspec.store.spec import ChangeFolder, Spec
    from gitspec.yaml.binding import Loaded


class Document(NamedTuple):
    """``data`` is None when the file has errors."""

    path: str
    data: dict[str, Any] | None
    findings: tuple[Finding, ...]

    def require(self, command: str) -> dict[str, Any]:
        """The data. Raises Refused with the first error, and ``command`` to see the others."""
        if self.data is None:
            first = next(f for f in self.findings if f.severity == "error")
            raise Refused(first.code, first.message, place=first.place, help=first.help or command)
        return self.data


def capability_document(spec: "Spec", capability: str) -> Document:
    """A living capability. Raises UsageError L011 when there is none of that id."""
    path = spec.capability_paths([capability]).get(capability)
    if path is None:
        spec.capability(capability)  # says so
        raise AssertionError(capability)
    return _documents(spec, [path], lambda _: spec.capability(capability))[0]


def capability_documents(spec: "Spec") -> dict[str, Document]:
    """All living capabilities by id, those with errors too; on all cores when there are many to read."""
    paths = spec.capability_paths()
    rows = list(paths.items())

    def read(missing: Sequence[int]) -> list[Any]:
        from gitspec.store.bulk import map_many
        from gitspec.store.spec import read_capability

        wanted = [rows[i] for i in missing]
        contents = spec.snapshot.read_many([path for _, path in wanted])

        def work(i: int) -> list[Any]:
            capability, path = wanted[i]
            return _row_of(read_capability(capability, contents[i], path))

        work(0)  # builds the validators once, before children inherit them
        return map_many(work, len(wanted))

    return dict(zip(paths, _remembered(spec, list(paths.values()), read), strict=True))


def delta_documents(spec: "Spec", folder: "ChangeFolder", paths: Sequence[str]) -> list[Document]:
    """The deltas of a change, active or archived; ``paths`` are theirs, in the order of their capabilities."""
    capabilities = folder.delta_ids()
    return _documents(spec, paths, lambda i: folder.deltas[capabilities[i]])


def _documents(spec: "Spec", paths: Sequence[str], load: "Callable[[int], Loaded[Any]]") -> list[Document]:
    return _remembered(spec, paths, lambda missing: [_row_of(load(i)) for i in missing])


def _remembered(spec: "Spec", paths: Sequence[str], read: "Callable[[Sequence[int]], list[Any]]") -> list[Document]:
    keys = [f"{path} {oid}" for path, oid in zip(paths, spec.oids(paths), strict=True)]
    rows = remembered(spec.cache, "documents", keys, read)
    return [
        Document(path, data, tuple(finding_of(f) for f in findings))
        for path, (data, findings) in zip(paths, rows, strict=True)
    ]


def _row_of(loaded: "Loaded[Any]") -> list[Any]:
    value = loaded.value
    data = None if value is None else value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return [data, [plain(f) for f in loaded.findings]]
