"""Addresses of people and machines in networks."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from doclake.personal.model import CERTAIN, FORMED, Candidate, Judged, Recogniser, Words

_ADDRESS = Words(
    "ip, ipv4, ipv6, address, addresses, host, server, dns, gateway, client, from, ping, ssh, login"
    ", logged, connection, proxy, subnet, router, 주소, 서버, 접속, 아이피, 로그인, 게이트웨이",
    "version, versions, ver, v, release, build, firmware, driver, section, chapter, clause, figure"
    ", table, oid, schema, step, upgrade, patch, sdk, kernel, 버전, 릴리스, 빌드, 펌웨어, 드라이버"
    ", 항목, 조항, 그림, 표, 장, 절, 업데이트, 커널",
)
_LETTER = "A-Za-z0-9À-ɏ"
_EMAIL = (
    rf"(?<![{_LETTER}._%+-])[{_LETTER}_%+-](?:[{_LETTER}._%+'-]{{0,62}}[{_LETTER}_%+-])?\n?@\n?"
    rf"(?:[{_LETTER}](?:[{_LETTER}-]{{0,61}}[{_LETTER}])?\n?\.)+[A-Za-z]{{2,24}}(?![{_LETTER}])"
)
_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|css|js)$")  # no domain ends so
_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_PAIR = "[0-9A-Fa-f]{2}"


def _email(candidate: Candidate) -> Judged | None:
    value = candidate.text.replace("\n", "").lower()
    value = _FILE.sub("", value)
    return (CERTAIN, value) if "." in value.partition("@")[2] else None


def _ipv4(candidate: Candidate) -> Judged | None:
    said = candidate.says(_ADDRESS)
    try:
        address = IPv4Address(candidate.text)
    except AddressValueError:  # such as a zero before another digit
        return None
    if said < 0 or _is_nobodys(address):
        return None
    looks_like_a_version = all(len(part) == 1 for part in candidate.text.split("."))
    if said == 0 and looks_like_a_version:
        return None
    return (CERTAIN if said else FORMED), str(address)


def _is_nobodys(address: IPv4Address) -> bool:
    mask = int(address) & 0xFF00_0000 == 0xFF00_0000
    return address.is_loopback or address.is_unspecified or mask or int(address) >> 24 == 0


def _ipv6(candidate: Candidate) -> Judged | None:
    text = candidate.text
    try:
        address = IPv6Address(text)
    except AddressValueError:
        return None
    groups = sum(map(bool, text.split(":")))
    if address.is_loopback or address.is_unspecified or groups < 3 or not re.search(r"\d", text):
        return None
    return CERTAIN, str(address)


def _mac(candidate: Candidate) -> Judged | None:
    value = re.sub(r"[:.-]", "", candidate.text).lower()
    if value in ("0" * 12, "f" * 12) or ("-" in candidate.text and value.isdigit()):
        return None
    return CERTAIN, value


EMAIL = Recogniser("email", re.compile(_EMAIL), _email, needs=("@",))
MAC = Recogniser(
    "mac_address",
    re.compile(
        rf"(?<![0-9A-Za-z:.-])(?:{_PAIR}(?P<sep>[:-]){_PAIR}(?:(?P=sep){_PAIR}){{4}}"
        r"|(?=[0-9.]*[A-Fa-f])(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})(?![0-9A-Za-z]|[:.-][0-9A-Za-z])"
    ),
    _mac,
)
IP = (
    Recogniser(
        "ip_address",
        re.compile(rf"(?<![A-Za-z0-9_.-])(?:{_BYTE}\.){{3}}{_BYTE}(?![A-Za-z0-9_-]|\.\d)"),
        _ipv4,
    ),
    Recogniser(
        "ip_address",
        re.compile(r"(?<![A-Za-z0-9_:.])(?=[0-9A-Fa-f]*:)[0-9A-Fa-f:]{6,39}(?![A-Za-z0-9_:])"),
        _ipv6,
        needs=("::", ":0", ":1", ":2", ":3", ":f", ":a"),
    ),
)
