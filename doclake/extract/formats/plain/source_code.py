"""Text whose white space is content: programs, YAML, settings."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from doclake.extract.builder import Blocks

_NAME = re.compile(
    r"makefile|dockerfile|.*\.(?:"
    r"bat|c|cc|cfg|clj|cmake|conf|cpp|cs|css|dart|env|erl|ex|go|gradle|groovy|h|hpp|hs|ini|"
    r"java|jl|js|jsx|kt|lua|m|makefile|ml|nix|pas|php|pl|pm|properties|proto|ps1|py|r|rb|rs|"
    r"sass|scala|scss|sh|sol|sql|swift|tcl|tf|toml|ts|tsx|v|vb|vhd|yaml|yml|zig"
    r")",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    r"\s*(?:(?:async )?def |class |import |from \S+ import |return\b|(?:el)?if\b.*:|for\b.*:"
    r"|while\b.*:|else\b|try\b|except\b|public |private |protected |static |void |const |let |var "
    r"|function\b|#include|#define|package |using |namespace |fn |func |impl |struct |enum |SELECT "
    r"|INSERT |CREATE |@\w+|(?:- )?[\w.\"'/-]+:(?:\s|$)|[\w.\[\]]+ ?(?:[+*/|&-]?=|:=|<-|=>) ?\S)"
)
_ENDS = re.compile(r"[;{}(\[,:]\s*$|^\s*[})\]]+[;,]?\s*$")
_MOSTLY = 0.7


def is_named(name: str) -> bool:
    """Whether the name of a file is one of a program or of settings."""
    return _NAME.fullmatch(PurePosixPath(name.replace("\\", "/")).name) is not None


def is_code(lines: list[str]) -> bool:
    """Whether indented lines of a paragraph are most probably a program or settings."""
    if len({len(line) - len(line.lstrip()) for line in lines}) < 2:
        return False
    alike = sum(1 for line in lines if _STATEMENT.match(line) or _ENDS.search(line))
    return alike >= _MOSTLY * len(lines) and len(lines) > 2


def add(text: str, blocks: Blocks) -> None:
    """Add a file of code as it stands, a Code element for each block that begins at the margin."""
    part: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        starts = part and not part[-1].strip() and line.strip() and line[:1] not in " \t})]"
        if starts:
            blocks.add("Code", "\n".join(part))
            part = []
        part.append(line)
    blocks.add("Code", "\n".join(part))
