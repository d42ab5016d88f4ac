"""Boilerplate of pages and mails, and good chunks that speak of the same things."""

# fmt: off
# Wordings, one a line.
from __future__ import annotations

import random

from benchmarks.accuracy.curation_good import NAMES, PLACES, THINGS, facts, one, prose

_TEXTS = {
    "cookies": {
        "en": ["We use cookies to improve your experience on our website. By continuing to browse, you agree to our use of cookies.", "This website uses cookies. Accept all\nReject all\nCookie settings", "Our site uses cookies and similar technologies to personalise content. Manage preferences", "We and our partners store cookies on your device. By clicking Accept you consent to the use of cookies."],
        "ko": ["저희 웹사이트는 더 나은 서비스를 위해 쿠키를 사용합니다. 계속 이용하시면 쿠키 사용에 동의하는 것으로 간주됩니다.", "이 사이트는 쿠키를 사용합니다.\n모두 허용\n쿠키 설정\n쿠키 거부", "본 홈페이지는 원활한 이용을 위해 쿠키를 이용하고 있습니다. 쿠키 설정", "당사 사이트에서는 맞춤 콘텐츠 제공을 위하여 쿠키를 사용합니다. 쿠키 저장에 동의해 주세요."],
    },
    "copyright": {
        "en": ["© 2025 Noeul Cooperative. All rights reserved.", "Copyright (c) 2019-2025 Harbour Media Ltd. All Rights Reserved. Unauthorized reproduction is prohibited.", "Copyright © Harbour News 2024", "© Noeul Press 2023. Privacy policy | Terms of use"],
        "ko": ["ⓒ 노을신문 & noeul.example, 무단 전재 및 재배포 금지", "저작권자 © 항구일보 무단전재 및 재배포 금지", "Copyright ⓒ 2025 노을수협. All rights reserved.", "본 사이트에 게시된 모든 글의 저작권은 노을수협에 있습니다."],
    },
    "sharing": {
        "en": ["Share this article\nTweet\nPrint\nFollow us on Facebook", "Sign up for our newsletter and never miss an update!", "You may also like\nRelated articles\nLeave a comment", "Like us on Facebook\nShare via email\nBack to top"],
        "ko": ["공유하기\n페이스북\n트위터\n카카오톡\nURL 복사", "뉴스레터를 구독하세요! 매주 새로운 소식을 보내 드립니다.", "관련기사\n많이 본 뉴스\n더보기\n맨 위로", "본문 바로가기\n글자크기 조절\n인쇄하기\n스크랩"],
    },
    "unsubscribe": {
        "en": ["You are receiving this email because you signed up on our website. Unsubscribe", "Do not reply to this email. This mailbox is not monitored. Update your preferences or unsubscribe at any time.", "This is an automated message, please do not reply to this e-mail.", "View this email in your browser\nManage your subscription"],
        "ko": ["본 메일은 회원님께서 수신에 동의하셨기에 발송되었습니다. 수신을 원하지 않으시면 [수신거부]를 눌러 주세요.", "본 메일은 발신 전용이므로 회신되지 않습니다.", "이 메일은 발신전용 메일입니다. 문의는 고객센터를 이용해 주십시오.", "더 이상 소식을 받지 않으시려면 수신거부를 클릭하십시오."],
    },
    "disclaimer": {
        "en": ["This e-mail and any attachments are confidential and intended solely for the addressee. If you have received this message in error, please notify the sender and delete it.", "The information in this message may be privileged. If you are not the intended recipient, any disclosure, copying or distribution is strictly prohibited.", "The views expressed in this email are those of the author and do not necessarily reflect those of the company. Please consider the environment before printing.", "This communication is intended only for the person named above. We accept no liability for viruses; this e-mail has been scanned for viruses."],
        "ko": ["본 메일은 지정된 수신인만을 위한 것으로 기밀 정보가 포함되어 있을 수 있습니다. 수신인이 아닌 경우 즉시 발신자에게 알려 주시고 메일을 삭제하여 주시기 바랍니다.", "이 이메일에 포함된 정보는 법적으로 보호되는 비밀일 수 있으며 무단 공개, 배포, 복사는 금지됩니다.", "본 메시지는 대외비를 포함할 수 있습니다. 잘못 전송된 경우 삭제하고 회신해 주십시오. 무단 사용은 법적 처벌을 받을 수 있습니다.", "착오로 받으신 경우 폐기하여 주시고, 인쇄하시기 전에 환경을 생각해 주세요."],
    },
    "script": {
        "en": ["Please enable JavaScript to view this page.", "JavaScript is disabled in your browser. This site requires JavaScript to work.", "Your browser is not supported. Please update it to continue.", "To use all functions, turn on JavaScript in your settings."],
        "ko": ["이 페이지를 보려면 자바스크립트를 활성화해 주세요.", "자바스크립트가 꺼져 있어 일부 기능을 사용할 수 없습니다.", "사용 중인 브라우저는 지원하지 않습니다. 최신 브라우저로 업데이트하세요.", "본 사이트는 자바스크립트를 지원하지 않는 브라우저에서는 이용할 수 없습니다."],
    },
    "sent_from": {
        "en": ["Sent from my iPhone", "Get Outlook for Android", "Sent from my Samsung Galaxy smartphone.", "Sent from Mail for Windows"],
        "ko": ["나의 iPhone에서 보냄", "네이버 메일 앱에서 보냈습니다.", "갤럭시에서 보냄", "iOS용 Outlook 받기"],
    },
    "menu": {
        "en": ["Home | About us | Products | News | Contact", "Login\nRegister\nMy account\nCart\nHelp", "Privacy policy · Terms of use · Imprint · Sitemap · Accessibility", "Home > Support > FAQ > Downloads"],
        "ko": ["홈 | 회사소개 | 제품소개 | 공지사항 | 오시는 길", "로그인\n회원가입\n마이페이지\n장바구니\n고객센터", "이용약관 | 개인정보처리방침 | 이메일무단수집거부 | 사이트맵", "홈 > 고객지원 > 자주 묻는 질문 > 자료실"],
    },
}


