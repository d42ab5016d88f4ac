"""The stages run one after the other over a small source, without Dagster around them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from doclake.embed import Embedder
from doclake.health import doctor
from doclake.lake.lake import Lake
from doclake.project import Project
from doclake.settings import EmbeddingSettings, Settings
from doclake.stages import chunks, documents, elements, embeddings, search_index, signals
from doclake.stages.context import StageContext
from doclake.stages.report import StageReport

GARDEN = "# Garden\n\nTomatoes grow along the south wall.\n\n## Pond\n\nThe pond holds {} litres.\n"
NO_AUDIT = {"audit": "off"}  # else each lake of the tests is written to when they end
MODEL = {"model": "all-MiniLM-L6-v2", "device": "cpu"}


@cache
def _embedder(embedding: EmbeddingSettings) -> Embedder:
    return Embedder(embedding)


class Flow:
    """`documents/`, `doclake.yaml` and `lake/` in a folder. One source, `notes`, 4 buckets."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.documents = folder, folder / "documents"
        self.project = Project.open(folder)

    @property
    def settings(self) -> Settings:
        return self.project.settings

    @property
    def lake(self) -> Lake:
        return self.project.lake

    @classmethod
    def of_small_documents(cls, folder: Path) -> Flow:
        (folder / "documents").mkdir(parents=True)
        cls.write_settings(folder)
        flow = cls(folder)
        flow.write("garden.md", GARDEN.format(900))
        flow.write("copy.md", GARDEN.format(900))
        flow.write("tools.txt", "The spade hangs by the door.\n")
        flow.write("정원.txt", "남쪽 담장을 따라 토마토가 자란다.\n")
        flow.write("broken.pdf", "%PDF-1.7\nthis is no PDF at all\n")
        return flow

    @staticmethod
    def write_settings(folder: Path, **changes: object) -> None:
        source = {"url": "documents", "access": ["everyone"], "buckets": 4}
        config = {"sources": {"notes": source}, "lake": "lake", "embedding": MODEL}
        config |= {"processing": {"workers": 1}, "search": NO_AUDIT}
        (folder / "doclake.yaml").write_text(yaml.safe_dump(config | changes))

    def configure(self, **changes: object) -> None:
        """Top-level settings in place of those it began with."""
        self.write_settings(self.folder, **changes)
        self.project = Project.open(self.folder)

    def write(self, name: str, text: str) -> Path:
        path = self.documents / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def context(self, source: str = "notes", **options: Any) -> StageContext:
        return replace(StageContext.whole(self.project, source), **options)

    def run(self, source: str = "notes", **options: Any) -> dict[str, StageReport]:
        """All stages; their reports by name."""
        context = self.context(source, **options)
        reports = [stage.run(context) for stage in (documents, elements, chunks, signals)]
        reports.append(embeddings.run(context, _embedder(self.settings.embedding)))
        reports.append(search_index.run(self.project))
        return {report.stage: report for report in reports}

    def findings(self) -> list[tuple[str, str]]:
        """(check, what to do) of what the doctor finds."""
        found = doctor.examine(self.project)
        return sorted({(finding.check, finding.mend) for finding in found})
