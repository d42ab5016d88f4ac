"""Fields of Word: which text is their code and which their result, and what form fields show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doclake.extract.formats.office.docx_styles import number
from doclake.extract.formats.office.package import W, is_on
from doclake.extract.text import word_fields

if TYPE_CHECKING:
    from lxml import etree

CHECKED, UNCHECKED = "☒", "☐"
KIND = f"{W}fldCharType"
BOX = f"{W}txbxContent"
DELETED = frozenset({f"{W}del", f"{W}moveFrom"})


@dataclass(slots=True)
class Field:
    """A field: its code, whether that is complete, and whether text of a result followed."""

    code: str = ""
    complete: bool = False
    says: bool = False


class Fields:
    """The fields that are open, the innermost last. They go on from one paragraph to the next."""

    def __init__(self) -> None:
        self._open: list[Field] = []

    def begin(self) -> None:
        self._open.append(Field())

    def separate(self) -> str:
        """The code of the innermost field, which is complete: its result follows."""
        if not self._open:
            return ""
        self._open[-1].complete = True
        return self._open[-1].code

    def end(self) -> str:
        """What the innermost field draws, which ends, where it stores no result."""
        ended = self._open.pop() if self._open else Field()
        return "" if ended.says else word_fields.drawn(ended.code)

    @property
    def in_code(self) -> bool:
        return any(not field.complete for field in self._open)

    def takes(self, text: str) -> bool:
        """Whether text is part of a code, and so not shown: the result of a field that stands in
        the code of another is."""
        for field in reversed(self._open):
            if not field.complete:
                field.code += text
                return True
            field.says = field.says or not text.isspace()
        return False


def unmark_unpaired(root: etree._Element) -> None:
    """Marks of fields that never end mark nothing: all text behind them would count as their code.
    Text boxes have fields of their own; those of deleted text are not read."""
    stories: dict[etree._Element | None, list[list[etree._Element]]] = {}
    for mark in root.iter(f"{W}fldChar"):
        around = list(mark.iterancestors())
        if any(node.tag in DELETED for node in around):
            continue
        fields = stories.setdefault(next((n for n in around if n.tag == BOX), None), [])
        kind = mark.get(KIND)
        if kind == "begin":
            fields.append([mark])
        elif fields and kind == "end":
            fields.pop()
        elif fields:
            fields[-1].append(mark)
        else:
            mark.attrib.pop(KIND, None)
    for fields in stories.values():
        for mark in (mark for marks in fields for mark in marks):
            mark.attrib.pop(KIND, None)


def value(data: etree._Element) -> str:
    """What a form field (`w:ffData`) shows. The text of a text field stands in runs behind it."""
    box, choices = data.find(f"{W}checkBox"), data.find(f"{W}ddList")
    if box is not None:
        state = box.find(f"{W}checked")
        return (
            CHECKED if is_on(state if state is not None else box.find(f"{W}default")) else UNCHECKED
        )
    if choices is None:
        return ""
    entries = [node.get(f"{W}val") or "" for node in choices.iterfind(f"{W}listEntry")]
    places = (number(choices.find(f"{W}{name}")) for name in ("result", "default"))
    place = next((place for place in places if place is not None), 0)
    return entries[place] if 0 <= place < len(entries) else ""
