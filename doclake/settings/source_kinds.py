"""What each kind of source takes in its `options`: one model for each, and the schemes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from doclake.settings import connectors
from doclake.settings import problems as wrong
from doclake.settings.fields import (
    Duration,
    FileHere,
    Listed,
    Network,
    OneOrMore,
    Text,
    WebAgent,
    WebHost,
)
from doclake.settings.kind_options import NetworkOptions, SourceOptions
from doclake.settings.sources import SourceSettings
from doclake.settings.stream_kinds import KafkaOptions, NatsOptions


class DatabaseOptions(NetworkOptions):
    """A query whose rows are documents. Its password is DOCLAKE_SOURCE_<NAME>_PASSWORD."""

    query: Text = Field(description="One SELECT; each row is a document")
    id: OneOrMore[Text] = Field(description="Columns that name a row, and never change")
    text: Listed[Text] = Field((), description="Columns with its text, in this order")
    blob: Text | None = Field(None, description="Column with the bytes of a file, instead of text")
    file_name: Text | None = Field(
        None, description="Column with the name of that file, whose ending helps to tell its format"
    )
    version: Text | None = Field(
        None,
        description="Column that changes with each change of the row; null: all of it is read at "
        "each listing",
    )
    title: Text | None = Field(None, description="Column with its title")
    format: Literal["text", "markdown", "html"] = Field("text", description="What `text` is")
    metadata: Listed[Text] = Field((), description="Columns to keep as metadata of the document")
    access: Text | None = Field(
        None,
        description="Column with who may read it: an array, or text with blanks between the names; "
        "where it holds nothing, nobody may",
    )
    user: Text | None = Field(None, description="Who logs in")

    @model_validator(mode="after")
    def _has_content(self) -> Self:
        if bool(self.text) == bool(self.blob):
            raise ValueError("either `text` or `blob`")
        if self.file_name and not self.blob:
            raise ValueError("`blob` beside `file_name`")
        return self


class RestOptions(NetworkOptions):
    """A resource of a REST service whose rows are documents. Its secret is
    DOCLAKE_SOURCE_<NAME>_TOKEN, or _PASSWORD with `login: basic`."""

    lists_slowly: ClassVar[bool] = True
    observed_every: ClassVar[timedelta] = timedelta(minutes=15)

    resource: Text = Field(description="Path of the resource, below the url")
    params: dict[str, str | int | bool] = Field(
        default_factory=dict, description="Parameters of its query"
    )
    rows: Text = Field("$", description="JSONPath to the list of rows in an answer")
    pagination: dict[str, str | int | bool | None] = Field(
        {"type": "single_page"},
        description="How dlt is told to page: `type` and its arguments",
    )
    max_pages: int = Field(10_000, ge=1, description="Pages to ask for in one listing")
    id: OneOrMore[Text] = Field(description="Columns that name a row, and never change")
    text: Listed[Text] = Field((), description="Columns with its text, in this order")
    blob: Text | None = Field(
        None, description="Column with the address of a file at this service, instead of text"
    )
    version: Text | None = Field(
        None,
        description="Column that changes with each change of the row; null: a digest of what "
        "becomes text",
    )
    title: Text | None = Field(None, description="Column with its title")
    format: Literal["text", "markdown", "html"] = Field("text", description="What `text` is")
    metadata: Listed[Text] = Field((), description="Columns to keep as metadata of the document")
    access: Text | None = Field(
        None,
        description="Column with who may read it: a list, or text with blanks between the names; "
        "where it holds nothing, nobody may",
    )
    login: Literal["none", "bearer", "header", "basic"] = Field(
        "none", description="How the service knows who asks"
    )
    header: Text | None = Field(None, description="Header of the token, with `login: header`")
    user: Text | None = Field(None, description="Who logs in, with `login: basic`")
    unencrypted: bool = Field(
        False, description="Log in though nothing is encrypted on the way to the server"
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if bool(self.text) == bool(self.blob):
            raise ValueError("either `text` or `blob`")
        if (self.login == "header") != bool(self.header):
            raise ValueError("`header` with `login: header`, and with nothing else")
        if (self.login == "basic") != bool(self.user):
            raise ValueError("`user` with `login: basic`, and with nothing else")
        if self.pagination.get("type", "auto") == "auto":
            raise ValueError("a `type` of `pagination`: a guess that is wrong would miss rows")
        if any(name.startswith("maximum_") for name in self.pagination):
            raise ValueError("`max_pages`: the maximum of a pagination ends it without a word")
        return self

    def unfit(self, name: str, source: SourceSettings) -> list[wrong.Problem]:
        is_open = urlsplit(source.url).scheme.lower() == "rest+http"
        if self.login == "none" or self.unencrypted or not is_open:
            return []
        expected = "a url of rest://, or `unencrypted: true` if the way there is safe"
        return [(f"sources.{name}.options.login", self.login, expected)]


class ImapOptions(NetworkOptions):
    """A mailbox. Its secret is DOCLAKE_SOURCE_<NAME>_PASSWORD, or _TOKEN for OAuth 2."""

    lists_slowly: ClassVar[bool] = True
    observed_every: ClassVar[timedelta] = timedelta(minutes=5)

    user: Text = Field(description="Who logs in")
    all_folders: bool = Field(
        False, description="List junk, trash, drafts and the folder of all mail as well"
    )
    unencrypted: bool = Field(
        False, description="Log in though the server offers no encryption; imap:// only"
    )


class SftpOptions(NetworkOptions):
    """A folder over SSH. Its secrets are DOCLAKE_SOURCE_<NAME>_PASSWORD and _PASSPHRASE."""

    user: Text = Field(description="Who logs in")
    identity: FileHere | None = Field(
        None, description="File of the private key; null: the agent's keys and those in ~/.ssh"
    )
    known_hosts: FileHere = Field(
        "~/.ssh/known_hosts", description="File of the keys of hosts; any other host is refused"
    )


class LoginOptions(NetworkOptions):
    """What a kind takes that sends a password with each request of HTTP."""

    user: Text | None = Field(None, description="Who logs in")
    unencrypted: bool = Field(
        False, description="Log in though nothing is encrypted on the way to the server"
    )

    def unfit(self, name: str, source: SourceSettings) -> list[wrong.Problem]:
        scheme = urlsplit(source.url).scheme.lower()
        if not self.user or self.unencrypted or scheme not in ("http", "webdav"):
            return []
        expected = f"a url of {scheme}s://, or `unencrypted: true` if the way there is safe"
        return [(f"sources.{name}.options.user", self.user, expected)]


class WebdavOptions(LoginOptions):
    """A folder of a WebDAV server. Its password is DOCLAKE_SOURCE_<NAME>_PASSWORD."""


class WebOptions(LoginOptions):
    """A web site or an HTTP folder. With `user`, DOCLAKE_SOURCE_<NAME>_PASSWORD is its password."""

    lists_slowly: ClassVar[bool] = True
    observed_every: ClassVar[timedelta] = timedelta(hours=1)

    depth: int = Field(10, ge=0, description="Links from the start page to the last page")
    hosts: Listed[WebHost] = Field((), description="Further hosts to take, each of them whole")
    sitemap: bool = Field(True, description="Take what the sitemaps name as well")
    max_pages: int = Field(10_000, ge=1, description="Pages to ask for in one listing")
    max_mb: int = Field(1_024, ge=1, description="Megabytes to read in one listing")
    delay: Duration = Field(
        timedelta(seconds=1), description="Pause between two requests to a host, at least"
    )
    types: Listed[Text] = Field(
        (),
        description="Media types to take, such as text/html or application/*; none: all but style "
        "sheets, scripts, fonts, sound and films",
    )
    agent: WebAgent = Field("doclake", description="What robots.txt and servers know it by")
    private_addresses: bool | Listed[Network] = Field(
        False,
        description="Whether servers within a private network may be asked: true, or the networks, "
        "such as [10.1.0.0/16]",
    )


class SaasOptions(NetworkOptions):
    """A service that a connector of unstructured-ingest reads. Its secrets are
    DOCLAKE_SOURCE_<NAME>_<FIELD>, by the fields of the connector's access configuration."""

    lists_slowly: ClassVar[bool] = True
    observed_every: ClassVar[timedelta] = timedelta(minutes=30)

    connection: dict[str, Any] = Field(
        default_factory=dict, description="Fields of the connector's connection"
    )
    index: dict[str, Any] = Field(
        default_factory=dict, description="Fields of the connector's index: what is listed"
    )
    permissions: Literal["required", "source"] = Field(
        "required",
        description="`required`: who may read a document is what the service says, and nobody "
        "where it does not; `source`: all whom the source allows may read all of it",
    )

    def unfit(self, name: str, source: SourceSettings) -> list[wrong.Problem]:
        return connectors.problems(name, source.url, self)


_DATABASES = ("postgresql", "mysql", "mariadb", "sqlite")
BUILT_IN: dict[str, type[SourceOptions]] = {
    **dict.fromkeys(_DATABASES, DatabaseOptions),
    **dict.fromkeys(("imap", "imaps"), ImapOptions),
    **dict.fromkeys(("sftp", "ssh"), SftpOptions),
    **dict.fromkeys(("webdav", "webdavs"), WebdavOptions),
    **dict.fromkeys(("https", "http"), WebOptions),
    **dict.fromkeys(connectors.CONNECTORS, SaasOptions),
    **dict.fromkeys(("rest", "rest+http"), RestOptions),
    **dict.fromkeys(("kafka", "kafkas"), KafkaOptions),
    **dict.fromkeys(("nats", "natss"), NatsOptions),
}
"""The kinds of Doclake that have options, by scheme."""
