"""Bytes to elements in process, without the guard: for tests of single formats."""

from __future__ import annotations

from pathlib import Path

from doclake.extract import registry
from doclake.extract.detect.media_type import media_type as detect
from doclake.extract.model import Extraction, Options
from doclake.settings import Engine, ExtractRecipe, Limits


def read(
    folder: Path,
    data: bytes | str,
    name: str,
    password: str | None = None,
    engine: Engine = "native",
) -> Extraction:
    file = folder / "document"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    media_type = detect(file, name)
    options = Options(ExtractRecipe(engine=engine), Limits(), media_type, name, password)
    return registry.load(media_type, engine).extract(file, options)


def said(found: Extraction) -> list[tuple[str, str]]:
    return [(element.type, element.text) for element in found.elements if not element.hidden]


def hidden(found: Extraction) -> dict[str, str]:
    return {element.text: element.hidden for element in found.elements if element.hidden}
