"""One table of an RTF, from the control words of its rows."""

from __future__ import annotations

from dataclasses import replace

from doclake.extract.cells.cell import MAX_SPAN, Cell
from doclake.extract.cells.edge_spans import Edge, Row, with_spans

_FLAGS = {"clmrg": "beside", "clvmgf": "first", "clvmrg": "below"}


class Table:
    """Takes the control words of rows and the text of cells; `rows` gives them with spans."""

    def __init__(self) -> None:
        self._edges: list[Edge] = []
        self._next = Edge()
        self._header = False
        self._left = 0
        self._cells: list[str] = []
        self._rows: list[Row] = []

    def word(self, word: str, number: int | None) -> bool:
        """Take a control word, if it is about rows and cells, and return whether it was."""
        if word == "trowd":
            self._edges, self._next, self._header, self._left = [], Edge(), False, 0
        elif word == "trleft":
            self._left = number or 0
        elif word == "trhdr":
            self._header = True
        elif word in _FLAGS:
            self._next = replace(self._next, **{_FLAGS[word]: True})
        elif word == "cellx":
            if len(self._edges) < MAX_SPAN:
                self._edges.append(replace(self._next, right=number or 0))
            self._next = Edge()
        else:
            return False
        return True

    def end_cell(self, text: str) -> None:
        self._cells.append(text)

    def end_row(self) -> None:
        if self._cells:
            self._rows.append(Row(self._cells, self._edges, self._header, self._left))
        self._cells = []

    def rows(self) -> list[list[Cell]]:
        """End the table: return all its rows and forget them."""
        self.end_row()
        rows, self._rows = self._rows, []
        return with_spans(rows)
