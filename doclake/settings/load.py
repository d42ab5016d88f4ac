"""Finding, reading and checking the settings file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError as VariableError

from doclake.errors import SettingsError
from doclake.settings import contracts, source_options, variables
from doclake.settings import problems as wrong
from doclake.settings.embedding import BUNDLED_MODELS, HUB_ID, is_folder, means_folder
from doclake.settings.model import Settings
from doclake.settings.origin import Origin
from doclake.settings.recipe import Recipe
from doclake.settings.source_options import VARIABLE_OF_SOURCE
from doclake.settings.yaml_file import mapping

CONFIG_NAME = "doclake.yaml"
CONFIG_VARIABLE = "DOCLAKE_CONFIG"


def find(path: str | Path | None = None) -> Path:
    """The settings file: the argument, else DOCLAKE_CONFIG, else the working directory's."""
    chosen = path or os.environ.get(CONFIG_VARIABLE) or CONFIG_NAME
    file = Path(chosen).expanduser()
    try:
        file = file / CONFIG_NAME if file.is_dir() else file
        exists = file.is_file()
    except OSError:  # a name that is too long
        exists = False
    if not exists:
        raise SettingsError(
            f"No settings file at {file}.",
            mend="Name one with --config or DOCLAKE_CONFIG, or make one with `doclake init DIR`.",
            problems=[("config", str(file), "an existing doclake.yaml")],
            file=str(file),
        )
    return file.absolute()  # links stay: one may lead elsewhere when the file is read again


def load(path: str | Path | None = None) -> Settings:
    """Settings from file and environment, checked whole; raises `SettingsError`."""
    file = find(path)
    origin = Origin.of(lambda: [file], partial(load, file))
    return _checked(_read(file), file.resolve().parent, file).read_from(origin)


def place_beside(folder: Path, path: str | Path | None = None) -> Path:
    """Where a project that names sources outside doclake.yaml has its settings: a file, or a folder
    that holds none yet. The argument says, else DOCLAKE_CONFIG, else it is `folder`. Raises
    `SettingsError` for a file that is named and not there."""
    named = Path(path or os.environ.get(CONFIG_VARIABLE) or folder).expanduser().absolute()
    if named.is_dir() and not (named / CONFIG_NAME).is_file():
        return named
    return find(named)


def load_beside(
    folder: Path, sources: Mapping[str, Any], path: str | Path | None = None
) -> Settings:
    """Settings of a project that names sources outside doclake.yaml.

    `sources` holds their settings by name. Other settings and more sources come from the file that
    `place_beside` finds; without one the defaults hold. Raises `SettingsError`.
    """
    place = place_beside(folder, path)
    origin = Origin.of(lambda: [file_of(place)], partial(load_beside, folder, sources, place))
    data = _read(place) if place.is_file() else {}
    more = data.get("sources") or {}
    twice = sorted(sources.keys() & more) if isinstance(more, dict) else []
    if twice:
        expected = "a source in one place only: this file, or a component"
        raise wrong.error_of(
            place, [(f"sources.{name}", "a second one", expected) for name in twice]
        )
    if isinstance(more, dict):
        data = {**data, "sources": {**more, **sources}}
    return _checked(data, file_of(place).resolve().parent, place).read_from(origin)


def file_of(place: Path) -> Path:
    """The settings file of a place, which is that file or its folder."""
    return place / CONFIG_NAME if place.is_dir() else place


def _read(file: Path) -> dict[str, Any]:
    data = mapping(file, "a mapping of settings")
    alerts = data["alerts"] if isinstance(data.get("alerts"), dict) else {}
    for key in ("webhook", "urls"):
        if alerts.get(key):
            expected = f"the environment variable DOCLAKE_ALERTS__{key.upper()}: a URL is a secret"
            raise wrong.error_of(file, [(f"alerts.{key}", "a URL in the file", expected)])
    if "config_dir" in data:
        found = wrong.found(data["config_dir"])
        raise wrong.error_of(file, [("config_dir", found, "no such setting")])
    if not all(isinstance(key, str) for key in data):
        raise wrong.error_of(file, [("(file)", "a key that is no text", "names of settings")])
    return data


