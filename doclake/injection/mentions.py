"""Whether a text gives an order, or speaks of one: security articles quote attacks, manuals and
letters tell people what to disregard."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from doclake.injection.expressions import expression

QUOTED, DESCRIBED, HUMAN, ABOUT = 0.3, 0.35, 0.35, 0.65
"""By what the weight of an order is multiplied that is quoted, told of, meant for people, or stands
in a text about attacks."""

_ATTACKS = expression(
    r"""
    prompt[- ]injection|jailbreak(?:s|ing)?(?= |,|\.)|attackers?|adversar|malicious|red[- ]team|
    owasp|vulnerabilit|exploit|phishing|threat model|payload|프롬프트 ?(?:인젝션|주입|삽입)|
    공격|악성|악의|탈옥|취약|해커|해킹|위협|보안|방어|탐지|모의 ?침투"""
)
_SPEAKING = expression(
    r"""
    (?<![a-z])(?:examples?|e\.g|such as|phrases?|strings?|like|says?|said|reads?|wrote|written|
    called|attack\w*|injection|jailbreak\w*|payloads?|malicious|adversar\w*|test(?:s|ed)?|
    detect\w*|sentences?|quot\w+|matches|pattern|template|tutorial|sample|instead of|variants?|
    inputs?|words|label(?:led|s)?|titled|named|message|error|prompts?|asks?|instructs?|tells?|
    format|tokens?|syntax|markup|documentation|logs?|character|novel|film|scene)(?![a-z])|
    예[:를시]|문구|문장|라고|라는|이라는|같은|공격|주입|인젝션|악성|탐지|입력|표현|사례|표기|
    적힌|적혀|쓰인|대사|토큰|형식|템플릿|오류"""
)
_DESCRIBED = expression(
    r"""
    (?<![a-z])(?:attackers?|adversar\w+|hackers?|criminals?|malicious|jailbreaks?|injections?|
    injected|payloads?|researchers?|red team\w*|attacks?|(?:tell|ask|instruct|trick|persuade|
    convince|make|caus|get|coax|forc|direct|induc|manipulat|tempt|allow|fool|pressur|lur)(?:e|s|
    es|ed|ing|d|ting)? (?:\w+ ){0,4}(?:models?|assistants?|llms?|ai|chatbots?|bots?|systems?|
    agents?|it|them) (?:\w+ ){0,2}(?:to|into)|(?:models?|assistants?|llms?|chatbots?|
    agents?) (?:that|which|may|might|could|can|would|will|sometimes|often|tend|should|cannot|
    fail|began|started)|whether (?:the|a|an|it)|attempts? to|tr(?:y|ies|ied|ying) to|
    designed to|how to)(?![a-z])|공격|해커|악성|악의|인젝션|프롬프트 ?주입|시도|유도|탐지|차단|
    방어|예방|취약|위협|사례|예시|예를 ?들|보안|(?:도록|게) ?(?:만들|속이|조작|하는 ?(?:것|문|
    기법|수법|글|방식))|(?:라는|라고 ?하는|라고 ?적|와 ?같은|식의|따위의|등의) ?(?:문구|문장|말|
    명령|지시|입력|표현|요청|글)|수 ?있(?:다|습|어|기|는|음)|경우가|하는 ?현상|것을 ?확인|연구"""
)
_NEGATED = re.compile(r"(?:never|not|n't|cannot|nobody may|without|no one may) (?:\w+ )?$")
_HUMAN = expression(
    r"""
    (?<![a-z])(?:pages?|(?:your|my|our|the|last|previous|earlier|an|any|this|that|first|
    second) (?:e-?mail|mail|letter|memo|notice|invoice|fax|voicemail|text message|reminder|
    version|draft|edition|leaflet|manual|form|circular|bulletin|label|sign|ticket|agenda|
    post)s?|steps?|sections?|alarms?|warning (?:light|lamp|tone)|meeting|yesterday|today|monday|
    tuesday|wednesday|thursday|friday|saturday|sunday|last (?:week|month|year|night)|attached|
    recipe|assembly|schedule|kit|doctor|nurse|pharmacist|physician|referee|teacher|students?|
    pupils?|traffic|firefighters?|sent (?:on|by|last|out|in)|dated|printed|figure|chapter|
    drawing|firmware|compiler|makefile|robots\.txt|gitignore|linter|config\w*|
    env(?:ironment)? variables?|switch|jurors?|jury|court|judge|pilots?|drivers?|tower|crew|
    residents?|visitors?|passengers?|parents?|employees?|staff|players?|grammar|lines? \d|
    cells?|columns?|spreadsheet|wiring|screws?|bolts?|dosage|tablets?|box|packag\w+|office|
    department|hr|payment|bank|address|delivery|order|hotel|flight|stylesheet|css|cache|
    defaults?|parent|inherit\w*|scope|branch|merge)(?![a-z])|공문|안내문|안내|공지|메일|문자|
    회의|붙임|부서|담당자|직원|시행|개정|제출|서식|양식|설명서|경보|알람|신청서|교육생|학생|
    학부모|주민|입주민|승객|고객님|환자|복용|조립|나사|배선|컴파일|방화벽|설정 ?파일|환경 ?변수|
    예약|계약|납품|청구서|고지서|일정|장소|심판|선수|운전|조종사|관제|훈련|바랍니다|
    부탁드립니다|양해|감사합니다|종전 ?규정|조례|조항|법령|고시|예규"""
)
_EDGE = re.compile(r"[\"`]|(?<![a-z0-9가-힣])'|'(?![a-z0-9가-힣])")
_LONGEST_QUOTE = 600
_BLOCK = re.compile(r"```.{0,4000}?```|(?:^|\n)(?: {4}|\t|> ?)[^\n]{1,500}", re.DOTALL)


@dataclass(frozen=True)
class Setting:
    """What stands around the orders of a text."""

    text: str
    quotes: list[tuple[int, int]]
    is_about_attacks: bool
    speaks: bool

    @classmethod
    def of(cls, text: str) -> Setting:
        attacks = {match[0] for match in _ATTACKS.finditer(text)}
        quotes = sorted(_quotes(text))
        return cls(text, quotes, len(attacks) > 1, _speaks_outside(text, quotes))

    def factor(self, start: int, end: int, first: int, *, may_be_human: bool) -> float:
        """For an order that begins at `first` in the sentence from `start` to `end`."""
        sentence = self.text[start:end]
        if self.speaks and self._is_quoted(first):
            return QUOTED
        if _DESCRIBED.search(sentence):
            return DESCRIBED
        if may_be_human and (
            _HUMAN.search(sentence) or _NEGATED.search(self.text[max(start, first - 30) : first])
        ):
            return HUMAN
        return ABOUT if self.is_about_attacks else 1.0

    def _is_quoted(self, place: int) -> bool:
        at = bisect_right(self.quotes, (place, len(self.text))) - 1
        return at >= 0 and self.quotes[at][0] <= place < self.quotes[at][1]


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
