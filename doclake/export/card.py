"""The card of a data set, as Hugging Face and `datasets` read it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from doclake.export.manifest import Manifest
from doclake.export.writers import DATA, ParquetFiles

NAME = "README.md"


def write(folder: Path, manifest: Manifest) -> None:
    """Beside the files: which of them are which split, and what is in them."""
    import yaml

    splits = [
        {"split": name, "path": f"{DATA}/{name}-*.{ParquetFiles.suffix}"}
        for name in manifest.splits
    ]
    head = {
        "configs": [{"config_name": "default", "data_files": splits}],
        "size_categories": [_size(manifest.rows)],
        "task_categories": ["text-generation"],
    }
    card = (
        f"---\n{yaml.safe_dump(head, sort_keys=False, allow_unicode=True)}---\n\n{_text(manifest)}"
    )
    (folder / NAME).write_text(card, "utf-8")


def _size(rows: int) -> str:
    """As the hub calls it."""
    bounds = (("1K", 1_000), ("10K", 10_000), ("100K", 100_000), ("1M", 10**6), ("10M", 10**7))
    before = "n"
    for name, most in bounds:
        if rows < most:
            return f"n<{name}" if before == "n" else f"{before}<n<{name}"
        before = name
    return "n>10M"


def _text(manifest: Manifest) -> str:
    rows = [
        f"| {name} | {one['rows']:,} | {one['tokens']:,} |"
        for name, one in manifest.sources.items()
    ]
    splits: Mapping[str, Any] = manifest.splits
    lines = [
        f"Rows of a Doclake lake, export `{manifest.export_id}`. `manifest.json` says of which"
        " versions of which tables it was made, and makes it again.",
        "",
        "| source | rows | tokens |",
        "|---|---|---|",
        *rows,
        "",
        *(f"* `{name}`: {one['rows']:,} rows" for name, one in splits.items()),
    ]
    return "\n".join(lines) + "\n"
