"""Judge one commit by what it does to spec/ against its parent: the proof, with everything read that it needs.

    prover = Prover(repo)
    verdict = prover.judge(Step(commit, parents, base, changes))

What the gates ask about a commit that is pushed and what `gitspec fsck` asks about the whole history is the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitspec.domain.finding import Finding
from gitspec.domain.fold_version import FOLD_VERSION
from gitspec.domain.judge_spec import IMPORT
from gitspec.domain.prove import Folder, Undone, prove
from gitspec.domain.prove_findings import proof_findings
from gitspec.domain.quotes import Quote, brought, carried, unseen
from gitspec.domain.rules import finding
from gitspec.errors import CannotJudge
from gitspec.git.objects import MODE_FILE
from gitspec.git.repository import Repository
from gitspec.git.spec_history import changes_below, landed_in, shallow_boundary
from gitspec.git.tree_edit import Item
from gitspec.store import layout
from gitspec.store.history_reader import LivingAt, Reader, Unreadable, deltas_below
from gitspec.store.step import ARCHIVE, CHANGE, LIVING, Parts, Step, by_folder, sorted_out

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy
    from gitspec.domain.prove import Proof


class Exempted(NamedTuple):
    """A direct edit that is allowed. ``kind`` is `adoption`, `import`, `spec-edit` or `formatting`."""

    kind: str
    paths: tuple[str, ...]


class Landed(NamedTuple):
    """A folder that the commit archives. ``kind`` is `archived`, `closed` or `imported`."""

    name: str
    kind: str


class Landing(NamedTuple):
    """The commit that archived a folder, its first parent, what it did, and what taking the folder back would be."""

    commit: str
    base: str | None
    parts: Parts
    undone: Undone


class Verdict(NamedTuple):
    """What is to be said about one commit."""

    commit: str
    findings: tuple[Finding, ...] = ()
    exempted: tuple[Exempted, ...] = ()
    landed: tuple[Landed, ...] = ()
    restored: tuple[str, ...] = ()
    """Names of archived folders that it takes back."""
    proposed: tuple[str, ...] = ()
    """Changes whose folder it brings among the active ones."""
    committer: str = ""
    imported: tuple[tuple[str, str], ...] = ()
    """(capability, blob) that it brings by way of exception."""
    quotes: tuple[Quote, ...] = ()
    """What its deltas quote and its first parent's living specs do not say."""

    @property
    def is_proven(self) -> bool:
        """Whether there is no error."""
        return all(f.severity != "error" for f in self.findings)


