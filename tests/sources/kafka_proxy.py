"""What the broker of librdkafka lacks, in a proxy before it: TLS, and logins by PLAIN and SCRAM.

It answers the requests of a login itself, passes the others on, and names itself where the broker
names its own address, so that no client goes around it.

https://kafka.apache.org/protocol
https://datatracker.ietf.org/doc/html/rfc5802
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Generator, Mapping
from contextlib import suppress
from typing import BinaryIO

_HANDSHAKE, _API_VERSIONS, _AUTHENTICATE = 17, 18, 36
_UNSUPPORTED_MECHANISM, _AUTHENTICATION_FAILED = 33, 58
_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
_ITERATIONS, _LARGEST = 4096, 100 << 20
Users = Mapping[str, str]
Login = Generator[bytes, bytes, bytes]


class Refused(Exception):
    """Nobody comes in with this."""


class KafkaProxy(socketserver.ThreadingTCPServer):
    """Before the broker at this port. Who comes logs in as one of `users`, if there are any."""

    daemon_threads = True

    def __init__(
        self, target: int, users: Users | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.target, self.users, self.tls = target, users or {}, tls
        self.port: int = self.server_address[1]
        self.longest: int | None = None
        """Bytes of an answer: a longer one breaks off in its midst."""
        self.asking: set[int] = set()
        """Ports from which it asked the broker."""
        self.clients: list[socket.socket] = []
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def url(self, topic: str) -> str:
        """With a name, for the certificate is of one."""
        return f"{'kafkas' if self.tls else 'kafka'}://localhost:{self.port}/{topic}"

    def renamed(self, answer: bytes) -> bytes:
        """`localhost` is as long as what it stands for."""
        theirs, ours = (struct.pack(">i", port) for port in (self.target, self.port))
        return answer.replace(b"127.0.0.1" + theirs, b"localhost" + ours)

    def handle_error(self, *_: object) -> None:
        """Who is not let in may leave in any way."""

    def drop(self) -> None:
        """Every connection breaks off."""
        while self.clients:
            with suppress(OSError):
                self.clients.pop().shutdown(socket.SHUT_RDWR)

    def server_close(self) -> None:
        self.shutdown()
        super().server_close()
        self._thread.join()
        self.drop()


class _Connection(socketserver.BaseRequestHandler):
    server: KafkaProxy
    login: Login
    is_in = False

    def handle(self) -> None:
        proxy, client = self.server, self.request
        self.is_in = not proxy.users
        if proxy.tls is not None:
            client = proxy.tls.wrap_socket(client, server_side=True)
        with client, socket.create_connection(("127.0.0.1", proxy.target)) as broker:
            proxy.clients.append(client)
            proxy.asking.add(broker.getsockname()[1])
            requests, answers = client.makefile("rb"), broker.makefile("rb")
            while True:
                request = _frame(requests)
                api, _, number, size = struct.unpack(">hhih", request[:10])
                if api == _HANDSHAKE:
                    answer = self._handshake(request[12 + size :].decode())
                elif api == _AUTHENTICATE:
                    answer = self._authenticate(request[14 + size :])
                elif self.is_in or api == _API_VERSIONS:
                    _send(broker, request)
                    answer = proxy.renamed(_frame(answers)[4:])
                    answer = _with_logins(answer) if api == _API_VERSIONS else answer
                else:
                    return
                _send(client, struct.pack(">i", number) + answer, proxy.longest)
                if proxy.longest and len(answer) > proxy.longest:
                    return

    def _handshake(self, mechanism: str) -> bytes:
        error = 0 if mechanism in _MECHANISMS else _UNSUPPORTED_MECHANISM
        if not error:
            of_it = _plain if mechanism == "PLAIN" else _scram
            self.login = of_it(self.server.users, f"sha{mechanism[-3:]}")
            next(self.login)
        return struct.pack(">hi", error, len(_MECHANISMS)) + b"".join(map(_text, _MECHANISMS))

    def _authenticate(self, token: bytes) -> bytes:
        try:
            said = self.login.send(token)
        except StopIteration as end:
            self.is_in, said = True, end.value
        except Refused:
            return struct.pack(">h", _AUTHENTICATION_FAILED) + _text("Wrong password") + bytes(4)
        return struct.pack(">hhi", 0, -1, len(said)) + said


def _plain(users: Users, _: str) -> Login:
    _, user, password = (yield b"").decode().split("\0")
    if users.get(user) != password:
        raise Refused
    return b""


def _scram(users: Users, kind: str) -> Login:
    first = (yield b"").removeprefix(b"n,,")
    user, nonce = (part[2:] for part in first.split(b","))
    salt, nonce = os.urandom(16), nonce + os.urandom(16).hex().encode()
    challenge = b"r=%b,s=%b,i=%d" % (nonce, base64.b64encode(salt), _ITERATIONS)
    final, _, proof = (yield challenge).rpartition(b",p=")
    password, said = users.get(user.decode(), ""), b",".join([first, challenge, final])
    salted = hashlib.pbkdf2_hmac(kind, password.encode(), salt, _ITERATIONS)
    key, of_server = (hmac.digest(salted, b"%b Key" % who, kind) for who in (b"Client", b"Server"))
    signature = hmac.digest(hashlib.new(kind, key).digest(), said, kind)
    expected = bytes(one ^ other for one, other in zip(key, signature, strict=True))
    if final != b"c=biws,r=" + nonce or base64.b64decode(proof) != expected:
        raise Refused
    return b"v=" + base64.b64encode(hmac.digest(of_server, said, kind))


def _with_logins(answer: bytes) -> bytes:
    """What a client may ask: the broker tells it in the form of the first versions only."""
    error, number = struct.unpack(">hi", answer[:6])
    if error:
        return answer
    added = struct.pack(">hhhhhh", _HANDSHAKE, 0, 1, _AUTHENTICATE, 0, 0)
    return struct.pack(">hi", 0, number + 2) + added + answer[6:]


def _text(text: str) -> bytes:
    return struct.pack(">h", len(text)) + text.encode()


def _frame(stream: BinaryIO) -> bytes:
    """Raises `struct.error` at the end of the line, `Refused` for what is no request of Kafka."""
    (size,) = struct.unpack(">i", stream.read(4))
    if size > _LARGEST:  # TLS begins so
        raise Refused
    return stream.read(size)


def _send(peer: socket.socket, data: bytes, most: int | None = None) -> None:
    peer.sendall(struct.pack(">i", len(data)) + data[:most])
