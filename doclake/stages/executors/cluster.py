"""A way into a Ray cluster: one that runs, or one of this machine that lives as long as the run.

Everything Ray is imported here and in `ray`, inside functions. Nothing is reported to anybody.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from doclake.errors import ExecutorUnavailable
from doclake.extract.guard.workspace import Workspace
from doclake.settings import Processing

INSTALL = "Install it where Doclake runs and on every node: pip install 'doclake[ray]'."
_OBJECTS = 512 << 20  # bytes of shared memory of a cluster of this machine
_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # or each start warns that it will be the default
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
}


@contextmanager
def connected(processing: Processing) -> Iterator[None]:
    """Be connected to the cluster that the settings name; a connection that stands already is
    used and left. Raises `ExecutorUnavailable`."""
    os.environ.update(_ENVIRONMENT)
    try:
        import ray
    except ImportError as error:
        raise ExecutorUnavailable("Ray is not installed.", mend=INSTALL) from error
    if ray.is_initialized():
        yield
    elif processing.ray.address is None:
        with _own_cluster(processing):
            yield
    else:
        with _existing_cluster(processing.ray.address):
            yield


@contextmanager
def _existing_cluster(address: str) -> Iterator[None]:
    import ray

    try:
        with _signals_kept():
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:  # ConnectionError, RuntimeError for another version, ValueError ...
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


@contextmanager
def _own_cluster(processing: Processing) -> Iterator[None]:
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
                ray.init(
                    address="local",
                    num_cpus=max(processing.workers, processing.ray.num_cpus),
                    resources=processing.ray.resources or None,
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
                "a short path, or set processing.executor to local.",
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
