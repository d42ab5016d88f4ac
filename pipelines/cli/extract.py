"""doclake extract FILE"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from doclake.display import shown, shown_lines
from doclake.errors import PageNotShown, SettingsError
from doclake_dagster.pipelines.cli import console

if TYPE_CHECKING:
    from rich.tree import Tree

    from doclake.extract.document import Document, ExtractedDocument
    from doclake.extract.model import PagePicture
    from doclake.settings import ExtractRecipe, Limits, Recipe
    from doclake.tables.elements import ElementRow


def command(
    file: Annotated[Path, typer.Argument(help="The document")],
    json: Annotated[bool, typer.Option("--json", help="One JSON line for each element")] = False,
    markdown: Annotated[bool, typer.Option(help="The document as Markdown")] = False,
    html: Annotated[
        Path | None,
        typer.Option(metavar="PAGE", help="Write a page with the boxes drawn (PDF, pictures)"),
    ] = None,
    password: Annotated[
        str | None, typer.Option(envvar="DOCLAKE_PASSWORD", help="For an encrypted document")
    ] = None,
) -> None:
    """Show what extraction finds in one file. Needs no lake and no settings."""
    from doclake.extract.extractor import extract_file
    from doclake.personal.policy import Policy
    from doclake.stages.personal_data import treated

    console.require_one_at_most(json=json, markdown=markdown, html=html)
    if not file.is_file():
        wrong = f"{file} is a folder" if file.is_dir() else f"No file at {file}"
        raise SettingsError(
            f"{wrong}.", mend="Name one document.", problems=[("FILE", str(file), "a file")]
        )
    recipe, limits = _recipe()
    tree = extract_file(file, recipe.extract, limits, password=password)
    (documents,) = treated([tree], Policy.of(recipe))
    if html is not None:
        _write_html(html, file, documents[0], recipe.extract, limits, password)
        documents = documents[:0] if documents[0].error is None else documents
    for document in documents:
        if document.error is not None and (json or markdown):
            console.error(f"{document.path}: {document.error}")
        elif json:
            _print_json(document)
        elif markdown:
            _print_markdown(document)
        else:
            console.out.print(_tree(document))
    if documents and documents[0].error is not None:
        raise typer.Exit(1)


def _recipe() -> tuple[Recipe, Limits]:
    """Those of the settings, if there are any; the command works without."""
    from doclake.settings import Limits, Recipe

    try:
        settings = console.load_settings()
    except SettingsError:
        if console.config is not None:
            raise
        return Recipe(), Limits()
    return settings.recipe, settings.limits


def _print_json(document: ExtractedDocument) -> None:
    for row in document.elements.to_pylist():
        console.print_json({"path": document.path} | row)


def _print_markdown(document: ExtractedDocument) -> None:
    from doclake.extract.render.markdown import to_markdown

    text = to_markdown(document.elements)
    print(shown_lines(text) if sys.stdout.isatty() else text)


def _write_html(
    page: Path,
    file: Path,
    document: ExtractedDocument,
    recipe: ExtractRecipe,
    limits: Limits,
    password: str | None,
) -> None:
    from doclake.extract.document import of_file
    from doclake.extract.formats.page_picture import can_show
    from doclake.extract.render.page_preview import html_pages

    if document.error is not None:
        return
    if not can_show(document.media_type):
        raise SettingsError(
            f"{file} is {document.media_type}; only PDF and pictures have pages to draw boxes on.",
            problems=[("--html", str(file), "a PDF or a picture")],
        )
    if any(not done.endswith(":flag") for done in document.personal_kinds):
        raise PageNotShown(
            "Its pages show personal data that is masked in its text.",
            mend="Read it without --html, or set recipe.personal_data to flag.",
        )
    known = document.content_hash
    listed = of_file(file, recipe, password=password, known=known)
    pictures = _pictures(listed, document.pages or 0, limits)
    page.write_text(html_pages(file.name, pictures, document.elements), "utf-8")
    console.say(f"wrote {console.cell(page)}")


def _pictures(document: Document, pages: int, limits: Limits) -> Iterator[PagePicture]:
    """Of the pages that can be drawn; it says why another one cannot."""
    from doclake.errors import DocumentError
    from doclake.extract.page_pictures import PagePictures

    with console.err.status("drawing") as status, closing(PagePictures(limits)) as drawing:
        for page in range(1, pages + 1):
            status.update(f"drawing page {page:,} of {pages:,}")
            try:
                yield drawing.draw(document, page)
            except (DocumentError, PageNotShown) as error:
                console.error(f"Page {page} is not drawn: {error}")


def _tree(document: ExtractedDocument) -> Tree:
    from rich.tree import Tree

    from doclake.tables.elements import ELEMENTS

    title = f"{shown(document.path)} · {document.media_type or 'unknown type'}"
    tree = Tree(Text(title, style="bold"))
    if document.error is not None:
        tree.add(Text(console.cell(f"{document.error.code}: {document.error}"), style="red"))
        return tree
    branches: dict[tuple[str, ...], Any] = {(): tree}
    for row in ELEMENTS.rows(document.elements):
        section = tuple(row["section"] or ())
        parent = branches.get(section, tree)
        node = parent.add(_line(row))
        if row["type"] == "Title":
            branches[(*section, row["text"])] = node
    return tree


def _line(row: ElementRow) -> Text:
    place = f" p{row['page']}" if row["page"] is not None else ""
    hidden = f" hidden: {row['hidden']}" if row["hidden"] else ""
    text = " ".join(row["text"].split())
    start = shown(text if len(text) <= 160 else text[:160] + " …")
    return Text.assemble((f"{row['type']}{place}{hidden}  ", "cyan"), start)
