"""The reference of the command line, read off the commands so that it cannot go stale.

python -m doclake_dagster.pipelines.cli.reference > docs/cli.md
"""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import typer

from doclake_dagster.pipelines.cli.app import app


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its whole name (`doclake index rebuild`), groups before their members."""
    yield from _walk("doclake", typer.main.get_command(app))


def options(command: Any) -> list[str]:
    """Every spelling of every option a command takes, e.g. `--json`, `-k`."""
    return [
        name
        for parameter in command.params
        if parameter.param_type_name == "option"
        for name in (*parameter.opts, *parameter.secondary_opts)
    ]


def markdown() -> str:
    """All of docs/cli.md."""
    parts = [(files("doclake_dagster.pipelines") / "cli" / "reference.md").read_text("utf-8")]
    parts += [_section(name, command) for name, command in commands()]
    return "".join(parts)


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    for member, inside in getattr(command, "commands", {}).items():
        yield from _walk(f"{name} {member}", inside)


def _section(name: str, command: Any) -> str:
    text = [f"\n## {name}\n\n{_plain(command.help)}\n"]
    inner = getattr(command, "commands", {})
    usage = " ".join([name, *_pieces(command)] + (["COMMAND"] if inner else []))
    text.append(f"\n```\n{usage}\n```\n")
    if inner:
        text.append("\n| command | |\n|---|---|\n")
        text += [f"| `{n}` | {_plain(c.help).splitlines()[0]} |\n" for n, c in inner.items()]
    rows = [_row(parameter) for parameter in command.params]
    if rows:
        text.append("\n| argument | | default |\n|---|---|---|\n")
        text += rows
    return "".join(text)


def _plain(help: str | None) -> str:
    return (help or "").strip()


def _pieces(command: Any) -> list[str]:
    names = [_label(p) for p in command.params if p.param_type_name == "argument"]
    return (["[OPTIONS]"] if options(command) else []) + names


def _label(argument: Any) -> str:
    label = argument.metavar or argument.name.upper()
    return label if argument.required else f"[{label}]"


def _row(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"| `{_label(parameter)}` | {parameter.help or ''} | |\n"
    shown = parameter.default not in (None, False)
    off = parameter.secondary_opts[:1] if shown else []  # only what is on by default needs a --no-
    spelling = "/".join([*parameter.opts, *off])
    value = "" if parameter.is_flag else f" {parameter.metavar or parameter.name.upper()}"
    variable = f"; or the environment variable `{parameter.envvar}`" if parameter.envvar else ""
    default = f"`{str(parameter.default).lower()}`" if shown else ""
    if parameter.required:
        default = "*required*"
    return f"| `{spelling}{value}` | {parameter.help or ''}{variable} | {default} |\n"


if __name__ == "__main__":
    print(markdown(), end="")
