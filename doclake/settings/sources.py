"""Where documents come from."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from doclake.settings.contracts import ContractSettings
from doclake.settings.fields import (
    Duration,
    FileHere,
    Glob,
    Listed,
    Model,
    OneOrMore,
    Owner,
    Place,
    Principal,
    Text,
)
from doclake.settings.quality import QualitySettings
from doclake.settings.recipe import Recipe

SOURCE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
RESERVED_SOURCE_NAMES = frozenset({"all", "exports", "observation", "search", "search_index"})


def _source_name(name: str) -> str:
    if not SOURCE_NAME.fullmatch(name) or name in RESERVED_SOURCE_NAMES:
        raise ValueError(
            "a source name of at most 63 lower-case letters, digits and _, beginning with a "
            f"letter, other than {', '.join(sorted(RESERVED_SOURCE_NAMES))}"
        )
    return name


SourceName = Annotated[str, AfterValidator(_source_name)]


DEFAULT_OWNER = "team:data"


class SourceSettings(Model):
    """A place documents come from."""

    url: Place = Field(
        description="Folder, bucket, site, mailbox, database, topic or service: ./docs, /data,"
        " s3://bucket/prefix, and what docs/sources.md lists"
    )
    include: OneOrMore[Glob] = Field(
        ("**",), description="Globs to take, as in .gitignore; case is ignored"
    )
    exclude: Listed[Glob] = Field((), description="Globs to leave out; they win")
    hidden: bool = Field(False, description="Take files and folders whose name begins with a dot")
    allow_empty: bool = Field(
        False, description="Accept a listing that finds nothing; else it counts as a missing mount"
    )
    owner: Owner = Field(DEFAULT_OWNER, description="E-mail address or team:name")
    access: Listed[Principal] = Field(
        (), description="Principals who may read it; empty means nobody, `everyone` means all"
    )
    access_from: Listed[Literal["sidecar", "posix", "s3_tags"]] = Field(
        (), description="What else says who may read a document, within `access`: docs/access.md"
    )
    freshness: Duration | None = Field(None, description="Alarm when its rows are older: 24h, 7d")
    stale_after: Duration | None = Field(
        None, description="Searches say `outdated` of documents last changed longer ago: 365d"
    )
    observe: Literal["sensor", "job"] | None = Field(
        None,
        description="`job` if listing takes longer than a sensor tick may (a minute), as that of"
        " a site or a mailbox does; null: as its kind needs",
    )
    observe_every: Duration | None = Field(
        None,
        description="How often Dagster looks for changes: 30s, 10m. Without a figure every 5s in a"
        " folder and elsewhere as its kind needs, at a twentieth of a CPU at most",
    )
    verify_every: Duration | None = Field(
        None, description="Read every document again so often: 30d. Finds what no listing shows"
    )
    buckets: int = Field(
        8, description="Partitions: a power of two up to 64; fixed once there are rows"
    )
    recipe: Recipe = Field(default_factory=Recipe, description="Overrides of `recipe`")
    contracts: ContractSettings = Field(
        default_factory=ContractSettings,
        description="Rules beside `contracts`, or relaxed",
    )
    quality: QualitySettings = Field(
        default_factory=QualitySettings, description="Overrides of `quality`"
    )
    questions: FileHere | None = Field(
        None, description="YAML file of golden questions, by which search is evaluated"
    )
    push: Listed[Principal] = Field(
        (), description="Principals who may push documents into its folder by `doclake serve`"
    )
    storage_options: dict[str, Any] = Field(
        default_factory=dict, description="fsspec options such as endpoint_url; a secret is refused"
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="What its kind of place takes: docs/sources.md"
    )
    description: Text = Field("", description="A sentence about it, shown in Dagster")

    @field_validator("access_from")
    @classmethod
    def _known_there(cls, value: tuple[str, ...], known: ValidationInfo) -> tuple[str, ...]:
        url = str(known.data.get("url", "")).lower()
        if "posix" in value and "://" in url and not url.startswith("file://"):
            raise ValueError("without posix: only the files of a folder have an owner and a mode")
        if "s3_tags" in value and not url.startswith(("s3://", "s3a://")):
            raise ValueError("without s3_tags: only what lies in S3 has these tags")
        return value

    @field_validator("freshness")
    @classmethod
    def _as_dagster_checks(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and value < timedelta(minutes=1):
            raise ValueError("at least 1m: Dagster checks no more often")
        return value

    @field_validator("verify_every")
    @classmethod
    def _not_all_the_time(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and value < timedelta(hours=1):
            raise ValueError("at least 1h: it reads all documents of the source")
        return value

    @property
    def says_who_may_see_it(self) -> bool:
        """Whether `access` was given, be it empty."""
        return "access" in self.model_fields_set

    @field_validator("buckets")
    @classmethod
    def _power_of_two(cls, value: int) -> int:
        if value < 1 or value > 64 or value & (value - 1):
            raise ValueError("a power of two from 1 to 64")
        return value
