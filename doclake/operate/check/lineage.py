"""Whether the events of OpenLineage would arrive. None is sent."""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit

from doclake.operate.check.result import Result, ok, warning
from doclake.project import Project

_SECONDS = 5.0
_MEND = "Runs go on and warn of it; the events of that time are lost."


def lineage(project: Project) -> Result:
    """It only warns: no run fails for its events."""
    configured = project.settings.lineage
    file = project.settings.local_path(configured.file) if configured.file else None
    if file is not None:
        there = next(place for place in (file, *file.parents) if place.exists())
        is_of_its_kind = there.is_file() if there == file else there.is_dir()
        if not (is_of_its_kind and os.access(there, os.W_OK)):
            return warning(f"{file} cannot be written", _MEND)
    if configured.url:
        parts = urlsplit(configured.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            socket.create_connection((parts.hostname or "", port), _SECONDS).close()
        except OSError:
            return warning(f"{configured.url} cannot be reached", _MEND)
    places = [str(place) for place in (file, configured.url) if place]
    return ok(f"events go to {' and '.join(places)}" if places else "off: no event leaves a run")
