"""The one list of kinds of sources, by the scheme of their URL."""

from __future__ import annotations

from importlib import import_module

from doclake.settings import Settings, SourceSettings
from doclake.settings.connectors import CONNECTORS
from doclake.settings.source_options import added_kinds, scheme_of
from doclake.sources.base import Source
from doclake.sources.message_memory import MessageMemory
from doclake.sources.page_memory import PageMemory

KINDS = {
    "": "doclake.sources.folder:FolderSource",
    "file": "doclake.sources.folder:FolderSource",
    "s3": "doclake.sources.s3:S3Source",
    "s3a": "doclake.sources.s3:S3Source",
    "postgresql": "doclake.sources.database:DatabaseSource",
    "mysql": "doclake.sources.database:DatabaseSource",
    "mariadb": "doclake.sources.database:DatabaseSource",
    "sqlite": "doclake.sources.database:DatabaseSource",
    "https": "doclake.sources.web.source:WebSource",
    "http": "doclake.sources.web.source:WebSource",
    "imap": "doclake.sources.imap:ImapSource",
    "imaps": "doclake.sources.imap:ImapSource",
    "kafka": "doclake.sources.streams.kafka:KafkaSource",
    "kafkas": "doclake.sources.streams.kafka:KafkaSource",
    "nats": "doclake.sources.streams.nats:NatsSource",
    "natss": "doclake.sources.streams.nats:NatsSource",
    "rest": "doclake.sources.rest:RestSource",
    "rest+http": "doclake.sources.rest:RestSource",
    "sftp": "doclake.sources.sftp:SftpSource",
    "ssh": "doclake.sources.sftp:SftpSource",
    "webdav": "doclake.sources.webdav:WebdavSource",
    "webdavs": "doclake.sources.webdav:WebdavSource",
    "maildir": "doclake.sources.maildir:MaildirSource",
    **dict.fromkeys(CONNECTORS, "doclake.sources.saas.source:SaasSource"),
}
"""By name: each is imported when a source of it is opened."""
ANY_OTHER = "doclake.sources.filesystem:RemoteSource"
"""What fsspec knows."""


def open_source(
    name: str,
    source: SourceSettings,
    settings: Settings,
    pages: PageMemory | None = None,
    messages: MessageMemory | None = None,
) -> Source:
    """The source of this name, without any access to it yet. A kind of another package comes after
    Doclake's own. `pages` is what the listing of a web site is remembered in, `messages` what
    was taken from a topic. `Project.open_source` hands both in."""
    opened = _kind(scheme_of(source.url))(name, source, settings)
    opened.pages, opened.messages = pages, messages
    return opened


def _kind(scheme: str) -> type[Source]:
    if scheme not in KINDS and scheme in added_kinds():
        added: type[Source] = added_kinds()[scheme].load()
        return added
    module, _, name = KINDS.get(scheme, ANY_OTHER).partition(":")
    kind: type[Source] = getattr(import_module(module), name)
    return kind
