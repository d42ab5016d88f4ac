"""doclake plan"""

from __future__ import annotations

import json


def test_it_prints_every_figure_with_its_formula(command, capsys):
    assert command("plan", "--documents", "1000000", "--pages", "10") == 0
    shown = capsys.readouterr().out
    assert "10,000,000" in shown
    assert "1,000,000 documents × 10" in shown
    assert "machines" in shown
    assert "files" in shown


def test_a_lake_plans_with_its_own_rates(command, capsys):
    arguments = ("plan", "--documents", "1000", "--pages", "2", "--json")
    plans = []
    for own in ([], ["--own"]):
        assert command(*arguments, *own) == 0
        plans.append(json.loads(capsys.readouterr().out))
    standard, measured_here = plans
    assert (standard["own"], measured_here["own"]) == (False, True)
    assert standard["rates"]["tokens"] != measured_here["rates"]["tokens"]
    lines = {line["name"]: line for line in measured_here["lines"]}
    assert lines["pages"]["value"] == 2000
    assert lines["tokens"]["value"] == 2000 * measured_here["rates"]["tokens"]
