"""Orders in markup: turns of a chat, calls of tools, pictures whose address carries data, and text
that a page does not show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from doclake.injection.expressions import expression

_TEMPLATE = expression(
    r"""
    (?P<token><\|(?:im_start|im_end|im_sep|system|user|assistant|endoftext|begin_of_text|
    end_of_text|start_header_id|end_header_id|eot_id|endofprompt|channel|message|tool)\|>|
    \[/?inst\]|<</?sys>>|</?s>\[|<(?:start|end)_of_turn>)|(?P<tag></?(?:system|
    system[_-]?(?:prompt|message|override|instructions?)|assistant|developer|instructions?|
    admin|important|untrusted|documents?|contexts?|passages?|user_?input|retrieved\w{0,20})>)|
    (?:^|\n) *(?:[>*-] )?(?P<turn>(?:#{1,4} ?|\[|\*\*|-{3,} ?|={3,} ?)(?:new |end (?:of )?|
    begin |start of )?(?:system|assistant|developer|human|user input|context|document|시스템|
    개발자|어시스턴트|instruction|admin)(?: ?(?:prompt|message|instructions?|override|note|
    메시지|프롬프트|지시|지침|명령))?(?: ?[:\]]|\*\*| ?-{3,}| ?={3,}))|(?:^|
    \n) *(?P<line>(?:system|assistant|developer|ai|시스템|어시스턴트)(?: (?:prompt|message|
    override|instruction|update|프롬프트|메시지|지시))? ?: )"""
)
_TEMPLATE_WEIGHTS = {"token": 0.55, "tag": 0.3, "turn": 0.45, "line": 0.3}
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
    <!--(.{1,4000}?)-->|\[//\]: ?# ?[(\"'](.{1,2000}?)[)\"']|
    style ?= ?[\"'][^\"'>]{0,200}(?:display ?: ?none|visibility ?: ?hidden|
    font-size ?: ?[01](?:px|pt|em|%)?\b|opacity ?: ?0|color ?: ?(?:white|#fff)|(?:left|top|
    text-indent) ?: ?-\d{3})[^>]{0,200}>([^<]{1,4000})|<(?:div|span|
    p)[^>]{0,100}\shidden\b[^>]{0,100}>([^<]{1,4000})""",
    re.DOTALL,
)


def found(text: str) -> Iterator[tuple[str, float, int]]:
    """Reason, weight and place of each order in the markup of folded text."""
    if "<" in text or "[" in text or ":" in text or "#" in text or "--" in text or "==" in text:
        for match in _TEMPLATE.finditer(text):
            kind = match.lastgroup or "line"
            yield "chat_template", _TEMPLATE_WEIGHTS[kind], match.start(kind)
    if '"' in text or "<" in text or "action" in text:
        for match in _CALL.finditer(text):
            yield "tool_call", 0.3, match.start()
    if "http" in text:
        for match in _ADDRESS.finditer(text):
            address = match[1] or match[2]
            if _CARRIED.search(address):
                weight = 0.7 if match[0].startswith(("!", "<img", "<iframe")) else 0.5
                yield "exfiltration_link", weight, match.start()


def unshown(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of what a page does not show: comments, and text without size or colour."""
    if "<" in text or "[//]" in text:
        for match in _UNSHOWN.finditer(text):
            yield match.span()
