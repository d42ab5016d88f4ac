"""A row of the registry: what Doclake knows of a format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ServerName = Literal["vision", "transcription"]


@dataclass(frozen=True, slots=True)
class MediaType:
    """One media type of a format, and how to recognize it.

    `suffixes` of file names decide where the content does not. `signatures` are first bytes,
    `streams` names at the root of an OLE container, `declared` words of the member `mimetype` of a
    ZIP container. `partitioner` is unstructured's `module:function`, if that needs only Python.
    """

    name: str
    suffixes: tuple[str, ...] = ()
    signatures: tuple[bytes, ...] = ()
    streams: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    partitioner: str | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """One format. Raise its `version` by hand when its reader would make other rows of the same
    bytes: its documents are then extracted again, and those of the formats that use it.

    `reader` is `module:Class` in `doclake.extract.formats`, `uses` names the formats whose readers
    it calls, `packages` the libraries whose version decides what is read. `is_text`: its words
    look like those of other texts, so its suffix decides. `never_text`: a text under its suffix is
    what is left of a lost document. `batchable`: read with Python alone, without documents inside,
    so that short ones may share a request (`batching`). `pages_are_sections`: slides and sheets,
    of which none stands under the title of the one before. `servers`: those of the recipe that may
    read its documents.
    """

    name: str
    reader: str
    media_types: tuple[MediaType, ...]
    version: int = 1
    packages: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    is_text: bool = False
    never_text: bool = False
    batchable: bool = False
    pages_are_sections: bool = False
    servers: tuple[ServerName, ...] = ()
