"""HWP and HWPX: the preview stream must be found, and the rest of a longer document too."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.accuracy import hangul_files
from benchmarks.accuracy.measures import Row, Rows, compare, extract, normal, visible_text
from benchmarks.accuracy.pages import PAGES, content
from benchmarks.accuracy.texts import manifest
from doclake.extract.text import charset


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
        found = normal(visible_text(extract(corpus / record["path"]).elements))
        ours, theirs = Counter(found.replace(" ", "")), Counter(preview.replace(" ", ""))
        recall = sum((ours & theirs).values()) / max(sum(theirs.values()), 1)
        ratio = len(found.replace(" ", "")) / max(len(preview.replace(" ", "")), 1)
        rows.setdefault(f"{group} (preview)", Row("vendor")).add(recall=recall, ratio=ratio)


def score_long_hangul(rows: Rows) -> None:
    """Documents of our own, longer than the preview that they carry: one of the Korean texts of
    `benchmarks/pages`, one of all texts, each as HWP and as HWPX. `ratio` is the text found beside
    the preview's; `exact` says that both formats gave the same text."""
    for pattern in ("ko_*.html", "*.html"):
        texts = [content(page.read_text("utf-8")) for page in sorted(PAGES.glob(pattern))]
        paragraphs = [normal(line) for text in texts for line in text.split("\n") if line.strip()]
        written = {"hwp": hangul_files.hwp(paragraphs), "hwpx": hangul_files.hwpx(paragraphs)}
        found = {}
        with tempfile.TemporaryDirectory() as folder:
            for suffix, data in written.items():
                file = Path(folder) / f"long.{suffix}"
                file.write_bytes(data)
                found[suffix] = visible_text(extract(file).elements)
        whole, preview = "\n".join(paragraphs), hangul_files.preview(paragraphs)
        share = len(whole) / len(preview)  # all there is to find
        for suffix, text in found.items():
            scores = compare(text, whole)
            label = f"{suffix} longer than its preview, {share:.1f} times"
            target = ("ratio", 5.0) if share > 5 else ("NID", 0.97)
            rows.setdefault(label, Row("what was written", target)).add(
                exact=float(text == found["hwp"]),
                ratio=len(normal(text)) / len(normal(preview)),
                **{name: scores[name] for name in ("NID", "F1", "order", "CER")},
            )
