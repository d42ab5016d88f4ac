"""Every error Doclake raises or records, as a type with its facts in fields.

DoclakeError
├── SettingsError          a setting is wrong: key, found, expected, file
├── SourceError            a source cannot be listed or read: source, url
│   └── ListingIncomplete  the listing ended early, so nothing may be deleted
├── DeletionRefused        a listing lost more than the guard allows
├── ModelError             an embedding model cannot be loaded or misbehaves
├── QuestionEmpty          a question without a word: index
├── FilterError            a filter of a search is wrong: key, found, expected
├── PassageGone            no passage that one may see has a citation id
├── BudgetSpent            a question would cost more than the settings allow in a day
├── DocumentChanged        its source holds another version than the one asked for
├── PageNotShown           there is no picture of a page: no format for it, or a container
├── JudgementRefused       the golden file of a source cannot take a judgement
├── SandboxMissing         the machine lacks protections that `limits.require_sandbox` asks for
├── ExecutorUnavailable    there is no Ray, no cluster, or none that runs this Doclake
├── ContractError          a rule of a contract could not be checked: rule
├── LakeError              the lake cannot be read or written
│   ├── LakeConflict       another writer was first at every attempt
│   └── LeaseLost          another run took over what this one held: group
├── IndexStateError        the search index is missing or was made by another model
├── RequestRefused         the server does not take a request
│   ├── RequestInvalid     it is not what its route takes
│   ├── TokenUnknown       its token opens nothing
│   ├── RequestForbidden   it asks for what its token does not allow
│   ├── SettingsDiffer     it counts on other settings than those of the server
│   ├── NothingThere       nothing is there under its path
│   ├── BodyTooLarge       its body is larger than a question is
│   ├── TooManyRequests    its token or address has asked too often: retry_after
│   └── ServerBusy         so many others are waiting, or it took too long
└── DocumentError          one document cannot be handled: a ledger row, never the end of a run
    ├── UnsupportedFormat  no extractor for this content
    ├── DocumentEncrypted  needs a password that is not configured
    ├── DocumentMalformed  the bytes do not follow their own format
    ├── DocumentEmpty      no content at all, or none that could be found
    ├── LimitExceeded      larger, deeper or more compressed than the limits allow
    ├── ParserTimeout      the parser took more CPU or wall clock than it may
    ├── ParserCrashed      the parser died (signal, abort)
    ├── ParserOutOfMemory  the parser asked for more memory than its limit
    ├── ParserFailed       the parser raised something unforeseen: a bug of ours, `internal_error`
    ├── DependencyMissing  what this document needs is not installed (Tesseract, a package)
    ├── NoSpace            the temporary folder is full
    ├── DocumentUnreadable the source does not hand over the bytes
    ├── ServerUnavailable  a model server that the recipe names gave no answer this time
    └── ServerRefused      a model server took the request and gave nothing that can be used

A parser raises a `DocumentError` for an input that it cannot handle. Anything else that it raises
is a bug in Doclake and becomes `ParserFailed`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from doclake.secrets import redact, redact_all


class DoclakeError(Exception):
    """Base of all errors. `code` is stable; `mend` says what the reader can do about it.

    Messages of libraries repeat URLs and options, so no error keeps a secret: it may be logged,
    shown, stored in the ledger and sent to people.
    """

    code: ClassVar[str] = "doclake_error"

    def __init__(self, message: str, *, mend: str = "", **facts: Any) -> None:
        self.message = redact(message)
        self.mend = redact(mend)
        self.facts = redact_all(facts)
        super().__init__(self.message)

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """(key, found, expected) for each, where something that was given is wrong."""
        return list(self.facts.get("problems", []))

    def __str__(self) -> str:
        return f"{self.message} {self.mend}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors keep their fields across process borders (workers, Dagster steps).
        return _rebuild, (type(self), self.message, self.mend, self.facts)


def _rebuild(
    cls: type[DoclakeError], message: str, mend: str, facts: dict[str, Any]
) -> DoclakeError:
    error = cls.__new__(cls)
    DoclakeError.__init__(error, message, mend=mend, **facts)
    return error


class SettingsError(DoclakeError):
    """One or more settings are wrong."""

    code = "settings_invalid"


class SourceError(DoclakeError):
    code = "source_unreachable"


class ListingIncomplete(SourceError):
    code = "listing_incomplete"


class DeletionRefused(DoclakeError):
    code = "deletion_refused"


class ModelError(DoclakeError):
    code = "model_error"


class QuestionEmpty(DoclakeError):
    """`facts["index"]` is its place among the questions of one call."""

    code = "question_empty"


class FilterError(DoclakeError):
    code = "filter_invalid"


class PassageGone(DoclakeError):
    code = "passage_gone"


class BudgetSpent(DoclakeError):
    code = "budget_spent"


class DocumentChanged(DoclakeError):
    code = "document_changed"


class PageNotShown(DoclakeError):
    code = "page_not_shown"


class JudgementRefused(DoclakeError):
    code = "judgement_refused"


class SandboxMissing(DoclakeError):
    """`facts["missing"]` names the protections, as `doclake doctor` does."""

    code = "sandbox_missing"


class ExecutorUnavailable(DoclakeError):
    code = "executor_unavailable"


class ContractError(DoclakeError):
    code = "contract_error"


class LakeError(DoclakeError):
    code = "lake_error"


class LakeConflict(LakeError):
    code = "lake_conflict"


class LeaseLost(LakeError):
    code = "lease_lost"


class IndexStateError(DoclakeError):
    code = "index_state"


class RequestRefused(DoclakeError):
    code = "request_refused"


class RequestInvalid(RequestRefused):
    code = "request_invalid"


class TokenUnknown(RequestRefused):
    code = "token_unknown"


class RequestForbidden(RequestRefused):
    code = "forbidden"


class SettingsDiffer(RequestRefused):
    code = "settings_differ"


class NothingThere(RequestRefused):
    code = "not_found"


class BodyTooLarge(RequestRefused):
    code = "body_too_large"


class TooManyRequests(RequestRefused):
    """`facts["retry_after"]`: seconds."""

    code = "too_many_requests"


class ServerBusy(RequestRefused):
    code = "server_busy"


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
