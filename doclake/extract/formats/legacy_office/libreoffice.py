"""Documents that only LibreOffice reads: converted to their modern form, then read as that."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from doclake.errors import DependencyMissing, DocumentMalformed, ParserTimeout
from doclake.extract.model import Extraction, NeedsProgram, Options

_OOXML = "application/vnd.openxmlformats-officedocument"
_TARGETS = {
    "application/msword": ("docx", f"{_OOXML}.wordprocessingml.document"),
    "application/vnd.ms-powerpoint": ("pptx", f"{_OOXML}.presentationml.presentation"),
    "application/vnd.ms-excel.sheet.binary.macroenabled.12": (
        "xlsx",
        f"{_OOXML}.spreadsheetml.sheet",
    ),
}
_NAMES = ("soffice", "libreoffice")


class Converted:
    """Runs `soffice --convert-to` in a folder of its own. Macros are never run by a conversion."""

    program = "soffice"

    def extract(self, file: Path, options: Options) -> Extraction:
        from doclake.extract import registry

        if not options.programs:
            raise NeedsProgram(self.program)
        suffix, media_type = _TARGETS[options.media_type]
        with TemporaryDirectory() as folder:
            modern = convert(file, suffix, Path(folder), options.limits.timeout_seconds)
            extractor = registry.load(media_type, options.recipe.engine)
            found = extractor.extract(modern, replace(options, media_type=media_type))
        for element in found.elements:
            element.method = f"libreoffice+{element.method}"
        return found


def convert(file: Path, suffix: str, folder: Path, timeout: float) -> Path:
    """The document converted to `suffix`, in `folder`.

    Raises `DependencyMissing` without LibreOffice, `DocumentMalformed` if it makes nothing.
    """
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None:
        raise DependencyMissing(
            "This format is read through LibreOffice, which is not installed.",
            mend="Install LibreOffice (Debian: libreoffice-writer-nogui, -calc-nogui, "
            "-impress-nogui) so that `soffice` is on the PATH.",
            program="soffice",
        )
    source = folder / "document"
    shutil.copyfile(file, source)
    profile = (folder / "profile").as_uri()
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore"]
    command += ["--nologo", "--convert-to", suffix, "--outdir", str(folder), str(source)]
    environment = {
        "HOME": str(folder),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TMPDIR": str(folder),
    }
    try:
        done = subprocess.run(  # noqa: S603 (fixed program, no shell)
            command, env=environment, cwd=folder, capture_output=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        raise ParserTimeout(f"LibreOffice took more than {timeout:.0f} s.") from None
    made = folder / f"document.{suffix}"
    if not made.is_file():
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise DocumentMalformed(f"LibreOffice cannot read it: {said[-1] if said else 'no reason'}")
    return made
