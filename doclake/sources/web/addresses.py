"""Connections that are made to checked addresses only.

A name is resolved, all its addresses are checked, and the connection goes to one of those: a name
that resolves to another address a moment later (DNS rebinding) leads nowhere else. As this is
where connections are made, it holds after each redirect too.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore

from doclake.deadline import within
from doclake.errors import SourceError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_NAT64 = IPv6Network("64:ff9b::/96")
RESOLVE_SECONDS = 30.0


class CheckedNetwork(httpcore.NetworkBackend):
    """TCP to addresses of the public internet, and to those of the networks that are `allowed`;
    `everywhere` allows all."""

    def __init__(self, allowed: Iterable[Network] = (), *, everywhere: bool = False) -> None:
        self._allowed = tuple(allowed)
        self._everywhere = everywhere
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _resolved(host, port, timeout or RESOLVE_SECONDS)
        for address in addresses:
            if not self._may_be_asked(ip_address(address)):
                raise SourceError(
                    f"{host} leads to {address}, which is no public address",
                    mend="If it may be read, name its network in `private_addresses` of the "
                    "options of this source.",
                    url=host,
                )
        last: httpcore.NetworkError | httpcore.TimeoutException | None = None
        for address in addresses:
            try:
                return self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        assert last is not None
        raise last

    def _may_be_asked(self, address: Address) -> bool:
        if self._everywhere or any(address in network for network in self._allowed):
            return True
        inner = _inside(address)
        if inner is not None:
            return self._may_be_asked(inner)
        return address.is_global and not address.is_multicast


def _inside(address: Address) -> Address | None:
    """The IPv4 address that one of IPv6 stands for: gateways lead there."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo and teredo[1])


def _resolved(host: str, port: int, seconds: float) -> list[str]:
    """Raises `httpcore.ConnectError` for a name that nobody knows."""
    try:
        found = within(seconds, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:  # also `TimeoutError`
        raise httpcore.ConnectError(f"the name {host} is not known: {error}") from error
    return list(dict.fromkeys(str(each[4][0]).partition("%")[0] for each in found))
