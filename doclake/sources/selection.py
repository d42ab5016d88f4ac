"""Which files of a source are documents: hidden ones, junk, and the include and exclude globs.

Globs are those of `.gitignore`, matched on the path relative to the source:

    *.pdf          every PDF, at any depth            reports/        all below any `reports`
    /*.pdf         only those at the top              /reports/**     all below the top `reports`
    reports/*.pdf  directly in the top `reports`      !draft.pdf      takes back an earlier glob

Unlike in git, letter case does not matter (scanners and Windows write `SCAN.PDF`), nor does the
Unicode form (macOS spells a Korean name in another form than a keyboard types it into the YAML).
"""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Sequence

import pathspec

ALWAYS_JUNK = (
    ".DS_Store",
    "._*",  # AppleDouble: resource forks beside the file
    "__MACOSX",
    "Thumbs.db",
    "desktop.ini",
    "~$*",  # Microsoft Office: lock of an open document
    ".~lock.*#",  # LibreOffice: the same
    ".git",
    ".hg",
    ".svn",
)
_JUNK = re.compile("|".join(fnmatch.translate(glob) for glob in ALWAYS_JUNK), re.IGNORECASE)


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text).lower()


class Selection:
    """Decides by the path alone, so that a folder and an S3 bucket with the same names give the
    same listing."""

    def __init__(self, include: Sequence[str], exclude: Sequence[str], hidden: bool) -> None:
        self._include = None if tuple(include) == ("**",) else _spec(include)
        self._exclude = _spec(exclude) if exclude else None
        self._hidden = hidden
        # A glob with `!` may take a file back out of an excluded folder, so it must be entered.
        self._prune = not any(glob.startswith("!") for glob in exclude)

    def hides(self, name: str) -> str | None:
        """Why a file or folder of this name is left out in any folder; None if it is not."""
        if _JUNK.match(name):
            return "junk"
        return "hidden" if name.startswith(".") and not self._hidden else None

    def leaves_out(self, path: str) -> str | None:
        """Why the globs leave this file out: "excluded" or "not included"; None if they do not."""
        if self._include is None and self._exclude is None:
            return None
        folded = _folded(path)
        if self._exclude is not None and self._exclude.match_file(folded):
            return "excluded"
        if self._include is not None and not self._include.match_file(folded):
            return "not included"
        return None

    def enters(self, folder: str) -> bool:
        """May a file below `folder` be a document?"""
        if self._exclude is None or not self._prune:
            return True
        return not self._exclude.match_file(_folded(folder) + "/")


def _spec(globs: Sequence[str]) -> pathspec.GitIgnoreSpec:
    return pathspec.GitIgnoreSpec.from_lines(_folded(glob) for glob in globs)
