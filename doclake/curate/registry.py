"""The one list of steps."""

from __future__ import annotations

from doclake.curate.base import Step
from doclake.curate.boilerplate import Boilerplate
from doclake.curate.classifier.step import ClassifierStep
from doclake.curate.heuristics import Heuristics
from doclake.curate.language import Language
from doclake.curate.quoted_mail import QuotedMail
from doclake.curate.toxicity import Toxicity

STEPS: dict[str, type[Step]] = {
    step.name: step
    for step in (Language, Heuristics, Boilerplate, QuotedMail, Toxicity, ClassifierStep)
}
