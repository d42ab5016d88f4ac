"""What contracts said of rows, as one HTML page that works offline.

The pages of Great Expectations load their looks and scripts from the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

from doclake.contracts.tally import Tallies, Tally
from doclake.display import shown

_COLOURS = {"reject": "bad", "stop": "bad", "warn": "odd"}


@dataclass(frozen=True)
class Section:
    """A table and what each rule of its contract said of its rows."""

    table: str
    rules: Tallies


def page(title: str, about: str, sections: Sequence[Section]) -> str:
    """HTML without an asset beside it. `about` says of which rows and when."""
    template = (files("doclake") / "templates" / "contract.html").read_text("utf-8")
    parts = (line for section in sections for line in _section(section))
    return Template(template).substitute(
        title=_plain(title), about=_plain(about), sections="\n".join(parts)
    )


def _plain(text: str) -> str:
    return escape(shown(text))


def _section(section: Section) -> Iterator[str]:
    rules = section.rules.values()
    checked = max((tally.checked for tally in rules), default=0)
    broken = sum(tally.broken > 0 for tally in rules)
    verdict = f'<span class="bad">{broken} of {len(rules)} rules are broken</span>'
    if not broken:
        verdict = f'<span class="good">every one of {len(rules)} rules holds</span>'
    yield f"<h2>{_plain(section.table)}</h2>"
    yield f"<p>{checked:,} rows judged: {verdict}.</p>"
    yield "<table><thead><tr><th>rule</th><th>about</th><th>severity</th><th>asks</th>"
    yield '<th class="number">checked</th><th class="number">broken</th>'
    yield '<th class="number">share</th><th class="number">released</th></tr></thead><tbody>'
    for tally in sorted(rules, key=lambda tally: -tally.broken):
        yield from _rule(tally)
    yield "</tbody></table>"


def _rule(tally: Tally) -> Iterator[str]:
    colour = _COLOURS[tally.severity] if tally.broken else "good"
    share = f"{tally.broken / tally.checked:.2%}" if tally.checked else ""
    more = " has_more" if tally.examples else ""
    yield f'<tr class="rule{more}"><td><code>{_plain(tally.rule)}</code></td>'
    yield f"<td>{_plain(tally.about)}</td><td>{tally.severity}</td>"
    yield f"<td><code>{_plain(tally.expected)}</code></td>"
    yield f'<td class="number">{tally.checked:,}</td>'
    yield f'<td class="number {colour}">{tally.broken:,}</td><td class="number">{share}</td>'
    yield f'<td class="number">{tally.released or ""}</td></tr>'
    if tally.examples:
        yield '<tr class="more"><td colspan="8"><ul>'
        for one in tally.examples:
            path, key, evidence = map(_plain, one)
            yield f"<li>{path} <code>{key}</code> <code>{evidence}</code></li>"
        yield "</ul></td></tr>"
