"""What would keep a hook from judging: not there, not executable, without its interpreter, replaced by another tool's."""

import os

from gitspec.git.hooks import OWN_FOLDER, STRICT, Script, Slot, State, content_of, is_ours, slot_of

_INSTALL = "gitspec hooks install"
_UNJUDGED = {
    "pre-push": "pushes pass unjudged",
    "post-merge": "nobody hears what is ready to archive",
    "prepare-commit-msg": "reverts and squashes lose their references",
    STRICT: "protected branches move unjudged",
}
_LEFTHOOK = tuple(
    f"{dot}lefthook{local}.{end}" for dot in ("", ".") for local in ("", "-local") for end in ("yml", "yaml")
)


def inspect_hook(hook: str, folder: str, worktree: str, common_dir: str) -> Script:
    """What happens to ``hook`` in a work tree whose hooks folder is ``folder``."""
    path = os.path.join(folder, hook)
    slot = slot_of(folder, hook)
    script = Script(hook, path, "installed", worktree, slot.kept if os.path.lexists(slot.kept) else "")
    content = content_of(path)
    if content is None:
        return _problem(script, "missing", "G042", f"{hook} is not installed: {_unjudged(hook)}", _INSTALL)
    if bad := _cannot_run(script, content):
        return bad
    if is_ours(content):
        return _inspect_ours(script, content, common_dir)
    if slot.path != path and is_ours(ours := content_of(slot.path)) and ours is not None:
        script = script._replace(path=slot.path)
        bad = None if slot.tool == "husky" else _cannot_run(script, ours)
        return bad or _inspect_ours(script, ours, common_dir)
    if b"gitspec hook " in content or _is_configured(hook, slot, worktree):
        return script._replace(state="called")
    if slot.tool == "husky":
        message = f"husky does not call gitspec for {hook}: {_unjudged(hook)}"
        return _problem(script, "missing", "G042", message, _INSTALL)
    message = f"another hook took the place of gitspec's: {_unjudged(hook)}"
    return _problem(script, "replaced", "G046", message, _INSTALL)


def _unjudged(hook: str) -> str:
    return _UNJUDGED.get(hook, "commits pass unjudged")


def _cannot_run(script: Script, content: bytes) -> Script | None:
    if not os.access(script.path, os.X_OK):
        message = "the hook is not executable: Git ignores it"
        return _problem(script, "not executable", "G043", message, f"chmod +x '{script.path}'")
    if content.split(b"\n", 1)[0].endswith(b"\r"):
        return _problem(script, "broken", "G047", "the hook has CRLF line breaks: it cannot run", _INSTALL)
    return None


def _is_configured(hook: str, slot: Slot, worktree: str) -> bool:
    """Whether the files of another tool have it call gitspec for this hook."""
    files = {"pre-commit": (".pre-commit-config.yaml",), "lefthook": _LEFTHOOK, "husky": (slot.path,), "": ()}[
        slot.tool
    ]
    wanted = f"id: gitspec-{hook}" if slot.tool == "pre-commit" else f"gitspec hook {hook}"
    return any(wanted.encode() in (content_of(os.path.join(worktree, name)) or b"") for name in files)


def _inspect_ours(script: Script, content: bytes, common_dir: str) -> Script:
    if f"/{OWN_FOLDER}/".encode() in content:
        own = os.path.join(common_dir, OWN_FOLDER, script.hook)
        found = content_of(own)
        if found is None or not os.access(own, os.X_OK):
            message = f"{own} is missing: {_unjudged(script.hook)}"
            return _problem(script, "missing", "G042", message, _INSTALL)
        content = found
    python = _between(content, b'exec "', b'" -IS')
    packages = _between(content, b'sys.path.append("', b'")')
    if not (python and os.access(python, os.X_OK)):
        message = f"there is no interpreter {python}: every commit is refused"
        return _problem(script, "broken", "G044", message, _INSTALL)
    if not os.path.isfile(os.path.join(packages, "gitspec", "git", "accepted.py")):
        message = f"there is no gitspec in {packages}: every commit is refused"
        return _problem(script, "broken", "G045", message, _INSTALL)
    return script


def _between(content: bytes, start: bytes, end: bytes) -> str:
    return os.fsdecode(content.partition(start)[2].partition(end)[0])


def _problem(script: Script, state: State, code: str, problem: str, help_: str) -> Script:
    return script._replace(state=state, code=code, problem=problem, help=help_)
