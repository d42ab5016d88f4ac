"""LibreOffice: it shows what a file displays, prints it, and writes it in other formats."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

SECONDS = 180


def program() -> str | None:
    """Path of `soffice`; None if it is not installed."""
    return shutil.which("soffice")


def convert(file: Path, to: str, folder: Path) -> Path | None:
    """The file that LibreOffice converts `file` to, in `folder`; None if it writes none. `to` is an
    extension, with a filter after a colon if need be."""
    soffice = program()
    if soffice is None:
        return None
    with tempfile.TemporaryDirectory() as profile:
        command = [soffice, f"-env:UserInstallation=file://{profile}", "--headless"]
        command += ["--convert-to", to, "--outdir", str(folder), str(file)]
        subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
    converted = folder / f"{file.stem}.{to.split(':')[0]}"
    return converted if converted.exists() else None


def convert_all(files: list[Path], to: str, folder: Path, reader: str) -> dict[str, Path]:
    """Like `convert`, but many files in one run, by stem. `reader`: LibreOffice's import filter."""
    soffice = program()
    if soffice is None:
        return {}
    with tempfile.TemporaryDirectory() as profile:
        command = [soffice, f"-env:UserInstallation=file://{profile}", "--headless"]
        command += [f"--infilter={reader}", "--convert-to", to, "--outdir", str(folder)]
        command += list(map(str, files))
        subprocess.run(command, capture_output=True, check=False, timeout=SECONDS * 3)
    suffix = to.split(":")[0]
    converted = {file.stem: folder / f"{file.stem}.{suffix}" for file in files}
    return {stem: file for stem, file in converted.items() if file.exists()}
