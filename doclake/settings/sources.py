"""Where documents come from."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Literal

from pydantic import Field, field_validator

from doclake.settings.fields import NO_SECRETS, Duration, Model, Owner, holds_a_secret
from doclake.settings.recipe import Recipe

SOURCE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
PASSWORD_IN_URL = re.compile(r"[a-z0-9+.-]+://[^/@]*:[^/@]*@")
RESERVED_SOURCE_NAMES = frozenset({"all", "search", "search_index"})


class SourceSettings(Model):
    """A place documents come from."""

    url: str = Field(description="Folder or any fsspec URL: ./docs, /data, s3://bucket/prefix")
    include: tuple[str, ...] = Field(
        ("**",), min_length=1, description="Globs to take, as in .gitignore; case is ignored"
    )
    exclude: tuple[str, ...] = Field((), description="Globs to leave out; they win")
    hidden: bool = Field(False, description="Take files and folders whose name begins with a dot")
    allow_empty: bool = Field(
        False, description="Accept a listing that finds nothing; else it counts as a missing mount"
    )
    owner: Owner = Field("team:data", description="E-mail address or team:name")
    access: tuple[str, ...] = Field(
        (), description="Principals who may read it; empty means nobody, `everyone` means all"
    )
    freshness: Duration | None = Field(None, description="Alarm when its rows are older: 24h, 7d")
    observe: Literal["sensor", "job"] = Field(
        "sensor", description="`job` if listing takes longer than a sensor tick may (a minute)"
    )
    observe_every: Duration = Field(
        timedelta(seconds=30), description="How often Dagster looks for changes: 30s, 10m"
    )
    buckets: int = Field(
        8, description="Partitions: a power of two up to 64; fixed once there are rows"
    )
    recipe: Recipe = Field(default_factory=Recipe, description="Overrides of `recipe`")
    storage_options: dict[str, Any] = Field(
        default_factory=dict, description="fsspec options such as endpoint_url; never secrets"
    )
    description: str = Field("", description="A sentence about it, shown in Dagster")

    @field_validator("freshness")
    @classmethod
    def _as_dagster_checks(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and value < timedelta(minutes=1):
            raise ValueError("expected at least 1m: Dagster checks no more often")
        return value

    @field_validator("buckets")
    @classmethod
    def _power_of_two(cls, value: int) -> int:
        if value < 1 or value > 64 or value & (value - 1):
            raise ValueError("expected a power of two from 1 to 64")
        return value

    @field_validator("storage_options")
    @classmethod
    def _no_secrets(cls, value: dict[str, Any]) -> dict[str, Any]:
        if holds_a_secret(value):
            raise ValueError(NO_SECRETS)
        return value

    @field_validator("url")
    @classmethod
    def _no_password(cls, value: str) -> str:
        if PASSWORD_IN_URL.match(value):
            raise ValueError(NO_SECRETS)
        return value
