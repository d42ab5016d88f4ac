"""`doclake init DIR`: a folder that works as it stands, with every setting explained in place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from doclake.errors import SettingsError
from doclake.settings import CONFIG_NAME
from doclake.settings.reference import Key, Section, sections

_HEAD = """\
# What Doclake reads and how. Lines that are commented out show the defaults.
# An environment variable wins over this file: DOCLAKE_EMBEDDING__DEVICE=cpu.
# Secrets come from the environment only (AWS_ACCESS_KEY_ID ...).
"""
_SOURCE = "documents"
_GIVEN = {
    ("lake",): ".doclake",
    ("sources", "NAME", "url"): "documents",
    ("sources", "NAME", "owner"): "team:data",
    ("sources", "NAME", "access"): "[everyone]",
}
"""What the new file sets; every other key is a comment."""
_WORKSPACE = """\
# What `doclake dev` loads, and a production webserver with DAGSTER_HOME set to this folder.
load_from:
  - python_module:
      module_name: doclake_dagster.pipelines.definitions
      location_name: doclake
"""
_COMMENT_COLUMN = 42


def init(folder: Path) -> list[Path]:
    """Write settings, Dagster's two files and a first document; returns the files written.

    Raises `SettingsError` if one of them exists already, and then writes nothing, if it is a file
    or if it cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise SettingsError(
            f"{folder} is a file.",
            mend="Name a folder; it is made if it is not there.",
            problems=[("init", str(folder), "a folder, or nothing yet")],
        )
    contents = {
        CONFIG_NAME: settings_file(),
        "workspace.yaml": _WORKSPACE,
        "dagster.yaml": _template("dagster.yaml"),
        f"{_SOURCE}/welcome.md": _template("welcome.md"),
    }
    targets = {folder / name: text for name, text in contents.items()}
    existing = [file for file in targets if os.path.lexists(file)]
    if existing:
        raise SettingsError(
            f"Nothing written; these exist already: {', '.join(map(str, existing))}.",
            mend="Choose another folder, or move them away.",
            problems=[("init", str(file), "no such file yet") for file in existing],
        )
    return _written(targets)


def dagster_file(folder: Path) -> list[Path]:
    """Write the settings of Dagster that `init` writes, if the folder has none: without them the
    history of runs is lost and Dagster reports its use. Returns the files written; raises
    `SettingsError`."""
    file = folder / "dagster.yaml"
    return [] if os.path.lexists(file) else _written({file: _template("dagster.yaml")})


def _written(targets: Mapping[Path, str]) -> list[Path]:
    try:
        for file, text in targets.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as opened:
                opened.write(text)
    except OSError as error:
        found = f"{error.filename}: {error.strerror}"
        raise SettingsError(
            f"{found}.",
            mend="Name a folder that you may make and write to.",
            problems=[("folder", found, "a folder that can be written")],
        ) from error
    return list(targets)


def settings_file() -> str:
    """The commented doclake.yaml: every key of the model with its default and description."""
    lines = [_HEAD]
    for section in sections():
        *above, name = section.path or ("",)
        if "NAME" in section.path and section.path[0] != "sources":
            if name == "NAME":
                inside = "  " * (len(above) - 1)
                opened = f"# {inside}{above[-1]}: {{}}"
                lines += [f"{opened:<{_COMMENT_COLUMN}} # {section.about}", ""]
            continue
        if section.path:
            lines.extend(_opening(section))
        depth = len(section.path)
        lines.extend(_line(section, key, "  " * depth) for key in section.keys)
        if section.keys:
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _opening(section: Section) -> list[str]:
    *above, name = section.path
    if name == "NAME":
        return [f"# {section.about}", f"{above[0]}:", f"  {_SOURCE}:"]
    return [f"# {'  ' * len(above)}{name}:", f"# {'  ' * len(above)}  # {section.about}"]


def _line(section: Section, key: Key, indent: str) -> str:
    given = _GIVEN.get((*section.path, key.name))
    inside = section.path[:1] == ("sources",)
    setting = f"{key.name}: {given or key.value}"
    if given is not None:
        setting = indent + setting
    else:  # where the section is a comment too, the sign comes first and the indent survives it
        setting = f"{indent}# {setting}" if inside else f"# {indent}{setting}"
    return f"{setting:<{_COMMENT_COLUMN}} # {key.about}"


def _template(name: str) -> str:
    return (files("doclake") / "templates" / name).read_text("utf-8")