class Prover:
    """Judges commits of one repository; contents are remembered from one to the next."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo
        self.reader = Reader(repo)

    def judge(self, step: Step) -> Verdict:
        """The verdict on a commit that has a policy, or whose parent has one. Raises CannotJudge for missing objects."""
        parts = sorted_out(step)
        text = self.reader.commit(step.commit)
        verdict = Verdict(step.commit, proposed=parts.proposed, committer=text.committer)
        if parts.only_proposes and not step.dropped and not step.is_adoption:
            return verdict._replace(findings=tuple(_trailer_findings(text.message, ())))
        if step.is_adoption:
            touched = tuple(sorted(change.path for change in parts.living.values()))
            landed = tuple(Landed(name.rpartition("/")[2], "imported") for name in parts.fresh)
            return verdict._replace(exempted=(Exempted("adoption", touched),), landed=landed)
        findings = self._about_paths(step, parts)
        try:
            folders = {name: self._folder(name, files) for name, files in parts.fresh.items()}
            undone = [self.landing(step.base or "", one).undone for one in parts.gone if self._is_restored(step, one)]
        except Unreadable as error:
            return verdict._replace(findings=(*findings, _unreadable(error)))
        landed = tuple(Landed(name.rpartition("/")[2], _kind(folder)) for name, folder in folders.items())
        restored = tuple(name.rpartition("/")[2] for name in parts.gone if self._is_restored(step, name))
        verdict = verdict._replace(landed=landed, restored=restored)
        findings += _trailer_findings(text.message, landed)
        try:
            return self._proven(step, parts, folders, undone, text.message, verdict, findings)
        except Unreadable as error:
            return verdict._replace(findings=(*findings, _unreadable(error)))

    def _proven(
        self,
        step: Step,
        parts: Parts,
        folders: Mapping[str, Folder],
        undone: Sequence[Undone],
        message: str,
        verdict: Verdict,
        findings: list[Finding],
    ) -> Verdict:
        reasons = _trailers(message, "Spec-Edit")
        findings += self._judge_reasons(step, parts, reasons) if reasons else []
        may_import = bool(reasons) and not findings
        fresh = {c: change.new for c, change in parts.living.items() if change.old is None and change.new}
        imported = {c: item.oid for c, item in fresh.items()} if may_import else {}
        brought = {
            capability: self.reader.capability(capability, Item(MODE_FILE, oid))
            for capability, oid in (*step.imported, *imported.items())
        }
        known = {c: change.old for c, change in parts.living.items()}
        if may_import and IMPORT not in reasons:  # another reason may edit what exists
            known |= {c: change.new for c, change in parts.living.items() if change.new}
        before = LivingAt(self.reader, step.base, known, brought)
        after = LivingAt(self.reader, step.commit, {c: change.new for c, change in parts.living.items()})
        proof = prove(before, after, parts.living, list(folders.values()), links_to=before.links_to, undone=undone)
        folded = {f.change.change: name.rpartition("/")[2] for name, f in folders.items() if f.is_folded}
        findings += proof_findings(
            proof,
            folded,
            not parts.living,
            is_merge=len(step.parents) > 1,
            is_undoing=bool(undone),
            fold_version=_fold_version(message),
        )
        if not may_import:
            findings += self._imported_by_hand(step, folders)
        return verdict._replace(
            findings=tuple(findings),
            exempted=tuple(_exempted(parts, proof, imported, reasons if may_import else ())),
            imported=tuple(sorted(imported.items())),
            quotes=tuple(_unseen(folders, before)),
        )

    def _about_paths(self, step: Step, parts: Parts) -> list[Finding]:
        found = [
            finding("H001", "is no file of a capability", change.path, help="spec/ is closed: move it elsewhere")
            for change in parts.stray
        ]
        if parts.policy and parts.policy.new is None:
            found.append(finding("R012", "the commit removes the policy", layout.POLICY, help="git revert it"))
        for folder, edits in by_folder(parts.edits).items():
            found.append(_edited(folder, [edit.path for edit in edits]))
        for folder in parts.gone:
            if not self._is_restored(step, folder):
                found.append(_edited(folder, [folder]))
        for parent, name in step.dropped:
            found.append(self._dropped(parent, name))
        if len(step.parents) > 1:
            found += self._carried_edits(step, parts.fresh)
        return found

    def _carried_edits(self, step: Step, fresh: Iterable[str]) -> list[Finding]:
        """Folders that a merge brings in otherwise than the parent has them that archived them."""
        found = []
        for folder in fresh:
            here = self.reader.at(step.commit, folder)
            for parent in step.parents:
                there = self.reader.at(parent, folder)
                if parent != step.base and there is not None and there != here:
                    found.append(_edited(folder, [folder], f" (parent {parent[:12]} has it otherwise)"))
        return found

    def _dropped(self, parent: str, name: str) -> Finding:
        lost: list[str] = []
        folder = f"{ARCHIVE}{name}"
        if (there := self.reader.at(parent, folder)) is not None:
            files = {f"{folder}/{path}": item for path, item in self.reader.trees.files(there.oid)}
            try:
                deltas = deltas_below(files, folder, self.reader.delta)
            except Unreadable:
                deltas = ()
            ids = [(d.capability, r.id) for d in deltas for r in d.added]
            ids += [(d.capability, r.id) for d in deltas for r in d.modified]
            lost = [f"{capability}/{requirement}" for capability, requirement in ids]
        what = f", with {', '.join(lost[:5])}{' …' if len(lost) > 5 else ''}" if lost else ""
        message = f"the merge drops what parent {parent[:12]} had archived{what}"
        return finding("H006", message, folder, help="merge it again; 'gitspec unarchive' takes a change back")

    def _is_restored(self, step: Step, folder: str) -> bool:
        return self._is_active(step.commit, folder)

    def _is_active(self, commit: str, folder: str) -> bool:
        """Whether a commit has the change of an archived folder among the active ones, and not in the archive."""
        change = layout.classify(f"{folder}/{CHANGE}").change
        active = f"{layout.CHANGES}/{change}/{CHANGE}"
        return self.reader.at(commit, folder) is None and self.reader.at(commit, active) is not None

    def _folder(self, folder: str, files: Mapping[str, Item]) -> Folder:
        path = f"{folder}/{CHANGE}"
        change = self.reader.change(layout.classify(path).change, files[path], path)
        if change.closed or change.imported:
            return Folder(change, ())
        return Folder(change, tuple(deltas_below(files, folder, self.reader.delta)))

    def landing(self, tip: str, folder: str) -> Landing:
        """How an archived folder of ``tip`` came into the archive, as its history tells.

        Raises Unreadable, and CannotJudge G016 when a shallow clone hides it.
        """
        landed = landed_in(self.repo, tip, f"{folder}/{CHANGE}")
        if landed is None:
            found = finding("H012", "no commit brought it into the archive", folder)
            raise Unreadable(folder, found)
        if landed.oid in shallow_boundary(self.repo):
            raise CannotJudge(
                "G016",
                f"the clone is shallow: the commit that archived {folder} is not here",
                help="git fetch --unshallow",
            )
        base = landed.parents[0] if landed.parents else None
        changes = changes_below(self.repo, [(landed.oid, base)], layout.SPEC)[0]
        parts = sorted_out(Step(landed.oid, landed.parents, base, changes))
        folders = {name: self._folder(name, files) for name, files in parts.fresh.items()}
        undone = Undone(
            folders.pop(folder),
            LivingAt(self.reader, base, {c: change.old for c, change in parts.living.items()}),
            LivingAt(self.reader, landed.oid, {c: change.new for c, change in parts.living.items()}),
            frozenset(parts.living),
            tuple(folders.values()),
            self._taken_back(base, landed.oid, parts),
        )
        return Landing(landed.oid, base, parts, undone)

    def _taken_back(self, base: str | None, commit: str, parts: Parts) -> tuple[Undone, ...]:
        """The folders that a commit makes active again, as what taking each of them back from ``base`` comes to."""
        there = [one for one in parts.gone if base and self._is_active(commit, one)]
        return tuple(self.landing(base or "", one).undone for one in there)

    def _imported_by_hand(self, step: Step, folders: Mapping[str, Folder]) -> list[Finding]:
        """Folders that say they were imported, in a commit that neither imports nor merges a commit that does."""
        return [
            finding(
                "H004",
                "says that it was imported, in a commit without 'Spec-Edit: import'",
                name,
                help="git revert it; 'gitspec import' prints the commit to make",
            )
            for name, folder in folders.items()
            if folder.change.imported
            and not any(self.reader.at(parent, name) for parent in step.parents if parent != step.base)
        ]

    def _judge_reasons(self, step: Step, parts: Parts, reasons: Sequence[str]) -> list[Finding]:
        allowed = self._policy(step).spec_edits
        unlisted = [reason for reason in reasons if reason not in allowed]
        if unlisted:
            message = f"'Spec-Edit: {unlisted[0]}' is not allowed"
            return [finding("R013", message, help=f"allowed: {', '.join(allowed) or 'none'}")]
        edited = sorted(change.path for change in parts.living.values() if change.old)
        if edited and IMPORT in reasons:
            message = f"'Spec-Edit: {reasons[0]}' may only add files, and it existed"
            return [finding("R013", message, edited[0], help="change what exists by a delta")]
        code = self._code(step)
        if code:
            message = f"'Spec-Edit: {reasons[0]}' may touch no code"
            return [finding("R013", message, code[0], help="commit the code for itself")]
        return []

    def _policy(self, step: Step) -> "Policy":
        from gitspec.domain.policy import Policy

        held = self.reader.at(step.base, layout.POLICY) if step.base else None
        return self.reader.model(Policy, held.oid, layout.POLICY) if held else Policy()

    def _code(self, step: Step) -> list[str]:
        """The paths of code that a commit touches, by the policy of its parent."""
        from gitspec.domain.code_paths import code_matcher
        from gitspec.domain.commit import Touched

        is_code = code_matcher(self._policy(step))
        changes = changes_below(self.repo, [(step.commit, step.base)], "")[0]
        touched = (Touched(c.path, c.old.mode if c.old else 0, c.new.mode if c.new else 0) for c in changes)
        return [one.path for one in touched if is_code(one)]


def wanted_objects(step: Step, reader: Reader) -> Iterable[str]:
    """The objects that judging a step surely reads."""
    from gitspec.domain.capability import Capability
    from gitspec.domain.change import Change
    from gitspec.domain.delta import Delta

    yield step.commit
    for path, old, new in () if step.is_adoption else step.changes:
        if path.startswith(LIVING):
            yield from (
                i.oid for i in (old, new) if i and i.mode == MODE_FILE and not reader.is_parsed(Capability, i.oid)
            )
        elif path.startswith(ARCHIVE) and new and path.endswith(".yaml"):
            kind = Change if path.endswith(f"/{CHANGE}") else Delta
            if not reader.is_parsed(kind, new.oid):
                yield new.oid


def _kind(folder: Folder) -> str:
    return "closed" if folder.change.closed else "imported" if folder.change.imported else "archived"


def _trailers(message: str, key: str) -> list[str]:
    from gitspec.domain import trailers

    return trailers.values(trailers.read(message), key)


def _fold_version(message: str) -> int:
    values = _trailers(message, "Fold")
    return (
        int(values[0])
        if values and values[0].isascii() and values[0].isdigit() and len(values[0]) < 6
        else FOLD_VERSION
    )


def _trailer_findings(message: str, landed: Sequence[Landed]) -> list[Finding]:
    """Trailers say what a commit archives for `git log` to find; they prove nothing, and must not mislead."""
    names = {one.name for one in landed}
    wrong = [name for name in _trailers(message, "Archived") if name not in names]
    return [
        finding("H010", f"the message says 'Archived: {name}', and the commit does not archive that", help="git notes")
        for name in wrong[:5]
    ]


def _edited(folder: str, paths: Sequence[str], why: str = "") -> Finding:
    what = "taken away" if list(paths) == [folder] and not why else "changed"
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    way_out = "put the edit into a new change, and git revert this one; 'gitspec unarchive' takes a change back"
    return finding("H005", f"an archived change was {what}{why}{more}", paths[0], help=way_out)


def _unreadable(error: Unreadable) -> Finding:
    found = error.found
    if found.code == "H012":
        return found
    message = f"cannot be recomputed: {found.code} {found.message}"
    return finding(
        "H012", message, error.path, found.line, found.col, help="git revert it, mend the file in its change"
    )


def _unseen(folders: Mapping[str, Folder], before: LivingAt) -> Iterable[Quote]:
    """Quotations that no living spec before has, nor a change that came along."""
    for name, folder in folders.items():
        if not folder.is_folded:
            continue
        along = [d for other, f in folders.items() if other != name for d in f.deltas]
        also = carried(folder.deltas, before).union(*map(brought, along))
        for delta in folder.deltas:
            yield from unseen(delta, before, also)


def _exempted(parts: Parts, proof: "Proof", imported: Mapping[str, str], reasons: Sequence[str]) -> Iterable[Exempted]:
    wrong = {m.capability for m in proof.mismatches}
    edited: set[str] = set()
    if reasons:
        edited = set() if IMPORT in reasons else {c for c, change in parts.living.items() if change.old and change.new}
        kind = "import" if IMPORT in reasons else "spec-edit"
        yield Exempted(kind, tuple(layout.capability_path(c) for c in sorted({*imported, *edited})))
    formatted = sorted(
        change.path
        for capability, change in parts.living.items()
        if change.old and change.new and capability not in {*wrong, *edited} and capability not in proof.changed
    )
    if formatted:
        yield Exempted("formatting", tuple(formatted))
