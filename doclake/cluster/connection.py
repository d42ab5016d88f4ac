"""A way into a Ray cluster: one that runs, or one of this machine that lives as long as the run.

A process is connected to one cluster at a time, and whoever needs it shares the connection. Ray is
imported inside functions alone, here and where actors are made. Nothing is reported to anybody.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from doclake.errors import ExecutorUnavailable
from doclake.workspaces.workspace import Workspace

INSTALL = "Install it where Doclake runs and on every node: pip install 'doclake[ray]'."
_OBJECTS = 512 << 20  # bytes of shared memory of a cluster of this machine
_REACHED = 5.0  # seconds
_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_AUTO_CONNECT": "0",  # or a call without a connection would start a cluster
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # or each start warns that it will be the default
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
}


@dataclass(frozen=True)
class Wanted:
    """A cluster: its address; or None for one of this machine, with so many CPUs and these other
    resources."""

    address: str | None
    cpus: int = 1
    resources: dict[str, float] = field(default_factory=dict)


class _Connection:
    """That of this process, and how many use it. One that somebody else made is left as it is."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.users = 0
        self.open = ExitStack()
        self._wanted: Wanted | None = None

    def enter(self, wanted: Wanted) -> None:
        import ray

        if not ray.is_initialized():
            self.close()  # one that was lost
            self.open.enter_context(_way_into(wanted))
            self._wanted = wanted
        elif self._wanted is not None and self._wanted.address != wanted.address:
            raise ExecutorUnavailable(
                "This process works on another Ray cluster than "
                f"{wanted.address or 'one of its own'}.",
                mend="Give embedding.ray.address and processing.ray.address the same value.",
            )

    def close(self) -> None:
        self._wanted = None
        self.open.close()


_connection = _Connection()


@contextmanager
def held() -> Iterator[None]:
    """Inside, the connection that somebody opens stays for whoever needs it next."""
    with _connection.lock:
        _connection.users += 1
    try:
        yield
    finally:
        with _connection.lock:
            _connection.users -= 1
            if not _connection.users:
                _connection.close()


@contextmanager
def connected(wanted: Wanted) -> Iterator[None]:
    """Be connected to a cluster. Raises `ExecutorUnavailable`."""
    require_ray()
    with held():
        with _connection.lock:
            _connection.enter(wanted)
        yield


def require_ray() -> None:
    """Raises `ExecutorUnavailable` if Ray is not installed here."""
    os.environ.update(_ENVIRONMENT)
    try:
        import ray  # noqa: F401
    except ImportError as error:
        raise ExecutorUnavailable("Ray is not installed.", mend=INSTALL) from error


def _way_into(wanted: Wanted) -> AbstractContextManager[None]:
    return _own_cluster(wanted) if wanted.address is None else _existing_cluster(wanted.address)


@contextmanager
def _existing_cluster(address: str) -> Iterator[None]:
    import ray

    try:
        reach(address)
        with _signals_kept():
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:  # OSError, RuntimeError for another version, ValueError ...
        raise ExecutorUnavailable(
            f"The Ray cluster {address} cannot be used: {_first_line(error)}",
            mend="Start Doclake on a node of a cluster that runs, with the same versions of Ray "
            "and Python, or correct processing.ray.address.",
            address=address,
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def reach(address: str) -> None:
    """Whether somebody listens there: Ray itself would look for a head that is gone for minutes.
    Raises `OSError`."""
    host, _, port = address.rpartition("/")[2].rpartition(":")
    if port.isdigit():  # unlike `auto`
        socket.create_connection((host.strip("[]"), int(port)), _REACHED).close()


@contextmanager
def _own_cluster(wanted: Wanted) -> Iterator[None]:
    """Its processes end with this one, however it ends. Its folder goes with it, or where this one
    is killed, when the next run comes."""
    import ray

    workspace = Workspace()
    token = workspace.path / "auth_token"
    try:
        token.write_text(_token(), "ascii")
        try:
            with _signals_kept(), _access_by(token), warnings.catch_warnings():
                # Ray starts its programs at once after it forked.
                warnings.filterwarnings("ignore", "lance is not fork-safe", UserWarning)
                warnings.filterwarnings("ignore", "lancedb fork support", RuntimeWarning)
                ray.init(
                    address="local",
                    num_cpus=wanted.cpus,
                    resources=wanted.resources or None,
                    object_store_memory=_OBJECTS,
                    include_dashboard=False,
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    _temp_dir=str(workspace.path),
                )
        except Exception as error:  # OSError, RuntimeError, ValueError, NodeDiedError ...
            raise ExecutorUnavailable(
                f"No Ray cluster of this machine could be started: {_first_line(error)}",
                mend="Free memory and space in the temporary folder, let TMPDIR name a folder with "
                "a short path, or work without Ray: processing.executor: local, "
                "embedding.backend: in_process.",
            ) from error
        yield
    finally:
        ray.shutdown()
        workspace.close()


@cache
def _token() -> str:
    """What opens the clusters of this process, and no other: Ray remembers the first that it is
    given, and would keep its own in the home of the user."""
    return secrets.token_hex(32)


@contextmanager
def _access_by(token: Path) -> Iterator[None]:
    """Processes that are started, and this one, open their doors to the token in this file alone,
    whatever the environment says of other clusters."""
    names = ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")
    before = {name: os.environ.pop(name, None) for name in names}
    os.environ["RAY_AUTH_TOKEN_PATH"] = str(token)  # Ray's own mode is then `token`
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Ray takes SIGTERM for itself; whoever runs this stage needs it to end in good order."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, handler)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
