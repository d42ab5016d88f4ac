"""The lake for DataHub: the change proposals that its source `file` takes.

The names of aspects and of their fields are those of the metadata model of DataHub
(https://docs.datahub.com/docs/generated/metamodel/entities/dataset), in the JSON that its client
writes itself. A test has that client read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

_PLATFORMS = {"delta": "delta-lake", "lance": "lancedb"}
_ACTOR = "urn:li:corpuser:doclake"
_TYPES = {
    r"(fixed_size_)?list<.*": "Array",
    r"struct<.*": "Record",
    r"timestamp.*": "Time",
    r"bool": "Boolean",
    r"binary": "Bytes",
    r"u?int\d+|float|double|halffloat": "Number",
    r"string": "String",
}


def proposals(lake: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of the tables of the document of a lake."""
    urns = {table["name"]: _urn(table) for table in lake["tables"]}
    at = {"time": _milliseconds(lake["read_at"]), "actor": _ACTOR}
    return [
        {
            "entityType": "dataset",
            "entityUrn": urns[table["name"]],
            "changeType": "UPSERT",
            "aspectName": name,
            "aspect": {"json": aspect},
        }
        for table in lake["tables"]
        for name, aspect in _aspects(lake, table, urns, at)
    ]


def _aspects(
    lake: Mapping[str, Any],
    table: Mapping[str, Any],
    urns: Mapping[str, str],
    at: Mapping[str, Any],
) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "datasetProperties", _properties(lake, table)
    yield "schemaMetadata", _schema(table, at)
    yield (
        "ownership",
        {
            "owners": [{"owner": _owner(one), "type": "DATAOWNER"} for one in table["owners"]],
            "ownerTypes": {},
            "lastModified": at,
        },
    )
    yield "globalTags", {"tags": [{"tag": f"urn:li:tag:{tag}"} for tag in table["tags"]]}
    if lineage := _lineage(table, urns, at):
        yield "upstreamLineage", lineage


def _properties(lake: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    known = {
        name: table[name] for name in ("url", "iceberg_url", "version", "rows", "bytes", "kept_for")
    }
    known["made_by"] = lake["made_by"]
    if table["name"] == "documents":
        known |= {
            f"{source['name']}.{name}": value
            for source in lake["sources"]
            for name, value in _of_source(source).items()
        }
    told = {name: str(value) for name, value in known.items() if value is not None}
    made: dict[str, Any] = {
        "customProperties": told,
        "name": table["name"],
        "description": table["description"],
        "tags": [],
    }
    if table["updated_at"]:
        made["lastModified"] = {"time": _milliseconds(table["updated_at"])}
    return made


def _of_source(source: Mapping[str, Any]) -> dict[str, Any]:
    figures = ("completeness", "error_rate", "quarantine_rate", "duplicate_rate", "freshness_met")
    quality = source["quality"] or {}
    return {
        "owner": source["owner"],
        "freshness_seconds": source["freshness_seconds"],
        **{name: quality.get(name) for name in ("day", *figures)},
    }


def _schema(table: Mapping[str, Any], at: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "schemaName": table["name"],
        "platform": f"urn:li:dataPlatform:{_PLATFORMS[table['format']]}",
        "version": 0,
        "created": at,
        "lastModified": at,
        "hash": "",
        "platformSchema": {"com.linkedin.schema.OtherSchema": {"rawSchema": ""}},
        "primaryKeys": table["key"],
        "fields": [
            {
                "fieldPath": column["name"],
                "nullable": column["nullable"],
                "description": column["description"],
                "type": {"type": {f"com.linkedin.schema.{_type(column['type'])}Type": {}}},
                "nativeDataType": column["type"],
                "recursive": False,
                "isPartOfKey": column["name"] in table["key"],
                "isPartitioningKey": column["name"] in table["partitioned_by"],
            }
            for column in table["columns"]
        ],
    }


def _type(kind: str) -> str:
    return next(name for pattern, name in _TYPES.items() if re.fullmatch(pattern, kind))


def _lineage(
    table: Mapping[str, Any], urns: Mapping[str, str], at: Mapping[str, Any]
) -> dict[str, Any]:
    """Of what stands in the lake: a listing is no data set of it. Empty if nothing does."""
    above = [urns[name] for name in table["made_of"] if name in urns]
    fields = [
        {
            "upstreamType": "FIELD_SET",
            "upstreams": [
                _field(urns[name], other)
                for name, other in (one.split(".", 1) for one in column["made_of"])
                if name in urns
            ],
            "downstreamType": "FIELD",
            "downstreams": [_field(urns[table["name"]], column["name"])],
            "confidenceScore": 1.0,
        }
        for column in table["columns"]
    ]
    if not above:
        return {}
    return {
        "upstreams": [
            {"auditStamp": at, "dataset": urn, "type": "TRANSFORMED"}
            for urn in above
            if urn != urns[table["name"]]
        ],
        "fineGrainedLineages": [one for one in fields if one["upstreams"]],
    }


def _urn(table: Mapping[str, Any]) -> str:
    platform = f"urn:li:dataPlatform:{_PLATFORMS[table['format']]}"
    place = table["url"].split("://", 1)[-1].strip("/")
    return f"urn:li:dataset:({platform},{quote(place, safe='/._-')},PROD)"


def _field(dataset: str, column: str) -> str:
    return f"urn:li:schemaField:({dataset},{column})"


def _owner(name: str) -> str:
    """`team:name` is a group of DataHub."""
    team = name.removeprefix("team:")
    return f"urn:li:corpuser:{name}" if team == name else f"urn:li:corpGroup:{team}"


def _milliseconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)
