"""A proxy that leads to a server of this machine, whichever host is asked for."""

from __future__ import annotations

import shutil
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def proxy_to(port: int) -> Iterator[str]:
    """The URL of a proxy that leads every tunnel to this port of the machine."""

    class Tunnel(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            with socket.create_connection(("127.0.0.1", port)) as server:
                self.connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                back = threading.Thread(target=_relay, args=(server, self.connection))
                back.start()
                _relay(self.connection, server)
                back.join()

    class Proxy(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Proxy(("127.0.0.1", 0), Tunnel) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{proxy.server_address[1]}"
        proxy.shutdown()


def _relay(source: socket.socket, target: socket.socket) -> None:
    try:
        with (
            source.makefile("rb", buffering=0) as reading,
            target.makefile("wb", buffering=0) as writing,
        ):
            shutil.copyfileobj(reading, writing)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the other end is gone


class Relay(socketserver.ThreadingTCPServer):
    """Stands before a server of this machine, and can fail as one on a bad day does."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, target: int) -> None:
        super().__init__(("127.0.0.1", 0), _Relayed)
        self.target = target
        self.passed = 0
        self.left: int | None = None
        """Bytes that the server may still answer; then every connection breaks off."""
        self.says: bytes | None = None
        """What each request of HTTP is answered, in place of asking the server."""
        self._counting = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        port: int = self.server_address[1]
        return port

    def allowed(self, size: int) -> int:
        """How many of so many bytes may pass."""
        with self._counting:
            size = size if self.left is None else min(size, self.left)
            self.passed += size
            if self.left is not None:
                self.left -= size
            return size

    def handle_error(self, *_: object) -> None:
        """Who is cut off may leave in any way."""

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Relayed(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        relay: Relay = self.server  # type: ignore[assignment]
        if relay.left == 0:
            return
        if relay.says is not None:
            with self.request.makefile("rb") as asked:
                while asked.readline().strip():
                    pass
            self.request.sendall(relay.says)
            return
        with socket.create_connection(("127.0.0.1", relay.target)) as server:
            asking = threading.Thread(target=_relay, args=(self.request, server), daemon=True)
            asking.start()
            while data := server.recv(1 << 16):
                size = relay.allowed(len(data))
                self.request.sendall(data[:size])
                if size < len(data):
                    break
        self.request.shutdown(socket.SHUT_RDWR)
        asking.join()
