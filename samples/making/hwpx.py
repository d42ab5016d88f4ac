"""A Hangul Word Processor document (HWPX, KS X 6101): a zip of XML, written by hand."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from making.office import ZIP_TIME

TITLE = "2026년 양식장 안전 점검 계획"
PARAGRAPHS = [
    (1, TITLE),
    (0, "노을섬 협동조합 해상안전팀, 2026년 1월 19일"),
    (2, "1. 목적"),
    (
        0,
        "수확기를 앞두고 양식장의 밧줄과 부표, 작업선을 점검하여 사고를 막는다. 2025년 8월 태풍 "
        "미루 때 끊어진 밧줄 열한 개는 모두 매듭이 아니라 닻줄의 고리에서 끊어졌으므로, 올해는 "
        "고리를 먼저 본다.",
    ),
    (2, "2. 점검 일정"),
    "table",
    (2, "3. 판정 기준"),
    (0, "고리의 지름이 처음보다 15퍼센트 넘게 닳았으면 그날 바로 바꾼다."),
    (0, "부표의 부력이 80킬로그램에 미치지 못하면 육지로 옮겨 말린다."),
    (2, "4. 담당"),
    (0, "총괄은 윤서진 팀장이며, 잠수 점검은 잠수사 두 명이 한 조로 한다. 혼자 잠수하지 않는다."),
]
TABLE = [
    ["구역", "점검일", "밧줄 수", "담당"],
    ["동쪽 밭", "2월 3일", "58", "갈매기호"],
    ["북쪽 암초", "2월 5일", "24", "해랑호"],
    ["내항", "2월 6일", "14", "물떼새호"],
]
_SPACES = (
    'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph" '
    'xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" '
    'xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head" '
    'xmlns:hc="http://www.hancom.co.kr/hwpml/2011/core"'
)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_LANGUAGES = ("HANGUL", "LATIN", "HANJA", "JAPANESE", "OTHER", "SYMBOL", "USER")
_STYLES = ("바탕글", "개요 1", "개요 2")
_SIZES = (1000, 1600, 1300)  # hundredths of a point
_PAGE = (
    '<hp:secPr textDirection="HORIZONTAL" spaceColumns="1134" tabStop="8000">'
    '<hp:pagePr landscape="WIDELY" width="59528" height="84186" gutterType="LEFT_ONLY">'
    '<hp:margin header="4252" footer="4252" gutter="0" left="8504" right="8504" top="5668" '
    'bottom="4252"/></hp:pagePr></hp:secPr>'
)


def document() -> bytes:
    parts = {
        "mimetype": "application/hwp+zip",
        "version.xml": f'{_XML}<hv:HCFVersion xmlns:hv="http://www.hancom.co.kr/hwpml/2011/version"'
        ' tagetApplication="WORDPROCESSOR" major="5" minor="1" micro="0" buildNumber="1" os="1" '
        'xmlVersion="1.4" application="Doclake samples" appVersion="1"/>',
        "META-INF/container.xml": f"{_XML}<ocf:container "
        'xmlns:ocf="urn:oasis:names:tc:opendocument:xmlns:container"><ocf:rootfiles><ocf:rootfile '
        'full-path="Contents/content.hpf" media-type="application/hwpml-package+xml"/>'
        "</ocf:rootfiles></ocf:container>",
        "Contents/content.hpf": _package(),
        "Contents/header.xml": _header(),
        "Contents/section0.xml": _section(),
        "Preview/PrvText.txt": "\r\n".join(p[1] for p in PARAGRAPHS if p != "table"),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in parts.items():
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            packed.writestr(zipfile.ZipInfo(name, ZIP_TIME), text.encode(), how)
    return out.getvalue()


def _package() -> str:
    return (
        f'{_XML}<opf:package xmlns:opf="http://www.idpf.org/2007/opf/" version="" '
        f'unique-identifier="" id=""><opf:metadata><opf:title>{TITLE}</opf:title>'
        "<opf:language>ko</opf:language></opf:metadata><opf:manifest>"
        '<opf:item id="header" href="Contents/header.xml" media-type="application/xml"/>'
        '<opf:item id="section0" href="Contents/section0.xml" media-type="application/xml"/>'
        '</opf:manifest><opf:spine><opf:itemref idref="header" linear="yes"/>'
        '<opf:itemref idref="section0" linear="yes"/></opf:spine></opf:package>'
    )


def _header() -> str:
    faces = "".join(
        f'<hh:fontface lang="{language}" fontCnt="1"><hh:font id="0" face="함초롬바탕" type="TTF" '
        'isEmbedded="0"/></hh:fontface>'
        for language in _LANGUAGES
    )
    references = " ".join(f'{language.lower()}="0"' for language in _LANGUAGES)
    letters = "".join(
        f'<hh:charPr id="{n}" height="{size}" textColor="#000000" shadeColor="none" '
        f'borderFillIDRef="1"><hh:fontRef {references}/></hh:charPr>'
        for n, size in enumerate(_SIZES)
    )
    styles = "".join(
        f'<hh:style id="{n}" type="PARA" name="{name}" engName="{"Outline" if n else "Normal"}" '
        f'paraPrIDRef="0" charPrIDRef="{n}" nextStyleIDRef="0" langID="1042" lockForm="0"/>'
        for n, name in enumerate(_STYLES)
    )
    return (
        f'{_XML}<hh:head {_SPACES} version="1.4" secCnt="1"><hh:refList>'
        f'<hh:fontfaces itemCnt="{len(_LANGUAGES)}">{faces}</hh:fontfaces>'
        '<hh:borderFills itemCnt="1"><hh:borderFill id="1" threeD="0" shadow="0"/>'
        "</hh:borderFills>"
        f'<hh:charProperties itemCnt="{len(_SIZES)}">{letters}</hh:charProperties>'
        '<hh:paraProperties itemCnt="1"><hh:paraPr id="0" tabPrIDRef="0">'
        '<hh:align horizontal="JUSTIFY" vertical="BASELINE"/></hh:paraPr></hh:paraProperties>'
        f'<hh:styles itemCnt="{len(_STYLES)}">{styles}</hh:styles></hh:refList></hh:head>'
    )


def _section() -> str:
    blocks = []
    for number, paragraph in enumerate(PARAGRAPHS):
        first = f'<hp:run charPrIDRef="0">{_PAGE}</hp:run>' if number == 0 else ""
        if paragraph == "table":
            run, style = f'<hp:run charPrIDRef="0">{_table()}<hp:t/></hp:run>', 0
        else:
            style, text = paragraph
            run = f'<hp:run charPrIDRef="{style}"><hp:t>{escape(text)}</hp:t></hp:run>'
        blocks.append(
            f'<hp:p id="{number}" paraPrIDRef="0" styleIDRef="{style}" pageBreak="0" '
            f'columnBreak="0" merged="0">{first}{run}</hp:p>'
        )
    return f"{_XML}<hs:sec {_SPACES}>{''.join(blocks)}</hs:sec>"


def _table() -> str:
    rows = "".join(
        f"<hp:tr>{''.join(_cell(y, x, text) for x, text in enumerate(row))}</hp:tr>"
        for y, row in enumerate(TABLE)
    )
    return (
        f'<hp:tbl id="1" zOrder="0" numberingType="TABLE" textWrap="TOP_AND_BOTTOM" '
        f'textFlow="BOTH_SIDES" lock="0" pageBreak="CELL" repeatHeader="1" rowCnt="{len(TABLE)}" '
        f'colCnt="{len(TABLE[0])}" cellSpacing="0" borderFillIDRef="1">'
        '<hp:sz width="42000" widthRelTo="ABSOLUTE" height="8000" heightRelTo="ABSOLUTE"/>'
        '<hp:pos treatAsChar="1" vertRelTo="PARA" horzRelTo="PARA"/>'
        f"{rows}</hp:tbl>"
    )


def _cell(row: int, column: int, text: str) -> str:
    return (
        f'<hp:tc name="" header="{int(row == 0)}" hasMargin="0" borderFillIDRef="1">'
        '<hp:subList id="" textDirection="HORIZONTAL" lineWrap="BREAK" vertAlign="CENTER">'
        '<hp:p id="0" paraPrIDRef="0" styleIDRef="0"><hp:run charPrIDRef="0">'
        f"<hp:t>{escape(text)}</hp:t></hp:run></hp:p></hp:subList>"
        f'<hp:cellAddr colAddr="{column}" rowAddr="{row}"/><hp:cellSpan colSpan="1" rowSpan="1"/>'
        '<hp:cellSz width="10500" height="2000"/></hp:tc>'
    )
