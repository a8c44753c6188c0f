"""A bare remote with the finished change add-2fa, and clones of it."""

from pathlib import Path

from tests.archive.project import project
from tests.conftest import Repo


class Shared:
    """``bare`` is the remote; ``clone("a")`` makes a work tree at ``<folder>/a``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        seed = project(Repo.init(folder / "seed"))
        self.bare = seed.bare(folder / "bare.git")

    def clone(self, name: str) -> Repo:
        """A clone of the remote as it is now."""
        self.bare.git("clone", "-q", str(self.bare.path), str(self.folder / name))
        return Repo(self.folder / name)

    def main(self) -> str:
        """The remote's branch."""
        return self.bare.git("rev-parse", "main")


def advance(repo: Repo, path: str = "src/other.py", text: str = "pass\n") -> str:
    """Commit something else and push it."""
    repo.write(path, text)
    made = repo.commit("Other work")
    repo.git("push", "-q", "origin", "main")
    return made
