"""Folders as nginx and Apache show them, and a site behind TLS: real servers of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from doclake.sources.conformance.cases import holds, listed, partial
from tests.sources.local_servers import free_port, own_folder, program, running
from tests.sources.service_servers import certified
from tests.sources.web_server import page, serving

FILES = (
    "plain.txt",
    "한글 문서.txt",
    "a+b %20&c.txt",
    "what?#x.txt",
    'quote\'s "name".txt',
    "<b>tag<b>.txt",
    "n" * 120 + ".txt",  # longer than what an index shows of a name
    "deep/er/below.txt",
    "빈 칸/안.txt",
)
_NGINX = """
daemon off; pid {folder}/pid; error_log {folder}/log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  types {{ text/plain txt; }}
  server {{ listen 127.0.0.1:{port}; root {folder}/site; autoindex on; charset utf-8; }}
}}
"""
_APACHE = """
ServerName localhost
ServerRoot {folder}
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/log
DefaultRuntimeDir {folder}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule autoindex_module /usr/lib/apache2/modules/mod_autoindex.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so
TypesConfig /dev/null
AddType text/plain .txt
DocumentRoot {folder}/site
<Directory {folder}/site>
  Options +Indexes
  IndexOptions {options} Charset=UTF-8
</Directory>
"""


@contextmanager
def nginx() -> Iterator[str]:
    with _served(_NGINX, lambda file: [program("nginx"), "-c", file]) as url:
        yield url


@contextmanager
def apache(options: str) -> Iterator[str]:
    configuration = _APACHE.replace("{options}", options)
    with _served(configuration, lambda file: [program("apache2"), "-X", "-f", file]) as url:
        yield url


@contextmanager
def _served(configuration: str, command) -> Iterator[str]:
    with own_folder() as (folder, user):
        for number, name in enumerate(FILES):
            file = folder / "site" / "files" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"text {number}")
        port, written = free_port(), folder / "configuration"
        written.write_text(configuration.format(folder=folder, port=port))
        url = f"http://127.0.0.1:{port}/files/"
        with running(command(str(written)), user, lambda: urlopen(url).close()):
            yield url


@pytest.mark.parametrize(
    "server",
    [
        pytest.param(nginx, id="nginx"),
        pytest.param(lambda: apache("-FancyIndexing"), id="apache_plain"),
        pytest.param(lambda: apache("FancyIndexing NameWidth=23"), id="apache_fancy"),
        pytest.param(lambda: apache("FancyIndexing HTMLTable"), id="apache_table"),
    ],
)
def test_a_folder_of_a_web_server_is_listed_as_it_is(server, crawled):
    with server() as url:
        source = crawled(url)
        start = url.removeprefix("http://")
        paths = {path.removeprefix(start): path for path in listed(source)}
        assert len(paths) == len(FILES), sorted(paths)
        for number, name in enumerate(FILES):
            path = next(path for path in paths.values() if holds(source, path, f"text {number}"))
            assert path.endswith(".txt"), name
        assert set(source.left_out) <= {"the index of a folder", "gone (404)"}


def test_a_site_behind_tls_is_trusted_if_its_authority_is(crawled, tmp_path: Path, monkeypatch):
    context, authority = certified(tmp_path)
    with serving() as site:
        site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
        site.pages["/"] = page("start", "/a")
        site.pages["/a"] = page("text")
        url = f"https://localhost:{site.server.server_address[1]}/"
        found, error = partial(crawled(url))
        assert not found
        assert "certificate" in error.message.lower(), error
        assert not site.asked
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        source = crawled(url)
        assert len(listed(source)) == 2
        assert holds(source, f"{url.removeprefix('https://')}a", "text")


def test_a_certificate_of_another_host_is_refused(crawled, tmp_path: Path, monkeypatch):
    context, authority = certified(tmp_path, "other.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with serving() as site:
        site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
        _, error = partial(crawled(f"https://localhost:{site.server.server_address[1]}/"))
        assert "localhost" in error.message
        assert not site.asked
