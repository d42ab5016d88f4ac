"""Controls of forms in OpenDocument, and fields that came from Word."""

from __future__ import annotations

from pathlib import Path

from tests.extract.open_document import OASIS, package
from tests.extract.reading import read, said

FORM = f'xmlns:form="{OASIS}:form:1.0"'
FIELD = 'xmlns:field="urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0"'
CONTROLS = (
    '<form:checkbox form:id="c1" form:label="insured" form:current-state="checked"/>'
    '<form:checkbox form:id="c2" form:label="abroad"/>'
    '<form:radio form:id="c3" form:label="by sea" form:current-selected="true"/>'
    '<form:listbox form:id="c4"><form:option form:label="one"/>'
    '<form:option form:label="two" form:current-selected="true"/></form:listbox>'
    '<form:text form:id="c5" form:current-value="Aurora"/>'
    '<form:textarea form:id="c6"><text:p>first</text:p></form:textarea>'
)


def test_controls_of_forms_show_what_was_chosen(tmp_path: Path) -> None:
    forms = f"<office:forms {FORM}><form:form>{CONTROLS}</form:form></office:forms>"
    inline = "".join(f'<draw:control draw:control="c{n}"/> ' for n in (1, 2))
    body = f"{forms}<text:p>{inline}by post</text:p>"
    body += "".join(f'<draw:control draw:control="c{n}"/>' for n in (3, 4, 5, 6))
    assert said(read(tmp_path, package("text", "", body), "a.odt")) == [
        ("NarrativeText", "☒ insured ☐ abroad by post"),
        ("FormField", "◉ by sea"),
        ("FormField", "two"),
        ("FormField", "Aurora"),
        ("FormField", "first"),
    ]


def test_fields_that_came_from_word_forms_show_their_values(tmp_path: Path) -> None:
    def mark(kind: str, *values: tuple[str, str]) -> str:
        inner = "".join(
            f'<field:param field:name="{name}" field:value="{value}"/>' for name, value in values
        )
        kind = f"vnd.oasis.opendocument.field.{kind}"
        return f'<field:fieldmark {FIELD} field:type="{kind}">{inner}</field:fieldmark>'

    entries = [("Dropdown_ListEntry", "one"), ("Dropdown_ListEntry", "two")]
    ticked = mark("FORMCHECKBOX", ("Checkbox_Checked", "true"))
    chosen = mark("FORMDROPDOWN", *entries, ("Dropdown_Selected", "1"))
    body = f"<text:p>{ticked} insured {mark('FORMCHECKBOX')} abroad {chosen}</text:p>"
    found = said(read(tmp_path, package("text", "", body), "a.odt"))
    assert found == [("NarrativeText", "☒ insured ☐ abroad two")]
