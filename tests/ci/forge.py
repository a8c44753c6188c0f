"""A forge in a folder: a bare repository, pull requests to it, the payloads it sends, and clones as a runner makes them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.archive.project import ADDED, TASKS, project, propose
from tests.command import called
from tests.conftest import Repo

ZERO = "0" * 40
OPEN = "- [ ] 1.1 Not yet\n"


class Ran(NamedTuple):
    """What a step leaves behind: the log (both streams), the summary, the outputs."""

    code: int
    log: str
    summary: str
    outputs: dict[str, str]


class Forge:
    """``bare`` is the forge's repository with the project of tests.archive.project on main; ``dev`` a developer's clone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        seed = project(Repo.init(folder / "seed"))
        self.bare = seed.bare(folder / "forge.git")
        self.dev = self.clone("dev")
        self.number = 7

    def clone(self, name: str) -> Repo:
        """A clone of the forge as it is now."""
        self.bare.git("clone", "-q", self.bare.path.as_uri(), str(self.folder / name))
        return Repo(self.folder / name)

    def main(self) -> str:
        """Where main is."""
        return self.bare.git("rev-parse", "refs/heads/main")

    def branch(self, name: str = "topic") -> None:
        """Start a branch from the forge's main in the developer's clone."""
        self.dev.git("fetch", "-q", "origin")
        self.dev.git("checkout", "-q", "-B", name, "origin/main")

    def land(self, path: str = "src/other.py", text: str = "pass\n", message: str = "Other\n\nChange: add-2fa") -> str:
        """Somebody else lands something on main meanwhile."""
        other = self.clone(f"other-{len(list(self.folder.iterdir()))}")
        other.write(path, text)
        other.commit(message)
        other.git("push", "-q", "origin", "HEAD:refs/heads/main")
        return other.head()

    def pull_request(
        self,
        title: str = "A title",
        body: str | None = "Change: add-2fa",
        *,
        base: str = "",
        settings: Mapping[str, Any] | None = None,
        action: str = "opened",
    ) -> dict[str, Any]:
        """Push the developer's HEAD as the head of the pull request, merged as GitHub does; the event's payload."""
        head = self.dev.head()
        base = base or self.main()
        self.dev.git("push", "-q", "--force", "origin", f"HEAD:refs/pull/{self.number}/head")
        tree = self.bare.run_git("merge-tree", "--write-tree", base, head)
        if tree.returncode == 0:
            args = ("commit-tree", tree.stdout.decode().split()[0], "-p", base, "-p", head, "-m", "Merge")
            self.bare.git("update-ref", f"refs/pull/{self.number}/merge", self.bare.git(*args))
        repo = {"default_branch": "main", **(settings or {})}
        return {
            "action": action,
            "number": self.number,
            "pull_request": {
                "number": self.number,
                "title": title,
                "body": body,
                "base": {"ref": "main", "sha": base, "label": "owner:main", "repo": repo},
                "head": {"ref": "topic", "sha": head, "label": "somebody:topic", "repo": {"fork": True}},
            },
            "repository": repo,
        }

    def runner(self, ref: str = "", depth: int = 0) -> Repo:
        """A clone as actions/checkout makes it: HEAD detached at ``ref``, all branches as origin's when ``depth`` is 0."""
        ref = ref or f"refs/pull/{self.number}/merge"
        path = self.folder / f"workspace-{len(list(self.folder.iterdir()))}"
        clone = Repo.init(path)
        clone.git("remote", "add", "origin", self.bare.path.as_uri())
        if depth:
            clone.git("fetch", "-q", f"--depth={depth}", "origin", f"+{ref}:refs/remotes/pull/{self.number}/merge")
        else:
            heads = "+refs/heads/*:refs/remotes/origin/*"
            tags = "+refs/tags/*:refs/tags/*"
            clone.git("fetch", "-q", "origin", heads, tags, f"+{ref}:refs/remotes/pull/{self.number}/merge")
        clone.git("checkout", "-q", "--detach", f"refs/remotes/pull/{self.number}/merge")
        return clone


def github(clone: Repo, name: str, payload: object, *args: str, **env: str) -> Ran:
    """``gitspec ci github`` in a clone, with the files and variables of a runner."""
    place = clone.path.parent / f"{clone.path.name}-run"
    place.mkdir(exist_ok=True)
    (place / "event.json").write_text(payload if isinstance(payload, str) else json.dumps(payload))
    for file in ("summary", "output"):
        (place / file).write_text("")
    variables = {
        "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(place / "event.json"),
        "GITHUB_STEP_SUMMARY": str(place / "summary"), "GITHUB_OUTPUT": str(place / "output"), "CI": "true", **env,
    }  # fmt: skip
    done = called(clone.path, "ci", "github", *args, **variables)
    rows = (line.partition("=") for line in (place / "output").read_text().splitlines())
    outputs = {key: value for key, _, value in rows}
    return Ran(done.code, done.out + done.err, (place / "summary").read_text(), outputs)


def proposed(repo: Repo, change: str, delta: str, *, tasks: str = TASKS, capability: str = "auth") -> None:
    """Write a change with one delta."""
    folder = propose(repo, change, title=f"Change {change}", tasks=tasks)
    repo.write(f"{folder}/deltas/{capability}.yaml", delta)


def adds(requirement: str, text: str = "The system MUST do it.") -> str:
    """A delta that adds a requirement to auth."""
    return ADDED.format(capability="auth", id=requirement).replace("The system MUST let a user enrol a device.", text)
