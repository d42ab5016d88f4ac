"""What an HWPX package holds beside its text: title, author, dates, children."""

from __future__ import annotations

from pathlib import PurePosixPath

from doclake.errors import DocumentMalformed
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


def local_children(package: Package, *, pictures: bool) -> list[Child]:
    """Embedded OLE objects, and `pictures` where the document holds nothing else."""
    children = []
    wanted = (".ole", ".bin", *(PICTURES if pictures else ()))
    for name in package.names:
        if name.lower().startswith("bindata/") and name.lower().endswith(wanted):
            try:
                data = package.read(name)
            except DocumentMalformed:
                continue
            children.extend(unwrap(PurePosixPath(name).name, data))
    return children
