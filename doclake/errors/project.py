"""Of settings, sources, models, searches, the lake and its index."""

from __future__ import annotations

from doclake.errors.base import DoclakeError


class SettingsError(DoclakeError):
    """One or more settings are wrong."""

    code = "settings_invalid"


class SourceError(DoclakeError):
    code = "source_unreachable"


class ListingIncomplete(SourceError):
    code = "listing_incomplete"


class CredentialsRefused(SourceError):
    """A place knows no such user, or lets it read nothing: `source`, `variables`."""

    code = "credentials_refused"


class MessagesLost(SourceError):
    """A topic keeps no more what comes next: `partition`, `offset`, `kept`."""

    code = "messages_lost"


class DeletionRefused(DoclakeError):
    code = "deletion_refused"


class ModelError(DoclakeError):
    code = "model_error"


class PairsLacking(DoclakeError):
    """Too few questions with known answers: `found`, `needed`."""

    code = "pairs_lacking"


class ExtraMissing(DoclakeError):
    """What is asked for needs a package of an extra: `package`, `extra`."""

    code = "extra_missing"


class QuestionEmpty(DoclakeError):
    """`facts["index"]` is its place among the questions of one call."""

    code = "question_empty"


class GroupsUnknown(DoclakeError):
    code = "groups_unknown"


class FilterError(DoclakeError):
    code = "filter_invalid"


class StatementRefused(DoclakeError):
    """SQL that does more than ask, or asks for what is not there: `table` or `function`."""

    code = "statement_refused"


class StatementTimeout(DoclakeError):
    code = "statement_timeout"


class ExportRefused(DoclakeError):
    """An export that cannot be made as it is asked for."""

    code = "export_refused"


class ExportDiffers(ExportRefused):
    """What a manifest describes cannot be made again: `files`, or what has changed since."""

    code = "export_differs"


class PassageGone(DoclakeError):
    code = "passage_gone"


class MemoryGone(DoclakeError):
    """`facts["memory_id"]`."""

    code = "memory_gone"


class MemoryRefused(DoclakeError):
    """`facts["rule"]` names what it breaks."""

    code = "memory_refused"


class MemoryChanged(DoclakeError):
    """`facts["memory_id"]`."""

    code = "memory_changed"


class BudgetSpent(DoclakeError):
    code = "budget_spent"


class DocumentChanged(DoclakeError):
    code = "document_changed"


class PageNotShown(DoclakeError):
    code = "page_not_shown"


class PushRefused(DoclakeError):
    """A source takes no pushed document: `source`."""

    code = "push_refused"


class JudgementRefused(DoclakeError):
    code = "judgement_refused"


class DecisionRefused(DoclakeError):
    code = "decision_refused"


class SandboxMissing(DoclakeError):
    """`facts["missing"]` names the protections, as `doclake doctor` does."""

    code = "sandbox_missing"


class ParsersUnavailable(DoclakeError):
    """The process that starts parsers cannot start: no document's doing, and the end of a run."""

    code = "parsers_unavailable"


class ExecutorUnavailable(DoclakeError):
    code = "executor_unavailable"


class ContractError(DoclakeError):
    code = "contract_error"


class LakeError(DoclakeError):
    code = "lake_error"


class LakeConflict(LakeError):
    code = "lake_conflict"


class LakeDamaged(LakeError):
    """A file of the lake is not as it was written: `table`, `source`, `bucket`, `files`."""

    code = "lake_damaged"


class LeaseLost(LakeError):
    code = "lease_lost"


class LakeVersionGone(LakeError):
    """An older version of a table cannot be read any more: `table`, `version`."""

    code = "lake_version_gone"


class LakeTooNew(DoclakeError):
    """No `LakeError`: nothing is damaged, and nothing may be mended."""

    code = "lake_too_new"


class IndexStateError(DoclakeError):
    code = "index_state"
