"""What Git runs to merge a file: ``gitspec merge-driver`` without the command line around it.

``merge_main.py BASE OURS THEIRS SIZE PATH [base-name our-name their-name]``; SIZE 0 is a merge of merge bases. Git starts
it once for every file that both sides have changed, so it imports next to nothing.
"""

import sys


def main(args: list[str]) -> int:
    """Merge, say what there is to say, and give the exit code for Git."""
    from gitspec.commands.merge_driver import merge_driver
    from gitspec.domain.merge_style import Style

    base, ours, theirs, size, path, *names = args
    labels = [name for name in names if name and not name.startswith("%")]  # an older Git does not fill them in
    style = Style("base" if size == "0" else "markers", int(size) or 7)
    if len(labels) == 3:
        style.base, style.ours, style.theirs = labels
    outcome = merge_driver(base, ours, theirs, path, style)
    for line in outcome.lines:
        sys.stderr.write("".join(c if c.isprintable() else "?" for c in line) + "\n")
    return outcome.code


if __name__ == "__main__":
    sys.path.append(__file__.rpartition("/")[0].rpartition("/")[0])
    try:
        code = main(sys.argv[1:])
    except ImportError:  # what is not usual needs a YAML engine; nothing has been written yet
        import site

        site.main()
        code = main(sys.argv[1:])
    sys.stderr.flush()
    import posix

    posix._exit(code)
