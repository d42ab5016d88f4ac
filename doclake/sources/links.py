"""Symbolic links of a place on this machine: one to a file inside is a document, no other is
followed."""

# os instead of Path: it is faster with a million entries.
# ruff: noqa: PTH112

from __future__ import annotations

import os


def refusal(root: str, path: str) -> str | None:
    """Why the link at `path` is left out, or None. `root` is without links."""
    try:
        target = os.path.realpath(path, strict=True)
    except OSError:
        return "link: broken"
    if not is_inside(root, target):
        return "link: leads outside"
    return "link: to a folder" if os.path.isdir(target) else None


def is_inside(root: str, resolved: str) -> bool:
    """Whether a path lies below `root`, both without links."""
    return resolved.startswith(root.rstrip("/") + "/")
