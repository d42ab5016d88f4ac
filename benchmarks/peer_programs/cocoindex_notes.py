"""A folder of notes into LanceDB by CocoIndex, as its example `text_embedding_lancedb` shows it.
Run by `benchmarks/peers.py` with the peers' own Python.

    python cocoindex_notes.py NOTES MODEL STATE
"""

import os
import pathlib
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

os.environ["COCOINDEX_DB"] = str(pathlib.Path(sys.argv[3]) / "state")
os.environ["COCOINDEX_DISABLE_USAGE_TRACKING"] = "1"

import cocoindex as coco
from cocoindex.connectors import lancedb, localfs
from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.resources.chunk import Chunk
from cocoindex.resources.file import FileLike, PatternFilePathMatcher
from cocoindex.resources.id import IdGenerator
from numpy.typing import NDArray

NOTES, MODEL, STATE = (pathlib.Path(argument) for argument in sys.argv[1:])
CHARACTERS = 800
LANCE_DB = coco.ContextKey[lancedb.LanceAsyncConnection]("lance_db")
EMBEDDER = coco.ContextKey[SentenceTransformerEmbedder]("embedder")
splitter = RecursiveSplitter()


@dataclass
class Row:
    id: int
    filename: str
    start: int
    end: int
    text: str
    embedding: Annotated[NDArray, EMBEDDER]


@coco.lifespan
async def lifespan(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
    connection = await lancedb.connect_async(str(STATE / "lance"))
    builder.provide(LANCE_DB, connection)
    builder.provide(EMBEDDER, SentenceTransformerEmbedder(str(MODEL), device="cpu"))
    yield


@coco.fn
async def process_chunk(
    chunk: Chunk, name: pathlib.PurePath, ids: IdGenerator, table: lancedb.TableTarget[Row]
) -> None:
    table.declare_row(
        row=Row(
            id=await ids.next_id(chunk.text),
            filename=str(name),
            start=chunk.start.char_offset,
            end=chunk.end.char_offset,
            text=chunk.text,
            embedding=await coco.use_context(EMBEDDER).embed("passage: " + chunk.text),
        )
    )


@coco.fn(memo=True)
async def process_file(file: FileLike, table: lancedb.TableTarget[Row]) -> None:
    chunks = splitter.split(
        await file.read_text(), chunk_size=CHARACTERS, chunk_overlap=0, language="markdown"
    )
    await coco.map(process_chunk, chunks, file.file_path.path, IdGenerator(), table)


@coco.fn
async def main(folder: pathlib.Path) -> None:
    table = await lancedb.mount_table_target(
        LANCE_DB, "notes", await lancedb.TableSchema.from_class(Row, primary_key=["id"])
    )
    matcher = PatternFilePathMatcher(included_patterns=["**/*.md"])
    files = localfs.walk_dir(folder, recursive=True, path_matcher=matcher)
    await coco.mount_each(process_file, files.items(), table)


if __name__ == "__main__":
    coco.App(coco.AppConfig(name="notes"), main, folder=NOTES).update_blocking()
