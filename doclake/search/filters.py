"""Which passages a search may give: those that the question asks for, of those that one may see.

A row is seen by those whom its own list allows and does not deny, and of these only by those whom
the settings allow now. So a list that was narrowed closes its source before any run has come to the
rows, and rows of a source that the settings do not name are closed to everyone.

Nothing that people write stands in a filter as it is: Lance reads a backslash in a string literal
as an escape, so a quoted name could break out of its literal. Names stand as digests, texts in
hexadecimal digits, identifiers only where they hold no other letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Self

import pyarrow.compute as pc
from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator

from doclake import access, clock
from doclake.access import Asker, Readers, access_key
from doclake.errors import FilterError
from doclake.extract.registry import kinds
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.settings.fields import Frozen, Listed
from doclake.settings.problems import in_words
from doclake.tables.rows import strings

_MOST_DOCUMENTS = 20_000
_LONGEST = 1_000
_MOST_VALUES = 1_000  # of one filter: ten thousand take an index seconds, whatever it holds
_MOST_FIELDS = 100  # each reads a table
_MOST_GLOBS, _LONGEST_GLOBS = 100, 2_000  # letters together: one expression, tried on every row
_OF_PYDANTIC = frozenset({"[key]", "date", "datetime"})  # parts of a place that no one wrote
_PLACE = re.compile(r"\.\d+$")  # in a list
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,63}")


def _type(name: str) -> str:
    """A media type, or the suffix of one."""
    named = name.lower().removeprefix(".")
    known = [kind.name for _, kind in kinds() if named in (kind.name, *_bare(kind.suffixes))]
    if not known:
        raise ValueError("a media type such as application/pdf, or a suffix such as pdf")
    return named


def _bare(suffixes: Iterable[str]) -> list[str]:
    return [suffix.removeprefix(".") for suffix in suffixes]


def _language(code: str) -> str:
    if not _LANGUAGE.fullmatch(code):
        raise ValueError("the ISO 639 code of a language, such as en or ko")
    return code


def _field(name: str) -> str:
    if not _FIELD.fullmatch(name):
        raise ValueError("the name of a metadata field, such as author")
    return name


Text = Annotated[str, Field(min_length=1, max_length=_LONGEST)]
Moment = Annotated[datetime, AfterValidator(clock.in_utc)]
_List = Listed[Text]


class Narrowing(Frozen):
    """Filters by name, as a caller gives them. Of a list, one value may be given as it is."""

    @field_validator("*", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any, info: ValidationInfo) -> Any:
        is_list = cls.model_fields[info.field_name or ""].default == ()
        most = _MOST_VALUES if is_list else _MOST_FIELDS
        if isinstance(value, list | tuple | dict) and len(value) > most:
            raise ValueError(f"at most {most:,}")
        return [value] if is_list and isinstance(value, str | int) else value

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Raises `FilterError`. Values that are None narrow nothing."""
        try:
            return cls(**{name: value for name, value in values.items() if value is not None})
        except ValidationError as error:
            raise _refused(error, cls.model_fields) from None


class Filters(Narrowing):
    """What a search is narrowed to. What is not given narrows nothing; of a list, one is enough."""

    source: _List = Field((), description="Names of sources")
    language: Listed[Annotated[str, AfterValidator(_language)]] = Field(
        (), description="ISO 639 codes of passages: en, ko"
    )
    type: Listed[Annotated[Text, AfterValidator(_type)]] = Field(
        (), description="Suffixes or media types of documents: pdf, text/html"
    )
    path: _List = Field(
        (), description="Globs over paths, letter case ignored: *.pdf, contracts/**"
    )
    page: Listed[Annotated[int, Field(ge=1, le=10_000_000)]] = Field(
        (), description="Pages that a passage is on, from 1"
    )
    since: date | Moment | None = Field(None, description="Documents of this day or later")
    until: date | Moment | None = Field(None, description="Documents of this day or earlier")
    metadata: dict[Annotated[str, AfterValidator(_field)], Text] = Field(
        default_factory=dict,
        description="Fields of documents that hold a text, letter case ignored: author, from ...",
    )

    @field_validator("path")
    @classmethod
    def _globs_are_few(cls, globs: tuple[str, ...]) -> tuple[str, ...]:
        if len(globs) > _MOST_GLOBS or sum(map(len, globs)) > _LONGEST_GLOBS:
            raise ValueError(f"at most {_MOST_GLOBS} globs of {_LONGEST_GLOBS:,} letters together")
        return globs


def _refused(error: ValidationError, known: Iterable[str]) -> FilterError:
    problems = {}
    for each in error.errors(include_url=False):
        named = [str(part) for part in each["loc"] if part not in _OF_PYDANTIC]
        parts = [part for part in named if not part.startswith("function-")]
        expected = in_words(each)
        if each["type"] == "extra_forbidden":
            expected = f"one of {', '.join(known)}"
        key = ascii(".".join(parts))[1:-1][:80]
        problems[key] = (key, ascii(each["input"])[:80], expected)
    told = "; ".join(
        f"{_PLACE.sub('', key)}: found {found}, expected {x}" for key, found, x in problems.values()
    )
    return FilterError(
        f"The filter is wrong: {told}.", mend="Correct it.", problems=list(problems.values())
    )


