"""URLs in one form each, the paths that stand for them, and which of them belong to a source.

The form follows RFC 3986 (6.2.2, 6.2.3) and the URL standard of the WHATWG. The path of a page is
its URL without the scheme, and shows letters of any script as they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import quote, urljoin, urlsplit

_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"(utm_\w+|gclid|dclid|gbraid|wbraid|fbclid|msclkid|yclid|igshid|mc_cid|mc_eid"
    r"|jsessionid|phpsessid)(=.*)?",
    re.IGNORECASE,
)
"""Parameters that say where a visitor came from, or which visit it is, and not which page."""
_SESSION = re.compile(r";jsessionid=[^/?]*", re.IGNORECASE)
_SORTED = re.compile(r"C=[NMSD][;&]O=[AD]|sort=\w+&order=(asc|desc)")
"""Links by which Apache and Caddy offer the same folder in another order."""
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_LETTERS = re.compile(r"(?:%[89A-F][0-9A-F])+")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT = "%/:@!$&'()*+,;=-._~"
LONGEST = 2_000
"""Letters of a URL; browsers and servers take few that are longer."""


def joined(base: str, link: str, charset: str = "utf-8") -> str | None:
    """The URL that a link on a page at `base` means, in its one form; `charset` is that of the
    page. None for what is not of the web, or no URL."""
    try:
        return normal(urljoin(base, link.strip().replace("\\", "/")), charset)
    except ValueError:  # a host or a port that cannot be
        return None


def normal(url: str, charset: str = "utf-8") -> str | None:
    """As `joined`, of an absolute URL. Raises `ValueError` for a host or a port that cannot be."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    host = _ascii(parts.hostname.rstrip("."))
    if parts.port not in (None, _PORTS[parts.scheme]):
        host = f"{host}:{parts.port}"
    path = _without_dots(_escaped(_SESSION.sub("", parts.path), "utf-8"))
    named = filter(None, parts.query.split("&"))
    query = "&".join(each for each in named if not _TRACKING.fullmatch(each))
    made = f"{parts.scheme}://{host}{path}"
    made += f"?{_escaped(query, charset, '?')}" if query else ""
    return made if len(made) <= LONGEST else None


def _ascii(host: str) -> str:
    if ":" in host:
        return f"[{host}]"
    if host.isascii():
        return host
    import idna

    return idna.encode(host, uts46=True).decode()  # its errors are of `ValueError`


def _escaped(text: str, charset: str, more: str = "") -> str:
    try:
        quoted = quote(text, safe=_KEPT + more, encoding=charset)
    except (LookupError, UnicodeEncodeError):
        quoted = quote(text, safe=_KEPT + more, errors="replace")
    return _ESCAPE.sub(_escape, quoted)


def _escape(found: re.Match[str]) -> str:
    if not found[1]:
        return "%25"
    letter = chr(int(found[1], 16))
    return letter if letter in _UNRESERVED else found[0].upper()


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:] or [""]
    for segment in segments:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def path_of(url: str) -> str:
    """The path that stands for a URL in its one form."""
    return _LETTERS.sub(_letters, url.partition("://")[2])


def _letters(found: re.Match[str]) -> str:
    try:
        text = bytes.fromhex(found[0].replace("%", "")).decode()
    except UnicodeDecodeError:
        return found[0]
    return text if text.isprintable() else found[0]


def url_of(path: str, scheme: str) -> str:
    """The inverse of `path_of`. Raises `ValueError` for what is no path of a page."""
    url = normal(f"{scheme}://{path}")
    if url is None or path_of(url) != path:
        raise ValueError("not a path of a page")
    return url


def host_of(path: str) -> str:
    return path.partition("/")[0]


def is_sorted_folder(path: str) -> bool:
    """Whether it shows a folder that has a URL of its own, sorted by one of its columns."""
    return bool(_SORTED.fullmatch(path.partition("?")[2]))


def folder_of(start: str) -> str:
    """Of the page at this path, with `/` at the end. A last part without a dot names a folder:
    servers lead on from `/docs` to `/docs/`."""
    place = start.partition("?")[0]
    above, _, last = place.rpartition("/")
    return f"{above}/" if "." in last or "?" in start or not last else f"{place}/"


def _host(text: str) -> str:
    """As it stands in paths: `한글.kr` becomes `xn--bj0bj06e.kr`."""
    url = joined(f"https://{text}/", "")
    return host_of(path_of(url)) if url else text


class Bounds:
    """A page belongs to a source if it lies in the folder of the start page, or on one of `hosts`,
    each of which is taken whole."""

    def __init__(self, start: str, hosts: Collection[str]) -> None:
        """`start` is the path of the start page."""
        self._hosts = frozenset(map(_host, hosts))
        self._page, self._folder = start.partition("?")[0], folder_of(start)

    def hold(self, path: str) -> bool:
        if host_of(path) in self._hosts or path.startswith(self._folder):
            return True
        return path.partition("?")[0] == self._page
