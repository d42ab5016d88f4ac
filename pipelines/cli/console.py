"""What the commands share: the settings file, the two consoles, JSON output.

Every command imports what it works with when it is called: `doclake --help` needs none of it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from doclake.display import in_json, shown, shown_lines
from doclake.errors import SettingsError
from doclake.secrets import redact

if TYPE_CHECKING:
    import dagster as dg
    from rich.tree import Tree

    from doclake.project import Project
    from doclake.settings import Settings

INDEX = "search_index"  # the name on incidents that belong to no source


class SafeConsole(Console):
    """Shows names as they are: neither markup nor emoji codes nor anything that a terminal obeys.

    `cell` does more for one name: it keeps it in its line.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=shown_lines(segment.text))


config: Path | None = None
UNCUT = 10_000  # columns: what another program reads is neither wrapped nor cut
out = SafeConsole(width=None if sys.stdout.isatty() else UNCUT)
err = SafeConsole(stderr=True)


def load_settings() -> Settings:
    """The settings of --config. In a `dg` project they have the sources of its components, too."""
    from doclake import settings

    named = os.environ.get(settings.CONFIG_VARIABLE)
    places = [config] if config else [Path.cwd(), *([Path(named)] if named else [])]
    for place in places:
        folder = (place if place.is_dir() else place.parent).absolute()
        if _is_dg_project(folder):
            from doclake_dagster.pipelines.component import settings_of

            return settings_of(folder, config)
    return settings.load(config)


def _is_dg_project(folder: Path) -> bool:
    import tomllib

    try:
        read = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
        return "project" in read["tool"]["dg"]
    except (OSError, ValueError, LookupError, TypeError):
        return False


def open_project(source: str | None = None) -> Project:
    """The project of `load_settings`; refuses a `source` that neither settings nor lake know."""
    from doclake.project import Project, no_such_source

    project = Project.of(load_settings())
    lake = project.settings.local_path(project.settings.lake)
    if lake is not None and lake.is_file():
        raise SettingsError(
            f"The lake is a file: {lake}.",
            mend="Let `lake` in doclake.yaml name a folder; it is made when it is needed.",
            problems=[("lake", str(lake), "a folder")],
        )
    if source is not None and source not in project.settings.sources:
        stored = {name for (name,) in project.lake.count_by("ledger", ["source"])}
        if source not in {*stored, INDEX}:
            raise no_such_source(source, sorted({*project.settings.sources, *stored}))
    return project


def error(*lines: str, style: str = "red") -> None:
    """On standard error, as `say`."""
    err.print(*map(cell, lines), style=style, sep="\n", soft_wrap=True)


def say(line: str | Text, style: str = "") -> None:
    """On standard output. The terminal breaks a line that is too long for it, without adding a line
    feed: a path or a command can be copied whole."""
    out.print(line, style=style, soft_wrap=True)


def cell(value: Any) -> str:
    """A value as a table or a line shows it: one line without secrets."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:,.1f}" if isinstance(value, float) else shown(redact(str(value)))


def moment(option: str, text: str | None) -> datetime | None:
    """What an option says, in UTC unless it says otherwise. Raises `SettingsError`."""
    if text is None:
        return None
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"{option} takes a day or a moment, such as 2026-03-31.",
            problems=[(option, text, "a day such as 2026-03-31")],
        ) from None
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def require_one_at_most(**given: object) -> None:
    """Raises `SettingsError` if more than one of these options was given; `json` is `--json`."""
    options = [f"--{name.rstrip('_').replace('_', '-')}" for name, value in given.items() if value]
    if len(options) > 1:
        raise SettingsError(
            f"Give either {' or '.join(options)}.",
            problems=[(options[0], f"beside {', '.join(options[1:])}", "one of them")],
        )


def print_json(value: Any) -> None:
    """One line of JSON on standard output, whatever the width of the terminal."""
    print(in_json(json.dumps(value, ensure_ascii=False, default=plain)), flush=True)


def plain(value: Any) -> str:
    """What JSON has no form of; a moment as ISO 8601 with its offset."""
    return value.isoformat() if isinstance(value, date) else str(value)


@contextmanager
def dagster_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance of DAGSTER_HOME, else of the folder of doclake.yaml if dagster.yaml is there.

    Without either, runs leave no history behind; the lake is the same. It reports to nobody,
    whether or not a dagster.yaml says so. Raises `SettingsError`.
    """
    import dagster as dg

    if not os.environ.get("DAGSTER_HOME") and (settings.config_dir / "dagster.yaml").is_file():
        os.environ["DAGSTER_HOME"] = str(settings.config_dir.resolve())
        os.chdir(settings.config_dir)  # relative folders in dagster.yaml start there
    home = os.environ.get("DAGSTER_HOME")
    if home and not (os.path.isabs(home) and os.path.isdir(home)):  # noqa: PTH112, PTH117
        raise SettingsError(
            f"DAGSTER_HOME is {home}, which is no whole path of a folder.",
            mend="Let it name the folder of dagster.yaml, or unset it.",
            problems=[("DAGSTER_HOME", home, "the folder of dagster.yaml, by its whole path")],
        )
    if home:
        silent = {"telemetry": {"enabled": False}}
        with dg.DagsterInstance.local_temp(home, overrides=silent) as instance:
            yield instance
    else:
        with dg.DagsterInstance.ephemeral() as instance:
            yield instance


Json = Annotated[bool, typer.Option("--json", help="JSON Lines")]
Source = Annotated[str | None, typer.Option(help="Only this source")]


Row = TypeVar("Row", bound=Mapping[str, object])


def print_rows(
    title: str,
    rows: Sequence[Row],
    columns: tuple[str, ...],
    json: bool,
    block: Callable[[Row], Text],
    *,
    instead: str = "",
) -> None:
    """Rows as JSON Lines of `columns`, or as `block` shows each to a person; to whom it says what
    to do `instead`, if there are none."""
    if json:
        for row in rows:
            print_json({name: row[name] for name in columns})
    elif not rows:
        say(f"No {title}. {instead}".rstrip())
    for row in [] if json else rows:
        say(block(row))


def print_tree(tree: Tree) -> None:
    """With its lines whole: rich cuts them at the width of the terminal."""
    before, out.width = out.width, UNCUT
    out.print(tree, soft_wrap=True)
    out.width = before
