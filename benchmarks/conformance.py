"""Which cases each kind of source passes: `python -m benchmarks.conformance`.

Runs tests/sources/conformance and prints a table of kinds and cases. A kind whose server is not
installed has no row; what a kind cannot have says so below.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from doclake.sources import conformance

_PASSES, _FAILS, _NONE = "✓", "**fails**", "–"
_ABSENT = "is not installed"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "tests/sources/conformance", "-q", "-n", "0"]
        subprocess.run([*command, "-m", "slow or not slow", f"--junitxml={report}"], check=False)
        results = ElementTree.parse(report)
    table: dict[str, dict[str, str]] = defaultdict(dict)
    reasons: dict[str, set[str]] = defaultdict(set)
    names = [conformance.name(case) for case in conformance.CASES]
    for test in results.iter("testcase"):
        found = re.fullmatch(r"test_\w+\[(?:(\w+)-)?(\w+)\]", test.attrib["name"])
        if found is None or found[2] not in names:
            continue
        kind = found[1] or test.attrib["classname"].rpartition(".test_")[2]
        skipped = test.find("skipped")
        told = "" if skipped is None else skipped.attrib["message"]
        if _ABSENT in told:
            continue
        fails = test.find("failure") is not None or test.find("error") is not None
        table[kind][found[2]] = _FAILS if fails else _NONE if told else _PASSES
        if told:
            reasons[told].add(kind)
    _print(["", *(name.replace("_", " ") for name in names)])
    _print(["---"] * (len(names) + 1))
    for kind, row in sorted(table.items()):
        _print([kind.replace("_", " "), *(row.get(name, "") for name in names)])
    for told, of in sorted(reasons.items()):
        print(f"\n{_NONE} {told}: {', '.join(sorted(of))}")


def _print(cells: Sequence[str]) -> None:
    print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
