"""The documentation holds: links lead somewhere, commands and settings named in it exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from doclake.settings import reference as settings_reference
from doclake_dagster.pipelines.cli import reference as cli_reference

ROOT = Path(__file__).parents[1]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    ROOT / "samples" / "README.md",
    *sorted(ROOT.glob("docs/*.md")),
]
LARGEST_IMAGE = 300_000

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_COMMAND = re.compile(r"\bdoclake (?=[a-z-])[^|&;#>`\n]*")
_SETTING = re.compile(r"[a-z_]+(\.(?!py\b)[a-z_]+|\.NAME)+")


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


def _commands(page: Path) -> list[str]:
    """Every `doclake ...` of shell blocks (after a prompt) and of inline code."""
    text = page.read_text("utf-8")
    lines = [
        line.removeprefix("$ ")
        for language, block in _FENCE.findall(text)
        if language in ("console", "sh")
        for line in block.replace("\\\n", " ").splitlines()
        if line.startswith("$ ") or language == "sh"
    ]
    lines += _CODE.findall(_FENCE.sub("", text))
    return [match.group().strip() for line in lines for match in _COMMAND.finditer(line)]


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


def test_every_page_of_the_documentation_is_reached_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        for target in _LINK.findall(_prose(page)):
            file = (page.parent / target.partition("#")[0]).resolve()
            if file in PAGES and file not in reached:
                waiting.append(file)
    assert {_id(page) for page in PAGES} == {_id(page) for page in reached}
