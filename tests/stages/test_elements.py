"""The settings of `processing` reach the children that read the documents."""

from __future__ import annotations

import pytest

from doclake.extract.extractor import Extractor
from doclake.stages import elements


@pytest.mark.parametrize("documents", [1, 64])
def test_a_child_reads_as_many_documents_as_the_settings_say(flow, monkeypatch, documents):
    made = []

    def extractor(*arguments, **options) -> Extractor:
        made.append((arguments[1], options["reuse"]))
        return Extractor(*arguments, **options)

    monkeypatch.setattr(elements, "Extractor", extractor)
    flow.configure(processing={"workers": 1, "documents_per_child": documents})
    flow.write("tools.txt", "The spade stands behind the shed.\n")
    assert flow.run()["elements"].documents == 1
    assert made == [(1, documents)]
