"""doclake export"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doclake.display import number_of
from doclake.errors import SettingsError
from doclake_dagster.pipelines.cli import console, export_iceberg, grid
from doclake_dagster.pipelines.cli.console import Json

if TYPE_CHECKING:
    from doclake.export.manifest import Manifest
    from doclake.progress import Step

Texts = list[str] | None


def command(
    name: Annotated[
        str | None, typer.Argument(help="An export of doclake.yaml; `iceberg`: see below")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder to make; empty, or not there yet")
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(help="Make the export of this manifest.json again, and compare")
    ] = None,
    to: Annotated[str | None, typer.Option(help="parquet, jsonl, hf or lance")] = None,
    unit: Annotated[str | None, typer.Option(help="chunks, documents or questions")] = None,
    source: Annotated[Texts, typer.Option(help="Only this source; repeatable")] = None,
    where: Annotated[
        str | None, typer.Option(metavar="SQL", help="Only chunks for which this is true")
    ] = None,
    column: Annotated[
        Texts, typer.Option(help="A column of the rows, in place of the usual; repeatable")
    ] = None,
    as_: Annotated[
        Texts, typer.Option("--as", metavar="PRINCIPAL", help="Read as this principal; repeatable")
    ] = None,
    weight: Annotated[
        Texts, typer.Option(metavar="SOURCE=SHARE", help="Share of a source; repeatable")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option(help="Shares by size to the power of 1/temperature")
    ] = None,
    max_rows: Annotated[int | None, typer.Option(help="Rows in all")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Tokens in all")] = None,
    cap: Annotated[
        Texts, typer.Option(metavar="SOURCE=NUMBER", help="Most of a source; repeatable")
    ] = None,
    max_repeats: Annotated[
        float | None, typer.Option(help="How often a row of a small source may come")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Another one draws other rows")] = None,
    decontaminate: Annotated[
        list[Path] | None,
        typer.Option(help="Leave out what repeats texts of this evaluation set; repeatable"),
    ] = None,
    validation: Annotated[
        float | None, typer.Option(help="Share of documents set apart for validation")
    ] = None,
    pack_tokens: Annotated[
        int | None, typer.Option(help="Say how rows fill sequences of so many tokens")
    ] = None,
    json: Json = False,
) -> None:
    """Make a data set of rows of the lake, with a manifest that makes it again.

    Its rows are what `everyone` may read, and the principals named with --as. Options stand in
    place of what the named export says.

    `doclake export iceberg` makes no data set. It brings the tables that the setting `iceberg`
    names in step with the lake, over the same files, and takes no option but --json.
    """
    project = console.open_project()
    mixture = {
        "weights": _numbers("--weight", weight, float),
        "temperature": temperature,
        "max_rows": max_rows,
        "max_tokens": max_tokens,
        "caps": _numbers("--cap", cap, int),
        "max_repeats": max_repeats,
    }
    given = _given(
        to=to, unit=unit, sources=source, where=where, columns=column, principals=as_,
        mixture=_given(**mixture) or None, seed=seed, validation=validation,
        decontaminate=_beside(project.settings.config_dir, decontaminate), pack_tokens=pack_tokens,
    )  # fmt: skip
    from doclake.export import request
    from doclake.settings.export import ICEBERG

    if name == ICEBERG:
        _require_alone(given, output, manifest)
        export_iceberg.run(json=json)
        return
    if name:
        request.of(project.settings, name, {})
    if output is None:
        raise SettingsError(
            "--output says where to.",
            mend="Give it a folder, which is made.",
            problems=[("--output", "nothing", "a folder")],
        )
    if manifest is not None and (given or name):
        raise SettingsError(
            "A manifest says all of an export.",
            mend="Give --manifest and --output alone.",
            problems=[("--manifest", "beside other options", "alone")],
        )
    from doclake.export import manifest as manifests
    from doclake.export import plan, run

    again = manifests.read(manifest) if manifest else None
    asked = again.request if again else request.of(project.settings, name, given)

    def show(step: Step) -> None:
        status.update(f"{step.stage}: {step.source}, {step.done} of {step.total} {step.unit}")

    with console.err.status("exporting") as status:
        export = plan.planned(project, asked, again)
        made = run.write(export, output.absolute(), progress=show, again=again)
    if json:
        console.print_json(_summary(made, output))
        return
    _show(made, output, is_again=again is not None)


def _require_alone(given: Mapping[str, Any], output: Path | None, manifest: Path | None) -> None:
    if given or output or manifest:
        raise SettingsError(
            "Iceberg tables are the whole lake, where it stands: every row, whoever may read it.",
            mend="Give `doclake export iceberg` alone; a data set is made under another name.",
            problems=[("iceberg", "beside other options", "alone")],
        )


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None and value != {}}


def _numbers(option: str, given: Texts, kind: type[int] | type[float]) -> dict[str, Any]:
    found = {}
    for text in given or ():
        name, mark, value = text.partition("=")
        try:
            if not (name and mark):
                raise ValueError
            found[name] = kind(value)
        except ValueError:
            raise SettingsError(
                f"{option} takes SOURCE=NUMBER.", problems=[(option, text, "such as handbook=2")]
            ) from None
    return found


def _beside(folder: Path, files: Sequence[Path] | None) -> list[str] | None:
    """Relative to the settings, as a manifest names them: it is read on other machines."""
    if not files:
        return None
    return [os.path.relpath(file.absolute(), folder) for file in files]


def _summary(made: Manifest, output: Path) -> dict[str, Any]:
    return {
        "export_id": made.export_id,
        "output": str(output),
        "rows": made.rows,
        "sources": made.sources,
        "left_out": made.left_out,
        "splits": made.splits,
        "files": [vars(file) for file in made.files],
    }


def _show(made: Manifest, output: Path, *, is_again: bool) -> None:
    rows = [
        [
            name,
            f"{one['rows']:,}",
            f"{one['tokens']:,}",
            f"{one['share_of_tokens']:.1%}",
            made.left_out_of(name),
        ]
        for name, one in made.sources.items()
    ]
    grid.show(["source", "rows", "tokens", "share", "left out"], rows, ("rows", "tokens", "share"))
    for split, one in made.splits.items():
        size = f"{number_of(one['rows'], 'row')}, {number_of(one['tokens'], 'token')}"
        console.say(f"{split}: {size}{_packing(one)}")
    for one in made.evaluation:
        short = f", {one['too_short']:,} too short to look for" if one["too_short"] else ""
        console.say(
            f"kept apart from {console.cell(one['path'])}: {number_of(one['texts'], 'text')}{short}"
        )
    done = "is what it was" if is_again else "made"
    console.say(f"{made.export_id} {done}: {console.cell(output)}", style="green")


def _packing(split: Mapping[str, Any]) -> str:
    packing = split.get("packing")
    if not packing:
        return ""
    cut = f", {packing['cut_rows']:,} cut" if packing["cut_rows"] else ""
    return (
        f"; {number_of(packing['sequences'], 'sequence')} of {packing['sequence_tokens']:,}, "
        f"{packing['filled']:.1%} filled{cut}"
    )
