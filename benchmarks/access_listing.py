"""What it costs to ask sidecars, and owner and mode, of 10,000 files when a folder is listed.

    python benchmarks/access_listing.py

It prints seconds of CPU of one listing: the first, which reads the sidecars, and the best of four
that follow in the same process, as those of a sensor do.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from doclake.settings import Settings, SourceSettings
from doclake.sources import bucket_digests, open_source

FILES, FOLDERS = 10_000, 100
Place = Literal["sidecar", "posix", "s3_tags"]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = [root / f"{n % FOLDERS:02d}" / f"보고서 {n}.txt" for n in range(FILES)]
        for file in files:
            file.parent.mkdir(exist_ok=True)
            file.write_text("text")
        measure("(warm up)", root, [])
        measure("none of them", root, [])
        measure("posix", root, ["posix"])
        measure("sidecar, and there is none", root, ["sidecar"])
        for number in range(FOLDERS):
            (root / f"{number:02d}" / ".access.yaml").write_text(f"allow: [group:{number}]\n")
        measure(f"sidecar, {FOLDERS} of folders", root, ["sidecar"])
        for number, file in enumerate(files):
            file.with_name(f"{file.name}.access.yaml").write_text(f"allow: [user:{number}]\n")
        measure(f"sidecar, {FILES:,} of files", root, ["sidecar"])


def measure(name: str, root: Path, places: Sequence[Place]) -> None:
    source = SourceSettings(url=str(root), access_from=tuple(places))
    settings = Settings(sources={"docs": source}, config_dir=root)
    seconds = []
    for _ in range(5):
        begun = time.process_time()
        listed = open_source("docs", source, settings).list()
        bucket_digests(listed, "docs", source.buckets)
        seconds.append(time.process_time() - begun)
    print(f"{name:30} first {seconds[0]:.2f}, then {min(seconds[1:]):.2f}")


if __name__ == "__main__":
    main()
