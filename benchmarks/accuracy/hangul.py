"""HWP and HWPX against the preview stream that the vendor's program put into the same file."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from benchmarks.accuracy.measures import Row, Rows, extract, normal, said
from benchmarks.accuracy.texts import manifest
from doclake.extract import charset


def score_hangul(corpus: Path, rows: Rows) -> None:
    """The preview must be found whole. It shows frames in angle brackets, and holds only the first
    thousand characters."""
    for record in manifest(corpus):
        group = record["path"].split("/")[0]
        if group not in ("hwp", "hwpx") or not record["ground_truth"]:
            continue
        raw = (corpus / record["ground_truth"]).read_bytes()
        preview = normal(re.sub(r"[<>]", " ", charset.decode(raw)[0]))
        if not preview:
            continue
        found = normal(said(extract(corpus / record["path"]).elements))
        ours, theirs = Counter(found.replace(" ", "")), Counter(preview.replace(" ", ""))
        recall = sum((ours & theirs).values()) / max(sum(theirs.values()), 1)
        ratio = len(found.replace(" ", "")) / max(len(preview.replace(" ", "")), 1)
        rows.setdefault(f"{group} (preview)", Row("vendor")).add(recall=recall, ratio=ratio)
