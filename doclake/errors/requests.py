"""Of requests that the server does not take."""

from __future__ import annotations

from doclake.errors.base import DoclakeError


class RequestRefused(DoclakeError):
    code = "request_refused"


class RequestInvalid(RequestRefused):
    code = "request_invalid"


class TokenUnknown(RequestRefused):
    code = "token_unknown"


class RequestForbidden(RequestRefused):
    code = "forbidden"


class ScopeMissing(RequestForbidden):
    """`facts["scope"]`."""

    code = "scope_missing"


class SettingsDiffer(RequestRefused):
    code = "settings_differ"


class NothingThere(RequestRefused):
    code = "not_found"


class BodyTooLarge(RequestRefused):
    code = "body_too_large"


class TooManyRequests(RequestRefused):
    """`facts["retry_after"]`: seconds."""

    code = "too_many_requests"


class ServerBusy(RequestRefused):
    code = "server_busy"
