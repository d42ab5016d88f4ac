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