def _wordings(kind: str, half: int):  # type: ignore[no-untyped-def]
    """Two of the four wordings, one alone and both together with a little more."""

    def made(rng: random.Random, language: str) -> str:
        text = rng.choice(_TEXTS[kind][language][half::2])
        if rng.random() < 0.3:
            other = rng.choice(sorted(_TEXTS))
            text = f"{text}\n{rng.choice(_TEXTS[other][language][half::2])}"
        return text

    made.__name__ = f"{kind}_{half}"
    return made


def signature(rng: random.Random, language: str) -> str:
    name, number = one(rng, NAMES, language), rng.randint(1000, 9999)
    if language == "ko":
        return f"감사합니다.\n{name} 드림\n노을수협 영업1팀 대리\nTel. 051-555-{number} / 010-1234-{number}\nminji@example.co.kr\n부산광역시 영도구 {one(rng, PLACES, 'ko')} 12"
    return f"Best regards,\n{name}\nSales Manager, Noeul Cooperative\nTel: +44 1752 55{number}\nanna@example.com | www.noeul.example"


def signature_under_dashes(rng: random.Random, language: str) -> str:
    name, number = one(rng, NAMES, language), rng.randint(1000, 9999)
    if language == "ko":
        return f"-- \n{name} 과장 | 구매팀 | 노을기계(주)\n전화: 02-555-{number}  팩스: 02-555-0000\n이메일: seojun@example.co.kr"
    return f"-- \n{name}\nNoeul Engineering Ltd, {rng.randint(1, 90)} {one(rng, PLACES, 'en')}\nMobile: 07700 90{number}\nhttps://noeul.example"


# Good chunks with the words of boilerplate.


