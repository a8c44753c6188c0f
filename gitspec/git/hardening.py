"""What makes a git child answer the same everywhere and run nobody's code. The hooks' accepted path pays its import."""

TYPE_CHECKING = False  # typing and collections.abc would each cost a millisecond or more
if TYPE_CHECKING:
    from collections.abc import Mapping

HARDENING = (
    "--no-pager",
    "-c", "core.fsmonitor=false",
    "-c", "safe.bareRepository=explicit",
    "-c", "color.ui=false",
    "-c", "log.showSignature=false",
)  # fmt: skip
_ALWAYS = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
}
_NEVER = (
    "LANGUAGE",
    "GIT_EXTERNAL_DIFF",
    "GIT_PAGER",
    "GIT_PREFIX",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
)


def hardened(environ: "Mapping[str, str]") -> dict[str, str]:
    """The environment for a git child, made from that of this process."""
    env = dict(environ)
    for name in _NEVER:
        env.pop(name, None)
    env.update(_ALWAYS)
    return env
