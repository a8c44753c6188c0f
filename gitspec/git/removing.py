"""Removing what is ours, whether it is there or not; links are never followed."""

import os
import stat
from contextlib import suppress


def remove_file(path: str) -> None:
    """Remove a file of ours, if it is there."""
    with suppress(FileNotFoundError):
        os.unlink(path)


def remove_folder(path: str) -> None:
    """Remove a folder (or file) of ours with everything in it, if it is there. Links are removed, never followed."""
    try:
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            os.unlink(path)
            return
        with os.scandir(path) as items:
            found = list(items)
    except (FileNotFoundError, NotADirectoryError):
        return
    for item in found:
        if item.is_dir(follow_symlinks=False):
            remove_folder(item.path)
        else:
            os.unlink(item.path)
    os.rmdir(path)
