"""The policies that judge, by the id of their blob.

Building the models costs more than judging a thousand commits, so a policy that was read once is kept below the Git
folder as plain data.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from gitspec.domain.places import POLICY
from gitspec.errors import CannotJudge
from gitspec.git.repository import Repository
from gitspec.store.cache import Cache

if TYPE_CHECKING:
    from gitspec.domain.policy import Policy
    from gitspec.store.change_ids import ChangeIds
    from gitspec.store.spec import Spec

_KIND = "policies"
_MOST = 20


class Policies:
    """The policies of a repository."""

    def __init__(self, repo: Repository, cache: Cache | None) -> None:
        self._repo = repo
        self._cache = cache
        self._known: dict[str, Policy] = {}

    def at(self, ids: "ChangeIds") -> "Policy":
        """The policy of a tree. Raises CannotJudge: L010 it has none, or what is wrong with it."""
        if not ids.policy:
            raise CannotJudge("L010", f"there is no {POLICY}", help="run 'gitspec init'")
        return self.at_blob(ids.policy)

    def at_blob(self, oid: str) -> "Policy":
        """The policy that a blob holds. Raises as ``at``."""
        if oid not in self._known:
            self._known[oid] = self._load(oid, lambda: self._content(oid))
        return self._known[oid]

    def of(self, spec: "Spec") -> "Policy | None":
        """The policy of a snapshot, also one that is not committed; None when there is none. Raises as ``at``."""
        from gitspec.store.records import policy_oid

        return self._load(policy_oid(spec), lambda: spec.snapshot.read(POLICY)) if spec.has_policy else None

    def _load(self, oid: str, content: Callable[[], bytes]) -> "Policy":
        kept = self._cache.load(_KIND) if self._cache else {}
        if held := kept.get(oid):
            return cast("Policy", _plain(held))
        policy = _read(content())
        if self._cache:
            rows = {**dict(list(kept.items())[-_MOST:]), oid: policy.model_dump(mode="json")}
            self._cache.save(_KIND, rows)
        return policy

    def _content(self, oid: str) -> bytes:
        from gitspec.git.objects import Objects

        objects = Objects(self._repo)
        try:
            return objects.read(oid)
        finally:
            objects.close()


def _read(data: bytes) -> "Policy":
    from gitspec.domain.policy import Policy
    from gitspec.yaml.binding import load

    loaded = load(Policy, data, POLICY)
    if loaded.value is None:
        first = loaded.findings[0]
        message = f"the policy cannot be read: {first.message}"
        raise CannotJudge(first.code, message, place=first.place, help=first.help)
    return loaded.value


def _plain(held: Any) -> Any:
    """JSON as an object with the attributes of the model; dictionaries that the policy keeps by name stay such."""
    if isinstance(held, list):
        return tuple(_plain(one) for one in held)
    if not isinstance(held, dict):
        return held
    mappings = ("severity", "attributes")
    return SimpleNamespace(**{key: value if key in mappings else _plain(value) for key, value in held.items()})
