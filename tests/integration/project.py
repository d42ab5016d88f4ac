"""A small project of its own for a test: documents, settings, and the real job over them."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import yaml

from doclake.health import balance, counts
from doclake.health.counts import Balance
from doclake.lake.lake import Lake
from doclake.project import Project
from doclake.settings import Settings
from doclake_dagster.pipelines.definitions import source_jobs
from doclake_dagster.pipelines.run_sources import Outcome, ingest
from tests.flow import MODEL


class SmallProject:
    """`documents/` and `doclake.yaml` in a folder; `ingest()` runs the source's Dagster job."""

    def __init__(self, folder: Path, instance: dg.DagsterInstance) -> None:
        self.folder, self.instance = folder, instance
        self.documents = folder / "documents"
        self.documents.mkdir(parents=True)
        self.configure()

    def configure(self, **changes: object) -> Settings:
        """Write doclake.yaml; keyword arguments replace top-level settings."""
        source = {"url": "documents", "access": ["everyone"], "buckets": 4}
        config = {"sources": {"notes": source}, "lake": "lake", "embedding": MODEL}
        (self.folder / "doclake.yaml").write_text(yaml.safe_dump(config | changes))
        self.project = Project.open(self.folder)
        return self.settings

    @property
    def settings(self) -> Settings:
        return self.project.settings

    @property
    def lake(self) -> Lake:
        return self.project.lake

    def write(self, name: str, text: str) -> Path:
        path = self.documents / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def ingest(self, source: str = "notes", **options: bool) -> Outcome:
        jobs = source_jobs(self.project, [source])
        (outcome,) = ingest(self.project, jobs, self.instance, **options)
        assert outcome.success, outcome.error
        return outcome

    def balance(self) -> Balance:
        return counts.total(balance.status(self.project))

    def texts(self) -> dict[str, set[str]]:
        """Texts of the chunks by document."""
        found: dict[str, set[str]] = {}
        for row in self.lake.read("chunks").to_pylist():
            found.setdefault(row["path"], set()).add(row["text"])
        return found
