"""What a reader does not see in HTML: hidden by attribute, inline style or a plain style rule."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"[\w-]*[.#][\w-]+")
_ZERO = r"0*\.?0*(?:px|pt|em|rem|%|ex|vw)?\s*(?:!important)?\s*(?:;|$)"
_REASONS = (
    (re.compile(r"(?:^|[;\s])display\s*:\s*none"), "display:none"),
    (re.compile(r"(?:^|[;\s])visibility\s*:\s*(?:hidden|collapse)"), "visibility:hidden"),
    (re.compile(rf"(?:^|[;\s])font-size\s*:\s*{_ZERO}"), "font-size:0"),
    (re.compile(r"(?:^|[;\s])font-size\s*:\s*[01](?:\.\d+)?(?:px|pt)"), "tiny text"),
    (re.compile(rf"(?:^|[;\s])opacity\s*:\s*{_ZERO}"), "opacity:0"),
    (re.compile(r"(?:^|[;\s])(?:left|top|text-indent|margin-left)\s*:\s*-\d{4,}"), "off the page"),
    (re.compile(r"(?:^|[;\s])mso-hide\s*:\s*all"), "mso-hide:all"),
)
_WHITE = re.compile(
    r"(?:^|[;\s])color\s*:\s*(?:white|#fff(?:fff)?\b|rgba?\(\s*255\s*,\s*255\s*,\s*255)"
)
_TRANSPARENT = re.compile(r"(?:^|[;\s])color\s*:\s*transparent")
_BACKGROUND = re.compile(r"(?:^|[;\s])background(?:-color|-image)?\s*:\s*(?!transparent|none)")
DELETED = "del"
"""The element of tracked changes. `s` and `strike` only cross out: their text stays."""
_FOR_SCREEN_READERS = {"sr-only", "visually-hidden", "screen-reader-text", "visuallyhidden"}


class Styles:
    """Says whether an element hides its text. Knows inline styles and rules of one class or
    id (`.x {display:none}`) outside `@media`; not the whole cascade."""

    def __init__(self, sheets: list[str], external: bool) -> None:
        self._hiding: dict[str, str] = {}
        self.styled = external or any("background" in sheet for sheet in sheets)
        for sheet in sheets:
            self._read(_without_at_rules(_COMMENT.sub("", sheet)))

    def _read(self, sheet: str) -> None:
        for selectors, declarations in _RULE.findall(sheet):
            reason = hiding_reason(declarations)
            for selector in selectors.split(",") if reason else ():
                name = selector.strip()
                if _SIMPLE.fullmatch(name):
                    self._hiding[name.lower()] = reason or ""

    def reason(self, tag: str, attributes: dict[str, str | None]) -> str | None:
        """Why the text inside is hidden, or None."""
        if tag == DELETED:
            return "deleted text"
        if "hidden" in attributes and attributes["hidden"] != "until-found":
            return "hidden attribute"
        style = attributes.get("style")
        inline = hiding_reason(style) if style else None
        if inline or not ({"class", "id"} & attributes.keys()):
            return inline
        classes = (attributes.get("class") or "").lower().split()
        if _FOR_SCREEN_READERS.intersection(classes):
            return "for screen readers"
        if not self._hiding:
            return None
        names = [f".{name}" for name in classes] + [f"{tag}.{name}" for name in classes]
        if attributes.get("id"):
            names += [f"#{attributes['id']}".lower(), f"{tag}#{attributes['id']}".lower()]
        return next((self._hiding[name] for name in names if name in self._hiding), None)

    def whitens(self, tag: str, attributes: dict[str, str | None]) -> bool:
        """Whether text turns white from here on."""
        style = attributes.get("style") or ""
        if tag == "font" and (attributes.get("color") or "").lower() in ("white", "#ffffff"):
            return True
        return bool(style) and bool(_WHITE.search(style.lower()))

    def paints(self, attributes: dict[str, str | None]) -> bool:
        """Whether the background may have a colour from here on, so that white text may show."""
        if attributes.get("bgcolor") or attributes.get("background"):
            return True
        if _BACKGROUND.search((attributes.get("style") or "").lower()):
            return True
        return self.styled and bool(attributes.get("class") or attributes.get("id"))


def hiding_reason(declarations: str) -> str | None:
    """Why these CSS declarations hide text, or None."""
    text = declarations.lower()
    for pattern, reason in _REASONS:
        if pattern.search(text):
            return reason
    return "transparent text" if _TRANSPARENT.search(text) else None


def hiding_rules(sheet: str) -> str:
    """The rules of a style sheet that hide text, for the pages that share it."""
    rules = _RULE.findall(_without_at_rules(_COMMENT.sub("", sheet)))
    return "".join(f"{names}{{{style}}}" for names, style in rules if hiding_reason(style))


def _without_at_rules(sheet: str) -> str:
    """The sheet without `@media {...}` and the like: they hide text only from some readers."""
    kept: list[str] = []
    position = 0
    while True:
        start = sheet.find("@", position)
        if start < 0:
            return "".join([*kept, sheet[position:]])
        kept.append(sheet[position:start])
        position = _end_of_at_rule(sheet, start)


def _end_of_at_rule(sheet: str, start: int) -> int:
    depth = 0
    for match in re.compile(r"[{};]").finditer(sheet, start):
        mark = match[0]
        if mark == ";" and depth == 0:
            return match.end()
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if mark == "}" and depth <= 0:
            return match.end()
    return len(sheet)
