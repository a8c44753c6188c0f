"""Where we are: the repository around a folder, its work tree and its Git folders."""

import os
from collections.abc import Mapping

from gitspec.errors import CannotJudge
from gitspec.git.run import LOCAL_VARIABLES, Result, run

NOTICES: list[str] = []
"""Lines about operations that were interrupted and that ``discover`` finished or undid, for the user to see."""


class Repository:
    """One work tree (or none) and its Git folders; all paths are absolute.

    ``git_dir`` is this work tree's own folder (HEAD, index), ``common_dir`` what all work trees share (objects, refs,
    configuration). ``top`` is None in a bare repository. ``object_format`` is ``sha1`` or ``sha256``.
    """

    __slots__ = ("common_dir", "cwd", "env", "git_dir", "index_file", "object_format", "top")

    def __init__(
        self, git_dir: str, common_dir: str, top: str | None, object_format: str, env: Mapping[str, str | None]
    ) -> None:
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.top = top
        self.object_format = object_format
        self.cwd = top or git_dir
        given = env.get("GIT_INDEX_FILE")
        self.index_file = given or f"{git_dir}/index"
        """The index that Git gave a hook, or the ordinary one."""
        # Explicit, so that children search for nothing; a bare repository that was named is not refused.
        self.env: dict[str, str | None] = {**env, "GIT_DIR": git_dir, "GIT_WORK_TREE": top}

    @property
    def is_bare(self) -> bool:
        """Whether there is no work tree."""
        return self.top is None

    @property
    def zero(self) -> str:
        """The object id that stands for nothing."""
        return "0" * (64 if self.object_format == "sha256" else 40)

    def __repr__(self) -> str:
        return f"Repository({self.top or self.git_dir!r})"


_FACTS = ("--is-bare-repository", "--is-inside-work-tree", "--show-object-format")
_PLACES = ("--git-dir", "--git-common-dir", "--show-toplevel")
_QUESTION = ("rev-parse", *_FACTS, "--path-format=absolute", *_PLACES)


def discover(start: str | None = None, *, recover: bool = True) -> Repository:
    """The repository of the current folder, as Git sees it, hooks' environment included; or that of ``start``.

    With ``start`` what the environment says about a repository counts only if it is the same one: ``-C elsewhere``
    within a hook must not read or write the hook's repository. An interrupted operation is finished or undone on the way,
    unless ``recover`` is false.

    Raises CannotJudge: G001 there is none, G002 Git refuses it, G003 there is no git program.
    """
    folder = os.path.abspath(start) if start is not None else _current_folder()
    if not os.path.isdir(folder):
        raise CannotJudge("G001", f"there is no folder {start}", help="give an existing folder with -C")
    inherited: dict[str, str | None] = {} if start is None else dict.fromkeys(LOCAL_VARIABLES)
    result = run(folder, *_QUESTION, env=inherited)
    if b"safe.bareRepository" in result.err and _stands_alone(folder):
        # It does not lie within somebody's work tree, so whoever stands here meant this repository.
        result = run(folder, "-c", "safe.bareRepository=all", *_QUESTION, env=inherited)
    lines = os.fsdecode(result.out).split("\n")[:-1]
    if len(lines) < 5:
        raise _refusal(folder, result)
    if len(lines) > 6:  # a path holds a line break
        lines[3:] = [_path(folder, option, inherited) for option in _PLACES]
    is_bare, inside, object_format, git_dir, common_dir, *rest = lines
    top = rest[0] if rest and inside == "true" else None
    if is_bare == "false" and (top is None or os.path.samefile(top, git_dir)):
        top = _top_beside(git_dir, inherited)
    repo = Repository(git_dir, common_dir, top, object_format, _own_environment(start, git_dir, top))
    if recover and os.path.lexists(f"{common_dir}/gitspec/journal.json"):
        from gitspec.git.recovery import recover_in_passing

        if said := recover_in_passing(repo):
            NOTICES.append(said)
    return repo


def _current_folder() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        raise CannotJudge("G001", "the current folder does not exist any more", help="change to another one") from None


def _stands_alone(folder: str) -> bool:
    """Whether no folder from here up holds a repository of its own that this one could be content of."""
    at = folder
    while True:
        parent, name = os.path.split(at)
        if name != ".git" and os.path.lexists(os.path.join(at, ".git")):
            return os.path.basename(folder) == ".git" or f"{os.sep}.git{os.sep}" in folder[len(at) :]
        if parent == at:
            return True
        at = parent


def _top_beside(git_dir: str, inherited: Mapping[str, str | None]) -> str | None:
    """The work tree, asked for from within the Git folder: hooks such as post-receive start there."""
    top, name = os.path.split(git_dir)
    if name != ".git":
        return None
    return _path(top, "--show-toplevel", {**inherited, "GIT_DIR": git_dir, "GIT_WORK_TREE": None}) or None


def _path(folder: str, option: str, env: Mapping[str, str | None]) -> str:
    """One path that ``git rev-parse`` tells; empty when it has none."""
    return os.fsdecode(run(folder, "rev-parse", "--path-format=absolute", option, env=env).out).removesuffix("\n")


def _own_environment(start: str | None, git_dir: str, top: str | None) -> dict[str, str | None]:
    """The variables that tie children to the repository, made independent of the current folder."""
    env: dict[str, str | None] = {} if start is None else dict.fromkeys(LOCAL_VARIABLES)
    base = top or os.getcwd()
    if index := os.environ.get("GIT_INDEX_FILE"):
        path = os.path.join(base, index)
        if start is None or os.path.dirname(os.path.realpath(path)) == os.path.realpath(git_dir):
            env["GIT_INDEX_FILE"] = path
    if start is None and (objects := os.environ.get("GIT_OBJECT_DIRECTORY")):
        env["GIT_OBJECT_DIRECTORY"] = os.path.abspath(objects)
    return env


def _refusal(folder: str, result: Result) -> CannotJudge:
    said = result.err.decode("utf-8", "replace")
    if "dubious ownership" in said:
        return CannotJudge(
            "G002",
            f"the repository at {folder} belongs to somebody else, so Git does not trust it",
            help=f"if you trust it: git config --global --add safe.directory '{folder}'",
        )
    if "safe.bareRepository" in said:
        return CannotJudge(
            "G002",
            f"{folder} is a bare repository inside another repository",
            help="if you mean it, name it: GIT_DIR=. gitspec …",
        )
    if "not a git repository" in said:
        return CannotJudge(
            "G001", f"{folder} is in no Git repository", help="run 'git init', or name a repository with -C"
        )
    reason = said.strip().splitlines()[-1].removeprefix("fatal: ") if said.strip() else f"exit {result.status}"
    return CannotJudge("G002", f"Git cannot read the repository at {folder}: {reason}")