def sql(
    lake: Lake,
    filters: Filters,
    asker: Asker,
    lists: Mapping[str, Sequence[str]],
) -> str:
    """The filter over the rows of the index.

    `lists` are the access lists of the sources as they are configured now.
    """
    sources = _open_sources(asker, lists, filters.source)
    terms = [access_filter(asker, lists, filters.source)]
    if filters.language:
        terms.append(Scope(where={"language": filters.language}).sql())
    if filters.type:
        terms.append(is_in("media_type", _media_types(filters.type)))
    if filters.path:
        terms.append(f"regexp_like(path, {text_literal(_regex(filters.path))})")
    if filters.page:
        terms.append(f"array_has_any(pages, [{', '.join(map(str, filters.page))}])")
    if filters.since:
        terms.append(f"date >= {moment_literal(_start(filters.since))}")
    if filters.until:
        terms.append(f"date < {moment_literal(_end(filters.until))}")
    terms += [
        _documents(_with_field(lake, sources, name, value))
        for name, value in filters.metadata.items()
    ]
    return " AND ".join(terms)


def access_filter(
    asker: Asker, lists: Mapping[str, Sequence[str]], sources: Sequence[str] = ()
) -> str:
    """Of what the asker may see, in some sources or, if none is named, in all."""
    is_open = Scope(where={"source": _open_sources(asker, lists, sources)}).sql()
    return f"{has_any(asker.keys)} AND NOT {has_any(asker.denied_keys)} AND {is_open}"


def _open_sources(
    asker: Asker, lists: Mapping[str, Sequence[str]], sources: Sequence[str]
) -> list[str]:
    """Of some sources or, if none is named, of all."""
    names = lists.keys() & set(sources) if sources else lists.keys()
    return sorted(name for name in names if opens(asker, lists[name]))


def has_any(keys: Iterable[str]) -> str:
    listed = ", ".join(f"'{key}'" for key in sorted(keys))
    return f"array_has_any(access_keys, [{listed}])"


def may_see(
    asker: Asker,
    source: str,
    readers: Readers,
    lists: Mapping[str, Sequence[str]],
) -> bool:
    """The same of one row that is in no index: `readers` are its own."""
    own = access.keys(readers.allow, readers.deny)
    allowed = not asker.keys.isdisjoint(own) and asker.denied_keys.isdisjoint(own)
    return allowed and opens(asker, lists.get(source, ()))


def opens(asker: Asker, readers: Iterable[str]) -> bool:
    """Whether a list of the settings lets the asker see rows of its source."""
    return any(access_key(name) in asker.keys for name in readers)


def text_literal(value: str) -> str:
    """A text as a literal that it cannot break out of."""
    return f"arrow_cast(decode('{value.encode('utf-8', 'replace').hex()}', 'hex'), 'Utf8')"


def is_in(column: str, texts: Iterable[str]) -> str:
    """One of these, of which there is one at least."""
    return f"{column} IN ({', '.join(map(text_literal, texts))})"


def _media_types(wanted: Sequence[str]) -> list[str]:
    named = set(wanted)
    return sorted(kind.name for _, kind in kinds() if named & {kind.name, *_bare(kind.suffixes)})


def _regex(globs: Iterable[str]) -> str:
    """Of globs of which one is enough: an expression is made anew for each batch of rows."""
    return f"(?is)^({'|'.join(map(_body, globs))})$"


def _body(glob: str) -> str:
    """Of a glob as in .gitignore: `*` stays within a folder, `**` does not, and a glob without a
    slash matches names in every folder."""
    parts = re.split(r"(\*\*/?|\*|\?)", glob.removeprefix("/"))
    meant = {"**/": "(.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(meant.get(part) or _literal(part) for part in parts)
    return f"{'' if '/' in glob else '(.*/)?'}{body}"


def _literal(text: str) -> str:
    """For the regular expressions of Rust, which refuse a backslash before a letter or a blank."""
    return re.sub(r"[\\.+*?()|\[\]{}^$#&~-]", r"\\\g<0>", text)


def _start(day: date | datetime) -> datetime:
    if isinstance(day, datetime):
        return day
    return datetime.combine(day, time(), UTC)


def _end(day: date | datetime) -> datetime:
    """The first moment after it: a day counts whole, a moment to its microsecond."""
    is_moment = isinstance(day, datetime)
    try:
        return _start(day) + (timedelta(microseconds=1) if is_moment else timedelta(days=1))
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def moment_literal(moment: datetime) -> str:
    written = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
    return f"arrow_cast('{written}', 'Timestamp(Microsecond, Some(\"UTC\"))')"


def _with_field(lake: Lake, sources: Sequence[str], name: str, value: str) -> list[str]:
    """Ids of the documents of these sources whose metadata field holds a text."""
    scope = Scope(where={"source": sources, "name": [name]})
    rows = lake.read("metadata", scope, ["doc_id", "value"], often=True)
    holds = pc.match_substring(rows["value"], value, ignore_case=True)
    return sorted(set(strings(rows.filter(holds)["doc_id"])))


def _documents(ids: Sequence[str]) -> str:
    """These documents and those inside them."""
    if len(ids) > _MOST_DOCUMENTS:
        raise FilterError(
            f"Too many documents have such a metadata field; a filter takes {_MOST_DOCUMENTS:,}.",
            mend="Ask for a rarer text, or narrow by source, path or date instead.",
            problems=[("metadata", "more", f"at most {_MOST_DOCUMENTS:,} documents")],
        )
    own, outer = (Scope(where={name: ids}).sql() for name in ("doc_id", "root_id"))
    return f"({own} OR {outer})"
