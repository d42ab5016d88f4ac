"""Confluence Cloud. What its connector leaves open is closed here: limits that cut a listing, a
space that cannot be listed, and who may read a page.

The connector reads the restrictions of a page alone, and lets them replace the permissions of its
space. In Confluence whoever reads a page must be allowed to by the space, by the page and by each
page above it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import PrivateAttr
from unstructured_ingest.data_types.file_data import FileData, SourceIdentifiers
from unstructured_ingest.processes.connectors.confluence import (
    CONNECTOR_TYPE,
    ConfluenceConnectionConfig,
    ConfluenceIndexer,
)

from doclake.access import EVERYONE, Readers
from doclake.sources.saas.atlassian import Atlassian, HalfAnswer, PatientConnection
from doclake.sources.saas.service import Failed, ReadersUnknown, names_of

_LIMITS = {"api/v2/pages": "max_num_of_docs_from_each_space", "api/v2/spaces": "max_num_of_spaces"}
_KINDS = {"user": "users", "group": "groups", "access-class": "access_classes"}
_LICENSED = "group:ALL_LICENSED_USERS"
_HIGHEST = 100  # pages above a page
_MEMBERS_AT_ONCE = 200
Place = tuple[str, str]
"""Kind and id of what pages lie in: a page, a folder, a whiteboard, a database ..."""
Names = frozenset[str]


class Connection(PatientConnection, ConfluenceConnectionConfig):  # type: ignore[misc]
    """Remembers, until it is closed, whom each page lets read it, and who is in each group."""

    _restrictions: dict[str, Names | None] = PrivateAttr(default_factory=dict)
    _members: dict[str, Names] = PrivateAttr(default_factory=dict)

    def _opened(self, client: Any) -> None:
        asked = client.get_all_restrictions_for_content

        def remembered(content_id: str) -> Any:
            answer = asked(content_id)
            self._restrictions[content_id] = _restriction(answer)
            return answer

        client.get_all_restrictions_for_content = remembered

    def forget(self) -> None:
        self._restrictions.clear()
        self._members.clear()

    def restriction(self, content_id: str) -> Names | None:
        """Whom a page or folder lets read it by its own restrictions; None if it has none."""
        if content_id not in self._restrictions:
            with self.get_client() as client:
                client.get_all_restrictions_for_content(content_id)
        return self._restrictions[content_id]

    def place_above(self, place: Place) -> Place | None:
        kind, content_id = place
        with self.get_client() as client:
            return _above(client.get(f"api/v2/{kind}s/{content_id}"))

    def members(self, group: str) -> Names:
        if group not in self._members:
            found: set[str] = set()
            path = f"rest/api/group/{group.removeprefix('group:')}/membersByGroupId"
            with self.get_client() as client:
                while some := self._some_members(client, path, len(found)) - found:
                    found |= some
            self._members[group] = frozenset(found)
        return self._members[group]

    def _some_members(self, client: Any, path: str, start: int) -> set[str]:
        answer = client.get(path, params={"start": start, "limit": _MEMBERS_AT_ONCE})
        return {f"user:{each['accountId']}" for each in answer["results"]}


def _restriction(answer: Any) -> Names | None:
    """Raises `HalfAnswer`."""
    try:
        said = answer["read"]["restrictions"]
        users = [each["accountId"] for each in said["user"]["results"]]
        groups = [each["id"] for each in said["group"]["results"]]
    except (KeyError, TypeError) as error:
        raise HalfAnswer("the restrictions of a page lack those of reading it") from error
    return names_of({"users": users, "groups": groups}) or None


def _above(told: Any) -> Place | None:
    """Of a page or folder as the service describes it. Raises `HalfAnswer`."""
    if "parentId" not in told:
        raise HalfAnswer("a page does not say what it lies in")
    return (told["parentType"] or "page", told["parentId"]) if told["parentId"] else None


@dataclass
class Indexer(ConfluenceIndexer):  # type: ignore[misc]
    failed: Failed = lambda *_: None
    above: dict[Place, Place | None] = field(default_factory=dict)

    def _paginate_v2_results(
        self, client: Any, *, path: str, params: dict[str, Any], limit: int
    ) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = super()._paginate_v2_results(
            client, path=path, params=params, limit=limit
        )
        if len(results) >= limit and "keys" not in params:
            self.failed(path, f"as many are there as options.index.{_LIMITS[path]} lets be listed")
        if path == "api/v2/pages":
            self.above |= {("page", page["id"]): _above(page) for page in results}
        return results

    def _get_docs_ids_within_one_space(self, space_id: int) -> list[dict[str, Any]]:
        try:
            pages: list[dict[str, Any]] = super()._get_docs_ids_within_one_space(space_id)
        except Exception as error:  # of the client, of requests and of JSON
            self.failed(f"space {space_id}", error)
            return []
        return pages


class Confluence(Atlassian):
    connection_type = Connection
    suffix = ".html"

    def indexer(self, failed: Failed) -> Any:
        self.connection.forget()
        return Indexer(connection_config=self.connection, index_config=self.index, failed=failed)

    def item(self, path: str) -> FileData | None:
        page_id = self.id_of(path)
        if page_id is None:
            return None
        names = SourceIdentifiers(filename=path, fullpath=path)
        return FileData(identifier=page_id, connector_type=CONNECTOR_TYPE, source_identifiers=names)

    def readers(self, indexer: Any, item: Any) -> Readers:
        """Whom the space, the page and all above it let read it."""
        space = indexer._permissions_cache.get(item.additional_metadata["space_id"])
        if space is None:
            raise ReadersUnknown("the permissions of its space cannot be read")
        try:
            allowed = self._narrowed(_of_space(space), indexer, ("page", item.identifier))
        except ReadersUnknown:
            raise
        except Exception as error:  # of the client, of requests and of JSON
            raise ReadersUnknown(f"its restrictions cannot be read ({error})") from error
        return Readers(allowed)

    def _narrowed(self, allowed: Names, indexer: Any, place: Place | None) -> Names:
        for _ in range(_HIGHEST):
            if place is None:
                return allowed
            restriction = self.connection.restriction(place[1])
            if restriction is not None:
                allowed = self._both(allowed, restriction)
            if place not in indexer.above:
                indexer.above[place] = self.connection.place_above(place)
            place = indexer.above[place]
        raise ReadersUnknown("what lies above it has no end")

    def _both(self, one: Names, other: Names) -> Names:
        """Who is in both. A group and a person have only members to compare them by."""
        if EVERYONE in one or _LICENSED in one or other <= one:
            return other
        if one <= other:
            return one
        return (one & other) | (self._people(one) & self._people(other))

    def _people(self, names: Names) -> Names:
        groups = {name for name in names if name.startswith("group:")}
        return (names - groups).union(*map(self.connection.members, groups))


def _of_space(said: list[dict[str, Any]]) -> Names:
    """Who may read what a space holds. Whatever else somebody may do there presupposes it."""
    found: dict[str, list[str]] = {"users": [], "groups": [], "access_classes": []}
    for each in said:
        operation, who = each["operation"], each["principal"]
        if (operation["key"], operation["targetType"]) == ("read", "space") and who[
            "type"
        ] in _KINDS:
            found[_KINDS[who["type"]]].append(who["id"])
    return names_of(found)
