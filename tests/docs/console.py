"""Does what a page shows, block by block, and puts what is printed in place of what stands there.

A console block holds commands after `$ ` (`> ` goes on) with what they print. All commands of a
page run in one shell, in one folder. A block of another language whose first line names a file,
such as `# report.py`, is written to it.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# ([\w.]+)\n")
_BAR = re.compile(r"^.* ━+[━╸╺ ]* +\d+/\d+ ")
_JOB = re.compile(r"^bash: line \d+: +\d+ ")  # what a shell for people says without its own place
_END = "that was all of it"
_VOLATILE = (
    (r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{8,64}\b", "ID"),
    (r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:[\d.]+)?)?", "TIME"),
    (r"\d+\.\d+", "FIGURE"),
    (r"[─━]+", "─"),
    (r" +", " "),
)


def done(page: str, folder: Path, environment: Mapping[str, str]) -> str:
    """The page as it would be if it was written now."""
    with _shell(folder, environment) as shell:

        def renewed(block: re.Match[str]) -> str:
            language, text = block.groups()
            if language == "console":
                text = "".join(f"{given}{_printed(shell, given)}" for given in _commands(text))
            elif named := _FILE.match(text):
                where = _printed(shell, "$ pwd\n").strip()
                (Path(where) / named[1]).write_text(text, "utf-8")
            return f"```{language}\n{text}```"

        return _BLOCK.sub(renewed, page)


def steady(page: str) -> str:
    """Without what differs from run to run: times, ids, decimals, widths of columns."""
    for pattern, name in _VOLATILE:
        page = re.sub(pattern, name, page)
    return page


def _commands(block: str) -> Iterator[str]:
    """Each command as it stands there, with its prompts."""
    lines = block.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start in starts:
        end = start + 1
        while end < len(lines) and (lines[end].startswith("> ") or lines[end - 1].endswith("\\\n")):
            end += 1
        yield "".join(lines[start:end])


def _printed(shell: subprocess.Popen[str], given: str) -> str:
    assert shell.stdin and shell.stdout
    command = "".join(line.removeprefix("$ ").removeprefix("> ") for line in given.splitlines(True))
    shell.stdin.write(f"{command}echo; echo {_END}\n")
    shell.stdin.flush()
    lines = []
    while (line := shell.stdout.readline()) != f"{_END}\n":
        assert line, f"the shell ended at {given}"
        lines.append(_JOB.sub("", line.rstrip()))
    shown = "\n".join(line for line in lines if not _BAR.match(line)).strip("\n")
    return f"{shown}\n" if shown else ""


@contextmanager
def _shell(folder: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    shell = subprocess.Popen(
        ["bash", "--noprofile", "--norc"],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with shell:
        try:
            yield shell
        finally:
            shell.kill()
