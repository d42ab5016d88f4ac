"""`doclake check` says where events of OpenLineage go, and warns where they would not arrive."""

from __future__ import annotations

import socket

from doclake.operate.check.lineage import lineage


def test_it_names_where_events_go_and_warns_where_they_cannot(flow):
    def found(**settings: str) -> tuple[str, str]:
        flow.configure(lineage=settings)
        result = lineage(flow.project)
        return result.state, result.found

    file = flow.folder / "events" / "lineage.jsonl"
    assert found() == ("ok", "off: no event leaves a run")
    assert found(file="events/lineage.jsonl") == ("ok", f"events go to {file}")
    assert not file.parent.exists()
    assert found(file="documents")[0] == "warning"
    assert found(file="documents/garden.md/lineage.jsonl")[0] == "warning"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        assert found(url=url) == ("ok", f"events go to {url}")
    assert found(url=url) == ("warning", f"{url} cannot be reached")
