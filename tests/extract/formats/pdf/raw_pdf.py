"""PDFs written byte by byte, for what no library would write."""

from __future__ import annotations

from collections.abc import Sequence

HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)


def raw_pdf(
    pages: Sequence[bytes], resources: bytes, objects: Sequence[bytes], count: int
) -> bytes:
    """A PDF of 500 by 300 points. `pages` are content streams, `objects` are numbered from 3 for
    the `resources` that all pages share, `count` is what the page tree claims."""
    first = 3 + len(objects)
    numbers = range(first, first + 2 * len(pages), 2)
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids),
        *objects,
    ]
    for number, content in zip(numbers, pages, strict=True):
        facts = b"/MediaBox[0 0 500 300]/Contents %d 0 R" % (number + 1)
        bodies.append(b"<</Type/Page/Parent 2 0 R%s/Resources<<%s>>>>" % (facts, resources))
        bodies.append(stream(content))
    written = [b"%d 0 obj\n%s\nendobj\n" % pair for pair in enumerate(bodies, 1)]
    return b"%%PDF-1.7\n%strailer<</Root 1 0 R>>\n%%%%EOF\n" % b"".join(written)
