"""Whether a text gives an order, or speaks of one: security articles quote attacks, manuals and
letters tell people what to disregard."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from dataclasses import dataclass

from doclake.injection.expressions import expression

_SPEAKING = expression(
    r"""
    (?<![a-z])(?:examples?|tried|hid|typed|e\.g|such as|phrases?|strings?|like|says?|said|reads?|
    wrote|written|called|attack\w*|injection|jailbreak\w*|payloads?|malicious|adversar\w*|
    test(?:s|ed)?|detect\w*|sentences?|quot\w+|matches|pattern|template|tutorial|sample|
    instead of|variants?|inputs?|words|label(?:led|s)?|titled|named|message|error|prompts?|asks?|
    instructs?|tells?|format|tokens?|syntax|markup|documentation|logs?|character|novel|film|
    scene)(?![a-z])|예[:를시]|문구|문장|라고|라는|이라는|같은|공격|주입|인젝션|악성|탐지|입력|
    표현|사례|표기|프롬프트|지시문|적힌|적혀|쓰인|대사|토큰|형식|템플릿|오류"""
)
_DESCRIBED = expression(
    r"""
    (?<![a-z])(?:attackers?|adversar\w+|criminals?|malicious|jailbreaks?|injections?|(?:was|were|
    been|gets?|got) (?:\w+ )?(?:asked|told|instructed|ordered|prompted|tricked|made|forced) to|
    refus(?:ed|es|als?)|declin(?:ed|es)|known|injected|payloads?|researchers?|red team\w*|
    attacks?|(?:tell|ask|instruct|trick|persuade|convince|make|caus|get|coax|forc|direct|induc|
    manipulat|tempt|allow|fool|pressur|lur)(?:e|s|es|ed|ing|d|ting)? (?:\w+ ){0,4}(?:models?|
    assistants?|llms?|ai|chatbots?|bots?|systems?|agents?|it|them) (?:\w+ ){0,2}(?:to|into)|
    (?:models?|assistants?|llms?|chatbots?|agents?) (?:that|which|may|might|could|can|would|will|
    sometimes|often|tend|should|cannot|fail|began|started)|whether (?:the|a|an|it)|attempts? to|
    tr(?:y|ies|ied|ying) to|designed to|how to)(?![a-z])|공격|악성|악의|인젝션|프롬프트 ?주입|
    시도|유도|탐지|차단|방어|예방|취약|위협|사례|예시|예를 ?들|보안|(?:도록|게) ?(?:만들|속이|
    조작|하는 ?(?:것|문|기법|수법|글|방식))|(?:라는|라고 ?하는|라고 ?적|와 ?같은|식의|따위의|
    등의) ?(?:문구|문장|말|명령|지시|입력|표현|요청|글)|수 ?있(?:다|습|어|기|는|음)|경우가|
    라는 ?(?:요구|요청|지시|말|명령|문장|문구)|거절(?:했|한)|거부|요구(?:했|하였|한)|고 ?(?:말했|
    밝혔)|하는 ?현상|것을 ?확인|연구"""
)
_HUMAN = expression(
    r"""
    (?<![a-z])(?:pages?|(?:your|my|our|the|last|previous|earlier|an|any|this|that|first|
    second) (?:e-?mail|mail|letter|memo|notice|invoice|fax|voicemail|text message|reminder|
    version|draft|edition|leaflet|manual|form|circular|bulletin|label|sign|ticket|agenda|post)s?|
    steps?|sections?|alarms?|warning (?:light|lamp|tone)|meeting|yesterday|today|monday|tuesday|
    wednesday|thursday|friday|saturday|sunday|last (?:week|month|year|night)|attached|recipe|
    assembly|schedule|kit|doctor|nurse|pharmacist|physician|referee|teacher|students?|pupils?|
    traffic|firefighters?|sent (?:on|by|last|out|in)|dated|printed|figure|chapter|drawing|
    firmware|compiler|makefile|robots\.txt|gitignore|linter|config\w*|
    env(?:ironment)? variables?|switch|jurors?|jury|court|judge|pilots?|drivers?|tower|crew|
    residents?|visitors?|passengers?|parents?|employees?|staff|players?|grammar|lines? \d|cells?|
    columns?|spreadsheet|wiring|screws?|bolts?|dosage|tablets?|packag\w+|hotel|flight|stylesheet|
    css|cache|defaults?|parent|inherit\w*|scope|branch|merge|ink|pens?|pencils?|passport|boxes|
    machine|cover|guests?|tenants?|callers?|members?|phone|bell|pump|applicants?|patients?|
    bidders?|exam|pupils|chairman|root|sudo|logs?|neighbou?rs?|dish|contract|automatically|
    club)(?![a-z])|공문|안내문|안내|공지|메일|문자|회의|붙임|부서|담당자|직원|시행|개정|제출|
    서식|양식|설명서|경보|알람|신청서|교육생|학생|학부모|주민|입주민|승객|고객님|환자|복용|조립|
    나사|배선|컴파일|방화벽|설정 ?파일|환경 ?변수|예약|계약|납품|청구서|고지서|일정|장소|심판|
    선수|운전|조종사|관제|훈련|바랍니다|부탁드립니다|드립니다|손님|이웃|양해|감사합니다|
    종전 ?규정|조례|조항|법령|고시|예규"""
)
_EDGE = re.compile(r"[\"`]|(?<![a-z0-9가-힣])'|'(?![a-z0-9가-힣])")
_LONGEST_QUOTE = 600
_BLOCK = re.compile(r"```.{0,4000}?```|(?:^|\n)(?: {4}|\t|> ?)[^\n]{1,500}", re.DOTALL)


@dataclass(frozen=True)
class Setting:
    """What stands around the orders of a text."""

    quotes: list[tuple[int, int]]
    speaks: bool

    @classmethod
    def of(cls, text: str) -> Setting:
        quotes = sorted(_quotes(text))
        return cls(quotes, _speaks_outside(text, quotes))

    def is_quoted(self, place: int) -> bool:
        """Whether this stands in quotes in a text that speaks of words."""
        if not self.speaks:
            return False
        at = bisect_right(self.quotes, (place, sys.maxsize)) - 1
        return at >= 0 and self.quotes[at][0] <= place < self.quotes[at][1]


def is_described(sentence: str) -> bool:
    """Whether a sentence tells of an order."""
    return _DESCRIBED.search(sentence) is not None


def is_for_people(sentence: str) -> bool:
    """Whether a sentence speaks of what people do and read."""
    return _HUMAN.search(sentence) is not None


def _quotes(text: str) -> list[tuple[int, int]]:
    found = [match.span() for match in _BLOCK.finditer(text)]
    opened: dict[str, int] = {}
    for match in _EDGE.finditer(text):
        sign = match[0]
        begin = opened.pop(sign, None)
        if begin is None or match.start() - begin > _LONGEST_QUOTE:
            opened[sign] = match.start()
        else:
            found.append((begin, match.end()))
    return found


def _speaks_outside(text: str, quotes: list[tuple[int, int]]) -> bool:
    """Whether what stands outside of quotes speaks of words."""
    at, outside = 0, []
    for start, end in quotes:
        outside.append(text[at : max(at, start)])
        at = max(at, end)
    return bool(quotes) and _SPEAKING.search(" ".join([*outside, text[at:]])) is not None
