"""The `options` of a source: what each kind of place takes, by the scheme of its URL.

A kind that another package adds is found by its entry point in the group `doclake.sources`: the
name is the scheme, and the object the class of the source, whose `options` is such a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from doclake.settings import problems as wrong
from doclake.settings.kind_options import SourceOptions
from doclake.settings.source_kinds import BUILT_IN
from doclake.settings.sources import SourceSettings
from doclake.settings.stream_kinds import StreamOptions

ENTRY_POINTS = "doclake.sources"
VARIABLE_OF_SOURCE = "DOCLAKE_SOURCE_"
"""Begins the names of the variables that hold the secrets of sources."""
Options = TypeVar("Options", bound="SourceOptions")


def scheme_of(url: str) -> str:
    """In lower case; empty for a folder of this machine."""
    return urlsplit(url).scheme.lower() if "://" in url else ""


@cache
def added_kinds() -> Mapping[str, EntryPoint]:
    """Those of other packages, by scheme."""
    return {point.name.lower(): point for point in entry_points(group=ENTRY_POINTS)}


def model_of(url: str) -> type[SourceOptions]:
    """The model of the options of the kind that this URL means."""
    scheme = scheme_of(url)
    if scheme in BUILT_IN:
        return BUILT_IN[scheme]
    if scheme in added_kinds():
        model: type[SourceOptions] = added_kinds()[scheme].load().options
        return model
    return SourceOptions


def problems(name: str, source: SourceSettings) -> list[wrong.Problem]:
    """What is wrong with the options of this source."""
    try:
        model = model_of(source.url)
    except Exception as error:  # a package of somebody else may fail in any way
        key, found = f"sources.{name}.url", source.url
        return [(key, found, f"a kind of source that can be loaded ({error})")]
    try:
        return model.model_validate(source.options).unfit(name, source)
    except ValidationError as error:
        where = f"sources.{name}.options"
        told = wrong.of_types(error, model)
        return [(f"{where}.{key}", found, expected) for key, found, expected in told]


def options_of(source: SourceSettings, model: type[Options]) -> Options:
    """The options of a source, checked when the settings were loaded."""
    return model.model_validate(source.options)


def secret_variable(source: str, what: str) -> str:
    """The environment variable of a secret: `DOCLAKE_SOURCE_WIKI_TOKEN`."""
    return f"{VARIABLE_OF_SOURCE}{source}_{what}".upper()


def is_topic(source: SourceSettings) -> bool:
    """Whether its documents are messages."""
    return issubclass(model_of(source.url), StreamOptions)


def listed_by_job(source: SourceSettings) -> bool:
    """Whether a job lists it, rather than the tick of a sensor."""
    if source.observe is not None:
        return source.observe == "job"
    return model_of(source.url).lists_slowly


def observed_every(source: SourceSettings) -> timedelta | None:
    """None leaves it to the pace of a folder."""
    if source.observe_every is not None:
        return source.observe_every
    return model_of(source.url).observed_every if scheme_of(source.url) else None
