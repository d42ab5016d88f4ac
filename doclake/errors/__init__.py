"""Every error Doclake raises or records, as a type with its facts in fields.

DoclakeError
├── SettingsError          a setting is wrong: key, found, expected, file
├── SourceError            a source cannot be listed or read: source, url
│   ├── ListingIncomplete  the listing ended early, so nothing may be deleted
│   ├── CredentialsRefused a place does not know us: source, variables
│   └── MessagesLost       a topic keeps no more what comes next: partition, offset, kept
├── DeletionRefused        a listing lost more than the guard allows
├── ModelError             an embedding model cannot be loaded or misbehaves
├── PairsLacking           too few questions with known answers to tune a model: found, needed
├── ExtraMissing           what is asked for needs an extra that is not installed: package, extra
├── QuestionEmpty          a question without a word: index
├── GroupsUnknown          nobody can say now who belongs to which groups: key, found, expected
├── FilterError            a filter of a search is wrong: key, found, expected
├── StatementRefused       SQL that does more than ask, or asks for what is not there
├── StatementTimeout       SQL that took longer than it may
├── ExportRefused          an export cannot be made as it is asked for
│   └── ExportDiffers      what a manifest describes cannot be made again
├── PassageGone            no passage that one may see has a citation id
├── MemoryGone             no memory that one may see, or change, has an id: memory_id
├── MemoryRefused          a text is not to be remembered: rule
├── MemoryChanged          somebody else has changed a memory meanwhile: memory_id
├── BudgetSpent            a question would cost more than the settings allow in a day
├── DocumentChanged        its source holds another version than the one asked for
├── PageNotShown           there is no picture of a page: no format for it, or a container
├── JudgementRefused       the golden file of a source cannot take a judgement
├── PushRefused            a source does not take a document that is pushed to it: source
├── DecisionRefused        nobody can decide so about a refused row: key, found
├── SandboxMissing         the machine lacks protections that `limits.require_sandbox` asks for
├── ParsersUnavailable     no parser can be started, whatever the document
├── ExecutorUnavailable    there is no Ray, no cluster, or none that runs this Doclake
├── ContractError          a rule of a contract could not be checked: rule
├── LakeError              the lake cannot be read or written
│   ├── LakeConflict       another writer was first at every attempt
│   ├── LakeDamaged        a file is not as it was written: table, source, bucket, files
│   ├── LakeVersionGone    an older version of a table is there no more: table, version
│   └── LeaseLost          another run took over what this one held: group
├── LakeTooNew             the lake was brought up to date by a newer Doclake
├── IndexStateError        the search index is missing or was made by another model
├── RequestRefused         the server does not take a request
│   ├── RequestInvalid     it is not what its route takes
│   ├── TokenUnknown       its token opens nothing
│   ├── RequestForbidden   it asks for what its token does not allow
│   │   └── ScopeMissing   a verb that takes a scope of the token: scope
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
    ├── DocumentRefused    the contract of documents refuses it: rules
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

from doclake.errors.base import (
    DoclakeError,
)
from doclake.errors.documents import (
    DependencyMissing,
    DocumentEmpty,
    DocumentEncrypted,
    DocumentError,
    DocumentMalformed,
    DocumentRefused,
    DocumentUnreadable,
    LimitExceeded,
    NoSpace,
    ParserCrashed,
    ParserFailed,
    ParserOutOfMemory,
    ParserTimeout,
    ServerRefused,
    ServerUnavailable,
    UnsupportedFormat,
)
from doclake.errors.project import (
    BudgetSpent,
    ContractError,
    CredentialsRefused,
    DecisionRefused,
    DeletionRefused,
    DocumentChanged,
    ExecutorUnavailable,
    ExportDiffers,
    ExportRefused,
    ExtraMissing,
    FilterError,
    GroupsUnknown,
    IndexStateError,
    JudgementRefused,
    LakeConflict,
    LakeDamaged,
    LakeError,
    LakeTooNew,
    LakeVersionGone,
    LeaseLost,
    ListingIncomplete,
    MemoryChanged,
    MemoryGone,
    MemoryRefused,
    MessagesLost,
    ModelError,
    PageNotShown,
    PairsLacking,
    ParsersUnavailable,
    PassageGone,
    PushRefused,
    QuestionEmpty,
    SandboxMissing,
    SettingsError,
    SourceError,
    StatementRefused,
    StatementTimeout,
)
from doclake.errors.requests import (
    BodyTooLarge,
    NothingThere,
    RequestForbidden,
    RequestInvalid,
    RequestRefused,
    ScopeMissing,
    ServerBusy,
    SettingsDiffer,
    TokenUnknown,
    TooManyRequests,
)

__all__ = [
    "BodyTooLarge",
    "BudgetSpent",
    "ContractError",
    "CredentialsRefused",
    "DecisionRefused",
    "DeletionRefused",
    "DependencyMissing",
    "DoclakeError",
    "DocumentChanged",
    "DocumentEmpty",
    "DocumentEncrypted",
    "DocumentError",
    "DocumentMalformed",
    "DocumentRefused",
    "DocumentUnreadable",
    "ExecutorUnavailable",
    "ExportDiffers",
    "ExportRefused",
    "ExtraMissing",
    "FilterError",
    "GroupsUnknown",
    "IndexStateError",
    "JudgementRefused",
    "LakeConflict",
    "LakeDamaged",
    "LakeError",
    "LakeTooNew",
    "LakeVersionGone",
    "LeaseLost",
    "LimitExceeded",
    "ListingIncomplete",
    "MemoryChanged",
    "MemoryGone",
    "MemoryRefused",
    "MessagesLost",
    "ModelError",
    "NoSpace",
    "NothingThere",
    "PageNotShown",
    "PairsLacking",
    "ParserCrashed",
    "ParserFailed",
    "ParserOutOfMemory",
    "ParserTimeout",
    "ParsersUnavailable",
    "PassageGone",
    "PushRefused",
    "QuestionEmpty",
    "RequestForbidden",
    "RequestInvalid",
    "RequestRefused",
    "SandboxMissing",
    "ScopeMissing",
    "ServerBusy",
    "ServerRefused",
    "ServerUnavailable",
    "SettingsDiffer",
    "SettingsError",
    "SourceError",
    "StatementRefused",
    "StatementTimeout",
    "TokenUnknown",
    "TooManyRequests",
    "UnsupportedFormat",
]