def _checked(data: dict[str, Any], folder: Path, where: Path) -> Settings:
    """Relative paths start at `folder`; errors name `where`."""
    problems = _unknown_variables()
    if problems:
        raise wrong.error_with_variables(where, problems)
    try:
        settings = Settings(**data, config_dir=folder)
    except ValidationError as error:
        raise wrong.error_with_variables(where, wrong.of_types(error, Settings)) from None
    except VariableError as error:
        raise wrong.error_with_variables(where, [variables.without_json(error)]) from None
    except RecursionError:
        problem = ("(file)", "a value that holds itself", "values that end")
        raise wrong.error_with_variables(where, [problem]) from None
    problems = _problems_beyond_types(settings)
    if problems:
        raise wrong.error_with_variables(where, problems)
    return _with_classifiers(_with_model_folder(settings))


def _with_classifiers(settings: Settings) -> Settings:
    """The settings with the files of classifiers, relative to their file, made absolute."""

    def place(file: str) -> str:
        return str(settings.local_path(file))

    def changed(recipe: Recipe) -> Recipe:
        return recipe.model_copy(update={"curation": recipe.curation.with_files(place)})

    return settings.with_recipes(changed)


def _with_model_folder(settings: Settings) -> Settings:
    """The settings with the folder of a local model, relative to their file, made absolute."""
    folder = _model_folder(settings)
    if folder is None:
        return settings
    # Without links: what a link leads to may be another model tomorrow.
    embedding = settings.embedding.model_copy(update={"model": os.path.realpath(folder)})
    return settings.model_copy(update={"embedding": embedding})


def _model_folder(settings: Settings) -> Path | None:
    """The folder that a local model means, even if it is not there; None for any other model."""
    model = settings.embedding.model
    folder = None if model in BUNDLED_MODELS else settings.local_path(model)
    if folder is None or means_folder(model) or model.startswith("file://") or is_folder(folder):
        return folder
    return None


def _unknown_variables() -> list[tuple[str, str, str]]:
    """Variables of a misspelt section, which pydantic would ignore.

    Doclake's other variables (DOCLAKE_CONFIG ...) have no `__`.
    """
    known = {f"DOCLAKE_{name}".upper() for name in Settings.model_fields}
    return [
        (name, "an unknown variable", "DOCLAKE_ and a key of docs/configuration.md")
        for name in sorted(os.environ)
        if name.upper() == "DOCLAKE_CONFIG_DIR"
        or (
            (name.upper().startswith("DOCLAKE_") and "__" in name)
            and not name.upper().startswith(VARIABLE_OF_SOURCE)
            and name.upper().partition("__")[0] not in known
        )
    ]


def _problems_beyond_types(settings: Settings) -> list[tuple[str, str, str]]:
    """Paths that no system can hold, a model of no known kind, and chunks larger than a bundled
    model takes. What is missing in the world is no problem here: whoever needs it says so."""
    model = settings.embedding.model
    paths = {"lake": settings.lake, "embedding.model": model} | {
        f"sources.{name}.url": source.url for name, source in settings.sources.items()
    }
    problems = [
        (key, repr(path), "a path or URL of characters that a name of a file can have")
        for key, path in paths.items()
        if not _can_be_a_path(path)
    ]
    if problems:
        return problems
    is_known = model in BUNDLED_MODELS or HUB_ID.fullmatch(model) or _model_folder(settings)
    if not is_known:
        bundled = ", ".join(BUNDLED_MODELS)
        expected = f"a bundled model ({bundled}), a folder such as ./{model}, or a hub id org/name"
        problems.append(("embedding.model", model, expected))
    limit = BUNDLED_MODELS.get(model)
    recipes = {"recipe": settings.recipe} | {
        f"sources.{name}.recipe": source.recipe for name, source in settings.sources.items()
    }
    for key, recipe in recipes.items():
        if limit and recipe.chunk.max_tokens > limit:
            found = str(recipe.chunk.max_tokens)
            problems.append((f"{key}.chunk.max_tokens", found, f"at most {limit} for {model}"))
    problems += contracts.problems("contracts", settings.contracts)
    for name, source in settings.sources.items():
        where = f"sources.{name}.contracts"
        problems += contracts.problems(where, source.contracts, settings.contracts)
        problems += source_options.problems(name, source)
    return problems


def _can_be_a_path(text: str) -> bool:
    try:
        os.fsencode(text)
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return "\0" not in text
