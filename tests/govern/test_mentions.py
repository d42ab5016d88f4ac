"""A message names a document however its path is spelled there, and no document with a longer
path."""

from __future__ import annotations

import pytest

from doclake.display import in_markdown, shown
from doclake.govern.mentions import Names


@pytest.mark.parametrize("path", ["garden.md", "a/work_rules [1].md", "정원.txt", "odd\x1bname.md"])
def test_a_name_is_found_as_it_is_and_as_people_see_it(path):
    names = Names([path])
    for told in (path, shown(path), in_markdown(path)):
        assert names.are_in(f"- {told}\n")
        assert names.are_in(f"{told}: parser_failed: it broke")
        assert names.are_in(f"{told}!/inner.txt")


def test_a_part_of_a_longer_name_is_another_document():
    names = Names(["garden.md"])
    assert not names.are_in("old_garden.md, herb/garden.md and garden.mdx")
    assert not Names([]).are_in("garden.md")
    assert names.beside(["Minji Quuxson"]).are_in("written by Minji Quuxson")
