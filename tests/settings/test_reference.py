"""The configuration reference says what the settings model says."""

from __future__ import annotations

from pathlib import Path

from doclake import settings
from doclake.settings import reference

ROOT = Path(__file__).parents[2]


def test_the_committed_reference_is_the_generated_one() -> None:
    committed = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    assert committed == reference.markdown(), (
        "run: python -m doclake.reference > docs/configuration.md"
    )


def test_every_key_of_every_model_is_described() -> None:
    told = {(section.title, key.name) for section in reference.sections() for key in section.keys}
    told |= {tuple(section.title.rsplit(".", 1)) for section in reference.sections()}
    models = {
        "sources.NAME": settings.SourceSettings,
        "recipe.extract": settings.ExtractRecipe,
        "recipe.extract.vision": settings.VisionSettings,
        "recipe.extract.transcription": settings.TranscriptionSettings,
        "recipe.chunk": settings.ChunkRecipe,
        "embedding": settings.EmbeddingSettings,
        "limits": settings.Limits,
        "processing": settings.Processing,
        "deletion": settings.Deletion,
    }
    for title, model in models.items():
        for name in model.model_fields:
            assert (title, name) in told
    assert all(key.about for section in reference.sections() for key in section.keys)


def test_the_reference_is_the_same_on_every_machine() -> None:
    assert "`workers` | integer, at least 1 | `number of CPUs`" in reference.markdown()


def test_durations_are_shown_as_they_are_written() -> None:
    text = reference.markdown()
    assert "| `history` | duration | `7d` |" in text
    assert "| `retry_after` | duration | `15m` |" in text


def test_what_the_program_sets_itself_is_no_setting() -> None:
    assert "config_dir" not in reference.markdown()
