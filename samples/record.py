"""Records docs/images/demo.svg: commands over the samples, with what they print.

    python samples/record.py

They run in a folder of their own. The picture shows one after the other, and at once all of it
where animations are off.
"""

from __future__ import annotations

import html
import io
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "demo.svg"
COMMANDS = (
    "doclake ingest --source handbook",
    "doclake status",
    'doclake search -k 1 "What may the reserve for storm damage be used for?"',
    'doclake search -k 1 "1년을 근무한 직원의 연차휴가는 며칠인가?"',
)
WIDTH = 100
PAUSE, WORK = 0.8, 0.7  # seconds before a command and before what it prints

_TEXT = re.compile(
    r'<text (class="[^"]+") x="([^"]+)" (y="[^"]+") textLength="[^"]+" '
    r"[^>]*-line-(\d+)[^>]*>([^<]*)</text>"
)
_CHARACTER = 20 * 0.61  # rich's height of a character and its ratio
_FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font: {char_height}px monospace, sans-serif; }}
.{unique_id}-matrix text {{ animation: shown 1ms both; }}
.{unique_id}-title {{ font: bold 18px sans-serif; }}
@keyframes shown {{ from {{ visibility: hidden; }} to {{ visibility: visible; }} }}
@media (prefers-reduced-motion: reduce) {{ .{unique_id}-matrix text {{ animation: none; }} }}
{styles}
</style>
<defs>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(ROOT / "samples", place / "samples")
        for name in ("doclake.yaml", "dagster.yaml"):
            shutil.copy(ROOT / name, place)
        PICTURE.write_text(picture(list(recorded(place))), "utf-8")
    print(f"wrote {PICTURE.relative_to(ROOT)}")


def recorded(folder: Path) -> Iterator[tuple[str, str]]:
    """Each command with what it prints, colours included."""
    environment = {name: value for name, value in os.environ.items() if name[:7] != "DOCLAKE"}
    environment |= {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": str(WIDTH)}
    environment |= {"PATH": f"{Path(sys.executable).parent}:{environment['PATH']}"}
    environment.pop("DAGSTER_HOME", None)
    for command in COMMANDS:
        ran = subprocess.run(  # noqa: S602
            command,
            shell=True,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        yield command, ran.stdout.strip("\n")


def picture(shown: list[tuple[str, str]]) -> str:
    """The SVG of commands with what they print."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False)
    starts: list[float] = []
    at = 0.0
    for command, printed in shown:
        text = Text.from_ansi(printed)
        console.print(Text.assemble(("$ ", "green"), (command, "bold")))
        console.print(text)
        console.print()
        lines = len(text.wrap(console, WIDTH)) + 1
        at += PAUSE
        starts += [at, *[at + WORK] * lines]
        at += WORK
    drawn = console.export_svg(title="Doclake", code_format=_FORMAT, unique_id="t")
    return _TEXT.sub(lambda found: _placed(found, starts), drawn)


def _placed(found: re.Match[str], starts: list[float]) -> str:
    """A piece of a line from its moment on. What is two cells wide stands apart: a browser would
    space out its neighbours with it."""
    kind, x, y, line, content = found.groups()
    pieces, at = [], float(x)
    for _, run in itertools.groupby(html.unescape(content), cell_len):
        text = "".join(run)
        wide = cell_len(text) * _CHARACTER
        if not text.isspace():
            pieces.append(
                f'<text {kind} x="{at:g}" {y} textLength="{wide:g}" '
                f'style="animation-delay: {starts[int(line)]:g}s">{html.escape(text)}</text>'
            )
        at += wide
    return "".join(pieces)


if __name__ == "__main__":
    main()
