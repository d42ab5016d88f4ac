"""What an HWPX package holds beside its text: title, author, dates, children."""

from __future__ import annotations

from pathlib import PurePosixPath

from doclake.extract.builder import Blocks
from doclake.extract.containers.member_names import PICTURES
from doclake.extract.containers.ole import unwrap
from doclake.extract.containers.safe_xml import local
from doclake.extract.containers.zip_package import Package
from doclake.extract.model import Child
from doclake.extract.text.cleaning import clean

_METADATA = {
    "creator": "author",
    "subject": "subject",
    "description": "description",
    "keyword": "keywords",
    "lastsaveby": "last_author",
    "CreatedDate": "created",
    "ModifiedDate": "modified",
}


def properties(package: Package) -> tuple[str | None, dict[str, str]]:
    name = "Contents/content.hpf"
    title, metadata = None, {}
    for node in package.xml(name, recover=True).iter() if package.has(name) else ():
        text = clean(node.text or "", lines=False)
        if local(node) == "title":
            title = text or title
        elif local(node) == "language" and text:
            metadata["language"] = text
        key = _METADATA.get(node.get("name") or "")
        if local(node) == "meta" and key and text:
            metadata[key] = text
    return title, metadata


def local_children(package: Package, blocks: Blocks) -> list[Child]:
    """Embedded OLE objects, and pictures where the document holds nothing else."""
    children: list[Child] = []
    wanted = (".ole", ".bin", *(() if blocks.elements else PICTURES))
    for name in package.names:
        if name.lower().startswith("bindata/") and name.lower().endswith(wanted):
            with blocks.lost.part(name):
                children.extend(unwrap(PurePosixPath(name).name, package.read(name)))
    return children
