"""Groups of RTF: what their text is for and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from doclake.extract.model import ElementType
from doclake.extract.text.scripts import subscript, superscript

# Destinations whose text does not belong to the document.
SKIPPED = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "listtable", "listoverridetable", "rsidtbl", "generator"}
    | {"pict", "object", "themedata", "colorschememapping", "latentstyles", "datastore", "xmlnstbl"}
    | {"filetbl", "revtbl", "bkmkstart", "bkmkend", "nonshppict"}
    | {"mmathPr", "wgrffmtfilter", "pgptbl", "company", "category"}
    | {"hlinkbase", "creatim", "revtim", "printim", "buptim", "objdata", "userprops", "atnid"}
    | {"atnauthor", "atnref", "atndate", "atntime", "atnparent", "xe", "tc", "txe", "private"}
)
STORIES: dict[str, ElementType] = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "Header"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "Footer"),
    "footnote": "Footnote",
    "annotation": "Annotation",
}
LABELS = ("listtext", "pntext")  # the number or mark a list shows, as its writer computed it
# Letters that symbol fonts draw as marks.
MARKS = frozenset("olnquvwØ§ü")
TINY = 2  # half points
SCRIPTS = {"super": superscript, "sub": subscript}
SIGNS = {
    "tab": "\t",
    "line": "\n",
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
    "emspace": " ",
    "enspace": " ",
    "cell": "",
    "softline": "\n",
    "lbr": "\n",
}
INFO = {
    "title": "title",
    "author": "author",
    "subject": "subject",
    "keywords": "keywords",
    "operator": "last_author",
    "doccomm": "description",
}
"""Destinations in the head that describe the document, with the metadata name of each."""


@dataclass(slots=True, frozen=True)
class Group:
    """The state that ends with a group."""

    destination: str = "body"
    hidden: bool = False
    white: bool = False
    tiny: bool = False
    deleted: bool = False
    font: int = 0
    script: str = ""  # `super` or `sub`
    outer: str = "body"  # the destination around this one

    def entering(self, destination: str) -> Group:
        """The group in another destination. `upr` holds a text twice, in bytes and then,
        as Unicode, in `ud`: that half belongs to the destination around both."""
        into = self.outer if destination == "ud" else destination
        return replace(self, destination=into, outer=self.destination)

    def reason(self, in_table: bool) -> str | None:
        """Why a reader does not see the text."""
        if self.hidden:
            return "hidden text"
        if self.tiny:
            return "tiny text"
        return "white text" if self.white and not in_table else None


@dataclass(slots=True)
class Story:
    """A run of paragraphs being gathered: the body, a note, a header."""

    runs: list[tuple[str, str | None]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
