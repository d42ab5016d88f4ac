"""What pages say of tables, routes, errors, jobs, protections, extras and machines is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from doclake import errors
from doclake.extract.guard.guard import protections
from doclake.operate.capacity import Wanted, capacity
from doclake.operate.rates import MEASURED
from doclake.project import Project
from doclake.serve import app, embedding_app
from doclake.serve.failures import STATUS
from doclake.sources import conformance
from doclake.tables.registry import TABLES
from doclake_dagster.pipelines.definitions import build_definitions

ROOT = Path(__file__).parents[2]
_CODE = re.compile(r"`([^`]+)`")


def _page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def _rows(page: str, after: str) -> list[list[str]]:
    """The cells of the first table that follows a text."""
    lines = page[page.index(after) :].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    table = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table[2:]


def test_the_tables_without_partitions_are_those_that_the_architecture_names():
    page = _page("architecture.md")
    told = re.search(r"^All but ([^.]*) are\s+partitioned by", page, re.MULTILINE)
    assert told is not None
    without = {name for name, table in TABLES.items() if "bucket" not in table.partition_columns}
    assert set(_CODE.findall(told[1])) == without


@pytest.mark.parametrize(
    ("page", "make"), [("server.md", app.create_app), ("embedding.md", embedding_app.create_app)]
)
def test_every_route_that_is_told_of_is_there(page, make, repository):
    paths = make(Project.open(repository)).openapi()["paths"]
    there = {(method.upper(), path) for path, route in paths.items() for method in route}
    text = _page(page)
    told = re.findall(r"`(GET|POST) (/[\w/{}.]*)`", text)
    assert told
    assert set(told) - {("GET", "/openapi.json"), ("GET", "/")} <= there
    if page == "server.md":
        assert {path for _, path in there} - {"/page/{name}"} <= {path for _, path in told}


def test_every_error_of_the_server_stands_under_its_status():
    shown = {
        (int(status), code)
        for status, codes in _rows(_page("server.md"), "## Errors")
        for code in re.findall(r"`([a-z_]+)`", codes)
    }
    for error, status in STATUS.items():
        if status != 412:  # of the server of embeddings
            assert (status, error.code) in shown
    known = {(status, error.code) for error, status in STATUS.items()}
    of_settings = {(400, "settings_invalid"), (500, "settings_invalid"), (500, "internal_error")}
    assert shown - known == of_settings


def test_what_dagster_gets_is_what_the_pages_name(repository):
    definitions = build_definitions(Project.open(repository))
    loaded = definitions.get_repository_def()
    jobs = {job.name for job in definitions.resolve_all_job_defs() if job.name[:2] != "__"}
    by_clock = {schedule.name for schedule in loaded.schedule_defs}
    sensors = {sensor.name for sensor in loaded.sensor_defs}
    rows = {
        kind: _CODE.findall(names)
        for kind, names in _rows(_page("components.md"), "## What it takes")
    }
    others = {"list_finance", "job", "export_<name>"}
    assert _of_finance(rows["jobs"]) - others == _without_handbook(jobs)
    assert set(rows["resources"]) == set(definitions.resources or {})
    told = {row[0].strip("`") for row in _rows(_page("operations.md"), "## Sensors and schedules")}
    assert _of_finance(told) == _without_handbook(sensors | by_clock)


def _of_finance(names) -> set[str]:
    return {name.replace("<source>", "finance") for name in names if ":" not in name}


def _without_handbook(names) -> set[str]:
    return {name for name in names if not name.endswith("_handbook")}


def test_the_protections_are_those_of_the_doctor():
    rows = _rows(_page("reliability.md"), "### What a parser cannot do")
    assert {name for row in rows for name in _CODE.findall(row[0])} == protections().keys()


def test_the_extras_are_those_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    shown = {row[0].strip("`") for row in _rows(_page("install.md"), "## Extras")}
    assert shown == project["optional-dependencies"].keys()


def test_exit_codes_mean_the_same_on_both_pages():
    ours, generated = (
        _rows(_page("operations.md"), "Exit codes let"),
        _rows(_page("cli.md"), "# The"),
    )
    assert [row[0] for row in ours] == [row[0] for row in generated]


def test_the_machines_for_so_many_documents_are_those_that_are_computed():
    for work, *figures in _rows(_page("capacity.md"), "## What it gives"):
        documents, pages = (int(number.replace(",", "")) for number in work.split(" × "))
        found = capacity(Wanted(documents, pages, hours=168, cores=32), MEASURED)
        core_hours = sum(found[name] for name in ("extract", "cut", "judge", "embed"))
        computed = (core_hours, *(found[n] for n in ("machines", "index", "stored", "files")))
        shown = [float(figure.replace(",", "")) for figure in figures]
        assert shown == pytest.approx(computed, rel=0.002, abs=0.5), work


def test_figures_beside_other_tools_are_those_of_the_benchmarks():
    page, benchmarks = _page("beside_other_tools.md"), _page("benchmarks.md")
    figures = re.findall(r"\| ([\d,]*\.\d+)(?= \|)", page)
    assert figures
    assert [figure for figure in figures if f"| {figure} |" not in benchmarks] == []


def test_the_cases_of_sources_are_those_that_their_page_shows():
    page = _page("sources.md")
    names = [conformance.name(case).replace("_", " ") for case in conformance.CASES]
    header = next(line for line in page.splitlines() if line.startswith("|  | added"))
    assert [cell.strip() for cell in header.strip("|").split("|")][1:] == names
    rows = _rows(page, "`python -m benchmarks.conformance` prints")
    tested = (ROOT / "tests" / "sources" / "conformance").glob("test_*.py")
    kinds = {file.stem.removeprefix("test_").replace("_", " ") for file in tested}
    kinds |= {"azure", "gcs", "memory", "mariadb", "postgresql", "sqlite"}
    assert {row[0] for row in rows} == kinds - {"clouds", "database"}
    assert "**fails**" not in str(rows)


def test_every_failure_of_a_source_has_a_code_and_its_cases():
    codes = {getattr(each, "code", None) for each in vars(errors).values()}
    names = {conformance.name(case).replace("_", " ") for case in conformance.CASES}
    failures = _rows(_page("sources.md"), "### When a place fails")
    for _, error, _, cases in failures:
        assert {code for code in _CODE.findall(error) if code != "retries"} <= codes, error
        assert {case for case in cases.split(", ") if case} <= names, cases
    told = {case for row in failures for case in row[3].split(", ")}
    assert told >= {"refused", "vanished", "throttled", "cut short", "listed in part", "limited"}
