"""Where a model's files are, and what they must be."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from doclake.embed.models.cache import is_verified, note_verified
from doclake.errors import ModelError


@dataclass(frozen=True)
class ModelSource:
    """A model on this machine.

    `max_tokens` is what one forward pass takes, special tokens included. `sha256` maps the files
    whose content is known beforehand to their digests; `verify` compares them.
    """

    name: str
    folder: Path
    query_prompt: str
    document_prompt: str
    max_tokens: int
    lowercase: bool
    sha256: tuple[tuple[str, str], ...] = ()

    def verify(self) -> None:
        """Raises `ModelError` if a file is not, byte for byte, the one it should be. One that was
        read before and is unchanged since is not read again."""
        for name, expected in self.sha256:
            file = self.folder / name
            if is_verified(file, expected):
                continue
            found = sha256_of(file) if file.is_file() else "no such file"
            if found != expected:
                raise ModelError(
                    f"{file} is not the file it should be.",
                    mend=f"Delete {self.folder} and run again, or install its package again.",
                    file=str(file),
                    found=found,
                    expected=expected,
                )
            note_verified(file, expected)


def sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
