"""Names for children: each is usable as one step of a path, and unique in its parent."""

from __future__ import annotations

import re

from doclake.extract.model import Child
from doclake.extract.text.cleaning import clean

PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif")
"""Pictures that can be read. They become children if a document holds nothing but pictures."""
_UNSAFE = re.compile(r'[<>:"|?*\x00-\x1f]')
_MAX_NAME = 150


def safe_name(name: str, fallback: str = "unnamed") -> str:
    """The last step of a path as a plain file name, without folders and `..`."""
    last = clean(name, lines=False).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    last = _UNSAFE.sub("_", last).strip(" .")
    if len(last) > _MAX_NAME:
        stem, dot, suffix = last.rpartition(".")
        keep = suffix if dot and len(suffix) < 12 else ""
        last = f"{(stem or last)[: _MAX_NAME - len(keep)]}{dot if keep else ''}{keep}"
    return last or fallback


def safe_path(name: str) -> str:
    """The path of a member of an archive, every step a safe name, without roots and `..`."""
    steps = clean(name, lines=False).replace("\\", "/").split("/")
    return "/".join(safe_name(step) for step in steps if step.strip(" .")) or "unnamed"


def unique(children: list[Child]) -> list[Child]:
    """The same children with unique names: the second `a.txt` becomes `a (2).txt`."""
    seen: dict[str, int] = {}
    for child in children:
        count = seen.get(child.name, 0) + 1
        seen[child.name] = count
        if count > 1:
            stem, dot, suffix = child.name.rpartition(".")
            child.name = f"{stem} ({count}).{suffix}" if dot else f"{child.name} ({count})"
    return children
