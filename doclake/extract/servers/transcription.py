"""Recordings and films: a transcription server says what is spoken, and when.

What it answers becomes subtitles, which a guarded worker reads as those of a file: a heading with
the time over each minute or so of speech.
"""

from __future__ import annotations

import html
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
from pydantic import BaseModel, Field, ValidationError, model_validator

from doclake.errors import DocumentEmpty, LimitExceeded, ServerRefused
from doclake.extract.detect import recordings
from doclake.extract.document import ExtractedDocument
from doclake.extract.failure import failure_of
from doclake.extract.guard.guard import Guard, Task
from doclake.extract.guard.reply import Reply
from doclake.extract.model import MetadataField
from doclake.extract.text.cleaning import clean
from doclake.fingerprints import ByMediaType
from doclake.servers.client import Body, Server, Servers

METHOD = "transcription"

_BLOCK = 1 << 20
_SILENT, _UNSURE = 0.6, -1.0
"""As OpenAI's own Whisper decides: words that were heard in silence were not said."""
_SUFFIXES = {
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
    "audio/aac": "aac",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
Seconds = Annotated[float, Field(ge=0, lt=1e6, allow_inf_nan=False)]


class _Segment(BaseModel):
    start: Seconds
    end: Seconds
    text: str
    no_speech_prob: float | None = None
    avg_logprob: float | None = None

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> _Segment:
        if self.end < self.start:
            raise ValueError("it ends before it starts")
        return self

    @property
    def is_said(self) -> bool:
        silent = (self.no_speech_prob or 0.0) > _SILENT and (self.avg_logprob or 0.0) < _UNSURE
        return bool(self.text.strip()) and not silent


class _Said(BaseModel):
    segments: Annotated[list[_Segment], Field(max_length=200_000)]
    language: Annotated[str, Field(max_length=40)] | None = None
    duration: Seconds | None = None


def media_type(file: Path) -> str | None:
    """The media type of a recording; None for every other document."""
    with file.open("rb") as stream:
        return recordings.media_type(stream.read(recordings.HEAD))


def transcribed(task: Task, kind: str, guard: Guard, servers: Servers) -> Reply:
    """What is said in the recording `task.file`, which is consumed."""
    recipe = task.fingerprints[kind]
    try:
        said = _asked(servers.of("transcription", task.recipe.transcription), task.file, kind)
        subtitles = _subtitles([segment for segment in said.segments if segment.is_said])
        if not subtitles:
            raise DocumentEmpty("Nothing is said in it.")
        read = guard.run(
            replace(
                task,
                file=guard.put(subtitles.encode()),
                name="transcript.vtt",
                fingerprints=ByMediaType({None: recipe}),
            )
        ).document
    except Exception as error:  # whatever goes wrong is the failure of this recording
        failed = ExtractedDocument(**task.identity.facts(), recipe=recipe, media_type=kind)
        return Reply(failed.failed(failure_of(error)))
    finally:
        task.file.unlink(missing_ok=True)
    return Reply(
        replace(
            read,
            media_type=kind,
            metadata=tuple(_metadata(said)),
            elements=_by_transcription(read.elements),
        )
    )


def _asked(server: Server, file: Path, kind: str) -> _Said:
    settings, size = server.settings, file.stat().st_size
    most: int = getattr(settings, "file_mb", 0)
    if size > most << 20:
        raise LimitExceeded(
            f"The recording has {size / (1 << 20):.0f} MB; {most} MB may be sent.",
            mend="Raise recipe.extract.transcription.file_mb if the server takes more.",
            limit="recipe.extract.transcription.file_mb",
        )
    server.take(1)
    said = server.post("/v1/audio/transcriptions", _form(str(settings.model), file, size, kind))
    try:
        return _Said.model_validate(said)
    except ValidationError:
        raise ServerRefused(
            "The transcription server gave no segments with times.",
            mend="Name a server that knows `response_format=verbose_json`.",
        ) from None


def _form(model: str, file: Path, size: int, kind: str) -> Body:
    """The multipart form. The server hears no name of a file, only its kind."""
    boundary = secrets.token_hex(16)
    fields = {
        "model": model,
        "response_format": "verbose_json",
        "timestamp_granularities[]": "segment",
    }
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
        f'filename="recording.{_SUFFIXES[kind]}"\r\nContent-Type: {kind}\r\n\r\n'
    )
    first, last = head.encode(), f"\r\n--{boundary}--\r\n".encode()

    def blocks() -> Iterator[bytes]:
        yield first
        with file.open("rb") as stream:
            while block := stream.read(_BLOCK):
                yield block
        yield last

    length = len(first) + size + len(last)
    return Body(f"multipart/form-data; boundary={boundary}", length, blocks)


def _subtitles(segments: Sequence[_Segment]) -> str:
    """WebVTT. In a tag, no text looks like a note or a cue."""
    cues = [
        f"{_clock(segment.start)} --> {_clock(segment.end)}\n"
        f"<c>{html.escape(' '.join(clean(segment.text).split()))}</c>\n"
        for segment in segments
    ]
    return "WEBVTT\n\n" + "\n".join(cues) if cues else ""


def _clock(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{thousandths:03d}"


def _metadata(said: _Said) -> Iterator[MetadataField]:
    if said.language:
        yield MetadataField("language", clean(said.language))
    if said.duration:
        yield MetadataField("duration", f"{said.duration:.1f} s")
    unsaid = sum(not segment.is_said for segment in said.segments)
    if unsaid:
        yield MetadataField("transcription_refused", f"{unsaid} segments heard in silence")


def _by_transcription(elements: pa.Table) -> pa.Table:
    place = elements.schema.get_field_index("method")
    method: Any = pa.repeat(pa.scalar(METHOD), len(elements))
    return elements.set_column(place, elements.schema.field(place), method)
