"""Real servers of databases for tests, each with a user `reader` who owns nothing."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.sources.local_servers import free_port, own_folder, program, running

ADMIN, READER, PASSWORD = "keeper", "reader", "spade-by-the-door"


@contextmanager
def postgresql() -> Iterator[str]:
    """URL of a database, without a user."""
    import psycopg

    initdb, postgres = program("initdb"), program("postgres")
    with own_folder() as (folder, user):
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

        with running(command, user, create, signal.SIGINT):  # which waits for no client
            yield f"postgresql://127.0.0.1:{port}/desk"


@contextmanager
def mariadb() -> Iterator[str]:
    """URL of a database, without a user."""
    import pymysql

    install, server = program("mariadb-install-db"), program("mariadbd")
    with own_folder() as (folder, user):
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

        with running(command, user, create):
            yield f"mariadb://127.0.0.1:{port}/desk"
