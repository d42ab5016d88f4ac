"""Real servers of databases for tests, each in a folder of its own, with one user `reader`."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ADMIN, READER, PASSWORD = "keeper", "reader", "spade-by-the-door"
_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr").exists() else []


def program(name: str) -> str:
    """Its path; skips the test where it is not installed."""
    places = [*map(str, _POSTGRES), "/usr/sbin", os.environ["PATH"]]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@contextmanager
def _folder() -> Iterator[tuple[Path, dict[str, Any]]]:
    """One that belongs to whom the server will run as: none of them runs as root."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder, user = Path(name), {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            user = {"user": nobody.pw_uid, "group": nobody.pw_gid}
        yield folder, user


@contextmanager
def _running(
    command: Sequence[str], user: dict[str, Any], asked: Any, stop: int = signal.SIGTERM
) -> Iterator[None]:
    """The server, once it answers to `asked`."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)
    try:
        for left in reversed(range(150)):
            try:
                asked()
                break
            except Exception:
                assert left and server.poll() is None, f"{command[0]} does not start"
                time.sleep(0.1)
        yield
    finally:
        server.send_signal(stop)
        server.wait(20)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def postgresql() -> Iterator[str]:
    """URL of a database, without a user."""
    import psycopg

    initdb, postgres = program("initdb"), program("postgres")
    with _folder() as (folder, user):
        quiet = {"check": True, "stdout": subprocess.DEVNULL, **user}
        (pw := folder / "pw").write_text(PASSWORD)
        made = [initdb, "-D", f"{folder}/db", "-U", ADMIN, "-A", "scram-sha-256", "--no-sync"]
        subprocess.run([*made, "--pwfile", pw], **quiet)
        port = free_port()
        command = [postgres, "-D", f"{folder}/db", "-p", str(port), "-k", str(folder)]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        where = {"host": "127.0.0.1", "port": port, "dbname": "postgres"}

        def create() -> None:
            with psycopg.connect(**where, user=ADMIN, password=PASSWORD, autocommit=True) as admin:
                admin.execute(f"CREATE USER {READER} PASSWORD '{PASSWORD}'")
                admin.execute("CREATE DATABASE desk")

        with _running(command, user, create, signal.SIGINT):  # which waits for no client
            yield f"postgresql://127.0.0.1:{port}/desk"


@contextmanager
def mariadb() -> Iterator[str]:
    """URL of a database, without a user."""
    import pymysql

    install, server = program("mariadb-install-db"), program("mariadbd")
    with _folder() as (folder, user):
        quiet = {"check": True, "stdout": subprocess.DEVNULL, **user}
        made = [install, "--no-defaults", f"--datadir={folder}/db", "--skip-test-db"]
        subprocess.run([*made, "--auth-root-authentication-method=normal"], **quiet)
        port = free_port()
        command = [server, "--no-defaults", f"--datadir={folder}/db", f"--port={port}"]
        command += [f"--socket={folder}/s", "--bind-address=127.0.0.1", f"--pid-file={folder}/pid"]
        command += ["--innodb-flush-log-at-trx-commit=0", "--character-set-server=utf8mb4"]

        def create() -> None:
            with socket.socket(socket.AF_UNIX) as probe:  # a failed try of pymysql stays open
                probe.connect(f"{folder}/s")
            with pymysql.connect(unix_socket=f"{folder}/s", user="root") as admin:
                cursor = admin.cursor()
                for name in (ADMIN, READER):
                    cursor.execute(f"CREATE USER {name} IDENTIFIED BY '{PASSWORD}'")
                cursor.execute(f"GRANT ALL ON *.* TO {ADMIN} WITH GRANT OPTION")
                cursor.execute("CREATE DATABASE desk")

        with _running(command, user, create):
            yield f"mariadb://127.0.0.1:{port}/desk"
