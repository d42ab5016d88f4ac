"""A real S3 server in a process of its own, for tests whose processes share nothing but a bucket.

    python tests/object_store.py [deaf]

It prints its port and serves until its input ends. moto checks the condition of a conditional put
and writes in two steps, between which another request may come; S3 does it in one. So requests that
change something take turns here. A `deaf` server ignores conditions, as some stores do.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

BUCKET = "lakes"
_CONDITIONS = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH")


@contextmanager
def object_store(*options: str) -> Iterator[dict[str, str]]:
    """A server with the bucket `BUCKET`; yields the environment by which clients find it."""
    arguments = [sys.executable, __file__, *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin and process.stdout
        try:
            port = int(process.stdout.readline())
            yield {
                "AWS_ACCESS_KEY_ID": "testing",
                "AWS_SECRET_ACCESS_KEY": "testing",
                "AWS_REGION": "us-east-1",
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
                "AWS_ALLOW_HTTP": "true",
            }
        finally:
            process.stdin.close()
            process.wait(10)


def _serve(deaf: bool) -> None:
    from moto.s3.models import s3_backends
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    backend = s3_backends["123456789012"]["aws"]
    backend.create_bucket(BUCKET, "us-east-1")
    answer, writing = DomainDispatcherApplication(create_backend_app), threading.Lock()

    def in_turns(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return answer(environ, start)
        if deaf:
            for condition in _CONDITIONS:
                environ.pop(condition, None)
        with writing:
            return answer(environ, start)

    server = make_server("127.0.0.1", 0, in_turns, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    _serve("deaf" in sys.argv)
