"""Services that a test makes: HTTP servers in a thread that speak their APIs."""

from __future__ import annotations

import datetime
import json
import ssl
import threading
from abc import ABC, abstractmethod
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SECRET = "right-token"
MADE = "2026-01-01T00:00:00.000Z"
Answer = tuple[int, Any]


class Service(ABC):
    """`faults` come before what it answers, by a part of the path."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.faults: dict[str, list[Answer]] = {}
        self.headers: dict[str, str] = {}
        self.posted: Any = None
        """Body of the last POST."""
        self.url = ""

    def is_known(self, authorization: str) -> bool:
        scheme, _, given = authorization.partition(" ")
        return SECRET in (b64decode(given).decode() if scheme == "Basic" else given)

    @abstractmethod
    def answer(self, path: str, query: dict[str, str]) -> Answer:
        """Status and body."""

    def answered(self, target: str, authorization: str) -> Answer:
        place = urlsplit(target)
        path = unquote(place.path)
        self.asked.append(path)
        if not self.is_known(authorization):
            return 401, {"message": "Bad credentials"}
        for part, answers in self.faults.items():
            if part in path and answers:
                return answers.pop(0)
        return self.answer(path, {key: all_[0] for key, all_ in parse_qs(place.query).items()})


@contextmanager
def served(service: Service, secure: ssl.SSLContext | None = None) -> Iterator[Any]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet for each answer

        def do_POST(self) -> None:
            service.posted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.do_GET()

        def do_GET(self) -> None:
            status, body = service.answered(self.path, self.headers.get("Authorization", ""))
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json;charset=UTF-8")
            for name, value in service.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if secure is not None:
        server.socket = secure.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    service.url = f"{'https' if secure else 'http'}://localhost:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certified(folder: Path, host: str = "localhost") -> tuple[ssl.SSLContext, Path]:
    """TLS for a host, and the file of the authority that vouches for it: itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, secret)
    return context, certificate
