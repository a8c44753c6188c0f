"""What a forge says has happened, as data: a pull request, a group of a merge queue, or a push.

Only full commit ids count for what is judged; names and texts are data that is judged, never a way to find anything.
Payloads: https://docs.github.com/webhooks/webhook-events-and-payloads; variables of GitLab:
https://docs.gitlab.com/ci/variables/predefined_variables.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, cast

from gitspec.errors import CannotJudge, UsageError

Landing = Literal["squash", "rebase", "merge"]
LANDINGS: tuple[Landing, ...] = ("squash", "rebase", "merge")
_HEX = frozenset("0123456789abcdef")
_JUDGED = "on: pull_request, merge_group, push"


class Style(NamedTuple):
    """How the forge writes the messages of what it lands, in GitHub's own words."""

    squash_title: str = "COMMIT_OR_PR_TITLE"
    squash_message: str = "COMMIT_MESSAGES"
    merge_title: str = "MERGE_MESSAGE"
    merge_message: str = "PR_TITLE"


class PullRequest(NamedTuple):
    """A request to land ``head`` on ``branch``, which was at ``base``. ``landings``: how the forge lets it land."""

    base: str
    head: str
    branch: str
    number: int
    title: str
    body: str
    source: str
    """Where it comes from, as ``owner/branch``."""
    landings: tuple[Landing, ...] = LANDINGS
    style: Style = Style()


class MergeGroup(NamedTuple):
    """What a merge queue is about to land: ``head`` as it will be, on top of ``base``."""

    base: str
    head: str
    branch: str


class Push(NamedTuple):
    """A ref that has moved; ``old`` or ``new`` is empty when it is made or deleted."""

    ref: str
    old: str
    new: str
    default_branch: str


Event = PullRequest | MergeGroup | Push


def github_event(name: str, payload: object) -> Event:
    """The event of a workflow run. Raises UsageError for one that is not judged, CannotJudge when the payload lacks ids."""
    if name == "pull_request":
        return _pull_request(_part(payload, "pull_request"))
    if name == "merge_group":
        group = _part(payload, "merge_group")
        return MergeGroup(_oid(group, "base_sha"), _oid(group, "head_sha"), _short(_text(group, "base_ref")))
    if name == "push":
        old, new = _oid(payload, "before"), _oid(payload, "after")
        default = _text(_part(payload, "repository"), "default_branch")
        return Push(_text(payload, "ref"), old if old.strip("0") else "", new if new.strip("0") else "", default)
    if name == "pull_request_target":
        raise UsageError("U000", "pull_request_target runs with a token that may write", help=_JUDGED)
    raise UsageError("U000", f"the event '{name}' brings nothing to judge", help=_JUDGED)


def _pull_request(pull: Mapping[str, Any]) -> PullRequest:
    base, head = _part(pull, "base"), _part(pull, "head")
    repo = base.get("repo") if isinstance(base.get("repo"), dict) else {}
    settings = cast("Mapping[str, Any]", repo)
    number = pull.get("number")
    allowed = tuple(how for how in LANDINGS if settings.get(_ALLOWED[how]) is not False)
    known = Style()
    return PullRequest(
        _oid(base, "sha"),
        _oid(head, "sha"),
        _short(_text(base, "ref")),
        number if isinstance(number, int) else 0,
        _text(pull, "title"),
        _text(pull, "body"),
        _text(head, "label").replace(":", "/", 1),
        allowed or LANDINGS,
        Style(
            _text(settings, "squash_merge_commit_title") or known.squash_title,
            _text(settings, "squash_merge_commit_message") or known.squash_message,
            _text(settings, "merge_commit_title") or known.merge_title,
            _text(settings, "merge_commit_message") or known.merge_message,
        ),
    )


_ALLOWED = {"squash": "allow_squash_merge", "rebase": "allow_rebase_merge", "merge": "allow_merge_commit"}


def gitlab_event(variables: Mapping[str, str]) -> Event:
    """The event of a GitLab pipeline: that of a merge request, or a push to a branch or tag.

    The base is where the target branch stands when GitLab says so (merged results, merge trains), else where the
    source branch left it; the newest one that was fetched is looked for later. A pipeline of a merged result judges
    the source branch, not the commit that GitLab made for it.
    """
    source = variables.get("CI_PIPELINE_SOURCE", "")
    if source == "merge_request_event":
        if variables.get("CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED") == "true":
            help_ = "shorten it to 2,700 characters"
            raise CannotJudge(
                "G018", "GitLab has cut the description, so the message that lands is unknown", help=help_
            )
        base = variables.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA") or variables.get("CI_MERGE_REQUEST_DIFF_BASE_SHA")
        head = variables.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or variables.get("CI_COMMIT_SHA")
        number = variables.get("CI_MERGE_REQUEST_IID", "")
        return PullRequest(
            _oid({"base": base}, "base"),
            _oid({"head": head}, "head"),
            variables.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", ""),
            int(number) if number.isdecimal() and number.isascii() else 0,
            variables.get("CI_MERGE_REQUEST_TITLE", ""),
            variables.get("CI_MERGE_REQUEST_DESCRIPTION", ""),
            variables.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", ""),
            style=Style("PR_TITLE", "PR_BODY", "MERGE_MESSAGE", "PR_BODY"),
        )
    if source == "push":
        old, new = _oid(variables, "CI_COMMIT_BEFORE_SHA"), _oid(variables, "CI_COMMIT_SHA")
        branch, tag = variables.get("CI_COMMIT_BRANCH", ""), variables.get("CI_COMMIT_TAG", "")
        ref = f"refs/heads/{branch}" if branch else f"refs/tags/{tag}"
        return Push(ref, old if old.strip("0") else "", new, variables.get("CI_DEFAULT_BRANCH", ""))
    help_ = "rules: run it for merge_request_event and for pushes to protected branches"
    raise UsageError("U000", f"the pipeline source '{source}' brings nothing to judge", help=help_)


def _part(data: object, key: str) -> Mapping[str, Any]:
    found = data.get(key) if isinstance(data, dict) else None
    if not isinstance(found, dict):
        raise _lacking(key)
    return found


def _oid(data: object, key: str) -> str:
    found = data.get(key) if isinstance(data, Mapping) else None
    if not isinstance(found, str) or len(found) not in (40, 64) or not _HEX.issuperset(found):
        raise _lacking(key)
    return found


def _text(data: object, key: str) -> str:
    found = data.get(key) if isinstance(data, Mapping) else None
    return found if isinstance(found, str) else ""


def _short(ref: str) -> str:
    return ref.removeprefix("refs/heads/")


def _lacking(key: str) -> CannotJudge:
    return CannotJudge("G018", f"the event says no '{key}' that can be judged", help=_JUDGED)
