"""What is or may be a secret, and texts without any.

A secret is known by the name it stands under (`account_key`, `X-Amz-Signature`), by its form (a
private key, a token of a service, a URL with a user or a signed query), or because a variable of
the environment that is named like a secret holds it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote, unquote

HIDDEN = "***"

_WORDS = re.compile(
    "auth(entication|orization)?|bearer|cookies?|creds?|dsn|headers?|hmac|jwt|key|oauth|otp|pass|pem"
    "|pkey|pw|pwd|sas|sig(n|nature)?|token"
)
_COMPOUNDS = re.compile(
    "secret|credential|passphrase|passwd|password|passcode|conn(ection)?str|sharedaccess"
    "|(access|account|api|private|shared)key|비밀번호|암호|(key|token|pwd|(?<!by)(?<!com)pass)$"
)
_ABOUT_ONE = re.compile(
    "(algorithms?|dir|endpoint|file(name)?|host|kmskeyid|method|mode|name|path|provider|sock(et)?"
    "|timeout|type|ur[il]|version)$"
)
"""Ends of names that say something about a secret: `signature_version`, `key_filename`."""
_HARMLESS = re.compile(
    r"|none|null|true|false|anon(ymous)?|browser|cache|cloud|(google_)?default|\*\*\*",
    re.IGNORECASE,
)
"""No value, and what storage libraries take in place of a token."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_SCHEME = r"\b(?:file:[/\\]{2}(?![/\\])|(?!file:)[a-z][a-z0-9+.-]+:[/\\]+)"
_USER = re.compile(
    rf"({_SCHEME})(?:[^\s/\\?#'\"<>]*"  # whatever stands before an @ in the place of the host
    # a password with a slash in it: what follows the colon is no port
    r"|[^\s/\\@:?#'\"<>\[]*:(?!\d{1,5}(?:[/\\?#]|$))[^\s@'\"<>]*)@",
    re.IGNORECASE,
)
_CONTAINER = re.compile(r"(?:abfss?|wasbs?|adl|az)://[a-z0-9$-]+@[\w-]+\.[\w.-]+", re.IGNORECASE)
_USER_WITHOUT_SCHEME = re.compile(r"(?:[/\\]{2})?[^\s/\\:@]+:[^\s/\\@]+@[^\s@]+")
_PARAMETER = re.compile(r"([?&;#])([\w.%-]+)=([^\s&;#'\"<>]+)")
_PAIR = re.compile(
    r"""(?<![\w/.%-])(['"]?)([\w.-]{2,80})\1(\s*[=:]\s*)(?:(['"])(.+?)\4|([^\s,;&'"<>)\]}]+))"""
)
_HEADER = re.compile(
    r"""\bauthorization['"]?\s*[:=]\s*['"]?((?:[a-z]+\s+)?[^\s'"]+)"""
    r"""|\bcookie['"]?\s*[:=]\s*['"]?([^\s=;]+=[^\r\n'"]+)""",
    re.IGNORECASE,
)
_BEARER = re.compile(
    r"\bbearer\s+([\w.~+/-]{8,}=*)|\bbasic\s+([A-Za-z0-9+/]{8,}=*)(?![\w-])", re.IGNORECASE
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:.*?-----END [A-Z0-9 ]*-----|.*)", re.DOTALL
)
_TOKENS = re.compile(
    r"""(?<![A-Za-z0-9])(?=[AGSdeghnprsxy\d])(?:
     AKIA[A-Z0-9]{12,}|A(?:SIA|GPA|IDA|ROA|NPA|NVA)(?=[A-Z]*[0-9])[A-Z0-9]{16}\b
    |eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?                                    # JSON Web Token
    |gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}
    |xox[abeoprs]-[\w-]{8,}|xapp-[\w-]{8,}                                   # Slack
    |hooks\.slack\.com/(?:services|workflows|triggers)/[^\s'"<>]+
    |discord(?:app)?\.com/api/webhooks/[^\s'"<>]+
    |\d{8,10}:[\w-]{35}\b                                                   # Telegram
    |sk-(?=[\w-]*\d)[\w-]{20,}|[rs]k_(?:live|test)_\w{10,}                  # OpenAI, Stripe
    |hf_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{30,}
    |AIza[\w-]{30,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}                       # Google
    |SG\.[\w-]{16,}\.[\w-]{16,}|dapi[0-9a-f]{32}|hvs\.[\w-]{20,}|dop_v1_\w{20,}
    |AGE-SECRET-KEY-1\w{20,})
    |(?<![\w+/])[\w+/]{86}==                                                  # Azure""",
    re.VERBOSE,
)
_RANDOM = re.compile(r"(?=\S*[0-9])(?=\S*[A-Z])(?=\S*[a-z])[\w+/=~.-]{16,}|\b[0-9a-fA-F]{32,}\b")
_AWS_KEY = re.compile(r"(?=.*[0-9])(?=.*[A-Z])(?=.*[a-z])[\w+/]{40}")
_PARTS = re.compile(r"[^\s/\\?&=#:@;,'\"\[\]{}<>|]+")


