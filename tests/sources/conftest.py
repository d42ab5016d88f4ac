"""Sources over folders made by the test, opened as the pipeline opens them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from doclake.lake.crawled_pages import CrawledPages
from doclake.lake.lake import Lake
from doclake.settings import Settings, SourceSettings
from doclake.sources import Source, open_source
from tests.sources.places import Files, Opener
from tests.sources.web_server import Site, serving


@pytest.fixture
def opened(tmp_path: Path) -> Opener:
    """`opened(url, include=[...], ...)`: a source named `docs`, settings file in tmp_path."""

    def open_it(url: str = "docs", limits: dict[str, int] | None = None, **given: Any) -> Source:
        source = SourceSettings(url=url, **given)
        settings = Settings(sources={"docs": source}, limits=limits or {}, config_dir=tmp_path)
        return open_source("docs", source, settings)

    return open_it


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def crawled(site: Site, tmp_path: Path) -> Callable[..., Source]:
    """`crawled(depth=1)`: the source over the site with these options. With `url`, `include` or
    `exclude` that of the settings, with `remembers` it knows the listing before."""
    lake = Lake(str(tmp_path / "lake"))
    gentle = {"private_addresses": True, "delay": 0, "retries": 0, "timeout": 5}

    def open_it(url: str = "", remembers: bool = False, **options: Any) -> Source:
        given = {name: options.pop(name) for name in ("include", "exclude") if name in options}
        source = SourceSettings(url=url or site.url, options=gentle | options, **given)
        pages = CrawledPages(lake, "site") if remembers else None
        return open_source("site", source, Settings(sources={"site": source}), pages)

    return open_it


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """`files("a.txt", "b/c.txt")`: these files, each holding its own name, in tmp_path/docs."""

    def make(*names: str) -> Path:
        root = tmp_path / "docs"
        for name in names:
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(name)
        return root

    return make


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that `nobody` can reach too; pytest's own are closed to others."""
    places = (Path(tempfile.gettempdir()), Path("/var/tmp"))
    within = next(place for place in places if place.stat().st_mode & 0o001)
    folder = Path(tempfile.mkdtemp(dir=within))
    folder.chmod(0o755)
    yield folder
    for inner in folder.iterdir():
        inner.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """URL of an S3 server (moto's) of this process."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
