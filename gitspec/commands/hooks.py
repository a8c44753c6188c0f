"""Install, remove and inspect the hooks of a repository."""

from typing import NamedTuple

from gitspec.git.hooks import (
    HOOKS,
    Script,
    git_hooks_path,
    hooks_folder,
    inspect_hook,
    install_hook,
    is_shared,
    relative,
    uninstall_hook,
    worktrees,
)
from gitspec.git.repository import Repository


class Installed(NamedTuple):
    """``folder`` is where Git looks for hooks; ``shared`` when that is within the work tree and may be committed.

    Paths are from the top of the work tree, absolute only where they lie outside of the repository.
    """

    folder: str
    shared: bool
    scripts: tuple[Script, ...]

    @property
    def problems(self) -> tuple[Script, ...]:
        """The hooks that would not judge."""
        return tuple(script for script in self.scripts if script.problem)


def install(repo: Repository) -> Installed:
    """Install all hooks beside what is there; safe to run twice.

    Raises Refused G040 (hooks folder outside of the repository), G041 (two hooks to keep), G048 (unusable path).
    """
    folder = hooks_folder(repo)
    return _installed(repo, folder.path, [install_hook(repo, folder, hook) for hook in HOOKS])


def uninstall(repo: Repository) -> Installed:
    """Remove our hooks and restore what was there before. Raises Refused G040."""
    folder = hooks_folder(repo)
    return _installed(repo, folder.path, [uninstall_hook(repo, folder, hook) for hook in HOOKS])


def status(repo: Repository) -> Installed:
    """Every hook in every work tree, with what would let commits pass unjudged (or refuse them all)."""
    folder = git_hooks_path(repo.cwd, repo.top, repo)
    scripts = []
    mine = repo.top or repo.cwd
    for top in worktrees(repo) or [mine]:
        here = folder if top == mine else git_hooks_path(top, top)
        scripts += [inspect_hook(hook, here, top, repo.common_dir) for hook in HOOKS]
    return _installed(repo, folder, scripts)


def _installed(repo: Repository, folder: str, scripts: list[Script]) -> Installed:
    shown = tuple(
        s._replace(path=relative(repo, s.path), worktree=relative(repo, s.worktree), kept=relative(repo, s.kept))
        for s in scripts
    )
    return Installed(relative(repo, folder), is_shared(repo, folder), shown)
