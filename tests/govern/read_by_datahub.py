"""What DataHub's own client takes from a file of change proposals, as JSON lines.

    python tests/govern/read_by_datahub.py FILE

A program of its own: the client brings telemetry, which is off here, and warnings of its own.
"""

from __future__ import annotations

import json
import os
import sys

os.environ["DATAHUB_TELEMETRY_ENABLED"] = "false"


def main(file: str) -> None:
    from datahub.ingestion.api.common import PipelineContext
    from datahub.ingestion.source.file import GenericFileSource

    source = GenericFileSource.create({"filename": file}, PipelineContext(run_id="test"))
    for unit in source.get_workunits():
        proposal = unit.metadata
        aspect = proposal.aspect
        if not aspect.validate():
            raise ValueError(f"{proposal.aspectName} of {proposal.entityUrn}")
        told = {
            "urn": proposal.entityUrn,
            "aspect": type(aspect).__name__,
            "value": aspect.to_obj(),
        }
        print(json.dumps(told))
    report = source.get_report()
    if report.failures or report.warnings:
        raise ValueError(f"{report.failures} {report.warnings}")


if __name__ == "__main__":
    main(sys.argv[1])
