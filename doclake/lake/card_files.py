"""Cards, beside the tables: `cards/NAME.md`."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from doclake.lake import beside
from doclake.lake.lake import Lake

FOLDER = "cards"
EMBEDDING = "model-embedding"


def of_source(source: str) -> str:
    return f"source-{source}"


def of_classifier(file: str) -> str:
    """`file` is the name of its file, a digest."""
    return f"model-{file.partition('.')[0]}"


def place(lake: Lake, name: str) -> str:
    return f"{lake.url}/{FOLDER}/{name}.md"


def write(lake: Lake, name: str, text: str) -> bool:
    """False if it stands there already, word for word."""
    files, root = beside.opened(lake, FOLDER)
    path, content = f"{root}/{name}.md", text.encode()
    with suppress(FileNotFoundError):
        if files.cat_file(path) == content:
            return False
    files.makedirs(root, exist_ok=True)
    files.pipe_file(path, content)
    return True


def keep_only(lake: Lake, names: Collection[str]) -> None:
    """Remove the cards of other names."""
    files, root = beside.opened(lake, FOLDER)
    with suppress(FileNotFoundError):
        for path in files.ls(root, detail=False):
            if path.rsplit("/", 1)[-1].removesuffix(".md") not in names:
                files.rm_file(path)


def forget(lake: Lake, source: str) -> None:
    """Remove the card of a source, if there is one."""
    with suppress(ImportError, FileNotFoundError):
        files, root = beside.opened(lake, FOLDER)
        files.rm_file(f"{root}/{of_source(source)}.md")
