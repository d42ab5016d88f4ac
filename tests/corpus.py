"""The corpus of real and hostile documents beside the repository. Tests skip where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


def path(name: str) -> Path:
    """A file or folder of the corpus."""
    found = CORPUS / name
    if not found.exists():
        pytest.skip(f"needs the corpus beside the repository: {found}")
    return found


def data(name: str) -> bytes:
    return path(name).read_bytes()
