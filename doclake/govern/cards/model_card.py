"""The cards of the embedding model and of the classifiers that people trained."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from doclake.curate.classifier import card as classifier_card
from doclake.curate.classifier import model as classifiers
from doclake.display import in_markdown
from doclake.evaluate.measures import JUDGED_BY
from doclake.lake import card_files
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.settings import BUNDLED_MODELS
from doclake.stages import retrieval_report
from doclake.tables.chunks import KEPT

_LANGUAGES = {"all-MiniLM-L6-v2": ["en"], "multilingual-e5-small": ["en", "ko"]}
"""Of the bundled models, those in which they were measured here."""
_LICENCES = {"all-MiniLM-L6-v2": "apache-2.0", "multilingual-e5-small": "mit"}


def embedding_card(project: Project) -> str:
    """Markdown. What nobody has told Doclake of a model stays `[More Information Needed]`."""
    embedding = project.settings.embedding
    name = embedding.model
    known: dict[str, Any] = {"pipeline_tag": "feature-extraction", "tags": ["doclake"]}
    if name in _LANGUAGES:
        known |= {"language": _LANGUAGES[name], "license": _LICENCES[name]}
    facts = {
        "model": name,
        "revision": embedding.revision,
        "fingerprint": project.model,
        "backend": embedding.backend,
        "longest text, in tokens": BUNDLED_MODELS.get(name),
        "numbers of a vector": _dimension(project),
        "put before queries": embedding.query_prompt,
        "put before texts": embedding.document_prompt,
        "sources": ", ".join(project.settings.sources),
    }
    return _filled(
        known,
        model_id=in_markdown(name),
        model_summary="The model that turns the texts of this lake, and questions to it, into "
        "vectors.",
        model_description=_table(facts),
        model_type="sentence embeddings",
        language=", ".join(_LANGUAGES.get(name, ())) or "see the model's own card",
        license=_LICENCES.get(name, "see the model's own card"),
        direct_use=f"Searches over the {_embedded_texts(project):,} texts of this lake that have "
        "a vector of it.",
        out_of_scope_use="Vectors of one model mean nothing beside those of another: each is kept "
        "with the fingerprint of its model.",
        testing_data="Golden questions of the sources, or generated ones: the table "
        "`retrieval_report`.",
        testing_metrics=f"{JUDGED_BY}, with an interval of 95 % of bootstrap samples.",
        results=_results(project),
        get_started_code="```sh\ndoclake search 'your question'\n```",
        model_card_contact=", ".join(project.settings.owners("search_index")),
    )


def classifier_cards(project: Project) -> Iterator[tuple[str, str]]:
    """Name and Markdown of each classifier that a source uses. Raises `ModelError`."""
    used: dict[str, list[str]] = {}
    for source, settings in project.settings.sources.items():
        step = settings.recipe.curation.classifier
        if step.is_on and step.model is not None:
            used.setdefault(step.model, []).append(source)
    for file, sources in used.items():
        name = Path(file).name
        card = classifiers.load(file).card
        yield (
            card_files.of_classifier(name),
            _filled(
                {"pipeline_tag": "text-classification", "tags": ["doclake"]},
                model_id=name,
                model_summary="A classifier of chunks, trained on labels that people gave.",
                model_description=_table({"sources": ", ".join(sources)}),
                model_type="linear, over hashed runs of characters",
                training_data=_table({**card["examples"], "documents": card["documents"]}),
                testing_data="Documents held out: each part is judged by what was learned from the "
                "others.",
                testing_metrics=", ".join(classifier_card.HEADING[3:]),
                results=_measured(card),
                model_card_contact=", ".join(project.settings.owners("search_index")),
            ),
        )


def _filled(known: dict[str, Any], **fields: Any) -> str:
    from huggingface_hub import ModelCard, ModelCardData

    return str(ModelCard.from_template(ModelCardData(**known), **fields))


def _dimension(project: Project) -> int | None:
    state = project.index.state()
    return state.dimension if state else project.settings.embedding.dimension


def _embedded_texts(project: Project) -> int:
    """Texts that documents of today hold, each once, and that the model of today has read."""
    lake, named = project.lake, {"source": list(project.settings.sources)}
    texts = lake.read("chunks", Scope(where=named, null=KEPT), ["text_hash"])["text_hash"]
    vectors = Scope(where=named | {"model": [project.model or ""]})
    embedded = lake.read("embeddings", vectors, ["text_hash"])["text_hash"]
    return pc.sum(pc.is_in(pc.unique(texts), embedded.combine_chunks())).as_py() or 0


def _table(facts: dict[str, Any]) -> str:
    lines = ["| | |", "|---|---|"]
    return "\n".join(
        [*lines, *(f"| {name} | {in_markdown(str(v))} |" for name, v in facts.items() if v)]
    )


def _results(project: Project) -> str:
    """Of the last report of each source that the model of today answered."""
    lines = []
    for source in project.settings.sources:
        for row in retrieval_report.verdicts(project, source):
            if row["model"] == project.model:
                span = f"{row['low']:.3f} to {row['high']:.3f}"
                language = row["language"] or "all"
                lines.append(
                    f"| {source} | {language} | {row['n']:,} | {row['mean']:.3f} | {span} |"
                )
    if not lines:
        return "No question whose answer is known was asked yet: `doclake evaluate`."
    headings = f"| source | language | questions | {JUDGED_BY} | 95 % of samples |"
    return "\n".join([headings, "|---|---|---:|---:|---|", *lines])


def _measured(card: dict[str, Any]) -> str:
    lines = [f"| {' | '.join(classifier_card.HEADING)} |", "|---|---:|---:|---:|---:|"]
    for what, of in classifier_card.rows(card):
        lines.append(
            f"| {what} | {of['texts']:,} | {of['bad']:,} | {of['precision']} | {of['recall']} |"
        )
    return "\n".join(lines)
