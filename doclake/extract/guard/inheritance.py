"""Which modules a supervisor imports because a worker says that its parser needed them.

The worker may have been taken over, so only names from a list of our own count: importing any other
could end the supervisor or never return. What these packages need comes with them.
"""

from __future__ import annotations

from collections.abc import Iterable

PACKAGES = frozenset(
    {
        "PIL",
        "asn1crypto",
        "babel",
        "chardet",
        "compressed_rtf",
        "cryptography",
        "docutils",
        "fasttext",
        "lxml",
        "markdown_it",
        "msoffcrypto",
        "numpy",
        "olefile",
        "oxmsg",
        "pyarrow",
        "pymupdf",
        "pypdfium2",
        "python_calamine",
        "scipy",
        "selectolax",
        "tesserocr",
        "unstructured",
        "xlrd",
        "yaml",
    }
)
"""The packages that Doclake's own readers import."""
_FOLDERS = ("doclake.extract.", "encodings.")  # readers, and Python's codecs


def inherited(modules: Iterable[str]) -> set[str]:
    """Those of the modules that may be imported by name: public ones of readers and their
    packages."""
    return {name for name in modules if _is_ours(name) and _is_public(name)}


def _is_ours(name: str) -> bool:
    return name.startswith(_FOLDERS) or name.split(".")[0] in PACKAGES


def _is_public(name: str) -> bool:
    return all(part.isidentifier() and not part.startswith("_") for part in name.split("."))
