"""The connectors of unstructured-ingest that are kinds of sources, by the scheme of their URL.

Each has a connection, an index (what is listed) and secrets; its own classes check the first two
here, when the settings are loaded, and all three when it is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import ValidationError

from doclake import extras
from doclake.settings import problems as wrong

PACKAGE = "unstructured_ingest"
LISTS_ALL = 1_000_000_000
"""In the place of limits that would cut a listing without a word."""
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_DEEP = {"recursive": True}


@dataclass(frozen=True)
class Connector:
    """`module` is where it stands in the package. What follows the scheme of the URL, behind
    `prefix`, is the value of `key` in its `section`, which is `connection` or `index`."""

    module: str
    section: str = ""
    key: str = ""
    prefix: str = ""
    index: Mapping[str, Any] = field(default_factory=dict)
    """What its index says if the settings do not: everything is listed."""
    refused: tuple[str, ...] = ()
    """Fields of its index that would make a listing wrong, or that another setting says."""
    shape: str = r"[^/].*"
    """What follows the scheme of its URL, as a pattern."""
    tells_readers: bool = False
    """Whether its listing says who may read each document."""

    @property
    def entry(self) -> Any:
        """Its classes, as the package registers them."""
        name = self.module.removesuffix(".connector").rpartition(".")[2]
        module = import_module(f"{PACKAGE}.processes.connectors.{self.module}")
        return getattr(module, f"{name}_source_entry")

    def given(self, section: str, url: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """All that is said of a section, by the settings before the URL."""
        values = dict(self.index) if section == "index" else {}
        if self.section == section:
            values[self.key] = self.prefix + unquote(url.partition("://")[2])
        return values | dict(said)


CONNECTORS = {
    "confluence": Connector(
        "confluence",
        "connection",
        "url",
        "https://",
        index={
            "max_num_of_spaces": LISTS_ALL,
            "max_num_of_docs_from_each_space": LISTS_ALL,
            "max_num_metadata_permissions": LISTS_ALL,
        },
        tells_readers=True,
    ),
    "jira": Connector("jira", "connection", "url", "https://"),
    "github": Connector(
        "github", "connection", "url", refused=("max_retries",), shape=r"([^/]+/){1,2}[^/]+/?"
    ),
    "notion": Connector("notion.connector", index=_DEEP),
    "slack": Connector("slack"),
    "salesforce": Connector("salesforce"),
    "sharepoint": Connector(
        "sharepoint", "connection", "site", "https://", index=_DEEP, tells_readers=True
    ),
    "onedrive": Connector("onedrive", index=_DEEP, tells_readers=True),
    "googledrive": Connector(
        "google_drive", "connection", "drive_id", index=_DEEP, tells_readers=True
    ),
    "box": Connector(
        "fsspec.box",
        "index",
        "remote_url",
        "box://",
        index={**_DEEP, "max_num_metadata_permissions": LISTS_ALL},
        refused=("sample_n_files",),
        tells_readers=True,
    ),
    "outlook": Connector("outlook", index=_DEEP),
}


def problems(name: str, url: str, options: Any) -> list[wrong.Problem]:
    """What is wrong with the `SaasOptions` of this source, by the connector's own classes."""
    connector = CONNECTORS[url.partition("://")[0].lower()]
    where = f"sources.{name}.options"
    if not extras.is_there(PACKAGE):
        expected = f"what reads it, which is not installed: {extras.install(PACKAGE)}"
        return [(f"sources.{name}.url", url, expected)]
    found = []
    if not re.fullmatch(connector.shape, url.partition("://")[2]):
        found.append((f"sources.{name}.url", url, "an address as docs/sources.md shows it"))
    if options.permissions == "required" and not connector.tells_readers:
        expected = (
            "`source`: this connector does not tell who may read a document, so the access list of "
            "the source counts for all of them, even where the service lets fewer read one"
        )
        found.append((f"{where}.permissions", "nothing", expected))
    entry = connector.entry
    for section, model in (
        ("connection", entry.connection_config),
        ("index", entry.indexer_config),
    ):
        said = getattr(options, section)
        unknown = _unknown(connector, model, said)
        found += [(f"{where}.{section}.{key}", "a key", expected) for key, expected in unknown]
        given = connector.given(section, url, said)
        found += [
            (f"{where}.{section}.{key}", value, "https://, for secrets are sent there")
            for key, value in given.items()
            if _is_open(value)
        ]
        found += [
            (f"{where}.{key}", seen, told) for key, seen, told in _checked(model, section, given)
        ]
    return found


def _is_open(value: Any) -> bool:
    """Whether it is the address of another machine that what is sent there passes unencrypted."""
    place = urlsplit(value if isinstance(value, str) else "")
    return place.scheme == "http" and place.hostname not in _THIS_MACHINE


def _unknown(
    connector: Connector, model: Any, said: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    takes = {*model.model_fields} - {"access_config", *connector.refused}
    for key in said:
        if key == "access_config":
            yield key, "secrets in the environment: docs/sources.md"
        elif key not in takes:
            yield key, f"one of {', '.join(sorted(takes))}"


def _checked(model: Any, section: str, given: dict[str, Any]) -> Iterator[wrong.Problem]:
    try:
        model.model_validate(given)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            if each["loc"][:1] == ("access_config",):
                continue  # it is in the environment
            seen = "nothing" if each["type"] == "missing" else wrong.NOT_SHOWN
            yield ".".join(map(str, (section, *each["loc"]))), seen, wrong.in_words(each)
    except Exception as error:  # the connector's own
        yield section, "settings that it refuses", re.sub(r"\s+", " ", str(error))
