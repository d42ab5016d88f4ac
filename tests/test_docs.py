"""The documentation holds: links lead somewhere; commands, settings, programs, targets, tests and
names in it exist. What it says of tables, routes, jobs and figures: tests/docs/test_facts.py."""

from __future__ import annotations

import re
import shlex
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml

from doclake import principals, settings
from doclake.evaluate import questions
from doclake.settings import reference as settings_reference
from doclake.sources import sidecars
from doclake_dagster.pipelines.cli import reference as cli_reference

ROOT = Path(__file__).parents[1]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    ROOT / "samples" / "README.md",
    *sorted(ROOT.glob("docs/**/*.md")),
]
LARGEST_IMAGE = 300_000

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_COMMAND = re.compile(r"\bdoclake (?=[a-z-])[^|&;#>`\n]*")
_SETTING = re.compile(r"[a-z_]+(\.(?!py\b)[a-z_]+|\.NAME)+")
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
_OF_OTHERS = {"ai_parse_document", "io_uring", "reply_to"}  # Databricks', Linux's, a mail's
_CODE_FILES = ("*.py", "*.toml", "*.yaml", "*.js", "*.html", "Makefile")


def _id(page: Path) -> str:
    return str(page.relative_to(ROOT))


pages = pytest.mark.parametrize("page", PAGES, ids=_id)


def _prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", page.read_text("utf-8"))


