"""Small objects in S3 that change only as the writer saw them: put if absent, put if unchanged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from doclake.errors import LakeError
from doclake.errors.foreign import in_words

_ANSWER_SECONDS = 30
_REFUSED = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
_ABSENT = {"NoSuchKey", "404"}


class ConditionalStore:
    """Objects under one URL. Credentials come from the environment, as for the tables of the lake.
    Every method raises `LakeError`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._bucket, _, self._prefix = url.partition("://")[2].partition("/")
        self._client = _client()
        self._keeps_conditions = False

    def get(self, key: str) -> tuple[bytes, str | None]:
        """Content and tag; b"" and None if there is no such object."""
        with self._answering():
            try:
                found = self._client.get_object(**self._object(key))
                return found["Body"].read(), found["ETag"]
            except self._client.exceptions.ClientError as error:
                if _code(error) in _ABSENT:
                    return b"", None
                raise

    def put(
        self, key: str, content: bytes, *, over: str | None = None, conditional: bool = False
    ) -> bool:
        """Write an object; with `conditional` only over the one with the tag `over`, or, if that is
        None, only where there is none. Returns whether it was written."""
        condition = {} if not conditional else {"IfMatch": over} if over else {"IfNoneMatch": "*"}
        with self._answering():
            try:
                self._client.put_object(**self._object(key), Body=content, **condition)
            except self._client.exceptions.ClientError as error:
                if conditional and _code(error) in _REFUSED | _ABSENT:
                    return False
                raise
            return True

    def delete(self, key: str) -> None:
        with self._answering():
            self._client.delete_object(**self._object(key))

    def age(self, key: str) -> float | None:
        """Seconds since an object was written, by the clock of the store; None if it is absent."""
        with self._answering():
            try:
                found = self._client.head_object(**self._object(key))
            except self._client.exceptions.ClientError as error:
                if _code(error) in _ABSENT:
                    return None
                raise
            now = parsedate_to_datetime(found["ResponseMetadata"]["HTTPHeaders"]["date"])
            return float((now - found["LastModified"]).total_seconds())

    def require_conditions(self, key: str) -> None:
        """Raises `LakeError` if the store writes over an object, which `key` is, all the same: then
        not even the commits of Delta and Lance are safe from each other."""
        if self._keeps_conditions:
            return
        unlike = f'"{"0" * 32}"'
        if any(self.put(key, b"", over=tag, conditional=True) for tag in (None, unlike)):
            raise LakeError(
                f"The store of {self.url} ignores the conditions of conditional puts, so two runs "
                "would overwrite each other's commits.",
                mend="Keep the lake in a store that keeps them (Amazon S3, MinIO since 2024, "
                "Cloudflare R2), or in a folder.",
                url=self.url,
            )
        self._keeps_conditions = True

    def _object(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}/{key}"}

    @contextmanager
    def _answering(self) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise LakeError(
                f"The locks of the lake, {self.url}, cannot be read or written: {in_words(error)}.",
                mend="Check the credentials and permissions of the lake, then run again.",
                url=self.url,
            ) from error


@lru_cache(maxsize=8)
def store_at(url: str) -> ConditionalStore:
    """The store of a URL, with its connections."""
    return ConditionalStore(url)


os.register_at_fork(after_in_child=store_at.cache_clear)  # connections do not survive a fork


def _client() -> Any:
    """Under the variables that Delta and Lance read as well, which botocore knows in part."""
    import botocore.session
    from botocore.config import Config

    return botocore.session.get_session().create_client(
        "s3",
        region_name=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"),
        endpoint_url=os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT"),
        config=Config(connect_timeout=10, read_timeout=_ANSWER_SECONDS),
    )


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code"))
