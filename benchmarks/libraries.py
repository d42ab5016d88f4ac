"""Libraries against Doclake's own code, on the documents of the corpus.

    python benchmarks/libraries.py ../shared/corpus/documents [--only office]

Prints the table in docs/architecture.md (Libraries, and what stays handwritten), and on stderr what
was left out: libraries that are not installed; without `soffice` the older twins of Office files
and the formats of numbers; without `node` JavaScript. To have them all:

    pip install kreuzberg mammoth docx2python striprtf trafilatura "lxml[html-clean]" puremagic \\
        magika mail-parser hwp-hwpx-parser croniter cronsim
    npm install ssf numfmt@2 && export NODE_PATH=$PWD/node_modules

Means are over documents; a crash counts as an empty text. CPU is per document after the first.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks.candidates import bytes_to_text, cron, numbers, office, web
from benchmarks.candidates.base import Board

PARTS: dict[str, Callable[[Path, Board], None]] = {
    "office": office.score_office,
    "pages": web.score_pages,
    "encodings": bytes_to_text.score_encodings,
    "short-texts": lambda _, board: bytes_to_text.score_short_texts(board),
    "kinds": bytes_to_text.score_kinds,
    "mail": bytes_to_text.score_mail,
    "hangul": bytes_to_text.score_hangul,
    "numbers": lambda _, board: numbers.score_numbers(board),
    "dates": lambda _, board: numbers.score_dates(board),
    "cron": lambda _, board: cron.score_cron(board),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("corpus", type=Path, help="folder with its MANIFEST.tsv")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part of the table")
    arguments = parser.parse_args()
    board = Board()
    for part in arguments.only or PARTS:
        PARTS[part](arguments.corpus, board)
    print(board.markdown())


if __name__ == "__main__":
    main()