@lru_cache(4096)
def names_a_secret(name: str) -> bool:
    """Whether what stands under this name is a secret, by its words in any spelling."""
    words = [word.lower() for word in _WORD.findall(name)]
    joined = "".join(words)
    if _ABOUT_ONE.search(joined) or "public" in words:
        return False
    if words[-1:] == ["id"] and "access" not in words:
        return False
    return bool(_COMPOUNDS.search(joined)) or any(map(_WORDS.fullmatch, words))


def holds_a_secret(value: Any, name: str = "") -> bool:
    """Whether `value`, which stands under `name`, or anything in it is a secret."""
    if value is None or isinstance(value, bool) or _HARMLESS.fullmatch(str(value).strip()):
        return False
    if isinstance(value, Mapping):
        under_a_name = bool(value) and names_a_secret(name)
        return under_a_name or any(
            holds_a_secret(str(key)) or holds_a_secret(part, str(key)) or _is_secret_option(part)
            for key, part in value.items()
        )
    if isinstance(value, list | tuple | set | frozenset):
        return any(holds_a_secret(part, name) for part in value)
    return names_a_secret(name) or (isinstance(value, str) and _by_form(value) != value)


def _is_secret_option(part: Any) -> bool:
    return isinstance(part, str) and (is_secret_url(part) or bool(_AWS_KEY.fullmatch(part)))


def is_secret_url(url: str) -> bool:
    """As `holds_a_secret`, of what is meant to be a URL: blanks may stand in a password, and the
    scheme may be missing."""
    whole = "".join(url.split()) if ":/" in url else url
    return holds_a_secret(whole) or bool(_USER_WITHOUT_SCHEME.match(url.strip()))


def may_be_secret(text: str) -> bool:
    """Whether `text` had better not be repeated: a secret, or letters and digits at random."""
    return redact(text) != text or bool(_RANDOM.search(text))


def redact(text: str, *secrets: str) -> str:
    """`text` without `secrets`, without those of the environment, and without what has the form of
    one."""
    known = {part for secret in (*secrets, *_of_environment()) for part in _parts(secret)}
    for part in sorted(known, key=len, reverse=True):
        text = text.replace(part, HIDDEN)
    return _by_form(text)


def redact_all(value: Any) -> Any:
    """`redact` of every string in lists, tuples and mappings; anything else is left alone."""
    if isinstance(value, str):
        return redact(value)
    if type(value) in (list, tuple):
        return type(value)(map(redact_all, value))
    if type(value) is dict:
        return {key: redact_all(part) for key, part in value.items()}
    return value


