"""What `gitspec trace` does, apart from click: a plain call needs none of it, and would pay as much for it as for the rest."""

from collections.abc import Sequence

from gitspec import errors


def run_trace(args: Sequence[str]) -> int | None:
    """Run ``gitspec trace <args>`` when they are a name and perhaps --json or --no-cache; None for click to judge."""
    flags = {arg for arg in args if arg.startswith("-")}
    names = [arg for arg in args if not arg.startswith("-")]
    if len(names) != 1 or not names[0] or not flags <= {"--json", "--no-cache"}:
        return None
    return show(names[0], None, None, "json" if "--json" in flags else "text", use_cache="--no-cache" not in flags)


def show(name: str, at: str | None, kind: str | None, format_: str, *, use_cache: bool) -> int:
    """Print the trace of a name. Exit code 3, after what is known, when a shallow clone hides the rest."""
    from gitspec.commands.trace_answer import answer
    from gitspec.git.repository import discover
    from gitspec.render.output import patience, write, write_lines

    with patience("reading history"):
        found = answer(discover(), name, at=at, kind=kind, use_cache=use_cache)
    if format_ == "text":
        from gitspec.render.output import paint
        from gitspec.render.trace import trace_text

        write_lines(trace_text(found.trace, paint()))
    elif format_ == "json":
        from gitspec.render.json import document

        write(document("trace", at=found.tip, **found.trace))
    else:
        from gitspec.render.trace_formats import written

        write(written(found.trace, format_))
    if found.trace["complete"]:
        return errors.EXIT_OK
    message = "the clone is shallow: what came before its first commits is missing from this answer"
    raise errors.CannotJudge("G016", message, help="git fetch --unshallow")
