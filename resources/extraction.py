"""How many workers parse, and what one document may cost them."""

from dataclasses import dataclass

import dagster as dg

from doclake.project import Project
from doclake.settings import Limits, Processing
from doclake.settings.fields import Model
from doclake_dagster.resources.run_config import resource, run_fields

_ABOUT = """How many workers parse at once, how many documents are committed together, and what one
document may cost before it fails. Defaults come from `processing` and `limits` in doclake.yaml. A
run may raise a limit for documents that failed at it: `doclake replay --reason limit_exceeded
--no-run` marks them, and the next run tries them.

What decides the rows of a sound document cannot be set for a run: engines, languages, the size of
chunks and the like are recipes in doclake.yaml, since one run would leave rows that the next makes
again. Nor can `require_sandbox`, which keeps parsers confined.
"""
_PROCESSING = ("workers", "documents_per_child", "batch_documents")
_LIMITS = [name for name in Limits.model_fields if name != "require_sandbox"]


class ExtractionSettings(Model):
    """What of the settings a run may change about extraction."""

    processing: Processing = Processing()
    limits: Limits = Limits()


@dataclass(frozen=True)
class Extraction:
    """The limits and the number of workers of a run."""

    settings: ExtractionSettings

    def of(self, project: Project) -> Project:
        """The project with them."""
        processing, limits = self.settings.processing, self.settings.limits
        return project.with_settings(processing=processing, limits=limits)


def extraction(processing: Processing, limits: Limits) -> dg.ResourceDefinition:
    """The resource."""
    settings = ExtractionSettings(processing=processing, limits=limits)
    fields = {
        "processing": dg.Field(
            run_fields(processing, _PROCESSING),
            is_required=False,
            description="How much is done at once",
        ),
        "limits": dg.Field(
            run_fields(limits, _LIMITS),
            is_required=False,
            description="What one document may cost. A document that costs more fails",
        ),
    }
    return resource("extraction", _ABOUT, settings, fields, Extraction)
