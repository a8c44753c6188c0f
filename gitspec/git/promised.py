"""Objects that a partial clone has not got yet: all that will be read, fetched at one go.

Git fetches what is missing by itself, but one object at a time, each with a connection of its own.
"""

from collections.abc import Sequence

from gitspec.git.repository import Repository
from gitspec.git.run import run

_FEW = 2


def fetch_promised(repo: Repository, oids: Sequence[str]) -> None:
    """Get objects from the remote that has promised them; nothing in a full clone, and no error when it fails.

    What is there already is asked for too: Git cannot be asked what is missing without fetching it.
    """
    if len(oids) < _FEW or not _may_be_partial(repo):
        return
    listed = run(repo, "config", "--null", "--type=bool", "--get-regexp", r"^remote\..*\.promisor$")
    for row in listed.out.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        key, _, value = row.partition("\n")
        remote = key.removeprefix("remote.").removesuffix(".promisor")
        if value != "true" or remote.startswith("-"):
            continue
        options = ("--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none", "--quiet")
        asked = "".join(f"{oid}\n" for oid in oids).encode()
        # as Git does it for itself: no haves are told, so the remote sends what is named
        fetched = run(
            repo, "-c", "fetch.negotiationAlgorithm=noop", "fetch", *options, "--stdin", "--end-of-options", remote,
            input=asked, env={"GIT_NO_LAZY_FETCH": "1"},
        )  # fmt: skip
        if fetched.status == 0:
            return


def _may_be_partial(repo: Repository) -> bool:
    try:
        with open(f"{repo.common_dir}/config", "rb") as file:
            return b"promisor" in file.read().lower()
    except OSError:
        return True
