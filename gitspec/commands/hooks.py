"""Install, remove and inspect the hooks of a repository."""

from typing import NamedTuple

from gitspec.commands.init_git import configure
from gitspec.errors import GitspecError
from gitspec.git.hooks import (
    HOOKS,
    STRICT,
    Script,
    git_hooks_path,
    hooks_folder,
    install_hook,
    is_installed,
    is_shared,
    relative,
    uninstall_hook,
    worktrees,
)
from gitspec.git.hooks_inspect import inspect_hook
from gitspec.git.repository import Repository


class Installed(NamedTuple):
    """``folder`` is where Git looks for hooks; ``shared`` when that is within the work tree and may be committed.

    ``configured`` are settings of the diff and merge drivers that installing has set in this clone. Paths are from the top of the work tree, absolute only where they lie outside of the repository.
    """

    folder: str
    shared: bool
    scripts: tuple[Script, ...]
    configured: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Script, ...]:
        """The hooks that would not judge."""
        return tuple(script for script in self.scripts if script.problem)


def install(repo: Repository, *, strict: bool = False) -> Installed:
    """Install all hooks beside what is there, and configure the drivers that the repository names; safe to run twice.

    A hook with which another tool calls gitspec already stays as it is. That for protected branches is installed only
    when it is asked for: by ``strict``, by the policy, or by an earlier installation.
    Raises Refused G040 (hooks folder outside of the repository), G041 (two hooks to keep), G048 (unusable path).
    """
    folder = hooks_folder(repo)
    found = [_inspected(repo, folder.path, hook) for hook in _hooks(repo, folder.path, strict=strict)]
    done = [one if one.state == "called" else install_hook(repo, folder, one.hook) for one in found]
    return _installed(repo, folder.path, done)._replace(configured=configure(repo))


def uninstall(repo: Repository) -> Installed:
    """Remove our hooks and restore what was there before. Raises Refused G040."""
    folder = hooks_folder(repo)
    return _installed(repo, folder.path, [uninstall_hook(repo, folder, hook) for hook in (*HOOKS, STRICT)])


def status(repo: Repository) -> Installed:
    """Every hook in every work tree, with what would let commits pass unjudged (or refuse them all)."""
    folder = git_hooks_path(repo.cwd, repo.top, repo)
    scripts = []
    mine = repo.top or repo.cwd
    hooks = _hooks(repo, folder)
    for top in worktrees(repo) or [mine]:
        here = folder if top == mine else git_hooks_path(top, top)
        scripts += [inspect_hook(hook, here, top, repo.common_dir) for hook in hooks]
    return _installed(repo, folder, scripts)


def _inspected(repo: Repository, folder: str, hook: str) -> Script:
    return inspect_hook(hook, folder, repo.top or repo.cwd, repo.common_dir)


def _hooks(repo: Repository, folder: str, *, strict: bool = False) -> tuple[str, ...]:
    """The hooks that there should be."""
    return (*HOOKS, STRICT) if strict or is_installed(folder, STRICT) or _wants_strict(repo) else HOOKS


def _wants_strict(repo: Repository) -> bool:
    from gitspec.git.snapshot import open_snapshot
    from gitspec.store.spec import Spec

    try:
        spec = Spec(open_snapshot(repo))
        policy = spec.policy().value if spec.has_policy else None
    except GitspecError:  # nothing committed in a bare repository
        return False
    return policy is not None and policy.protected.strict_local


def _installed(repo: Repository, folder: str, scripts: list[Script]) -> Installed:
    shown = tuple(
        s._replace(path=relative(repo, s.path), worktree=relative(repo, s.worktree), kept=relative(repo, s.kept))
        for s in scripts
    )
    return Installed(relative(repo, folder), is_shared(repo, folder), shown)
