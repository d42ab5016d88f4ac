"""From drafts to rows: ids, pages, boxes, language and the digest of what the index holds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from doclake import ids
from doclake.chunk.model import Block, DocumentFacts, Draft
from doclake.embed.text import embedding_text
from doclake.tables.chunks import ChunkRow
from doclake.tables.columns import PageBox
from doclake.tables.search_index import BESIDE, DIGESTED

_LATER = ("media_type", "date", "denied")
_EDGES: Final = ("x0", "y0", "x1", "y1")
_LINE_GAP = 20.0
"""Points. Boxes of neighbours no further apart than this are shown as one."""


def rows(
    drafts: Sequence[Draft], counts: Sequence[int], document: DocumentFacts, recipe: str
) -> list[ChunkRow]:
    """One row of `CHUNKS` per draft; `counts` are their tokens, all included."""
    seen: Counter[tuple[Any, ...]] = Counter()
    chunk_rows = []
    for ordinal, (draft, tokens) in enumerate(zip(drafts, counts, strict=True)):
        section = list(draft.section)
        text_hash = ids.text_hash(embedding_text(draft.context, draft.text))
        occurrence = seen[(draft.section, text_hash)]
        seen[(draft.section, text_hash)] += 1
        row: ChunkRow = {
            "source": document.source,
            "bucket": document.bucket,
            "root_id": document.root_id,
            "doc_id": document.doc_id,
            "path": document.path,
            "content_hash": document.content_hash,
            "recipe": recipe,
            "chunk_id": ids.chunk_id(document.doc_id, section, text_hash, occurrence),
            "ordinal": ordinal,
            "title": document.title,
            "section": section,
            "text": draft.text,
            "context": draft.context,
            "text_hash": text_hash,
            "tokens": tokens,
            "language": _language(draft.blocks),
            "media_type": document.media_type,
            "date": document.date,
            "pages": sorted({block.page for block in draft.blocks if block.page is not None}),
            "boxes": boxes(draft.blocks),
            "element_ids": [block.element_id for block in draft.blocks],
            "access": list(document.access),
            "denied": list(document.denied) or None,
        }
        chunk_rows.append(row | {"row_hash": row_hash(row)})
    return chunk_rows


def row_hash(row: Mapping[str, Any]) -> str:
    """Digest of what searches find and show of a chunk, and of what was embedded.

    A row of the index whose digest differs is written again; the others are left alone.
    """
    facts = {name: row.get(name) for name in (*DIGESTED, *BESIDE)}
    # Read back, a time has another zone, and a box is off by a millionth of a point.
    facts["date"] = facts["date"] and facts["date"].timestamp()
    for name in _LATER:  # so the digest of a chunk from before they came stays what it was
        if facts[name] is None:
            del facts[name]
    facts["boxes"] = [{k: round(v, 2) for k, v in box.items()} for box in row["boxes"] or ()]
    canonical = json.dumps(facts, ensure_ascii=False, sort_keys=True, default=list)
    return ids.digest("row", canonical)


def boxes(blocks: Sequence[Block]) -> list[PageBox]:
    """One box per block and page; those of neighbours in one column are joined.

    Coordinates are rounded to a hundredth of a point, so a digest of them is stable.
    """
    joined: list[PageBox] = []
    for block in blocks:
        if block.box is None:
            continue
        x0, y0, x1, y1 = (round(block.box[edge], 2) for edge in _EDGES)
        box: PageBox = {"page": block.box["page"], "x0": x0, "y0": y0, "x1": x1, "y1": y1}
        if joined and _adjoin(joined[-1], box):
            last = joined[-1]
            last.update({
                "x0": min(last["x0"], x0), "y0": min(last["y0"], y0),
                "x1": max(last["x1"], x1), "y1": max(last["y1"], y1),
            })  # fmt: skip
        else:
            joined.append(box)
    return joined


def _adjoin(above: PageBox, below: PageBox) -> bool:
    if above["page"] != below["page"]:
        return False
    shared = min(above["x1"], below["x1"]) - max(above["x0"], below["x0"])
    narrower = min(above["x1"] - above["x0"], below["x1"] - below["x0"])
    gap = below["y0"] - above["y1"]
    return shared >= narrower / 2 and -_LINE_GAP <= gap <= _LINE_GAP


def _language(blocks: Sequence[Block]) -> str | None:
    """The language most of the text is in; the one that comes first if there is a tie."""
    weights: Counter[str] = Counter()
    for block in blocks:
        if block.language:
            weights[block.language] += len(block.text)
    return weights.most_common(1)[0][0] if weights else None
