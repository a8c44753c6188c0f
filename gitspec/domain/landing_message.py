"""The messages of the commits that a forge makes when it lands a pull request."""

from collections.abc import Sequence
from typing import NamedTuple

DASHES = "---------"


class Landed(NamedTuple):
    """What a forge composes from: the request, and (message, author) of its commits, merges aside, in order."""

    number: int
    title: str
    body: str
    source: str
    commits: Sequence[tuple[str, str]]


def squash_message(request: Landed, title: str, message: str) -> str:
    """The message of a squash merge, for GitHub's settings ``squash_merge_commit_title`` and ``…_message``.

    Authors are credited in a paragraph of their own at the end, as GitHub does when there are several.
    """
    commits = [(text.strip("\n"), author) for text, author in request.commits]
    subject, body = request.title, ""
    single = commits[0][0].partition("\n") if len(commits) == 1 else None
    if single and title == "COMMIT_OR_PR_TITLE":
        subject = single[0]
    if message == "PR_BODY":
        body = request.body
    elif message == "COMMIT_MESSAGES":
        body = single[2] if single else "\n\n".join(f"* {text}" for text, _ in commits)
    authors = list(dict.fromkeys(author for _, author in commits))
    credit = "\n".join(f"Co-authored-by: {author}" for author in authors) if len(authors) > 1 else ""
    if credit and body.strip():
        credit = f"{DASHES}\n\n{credit}"
    return _joined(_numbered(subject, request.number), body, credit)


def merge_message(request: Landed, title: str, message: str) -> str:
    """The message of a merge commit, for GitHub's settings ``merge_commit_title`` and ``merge_commit_message``."""
    if title == "PR_TITLE":
        subject = _numbered(request.title, request.number)
    else:
        subject = f"Merge pull request #{request.number} from {_line(request.source)}"
    body = {"PR_BODY": request.body, "PR_TITLE": request.title}.get(message, "")
    return _joined(subject, body)


def _numbered(title: str, number: int) -> str:
    return f"{_line(title)} (#{number})" if number else _line(title)


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def _joined(*paragraphs: str) -> str:
    texts = (text.replace("\0", "").strip("\r\n") for text in paragraphs)
    return "\n\n".join(text for text in texts if text.strip()) + "\n"