def about_cookies(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"브라우저는 서버가 보낸 쿠키를 저장했다가 다음 요청에 함께 보낸다. 개정된 지침은 목적별로 동의를 나누어 받도록 하며, 위반하면 매출의 {rng.randint(2, 4)}%까지 과징금을 물린다. {prose(rng, 'ko', 1)}"
    return f"A cookie is a small file that a server asks a browser to keep. The directive of 2009 asks for consent by purpose, and the regulator fined two firms {rng.randint(2, 90)} million euros. {prose(rng, 'en', 1)}"


def baked_cookies(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"쿠키 반죽은 버터 {rng.randint(100, 200)}그램과 설탕을 크림처럼 저은 뒤 밀가루를 넣어 만든다. 냉장고에서 한 시간 재우고 180도 오븐에서 12분 굽는다."
    return f"For the cookies, cream {rng.randint(100, 200)} g of butter with the sugar, fold in the flour and the oats, rest the dough for an hour and bake for 12 minutes at 180 degrees."


def copyright_law(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"저작재산권은 저작자가 사망한 뒤 {rng.choice([50, 70])}년간 존속한다. 공동저작물은 맨 마지막으로 사망한 저작자를 기준으로 한다. 보호기간은 다음 해 1월 1일부터 기산한다."
    return f"Copyright lasts for {rng.choice([50, 70])} years after the death of the author. For a work of joint authorship the period runs from the death of the last author, counted from the first of January."


def confidentiality_clause(rng: random.Random, language: str) -> str:
    n = rng.randint(2, 20)
    if language == "ko":
        return f"제{n}조(비밀유지) 각 당사자는 이 계약과 관련하여 알게 된 상대방의 영업상 비밀을 제3자에게 누설하지 아니하며, 계약이 끝난 뒤 {n}년 동안 이 의무를 진다. 법원의 명령이 있는 때에는 그러하지 아니하다."
    return f"{n}.1 Each party keeps secret what it learns of the other's business under this agreement and uses it for no other purpose. The duty ends {n} years after the agreement does. It does not bind a party that a court orders to speak."


def letter(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"안녕하세요. {prose(rng, 'ko', 3)}\n감사합니다.\n{one(rng, NAMES, 'ko')} 드림"
    return f"Dear Tom,\n{prose(rng, 'en', 3)}\nBest regards,\n{one(rng, NAMES, 'en')}"


def text_with_footer(rng: random.Random, language: str) -> str:
    return f"{prose(rng, language, 4)}\n{rng.choice(_TEXTS['copyright'][language])}"


def script_lesson(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"자바스크립트에서 배열의 {one(rng, THINGS, 'ko')} 값을 바꾸려면 map을 쓴다. map은 새 배열을 돌려주며 원래 배열은 그대로 둔다. forEach는 아무것도 돌려주지 않는다."
    return f"In JavaScript, map returns a new array and leaves the old one alone; forEach returns nothing. To change each {one(rng, THINGS, 'en')} in place, assign to its index."


def privacy_rules(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"제{rng.randint(3, 9)}조(보유기간) 회사는 이용자의 주문 기록을 전자상거래법에 따라 5년, 문의 기록을 3년 보관한 뒤 파기한다. 이용자는 언제든지 열람, 정정, 삭제를 요구할 수 있다."
    return f"{rng.randint(3, 9)}. How long we keep your data. Orders are kept for five years, as tax law demands, and enquiries for three. You may ask us at any time to show, correct or erase what we hold of you."


def support_steps(rng: random.Random, language: str) -> str:
    if language == "ko":
        return f"비밀번호를 잊었을 때: 로그인 화면에서 '비밀번호 찾기'를 누르고 등록한 이메일을 입력한다. {rng.randint(5, 30)}분 안에 받은 링크를 열어 새 비밀번호를 두 번 입력한다."
    return f"If you forget your password, open the login screen, choose Forgot password and enter your address. The link that you receive is good for {rng.randint(5, 30)} minutes; type the new password twice."


def sections_of_site(rng: random.Random, language: str) -> str:
    return "\n".join(f"{name}: {fact}" for name, fact in zip({"en": ["News", "Products", "Careers"], "ko": ["공지사항", "제품소개", "채용"]}[language], rng.sample(facts(language), 3), strict=True))


PATTERNS = [_wordings(kind, half) for kind in _TEXTS for half in (0, 1)]
PATTERNS += [signature, signature_under_dashes]
GOOD = [
    about_cookies, baked_cookies, copyright_law, confidentiality_clause, letter, text_with_footer, script_lesson, privacy_rules,
    support_steps, sections_of_site,
]
