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
    Model,
    Network,
    OneOrMore,
    Text,
    WebAgent,
    WebHost,
)
from doclake.settings.sources import SourceSettings


class SourceOptions(Model):
    """What every kind takes: nothing."""

    lists_slowly: ClassVar[bool] = False
    """Whether a listing takes longer than a sensor may, so that a job lists it."""
    observed_every: ClassVar[timedelta] = timedelta(seconds=30)
    """How often it is listed where the settings do not say."""

    def unfit(self, name: str, source: SourceSettings) -> list[wrong.Problem]:  # noqa: ARG002
        """What is wrong with them for the URL of this source."""
        return []


class AnswerOptions(SourceOptions):
    """How patiently a server is waited for."""

    timeout: Duration = Field(timedelta(seconds=30), description="Wait for one answer")


class NetworkOptions(AnswerOptions):
    """How patiently and how gently a server is asked."""

    retries: int = Field(
        3, ge=0, le=20, description="Further tries where a server is busy, fails or is silent"
    )


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


class StreamOptions(AnswerOptions):
    """A topic whose messages are documents, each under its key, or change events of rows. Its
    client asks again by itself until `timeout` is over."""

    observed_every: ClassVar[timedelta] = timedelta(seconds=5)

    messages: Literal["documents", "change_events"] = Field(
        "documents", description="What a message is: bytes of a document, or a change of a row"
    )
    text: Listed[Text] = Field((), description="Columns with the text of a row, in this order")
    title: Text | None = Field(None, description="Column with its title")
    format: Literal["text", "markdown", "html"] = Field("text", description="What `text` is")
    metadata: Listed[Text] = Field((), description="Columns to keep as metadata of the document")
    access: Text | None = Field(
        None,
        description="Header with who may read it: names with blanks between; where there is none, "
        "nobody may",
    )
    take_for: Duration = Field(
        timedelta(seconds=20), description="How long one listing takes messages; the rest waits"
    )

    @model_validator(mode="after")
    def _has_text(self) -> Self:
        if (self.messages == "change_events") != bool(self.text):
            raise ValueError("`text` of change events, and of nothing else")
        return self


class KafkaOptions(StreamOptions):
    """A topic of Kafka. With `user`, DOCLAKE_SOURCE_<NAME>_PASSWORD is its password."""

    user: Text | None = Field(None, description="Who logs in")
    mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = Field(
        "SCRAM-SHA-512", description="How; PLAIN only over kafkas://"
    )
    ca: FileHere | None = Field(
        None, description="File of the certificates to trust; null: those of the system"
    )


class NatsOptions(StreamOptions):
    """A stream of NATS JetStream. Its secret is DOCLAKE_SOURCE_<NAME>_PASSWORD with `user`, else
    _TOKEN."""

    subjects: Listed[Text] = Field(
        (), description="Subjects to take, with * and > as NATS has them; none: all of the stream"
    )
    named_by: Text | None = Field(
        None, description="Header with the key of a message; null: its subject is its key"
    )
    user: Text | None = Field(None, description="Who logs in with a password")
    identity: FileHere | None = Field(
        None, description="File with a JWT and its seed to log in by, as `nsc` writes it"
    )
    ca: FileHere | None = Field(
        None, description="File of the certificates to trust; null: those of the system"
    )
    unencrypted: bool = Field(
        False, description="Log in with a password or a token over nats://, which is not encrypted"
    )

    @model_validator(mode="after")
    def _has_key(self) -> Self:
        if self.messages == "change_events" and self.named_by is None:
            raise ValueError("`named_by` of change events: the header with the key of the row")
        return self


_DATABASES = ("postgresql", "mysql", "mariadb", "sqlite")
BUILT_IN: dict[str, type[SourceOptions]] = {
    **dict.fromkeys(_DATABASES, DatabaseOptions),
    **dict.fromkeys(("imap", "imaps"), ImapOptions),
    **dict.fromkeys(("sftp", "ssh"), SftpOptions),
    **dict.fromkeys(("webdav", "webdavs"), WebdavOptions),
    **dict.fromkeys(("https", "http"), WebOptions),
    **dict.fromkeys(connectors.CONNECTORS, SaasOptions),
    **dict.fromkeys(("kafka", "kafkas"), KafkaOptions),
    **dict.fromkeys(("nats", "natss"), NatsOptions),
}
"""The kinds of Doclake that have options, by scheme."""
