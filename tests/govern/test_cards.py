"""Cards say what is so, are rewritten when that changes, and go with what they are about."""

from __future__ import annotations

from huggingface_hub import DatasetCard, ModelCard

from doclake.govern import cards
from doclake.lake import card_files
from doclake.operate import removal
from doclake.stages import retrieval_report
from doclake.tables.embeddings import EMBEDDINGS


def _text(flow, name):
    return (flow.folder / "lake" / "cards" / f"{name}.md").read_text("utf-8")


def test_a_data_card_is_one_of_the_hub_and_says_what_the_source_holds(flow):
    assert cards.write(flow.project) == {"source-notes": True, "model-embedding": True}
    text = _text(flow, "source-notes")
    card = DatasetCard(text)
    assert card.data.pretty_name == "notes"
    assert set(card.data.language) <= {"en", "ko"} and "ko" in card.data.language
    assert card.data.size_categories == "n<1K"
    assert "5 documents, with those inside others" in text
    assert "1 of 5 documents could not be read." in text and "| malformed | 1 |" in text
    assert "1 documents have the bytes of another one" in text
    assert "those who may read it: everyone." in text
    for name in ("garden", "tools.txt", "정원", "spade"):  # no name and no text of a document
        assert name not in text


def test_a_card_is_rewritten_only_when_what_it_says_has_changed(flow):
    cards.write(flow.project)
    assert cards.write(flow.project) == {"source-notes": False, "model-embedding": False}
    flow.write("new.txt", "The rake leans on the fence.\n")
    flow.run()
    assert cards.write(flow.project) == {"source-notes": True, "model-embedding": True}
    assert "6 documents" in _text(flow, "source-notes")


def test_the_card_of_the_model_tells_its_fingerprint_and_how_well_it_answers(flow):
    flow.configure(evaluation={"generated": 5})
    retrieval_report.run(flow.project)
    cards.write(flow.project)
    text = _text(flow, "model-embedding")
    card = ModelCard(text)
    assert (card.data.license, card.data.language) == ("apache-2.0", ["en"])
    assert flow.project.model in text
    (asked,) = [
        one for one in retrieval_report.verdicts(flow.project, "notes") if not one["language"]
    ]
    assert f"| notes | all | {asked['n']} | {asked['mean']:.3f} |" in text
    assert f"| all | {asked['n']} | {asked['mean']:.3f} |" in _text(flow, "source-notes")


def test_the_card_of_the_model_counts_what_it_read_of_documents_of_today(flow):
    texts = len(set(flow.lake.read("chunks")["text_hash"].to_pylist()))
    vector, *_ = flow.lake.read("embeddings").to_pylist()
    others = [
        vector | {"model": "former"},
        vector | {"source": "removed"},
        vector | {"bucket": "99", "text_hash": "of no document"},
    ]
    flow.lake.append("embeddings", EMBEDDINGS.arrow(others))
    cards.write(flow.project)
    assert f"Searches over the {texts} texts" in _text(flow, "model-embedding")
    flow.configure(embedding={"model": "multilingual-e5-small"})
    cards.write(flow.project)
    assert "Searches over the 0 texts" in _text(flow, "model-embedding")


def test_cards_of_what_is_no_more_go(flow):
    cards.write(flow.project)
    flow.configure(sources={"others": {"url": "documents", "buckets": 4}})
    cards.write(flow.project)
    folder = flow.folder / "lake" / "cards"
    assert sorted(file.stem for file in folder.iterdir()) == ["model-embedding", "source-others"]


def test_the_removal_of_a_source_takes_its_card(flow):
    cards.write(flow.project)
    flow.configure(sources={})
    removal.remove(flow.project, "notes")
    assert not (flow.folder / "lake" / "cards" / "source-notes.md").exists()
    card_files.forget(flow.lake, "notes")  # a second time does no harm
