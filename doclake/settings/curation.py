"""What the steps of curation find wrong with chunks: a section for each step."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from doclake.settings.fields import FileHere, Listed, Model


def _language(code: str) -> str:
    if re.fullmatch(r"[a-z]{2,3}", code):
        return code
    raise ValueError("a code of ISO 639, such as en or ko")


Language = Annotated[str, AfterValidator(_language)]


Policy = Literal["off", "keep", "flag", "drop"]


def _off(value: Any) -> Any:
    """YAML reads `off` as false."""
    return "off" if value is False else value


Word = Annotated[Policy, BeforeValidator(_off)]
_POLICY = (
    "What becomes of what it flags: `keep` notes it in the table `signals`, `flag` says it beside "
    "what a search finds, `drop` keeps it out of searches; `off` does not look"
)


class StepSettings(Model):
    """A step of curation. One word in place of the mapping is its policy."""

    policy: Word = Field("keep", description=_POLICY)

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, value: Any) -> Any:
        return {"policy": value} if isinstance(value, str | bool) else value

    @property
    def is_on(self) -> bool:
        return self.policy != "off"

    @property
    def facts(self) -> str:
        """What decides what the step finds."""
        return self.model_dump_json(exclude={"policy"})


class LanguageSettings(StepSettings):
    """Chunks in a language that nobody expects."""

    expected: Listed[Language] = Field(
        ("en", "ko"), description="Codes of ISO 639; an empty list expects any language"
    )
    sure: float = Field(
        0.8,
        ge=0.5,
        le=1,
        description="How sure the model must be of another language",
    )
    share: float = Field(
        0.3,
        gt=0,
        le=0.5,
        description="Of a chunk's letters: from so many in the script of another language on, its"
        " scripts count as mixed",
    )


class HeuristicsSettings(StepSettings):
    """Rules of Gopher, C4 and FineWeb, and our own, for chunks that are no text to read."""

    repeated_lines: float | None = Field(
        None,
        gt=0,
        le=1,
        description="Share of the lines of prose that repeat another one. By itself .30, .374 in"
        " Korean",
    )
    repeated_words: float = Field(
        0.4,
        gt=0,
        le=1,
        description="Share of the letters of prose in repeated runs of five words, in Korean of"
        " three. Gopher's .15 is of whole pages; chunks of patents and regulations reach .36",
    )
    symbols: float = Field(
        0.1, gt=0, le=1, description="Number signs and ellipses for each word of prose"
    )
    cut_lines: float = Field(0.3, gt=0, le=1, description="Share of lines that end in an ellipsis")
    numbers: float = Field(
        0.9, gt=0, le=1, description="Share of words without a letter, where no line names columns"
    )
    garbage: float = Field(
        0.3, gt=0, le=1, description="Share of words that no reader could say: bad OCR"
    )
    contents: float = Field(
        0.5, gt=0, le=1, description="Share of lines that lead to a page: contents, an index"
    )


class BoilerplateSettings(StepSettings):
    """What stands on every page and mail: menus, notices, signatures, disclaimers."""

    share: float = Field(
        0.5, gt=0, le=1, description="Share of a chunk's letters from which on it is boilerplate"
    )


class FurnitureSettings(StepSettings):
    """Lines that stand at the ends of many documents of a source: letterheads, footers."""

    documents: int = Field(
        10, ge=3, description="In so many documents with different ends a line is furniture"
    )
    share: float = Field(
        0.5, gt=0, le=1, description="Share of a chunk's letters from which on it is furniture"
    )


class QuotedMailSettings(StepSettings):
    """What a mail repeats of the mails it answers."""

    share: float = Field(
        0.5, gt=0, le=1, description="Share of a chunk's letters from which on it is a quotation"
    )


class ToxicitySettings(StepSettings):
    """Swearing, insults, threats and pornography."""

    policy: Word = Field("off", description=_POLICY)
    threshold: float = Field(0.5, gt=0, le=1, description="Score from which on a chunk is flagged")


def _classifier(file: str) -> str:
    if re.fullmatch(r"[0-9a-f]{16}\.safetensors", PurePath(file).name):
        return file
    raise ValueError("a file that `doclake curate train` wrote, by the name that it gave it")


class ClassifierSettings(StepSettings):
    """A classifier trained on labels that people gave: `doclake curate train`."""

    model: Annotated[FileHere, AfterValidator(_classifier)] | None = Field(
        None,
        description="Its file, such as classifiers/0123456789abcdef.safetensors; null: the step "
        "does not look",
    )
    threshold: float = Field(
        0.5, gt=0, le=1, description="How likely a chunk must be bad to be flagged"
    )

    @property
    def is_on(self) -> bool:
        return super().is_on and self.model is not None

    @property
    def facts(self) -> str:
        """The name of the file is a digest of its content, wherever it lies."""
        return f"{PurePath(self.model or '').name} {self.threshold}"


class ExactDuplicatesSettings(StepSettings):
    """Chunks whose text stands in another one already, but for case, width and blanks."""


class NearDuplicatesSettings(StepSettings):
    """Chunks that say nearly what another one says already."""

    similarity: float = Field(
        0.6,
        ge=0.5,
        lt=1,
        description="Least Jaccard similarity of the runs of five characters; where every tenth "
        "word is another one, it is about .75 in English and .7 in Korean",
    )


class SemanticDuplicatesSettings(StepSettings):
    """Chunks that say in other words what another one says already, by their vectors."""

    policy: Annotated[Literal["off", "keep", "flag"], BeforeValidator(_off)] = Field(
        "off", description="As above, in the table `semantic_clusters`; it drops nothing"
    )
    similarity: float = Field(
        0.95, ge=0.5, le=1, description="Least cosine of the vectors; each model has its own scale"
    )


class CurationSettings(Model):
    """What is judged of each chunk, step by step."""

    language: LanguageSettings = LanguageSettings()
    heuristics: HeuristicsSettings = HeuristicsSettings()
    boilerplate: BoilerplateSettings = BoilerplateSettings()
    furniture: FurnitureSettings = FurnitureSettings()
    quoted_mail: QuotedMailSettings = QuotedMailSettings()
    toxicity: ToxicitySettings = ToxicitySettings()
    classifier: ClassifierSettings = ClassifierSettings()
    exact_duplicates: ExactDuplicatesSettings = ExactDuplicatesSettings()
    near_duplicates: NearDuplicatesSettings = NearDuplicatesSettings()
    semantic_duplicates: SemanticDuplicatesSettings = SemanticDuplicatesSettings()
    duplicates_across: Literal["source", "lake"] = Field(
        "source",
        description="Where a duplicate is looked for: in its own source, or in all. In either case "
        "only among chunks that the same people may read",
    )

    def of(self, step: str) -> StepSettings:
        """The section of a step."""
        section: StepSettings = getattr(self, step)
        return section

    def with_files(self, place: Callable[[str], str]) -> Self:
        """These settings with the file of the classifier at its `place`."""
        if self.classifier.model is None:
            return self
        placed = self.classifier.model_copy(update={"model": place(self.classifier.model)})
        return self.model_copy(update={"classifier": placed})

    def with_policy(self, policy: Policy) -> list[str]:
        """The names of the steps that have it."""
        return [
            name
            for name in type(self).model_fields
            if isinstance(section := getattr(self, name), StepSettings) and section.policy == policy
        ]


def in_full(recipe: Any) -> Any:
    """A recipe as it was given, in which a word for the policy of a step stands as a mapping does:
    a source that has one keeps the other settings of the step of all."""
    steps = recipe.get("curation") if isinstance(recipe, dict) else None
    if not isinstance(steps, dict):
        return recipe
    of_steps = {
        name: {"policy": value} if _is_step(name) and isinstance(value, str | bool) else value
        for name, value in steps.items()
    }
    return {**recipe, "curation": of_steps}


def _is_step(name: str) -> bool:
    field = CurationSettings.model_fields.get(name)
    return field is not None and isinstance(field.default, StepSettings)