def _by_form(text: str) -> str:
    if len(text) < 6:
        return text
    text = _PRIVATE_KEY.sub(HIDDEN, text)
    text = _HEADER.sub(_without_token, text)
    text = _USER.sub(_without_user, text)
    text = _PARAMETER.sub(_without_parameter, text)
    text = _PAIR.sub(_without_pair, text)
    text = _BEARER.sub(_without_token, text)
    return _TOKENS.sub(HIDDEN, text)


def _without_user(match: re.Match[str]) -> str:
    if _CONTAINER.match(match.string, match.start()):  # Azure: a container stands before the @
        return match[0]
    return f"{match[1]}{HIDDEN}@"


def _without_parameter(match: re.Match[str]) -> str:
    separator, name, value = match.groups()
    is_code = name.lower() == "code" and _looks_random(value)  # of a function in Azure
    if _HARMLESS.fullmatch(value) or not (is_code or names_a_secret(unquote(name))):
        return match[0]
    return f"{separator}{name}={HIDDEN}"


def _without_pair(match: re.Match[str]) -> str:
    """`Pwd=...;` and `"secret": "..."`, but neither a folder `token=a/` nor `Token: expected`."""
    quote_of_name, name, separator, _, quoted, bare = match.groups()
    value = quoted or bare
    if HIDDEN in value or _HARMLESS.fullmatch(value) or not names_a_secret(name):
        return match[0]
    if not quote_of_name:
        folder = name.lower() in ("token", "secret", "signature", "sig") and "/" in value
        word = (separator.strip() == ":" or len(value) < 4) and not _looks_random(value)
        if folder or word or name.lower() == "key":
            return match[0]
    return match[0].replace(value, HIDDEN)


def _without_token(match: re.Match[str]) -> str:
    token = next(filter(None, match.groups()))
    random = any(map(_looks_random, token.split()))
    return match[0].replace(token, HIDDEN) if random else match[0]


def _looks_random(text: str) -> bool:
    """Unlike a word: letters and digits, capitals in the middle, or very long."""
    if len(text) < 6:
        return False
    capitals = text[1:] != text[1:].lower()
    digits = any(map(str.isdigit, text)) and any(map(str.isalpha, text))
    return capitals or digits or not text.isascii() or len(text) >= 16


def _of_environment() -> Iterator[str]:
    for name in os.environ:
        alerts = name.upper().startswith("DOCLAKE_ALERTS")
        if alerts or names_a_secret(name):
            value = os.environ.get(name, "")
            if alerts or not value.startswith("/"):  # the path of a file with a secret is none
                yield value


@lru_cache(256)
def _parts(secret: str) -> frozenset[str]:
    """The secret and what of it would give it away, as messages of libraries spell it."""
    scheme, _, rest = secret.strip().partition("://")
    parts = {secret, secret.strip(), rest, f"/{rest.partition('/')[2]}"}
    words = set(_PARTS.findall(secret))
    if scheme in ("http", "https", "mailto", "mailtos"):  # others have tokens in place of a host
        words -= set(_PARTS.findall(rest.partition("/")[0].rpartition("@")[2]))
    parts |= words
    parts |= {quote(part) for part in parts} | {unquote(part) for part in parts}
    parts |= {repr(part)[1:-1] for part in parts}
    return frozenset(part for part in parts if _looks_random(part))


Given = ParamSpec("Given")
Result = TypeVar("Result")


def keeps_secrets(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Decorator: what leaves the function as an exception holds no secret, nor does its cause."""

    @wraps(function)
    def call(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            safe = without_secrets(error)
        raise safe

    return call


def without_secrets(error: BaseException) -> BaseException:
    """The error, if its text and those of its causes hold no secret; else one of the same name and
    traceback that has the text without it."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    text = str(error)
    safe = error
    if redact(text) != text:
        kind = type(type(error).__name__, (Exception,), {"__module__": type(error).__module__})
        safe = kind(redact(text)).with_traceback(error.__traceback__)
    safe.__cause__ = without_secrets(cause) if cause else None
    safe.__context__ = None
    return safe
