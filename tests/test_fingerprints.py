"""Fingerprints: they change with what decides content, and with nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doclake import fingerprints
from doclake.errors import ModelError
from doclake.settings import ContractSettings, EmbeddingSettings, Recipe, SourceSettings

DEFAULT, MODEL = Recipe(), EmbeddingSettings()
FORMATS = {"text/plain": {"format": "plain text", "version": 1}, "text/html": {"format": "HTML"}}


def prints(settings: Recipe = DEFAULT, embedding: EmbeddingSettings = MODEL) -> dict[str, str]:
    return {
        "documents": fingerprints.documents(["everyone"]),
        "extract": fingerprints.extract(settings.extract, FORMATS).of_all,
        "chunk": fingerprints.chunk(settings, embedding),
        "model": fingerprints.model(embedding),
        "index": fingerprints.index(embedding),
    }


def changed(settings: Recipe = DEFAULT, embedding: EmbeddingSettings = MODEL) -> set[str]:
    before, after = prints(), prints(settings, embedding)
    return {stage for stage in before if before[stage] != after[stage]}


def test_stages_never_share_a_fingerprint() -> None:
    assert len(set(prints().values())) == 5
    assert prints() == prints(Recipe(), EmbeddingSettings())


@pytest.mark.parametrize(
    "extract",
    [{"pdf_engine": "pypdfium2"}, {"tables": False}, {"ocr": "off"}, {"ocr_languages": ["eng"]}],
)
def test_an_extraction_setting_changes_extraction_alone(extract: dict[str, Any]) -> None:
    assert changed(Recipe.model_validate({"extract": extract})) == {"extract"}


@pytest.mark.parametrize(
    "chunk", [{"max_tokens": 128}, {"overlap_tokens": 8}, {"strategy": "page"}, {"context": False}]
)
def test_a_chunking_setting_changes_chunking_alone(chunk: dict[str, Any]) -> None:
    assert changed(Recipe.model_validate({"chunk": chunk})) == {"chunk"}


@pytest.mark.parametrize(
    "model", [{"model": "all-MiniLM-L6-v2"}, {"revision": "abc"}, {"document_prompt": "passage: "}]
)
def test_another_model_changes_the_chunks_too_for_its_tokenizer_counts(model: dict) -> None:
    assert changed(embedding=EmbeddingSettings(**model)) == {"chunk", "model", "index"}


def test_the_tokenizer_in_a_folder_counts_by_its_content(tmp_path: Path) -> None:
    found = []
    for name, content in (("one", "{}"), ("copy", "{}"), ("other", "{ }")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "tokenizer.json").write_text(content)
        found.append(fingerprints.chunk(Recipe(), EmbeddingSettings(model=str(folder))))
    assert found[0] == found[1] != found[2]


def test_a_query_prompt_changes_the_model_and_no_chunk() -> None:
    assert changed(embedding=EmbeddingSettings(query_prompt="query: ")) == {"model", "index"}


@pytest.mark.parametrize(
    "speed", [{"device": "cpu"}, {"dtype": "bfloat16"}, {"batch_tokens": 1024}]
)
def test_what_only_moves_speed_changes_nothing(speed: dict[str, Any]) -> None:
    assert changed(embedding=EmbeddingSettings(**speed)) == set()


@pytest.mark.parametrize("stage", ["documents", "extract", "chunk", "embed", "index"])
def test_raising_a_code_number_changes_its_stage(
    stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = prints()
    monkeypatch.setitem(fingerprints.CODE, stage, fingerprints.CODE[stage] + 1)
    after = prints()
    below = {"embed": {"model", "index"}}.get(stage, {stage})
    assert {name for name in before if before[name] != after[name]} == below


def test_another_version_of_a_library_changes_its_stage_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, real = prints(), fingerprints.version
    monkeypatch.setattr(
        fingerprints, "version", lambda name: "999" if name == "kiwipiepy" else real(name)
    )
    after = prints()
    assert {name for name in before if before[name] != after[name]} == {"chunk"}


def test_what_is_told_of_a_format_changes_its_documents_alone() -> None:
    before = fingerprints.extract(DEFAULT.extract, FORMATS)
    told = FORMATS | {"text/plain": {"format": "plain text", "version": 2}}
    after = fingerprints.extract(DEFAULT.extract, told)
    assert {kind for kind in before if before[kind] != after[kind]} == {"text/plain"}
    assert before.of_all != after.of_all


def test_a_document_whose_type_nobody_told_has_a_fingerprint_without_a_format() -> None:
    known = fingerprints.extract(DEFAULT.extract, FORMATS)
    none = fingerprints.extract(DEFAULT.extract, {})
    assert known[None] == none[None] == known["test/of no format"]
    assert len(set(known.values())) == 3


def test_a_local_model_is_known_by_its_content_and_not_by_its_place(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"weights")
    one, two = (fingerprints.model(EmbeddingSettings(model=str(f))) for f in (first, second))
    assert one == two
    third = tmp_path / "c"
    third.mkdir()
    (third / "model.safetensors").write_bytes(b"trained")
    assert fingerprints.model(EmbeddingSettings(model=str(third))) != one


def test_a_model_that_nobody_can_read_has_no_fingerprint(tmp_path: Path) -> None:
    model = EmbeddingSettings(model=str(tmp_path / "model"))
    of_source = fingerprints.Fingerprints(
        SourceSettings(url="docs"), model, fingerprints.extract(DEFAULT.extract, FORMATS), None
    )

    def unknown() -> set[str]:
        names = set()
        for table in ("documents", "elements", "chunks", "embeddings"):
            try:
                of_source.code_version(table)
            except ModelError:
                names.add(table)
        return names

    assert unknown() == {"chunks", "embeddings"}
    (tmp_path / "model").mkdir()  # a mount point whose mount is gone
    assert unknown() == {"chunks", "embeddings"}
    (tmp_path / "model" / "tokenizer.json").write_text("{}")
    assert unknown() == set()
    (tmp_path / "model").rename(tmp_path / "away")
    assert unknown() == {"chunks", "embeddings"}  # nothing is remembered


def test_where_and_how_fast_vectors_are_computed_is_in_no_fingerprint():
    server = {"url": "http://127.0.0.1:9", "model": "e5", "dialect": "doclake", "batch_texts": 2}
    for elsewhere in (
        {"device": "cuda:1", "dtype": "bfloat16", "batch_tokens": 999},
        {"backend": "processes", "devices": 2, "batch_timeout": "1m"},
        {"backend": "processes", "devices": ["cuda:0", "cuda:1"]},
        {"backend": "server", "server": server},
    ):
        assert changed(embedding=EmbeddingSettings(**elsewhere)) == set()


def test_what_vectors_are_is_in_their_fingerprint():
    for other in (
        {"model": "all-MiniLM-L6-v2"},
        {"revision": "1"},
        {"document_prompt": "x: "},
        {"query_prompt": "x: "},
        {"dimension": 128},
    ):
        settings = EmbeddingSettings(**other)
        assert fingerprints.model(settings) != fingerprints.model(MODEL)


def test_what_keeps_suspicious_chunks_back_is_part_of_the_contract_and_a_flag_is_not():
    def of(**injection: Any) -> str | None:
        recipe = Recipe.model_validate({"injection": injection})
        return fingerprints.contract(ContractSettings(), recipe.injection)

    assert of() is of(threshold=0.9) is of(in_prompts="include") is None
    kept_back = [of(action="drop"), of(action="quarantine"), of(action="drop", threshold=0.9)]
    assert len({*kept_back, of(action="off")} - {None}) == 4
    assert of(action="off") == of(action="off", threshold=0.9)
