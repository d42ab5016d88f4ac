"""Accuracy of extraction by format, against known truth.

    python benchmarks/extraction_accuracy.py ../shared/corpus/documents [--engine unstructured]
    python benchmarks/extraction_accuracy.py --only pages --only articles

Means are macro-averages over documents; a crash or an empty result scores 0 and is never left out.
`accuracy/measures.py` defines the measures. Rows whose truth is another tool's output show
agreement with it, not accuracy. Parts that need `soffice` print nothing where it is not installed.
`pages`, `composed`, `printed`, `written` and `long-hangul` bring their own documents, `articles`
are fetched on request, all others need the corpus.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from benchmarks.accuracy import articles, composed, hangul, pages, printed, sheets, texts, written
from benchmarks.accuracy.measures import RECIPES, Rows, table
from doclake.settings import Engine, ExtractRecipe

SCORERS: dict[str, Callable[[Path, Rows], None]] = {
    "encodings": texts.score_encodings,
    "texts": texts.score_texts,
    "csv": sheets.score_csv,
    "sheets": sheets.score_sheets,
    "hangul": hangul.score_hangul,
    "twins": texts.score_twins,
}
NAMED = ("articles",)  # parts that fetch something: only on request
OWN: dict[str, Callable[[Rows], None]] = {
    "pages": pages.score_pages,
    "composed": composed.score_composed,
    "articles": articles.score_articles,
    "printed": printed.score_printed,
    "written": written.score_written,
    "long-hangul": hangul.score_long_hangul,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("corpus", type=Path, nargs="?", help="folder with its MANIFEST.tsv")
    parser.add_argument(
        "--only", choices=[*SCORERS, *OWN], action="append", help="one part of the score"
    )
    parser.add_argument("--engine", choices=get_args(Engine), default="native")
    arguments = parser.parse_args()
    RECIPES.append(ExtractRecipe(engine=arguments.engine))
    chosen = arguments.only or [
        *(o for o in OWN if o not in NAMED),
        *(SCORERS if arguments.corpus else ()),
    ]
    if arguments.corpus is None and set(chosen) & SCORERS.keys():
        parser.error("these parts need the corpus")
    rows: Rows = {}
    for name in chosen:
        if name in OWN:
            OWN[name](rows)
        else:
            SCORERS[name](arguments.corpus, rows)
    print(table(rows))


if __name__ == "__main__":
    main()
