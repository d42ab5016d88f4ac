"""Orders in markup: turns of a chat, calls of tools, pictures whose address carries data, and text
that a page does not show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from doclake.injection.expressions import expression

_ROLE = r"(?:system|assistant|developer|user|human|시스템|개발자|어시스턴트|사용자)"
_SPEAKER = r"(?:system|assistant|developer|admin|시스템|개발자|어시스턴트)"
_WORDS = r"(?:prompt|message|instructions?|override|input|note|메시지|프롬프트|지시|지침|명령|입력)"
_RULE = r"(?:\#{1,4}|\[|\*\*|-{3,}|={3,})"
_TEMPLATE = expression(
    rf"""
    (?P<turn><\|(?:im_start|start_header_id|channel)\|> ?{_ROLE}|<\|(?:system|assistant|
    developer)\|>\s|(?:^|\n) *\[inst\]|<</?sys>>|<start_of_turn> ?{_ROLE})|
    (?P<token><\|\w{{2,20}}\|>|\[/?inst\]|<(?:start|end)_of_turn>)|(?P<close></(?:documents?|
    contexts?|passages?|user_?input|text|data|article|email|page)>\s{{0,5}}(?:<\w|{_ROLE} ?:|
    new ))|(?P<tag><(?:system|system[_-]?(?:prompt|message|override|instructions?)|assistant|
    developer|instructions?|admin|important)>)|(?:^|\n) *(?P<head>{_RULE} ?(?:new |end (?:of )?|
    begin |start of )?(?:{_ROLE} ?{_WORDS}(?: ?[:\]]|\*\*| ?[-=\#]{{2,}}|$|\n)|{_SPEAKER} ?:))|
    (?:^|\n) *(?P<mark>{_RULE} ?(?:{_ROLE}|instruction)(?:\]|\*\*| ?:))|
    (?:^|\n) *(?P<line>{_ROLE}(?: {_WORDS})? ?: )"""
)
_TEMPLATE_WEIGHTS = {
    "turn": 0.6,
    "head": 0.55,
    "close": 0.4,
    "tag": 0.35,
    "token": 0.3,
    "mark": 0.3,
    "line": 0.25,
}
_SIGNS = (
    *(
        "<|",
        "[inst",
        "[/inst",
        "<<",
        "of_turn",
        "</",
        "system",
        "assistant",
        "developer",
        "user",
        "human",
    ),
    *("instruction", "admin", "important", "시스템", "개발자", "어시스턴트", "사용자"),
)
_CALL = expression(
    r"""
    <(?:tool_calls?|function_calls?|tool_use|invoke name=|function=|antml)|\"(?:tool_calls?|
    function_call)\"\s{0,20}:|\"(?:name|tool|function|
    action)\"\s{0,20}:\s{0,20}\"\w{1,60}\"\s{0,20},\s{0,20}\"(?:arguments|parameters|input|args|
    action_input)\"|(?:^|\n)action: \w{1,60}\naction input:"""
)
_ADDRESS = expression(
    r"""
    !?\[[^\]\n]{0,200}\]\(\s?(https?://[^)\n]{1,600})\)|<(?:img|iframe|link|script|a|
    video)\s[^>]{0,200}?(?:src|href)\s?=\s?[\"']?(https?://[^\"'>\n]{1,600})"""
)
_CARRIED = expression(
    r"""
    [?&/][^\s]{0,200}(?:\{\{?|\[|<|%7b|\$\(|\$\{|%5b|__|\()\s?[\w .,'-]{0,60}(?:data|secret|
    conversation|chat|history|prompt|context|message|query|question|answer|summary|user|token|
    key|password|cookie|info|content|text|email|here|insert|base64|대화|질문|내용|정보|비밀번호|
    답변|이름)|[?&](?:exfil|leak|stolen|secret|conversation|chat_?history|prompt|system_?prompt|
    creds?)="""
)
_UNSHOWN = expression(
    r"""
    <!--(?:(?!-->).){1,4000}|\[//\]: ?# ?[(\"'][^)\"'\n]{1,2000}|
    style ?= ?[\"'][^\"'>]{0,200}(?:display ?: ?none|visibility ?: ?hidden|
    font-size ?: ?[01](?:px|pt|em|%)?\b|opacity ?: ?0|color ?: ?(?:white|#fff)|(?:left|top|
    text-indent) ?: ?-\d{3})[^>]{0,200}>([^<]{1,4000})|<(?:div|span|
    p)[^>]{0,100}\shidden\b[^>]{0,100}>([^<]{1,4000})""",
    re.DOTALL,
)


def found(text: str) -> Iterator[tuple[str, float]]:
    """Reason and weight of the orders in the markup of folded text, each kind of mark once."""
    if any(sign in text for sign in _SIGNS):
        marks = [(str(match.lastgroup), match[0]) for match in _TEMPLATE.finditer(text)]
        for kind in sorted({kind for kind, _ in marks}):
            yield "chat_template", _TEMPLATE_WEIGHTS[kind]
        if len({mark.strip() for kind, mark in marks if kind == "line"}) > 1:
            yield "chat_template", 0.45
    if ('"' in text or "<" in text or "action" in text) and _CALL.search(text):
        yield "tool_call", 0.3
    if "http" in text:
        weight = 0.0
        for match in _ADDRESS.finditer(text):
            if _CARRIED.search(match[1] or match[2]):
                shown = match[0].startswith(("!", "<img", "<iframe"))
                weight = max(weight, 0.7 if shown else 0.45)
        if weight:
            yield "exfiltration_link", weight


def unshown(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of what a page does not show: comments, and text without size or colour."""
    if "<" in text or "[//]" in text:
        for match in _UNSHOWN.finditer(text):
            yield match.span()