def _anchors(page: Path) -> set[str]:
    """Anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pages
def test_every_relative_link_and_image_leads_somewhere(page):
    for target in _LINK.findall(_prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            assert anchor in _anchors(file), target


def test_every_image_is_shown_and_is_light():
    shown = "".join(page.read_text("utf-8") for page in PAGES)
    for image in (ROOT / "docs" / "images").iterdir():
        assert f"images/{image.name}" in shown, image.name
        assert image.stat().st_size <= LARGEST_IMAGE, image.name


def _lines(page: Path) -> list[str]:
    """Every line of a shell block, of a console block after its prompt, and all inline code."""
    text = page.read_text("utf-8")
    lines = [
        line.removeprefix("$ ")
        for language, block in _FENCE.findall(text)
        if language in ("console", "sh")
        for line in block.replace("\\\n", " ").splitlines()
        if line.startswith("$ ") or language == "sh"
    ]
    return lines + _CODE.findall(_FENCE.sub("", text))


def _commands(page: Path) -> list[str]:
    return [match.group().strip() for line in _lines(page) for match in _COMMAND.finditer(line)]


@pages
def test_every_command_and_option_shown_exists(page):
    known = dict(cli_reference.commands())
    for shown in _commands(page):
        words = shlex.split(shown)
        name = words.pop(0)
        general = cli_reference.options(known[name])
        while words and words[0] in general:  # options before the command, each with its value
            words = words[2:]
        while words and f"{name} {words[0]}" in known:
            name += f" {words.pop(0)}"
        is_group = not getattr(known[name], "invoke_without_command", True)
        assert not is_group or set(words) <= {"--help"}, f"{shown}: no such command"
        for word in words:
            if re.match(r"--?[a-z]", word):
                spelling = word.partition("=")[0]
                assert spelling in (*cli_reference.options(known[name]), "--help"), shown


def _settings() -> set[str]:
    """Dotted names of every section and key, NAME stands for the name of a source."""
    return {
        ".".join([*section.path, *name])
        for section in settings_reference.sections()
        for name in [(), *((key.name,) for key in section.keys)]
    }


@pages
def test_every_setting_named_exists(page):
    known = _settings()
    sections = {name.partition(".")[0] for name in known if "." in name}
    for code in _CODE.findall(_prose(page)):
        name = re.sub(r"^sources\.[A-Za-z_]+\.", "sources.NAME.", code.partition(":")[0])
        name = name.replace("sources.NAME.recipe.", "recipe.")
        if name.endswith(".prom"):  # a file
            continue
        if _SETTING.fullmatch(name) and name.partition(".")[0] in sections:
            assert name in known, code


def test_the_reference_of_the_command_line_is_the_generated_one():
    committed = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert committed == cli_reference.markdown(), (
        "run: python -m doclake_dagster.pipelines.cli.reference > docs/cli.md"
    )


def test_every_command_says_what_it_is_for():
    for name, command in cli_reference.commands():
        assert command.help, name
        for parameter in command.params:
            assert parameter.help, f"{name} {parameter.opts}"


def test_every_page_has_its_line_in_the_readme():
    readme = ROOT / "README.md"
    listed = {
        (ROOT / target.partition("#")[0]).resolve() for target in _LINK.findall(_prose(readme))
    }
    assert {_id(page) for page in PAGES if page not in listed} == {"README.md"}


@pages
def test_every_program_shown_is_there_and_knows_its_options(page):
    for line in _lines(page):
        for program, rest in re.findall(r"\bpython3? (-m [\w.]+|[\w./]+\.py)(.*)", line):
            if f"# {program}\n" in page.read_text("utf-8"):
                continue  # the page itself shows it
            path = program.removeprefix("-m ").replace(".", "/") if "-m" in program else program
            found = [ROOT / name for name in (path, f"{path}.py", f"{path}/__main__.py")]
            source = next(file for file in found if file.is_file()).read_text("utf-8")
            for option in re.findall(r"(?<!\S)--[a-z-]+", rest.partition("#")[0]):
                assert f'"{option}"' in source, line


@pages
def test_every_target_of_make_exists(page):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for line in _lines(page):
        if target := re.match(r"make ([a-z-]+)", line):
            assert re.search(rf"^{target[1]}:", makefile, re.MULTILINE), line


@pages
def test_every_test_named_exists(page):
    text = page.read_text("utf-8")
    for name in re.findall(r"\btest_\w+", text):
        assert name in _code()[0] or any(ROOT.glob(f"tests/**/{name}.py")), name
    for arguments in re.findall(r"`pytest ([^`]+)`", text):
        for path in arguments.split():
            assert path.startswith("-") or (ROOT / path).exists(), path


@cache
def _code() -> tuple[set[str], set[str]]:
    """The names in all code that git knows, and those that go on with a field: `observe_{source}`
    gives `observe`."""
    listed = subprocess.run(
        ["git", "ls-files", *_CODE_FILES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = [name for name in listed.stdout.splitlines() if name != "tests/test_docs.py"]
    code = "\n".join((ROOT / name).read_text("utf-8") for name in files)
    return set(re.findall(r"\w+", code)), set(re.findall(r"(\w+)_\{", code))


@pages
def test_every_name_in_snake_case_stands_in_the_code(page):
    prose = _prose(page).partition("**Pages that nobody labelled.**")[0]  # names of files follow
    names = {code for code in _CODE.findall(prose) if _NAME.fullmatch(code)} - _OF_OTHERS
    whole, begun = _code()
    for name in names:
        assert name in whole or name.rpartition("_")[0] in begun, name


@pages
def test_every_yaml_shown_is_of_a_known_kind_and_every_settings_file_loads(page, tmp_path):
    """Components are held by tests/pipelines/test_component.py, the configurations of runs by
    tests/resources/test_resources.py, digests of tokens stand for ones of 64 digits."""
    dagster = yaml.safe_load((ROOT / "dagster.yaml").read_text("utf-8")).keys() | {"run_retries"}
    blocks = [
        block for language, block in _FENCE.findall(page.read_text("utf-8")) if language == "yaml"
    ]
    for block in blocks:
        shown = next(iter(yaml.safe_load_all(block)))
        first = shown[0] if isinstance(shown, list) else shown
        if "question" in first:
            assert questions.parsed("docs", page, block.encode())
        elif first.keys() <= {"allow", "deny"}:
            assert sidecars.parse(block.encode())
        elif any(str(key).startswith(("group:", "pool:")) for key in first):
            groups, problems = principals.parsed(block.encode())
            assert groups.names, problems
        elif "lines://" in block:
            assert page.name == "sources.md"  # tests/sources/conformance/test_added_kind.py
        elif not (
            first.keys() & {"type", "resources", "sha256", "scrape_configs"}
            or first.keys() <= dagster
        ):
            file = tmp_path / "doclake.yaml"
            file.write_text(block, "utf-8")
            settings.load(file)
