"""S3 and stores with its protocol (MinIO, R2, Ceph): `storage_options: {endpoint_url: ...}`.

Credentials come from the environment (AWS_ACCESS_KEY_ID and so on, or the machine's role).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from doclake.access import NOBODY, Readers
from doclake.deadline import within
from doclake.display import shown
from doclake.errors.foreign import in_words
from doclake.sources.base import ANSWER_SECONDS
from doclake.sources.entries import Entry
from doclake.sources.filesystem import RemoteSource
from doclake.sources.s3_tags import readers

TAG_REQUESTS = 16  # at a time
PAGE_KEYS = 1000  # the most keys that S3 returns at once


class S3Source(RemoteSource):
    def _entries(self) -> Iterator[Entry]:
        """Page by page, because `find()` would hold every key of the prefix in memory."""
        bucket, _, prefix = self.root.partition("/")
        start = f"{prefix}/" if prefix else ""
        request = {"Bucket": bucket, "Prefix": start, "MaxKeys": PAGE_KEYS}
        nothing = True
        while True:
            page = within(ANSWER_SECONDS, lambda: self._page(request))
            for item in page.get("Contents", ()):
                nothing = False
                path = item["Key"].removeprefix(start)
                if path.endswith("/") or not path:
                    continue  # the empty object that consoles create for a "folder"
                if self._in_a_hidden_folder(path):
                    continue
                entry = self._file(path, {**item, "size": item["Size"], "type": "file"})
                if entry is not None:
                    yield entry
            if not page.get("IsTruncated"):
                break
            request["ContinuationToken"] = page["NextContinuationToken"]
        if nothing:
            self._empty()

    def _page(self, request: dict[str, Any]) -> dict[str, Any]:
        page: dict[str, Any] = self.filesystem.call_s3("list_objects_v2", **request)
        return page

    def _tagged(self, paths: Sequence[str]) -> Iterable[Readers | None]:
        """By the tags of each object, which only a request of its own tells."""
        if "s3_tags" not in self.access_from:
            return super()._tagged(paths)
        with ThreadPoolExecutor(TAG_REQUESTS) as requests:
            return [*requests.map(self._of_tags, paths)]

    def _of_tags(self, path: str) -> Readers | None:
        try:
            bucket, _, key = self._full_path(path).partition("/")
            answer = self.filesystem.call_s3("get_object_tagging", Bucket=bucket, Key=key)
            return readers(answer["TagSet"])
        except ValueError as error:
            what = str(error)
        except Exception as error:  # boto has error types of its own
            what = f"no tags: {in_words(error)}; expected: the right to GetObjectTagging"
        self._is_unclear(f"{shown(path)}: found {what}. Until it is mended nobody may read it.")
        return NOBODY

    def _in_a_hidden_folder(self, path: str) -> bool:
        *folders, _ = path.split("/")
        reason = next(filter(None, map(self.selection.hides, folders)), None)
        if reason:
            self.left_out[reason] += 1
        return reason is not None
