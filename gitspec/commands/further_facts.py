"""What the engine asks of a commit beyond its paths and message, gathered only where the policy or the message asks.

One place for commits that are made and the one that is being made, so that both are judged by the same facts.
"""

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from gitspec.domain.code_paths import code_matcher, link_target
from gitspec.domain.commit import CommitFacts, Touched
from gitspec.domain.judge_attributes import FILE as ATTRIBUTES
from gitspec.domain.places import SPEC
from gitspec.domain.references import References, references
from gitspec.git.objects import MODE_SYMLINK, folders_at
from gitspec.git.repository import Repository
from gitspec.git.run import git
from gitspec.git.snapshot import Snapshot, at_commit

if TYPE_CHECKING:
    from gitspec.domain.change import Change
    from gitspec.domain.finding import Finding
    from gitspec.domain.policy import Policy
    from gitspec.store.cache import Cache
    from gitspec.store.spec import Spec


class Scene:
    """Where a commit stands: its own tree, its first parent, and the branch that it lands on, as far as there are any.

    ``rev`` names its tree for git: a commit's id, or empty for the index. ``target`` is the tip of the branch before.
    """

    def __init__(
        self,
        repo: Repository,
        rev: str,
        snapshot: Callable[[], Snapshot],
        parent: str | None,
        target: str | None,
        cache: "Cache | None" = None,
    ) -> None:
        self.repo = repo
        self.rev = rev
        self.parent = parent
        self.target = target
        self._snapshot = snapshot
        self._cache = cache

    @cached_property
    def spec(self) -> "Spec":
        """spec/ of the commit."""
        from gitspec.store.spec import Spec

        return Spec(self._snapshot(), self._cache)

    @cached_property
    def before(self) -> "Spec | None":
        """spec/ of its first parent."""
        return self._at(self.parent)

    @cached_property
    def landing_on(self) -> "Spec | None":
        """spec/ of the branch that it lands on."""
        return self.before if self.target == self.parent else self._at(self.target)

    def text(self, rev: str | None, path: str) -> str:
        """A file's text at a commit (empty name: the index); empty where it is not."""
        if rev is None:
            return ""
        head, _, body = git(self.repo, "cat-file", "--batch", input=f"{rev}:{path}\n".encode()).partition(b"\n")
        return body[:-1].decode("utf-8", "surrogateescape") if head.split(b" ")[1:2] == [b"blob"] else ""

    def names_in(self, folders: Sequence[str]) -> dict[str, Sequence[str]]:
        """The names in folders of the commit's tree; nothing for what is no folder there."""
        if self.rev:
            return folders_at(self.repo, self.rev, folders)
        return {folder: self._staged_in(folder) for folder in folders}

    def _staged_in(self, folder: str) -> Sequence[str]:
        listed = os.fsdecode(git(self.repo, "ls-files", "-z", "--", f"{folder}/")).split("\0")[:-1]
        return list(dict.fromkeys(path[len(folder) + 1 :].split("/", 1)[0] for path in listed))

    def _at(self, commit: str | None) -> "Spec | None":
        from gitspec.store.spec import Spec

        return Spec(at_commit(self.repo, commit), self._cache) if commit else None


def with_further_facts(facts: CommitFacts, policy: "Policy", scene: Scene) -> CommitFacts:
    """The facts with all that is still missing. Raises CannotJudge."""
    refs = references(facts.message)
    if facts.touched:
        facts = facts._replace(layout=_layout(facts.touched, scene), attributes=_attributes(facts.touched, scene))
        if refs.changes:
            facts = facts._replace(scopes=_scopes(refs, policy, scene))
            facts = facts._replace(unapproved=_unapproved(facts, refs, policy, scene))
    return _mentioned(facts, refs, policy, scene)


def _layout(touched: Sequence[Touched], scene: Scene) -> "tuple[Finding, ...]":
    if not any(t.new_mode and (t.path == SPEC or t.path.startswith(f"{SPEC}/")) for t in touched):
        return ()
    from gitspec.store.closed import closed_findings

    return closed_findings(touched, scene.names_in)


def _attributes(touched: Sequence[Touched], scene: Scene) -> str:
    if not any(t.path == ATTRIBUTES and t.new_mode for t in touched):
        return ""
    old = set(scene.text(scene.parent, ATTRIBUTES).splitlines())
    return "\n".join(line for line in scene.text(scene.rev, ATTRIBUTES).splitlines() if line not in old)


def _scopes(refs: References, policy: "Policy", scene: Scene) -> dict[str, tuple[str, ...]]:
    """Of the branch it lands on if that knows the change: nobody widens a scope in the request that needs it."""
    if not (policy.scope.enforce or policy.scope.required):
        return {}
    found = {}
    for change in refs.changes:
        for spec in (scene.landing_on, scene.spec, scene.before):
            if spec is not None and (model := _change(spec, change)) is not None:
                found[change] = tuple(model.scope)
                break
    return found


def _change(spec: "Spec", change: str) -> "Change | None":
    if change in spec.change_ids():
        return spec.change(change).change.value
    archived = next((one for one in spec.archived() if one.id == change), None)
    return spec.archived_change(archived).change.value if archived else None


def _unapproved(facts: CommitFacts, refs: References, policy: "Policy", scene: Scene) -> dict[str, str]:
    if policy.approvals.need == "none" or not any(map(code_matcher(policy), facts.touched)):
        return {}
    from gitspec.commands.approvals import why_unapproved

    found = {}
    for change in refs.changes:
        spec = scene.spec if change in facts.active else scene.before
        tip = scene.rev or scene.parent
        if spec is None or tip is None:
            found[change] = "it is brought in by the first commit"
            continue
        target = scene.landing_on.snapshot if scene.landing_on else None
        author = "" if scene.rev else facts.author.email
        why = why_unapproved(scene.repo, policy, spec, change, tip=tip, target=target, author=author)
        if why:
            found[change] = why
    return found


def _mentioned(facts: CommitFacts, refs: References, policy: "Policy", scene: Scene) -> CommitFacts:
    if not (refs.tasks or refs.specs or refs.settles):
        return facts
    from gitspec.commands.emergencies import settles
    from gitspec.commands.mentions import specs_named, tasks_named

    specs = [scene.spec, *([scene.before] if scene.before else [])]
    tip = scene.parent
    return facts._replace(
        tasks=tasks_named(specs, refs.changes) if refs.tasks else {},
        specs=specs_named(specs, refs.changes, refs.specs) if refs.specs else {},
        settles=settles(scene.repo, policy, tip, refs.settles) if refs.settles and tip else {},
    )


def linked_paths(
    repo: Repository, base: str | None, added: Iterable[tuple[str, str]], policy: "Policy"
) -> Collection[str]:
    """Where the symbolic links that are code lead: those of ``base``, and ``added`` ones as (path, blob)."""
    links = dict(added)
    if base:
        for row in os.fsdecode(git(repo, "ls-tree", "-r", "-z", "--full-tree", base)).split("\0")[:-1]:
            if row.startswith("120000 "):
                head, _, path = row.partition("\t")
                links.setdefault(path, head.split(" ")[2])
    is_code = code_matcher(policy)
    wanted = {path: oid for path, oid in links.items() if is_code(Touched(path, 0, MODE_SYMLINK))}
    if not wanted:
        return frozenset()
    from gitspec.git.objects import Objects

    objects = Objects(repo)
    try:
        contents = objects.read_many(list(wanted.values()))
    finally:
        objects.close()
    targets = (link_target(path, os.fsdecode(content)) for path, content in zip(wanted, contents, strict=True))
    return frozenset(target for target in targets if target)
