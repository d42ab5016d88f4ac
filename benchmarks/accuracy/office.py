"""LibreOffice as the other program: it shows what a file displays, prints, writes other formats."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

SECONDS = 180


def program() -> str | None:
    """Path of `soffice`, or None where it is not installed."""
    return shutil.which("soffice")


def convert(file: Path, to: str, folder: Path) -> Path | None:
    """The file that LibreOffice makes of `file`, in `folder`; `to` is an extension, with a filter
    after a colon where one is meant. None if it made nothing."""
    soffice = program()
    if soffice is None:
        return None
    with tempfile.TemporaryDirectory() as profile:
        command = [soffice, f"-env:UserInstallation=file://{profile}", "--headless"]
        command += ["--convert-to", to, "--outdir", str(folder), str(file)]
        subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
    made = folder / f"{file.stem}.{to.split(':')[0]}"
    return made if made.exists() else None


def convert_all(files: list[Path], to: str, folder: Path, reader: str) -> dict[str, Path]:
    """As `convert` for many files in one run, by stem; `reader` is LibreOffice's import filter."""
    soffice = program()
    if soffice is None:
        return {}
    with tempfile.TemporaryDirectory() as profile:
        command = [soffice, f"-env:UserInstallation=file://{profile}", "--headless"]
        command += [f"--infilter={reader}", "--convert-to", to, "--outdir", str(folder)]
        command += list(map(str, files))
        subprocess.run(command, capture_output=True, check=False, timeout=SECONDS * 3)
    suffix = to.split(":")[0]
    made = {file.stem: folder / f"{file.stem}.{suffix}" for file in files}
    return {stem: file for stem, file in made.items() if file.exists()}
