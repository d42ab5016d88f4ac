"""Of single documents: a row of the ledger, never the end of a run."""

from __future__ import annotations

from typing import Any, ClassVar

from doclake.errors.base import DoclakeError


class DocumentError(DoclakeError):
    """One document could not be handled. `retryable` errors may succeed on the same bytes."""

    code = "document_error"
    retryable: ClassVar[bool] = False
    default_mend: ClassVar[str] = ""

    def __init__(self, message: str, *, mend: str = "", **facts: Any) -> None:
        super().__init__(message, mend=mend or self.default_mend, **facts)


class UnsupportedFormat(DocumentError):
    code = "unsupported_format"
    default_mend = "Exclude it from the source, or convert it to a supported format."


class DocumentEncrypted(DocumentError):
    code = "encrypted"
    default_mend = "Remove the password, or configure it for this source."


class DocumentMalformed(DocumentError):
    code = "malformed"
    default_mend = "Open and save it again in the program that made it."


class DocumentEmpty(DocumentError):
    code = "empty"
    default_mend = "Check that the document has content; a scan needs OCR."


class LimitExceeded(DocumentError):
    code = "limit_exceeded"
    default_mend = "Raise the limit under `limits` if the document can be trusted."


class DocumentRefused(DocumentError):
    """`facts["rules"]` names the rules of the contract that it breaks."""

    code = "refused"
    default_mend = "`doclake quarantine` shows, replays and releases it."


class ParserTimeout(DocumentError):
    """`facts["cpu_seconds"]` and `facts["wall_seconds"]` are what it took."""

    code = "timeout"
    retryable = True
    default_mend = "Raise `limits.timeout_seconds` if the document can be trusted."


class ParserCrashed(DocumentError):
    code = "parser_crashed"
    retryable = True
    default_mend = "Try the other engine for this format, or convert the document."


class ParserOutOfMemory(DocumentError):
    code = "out_of_memory"
    retryable = True
    default_mend = "Raise `limits.memory_mb` if the document can be trusted."


class ParserFailed(DocumentError):
    """`facts["exception"]` names the type of what the parser raised."""

    code = "internal_error"
    default_mend = "Please report it with the document, if you may share it."


class DependencyMissing(DocumentError):
    code = "dependency_missing"
    retryable = True


class NoSpace(DocumentError):
    code = "no_space"
    retryable = True
    default_mend = "Free space in the temporary folder, or let TMPDIR name a larger one."


class DocumentUnreadable(DocumentError):
    code = "unreadable"
    retryable = True
    default_mend = "Check the permissions of the document in its source."


class ServerUnavailable(DocumentError):
    code = "server_unavailable"
    retryable = True
    default_mend = "Start the server, or correct its settings; `doclake check` tries it."


class ServerRefused(DocumentError):
    code = "server_refused"
    default_mend = "Look into the server's log, or name another model."
