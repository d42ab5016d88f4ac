"""Symbolic links of a place on this machine: one to a file inside is a document, no other is
followed."""

# os instead of Path: it is faster with a million entries.
# ruff: noqa: PTH112

from __future__ import annotations

import errno
import os

_BROKEN = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)


def refusal(root: str, path: str) -> str | None:
    """Why the link at `path` is left out, or None. `root` is without links. Raises `OSError` if
    nobody can tell now what it leads to: that says nothing of the document."""
    try:
        target = os.path.realpath(path, strict=True)
    except OSError as error:
        if error.errno not in _BROKEN:
            raise
        return "link: broken"
    if not is_inside(root, target):
        return "link: leads outside"
    return "link: to a folder" if os.path.isdir(target) else None


def is_inside(root: str, resolved: str) -> bool:
    """Whether a path lies below `root`, both without links."""
    return resolved.startswith(root.rstrip("/") + "/")
