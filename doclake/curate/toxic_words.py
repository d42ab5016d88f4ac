"""Words and phrases of toxicity, with their weights. The project's own list, under its licence.

Each is searched in text that `toxicity.plain()` and `toxicity.plain_korean()` have made readable: small
letters, without digits in the place of letters, without signs and blanks inside words. A weight of .5
flags a chunk by itself; lesser ones add up, so one `damn` in a page does not.

It is a list of what people write to hurt or arouse. Words that are as much at home in medicine, law,
news, names or farming stand here in phrases only, or not at all.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Rule(NamedTuple):
    flag: str
    weight: float
    pattern: re.Pattern[str]


def _english(flag: str, weight: float, *words: str) -> Rule:
    return Rule(flag, weight, re.compile(rf"(?<![a-z'])(?:{'|'.join(words)})(?![a-z])"))


def _korean(flag: str, weight: float, *words: str) -> Rule:
    return Rule(flag, weight, re.compile("|".join(words)))


_WHOM = (
    r"(?:immigrants?|migrants?|foreigners|refugees|muslims?|jews?|christians?|blacks?|black people|whites?|asians?|koreans?"
    r"|chinese|japanese|mexicans?|arabs?|indians?|africans?|gays?|lesbians?|trans(?:gender)? people|homosexuals|women|men|girls"
    r"|gypsies|disabled people|old people|poor people|those people|these people|they|you people)"
)
_BEASTS = (
    r"(?:vermin|rats|cockroaches|roaches|parasites|animals|apes|monkeys|pigs|dogs|scum|filth|trash|garbage|subhumans?"
    r"|a (?:plague|disease|cancer|virus)|savages|degenerates|leeches|maggots)"
)
_FOOL = (
    r"(?:idiots?|morons?|imbeciles?|retards?|cretins?|losers?|dumb ?ass(?:es)?|jack ?ass(?:es)?|scumbags?|dirt ?bags?|dip ?shits?"
    r"|pigs?|rats?|cows?|clowns?|trash|garbage|scum|filth|vermin|freaks?|creeps?|fools?|coward|waste of (?:space|air|oxygen|skin)"
    r"|piece of (?:shit|crap|trash|garbage)|disgrace|joke|bastards?|bitch(?:es)?|whores?|sluts?|halfwits?|nitwits?|dimwits?)"
)
_ADJECTIVES = (
    r"(?:(?:fuck(?:ing|in)|bloody|damn(?:ed)?|goddamn|stupid|dumb|fat|ugly|filthy|dirty|lazy|pathetic|worthless|useless|miserable"
    r"|little|total|complete|absolute|brainless|disgusting|ignorant|lying|old|bunch of|pack of) )"
)
_HARM = r"(?:kill|murder|stab|shoot|strangle|rape|butcher|slaughter|hang|burn|beat up|cut up|hunt down|gut|bash)"
_MEMBER = r"(?:cock|dick|pussy|cunt|tits|boobs|ass|asshole|arse|balls|clit|nipples|butt)"

ENGLISH = (
    _english(
        "profanity",
        0.6,
        r"(?:mother|cluster|mind|un|ab?so)?-?fuck(?:s|ed|er|ers|in|ing|ings|tard|tards|wit|wits|face|head|off|up|you)?",
        r"cunts?", r"cock ?suckers?", r"wank(?:er|ers|ing)", r"assholes?", r"arseholes?", r"bull ?shit(?:s|ting)?",
        r"shit(?:head|heads|hole|bag|bags|face|faced|stain|show)", r"dickheads?", r"dumb ?fucks?", r"son of a bitch",
        r"sons of bitches", r"prick face", r"twats?", r"bitch ass", r"stfu", r"gtfo", r"kys", r"foh",
    ),
    _english(
        "profanity", 0.3,
        r"shit(?:s|ty|ting|ted)?", r"crap(?:py)?", r"piss(?:ed)? off", r"pissing", r"bitch(?:es|ing|y)?", r"bastards?", r"ass(?:es)?(?! (?:of|to))",
        r"arse", r"damn(?:ed|it)?", r"goddamn(?:ed|it)?", r"bollocks", r"wtf", r"slut(?:s|ty)?", r"whores?", r"douche ?bags?", r"jerk ?offs?",
    ),
    _english(
        "insult", 0.6,
        rf"(?:you|you're|youre|ur|u|he is|he's|she is|she's|they are|they're) (?:are |r |were )?(?:all |just |such |nothing but |really |truly )*"
        rf"(?:an? |the )?{_ADJECTIVES}*{_FOOL}(?! (?:if|to|when|because|not))",
        rf"(?:shut (?:the (?:fuck|hell) )?up|get lost|drop dead|go away|screw you|piss off),? (?:you )?{_ADJECTIVES}*{_FOOL}",
        rf"(?:what|you|listen|hey|bunch of) (?:an? |you )?{_ADJECTIVES}+{_FOOL}",
        rf"{_ADJECTIVES}{{2,}}{_FOOL}", r"shut (?:the (?:fuck|hell) )?up,? you", r"(?:stupid|dumb|ugly|fat|lazy|filthy|dirty) (?:bitch|whore|cow|pig|slut|cunt)(?:es|s)?",
        r"(?:nobody|no ?one) (?:likes|loves|wants|cares about) you", r"you (?:make me sick|disgust me|are too (?:stupid|dumb))", r"you(?:'re| are) (?:so )?(?:stupid|dumb|pathetic|worthless|ugly|disgusting|brainless)",
        r"how (?:stupid|dumb) (?:are|can) you", r"go to hell", r"screw you", r"drop dead", r"eat shit", r"are you (?:stupid|retarded|brain ?dead|dumb)",
    ),
    _english(
        "threat", 0.8,
        rf"(?:i(?:'ll|'m going to|'m gonna| will| am going to| am gonna| swear i'?ll| should| want to| would love to| wanna)|we(?:'ll| will|'re going to| are going to)) "
        rf"(?:\w+ )?{_HARM} (?:you|u|ya|him|her|them|your|his|all of you|every one of)\b",
        r"(?:kill|hang|shoot|off|drown|cut) (?:yourself|urself|yourselves)(?= |$)(?! (?:if|when|off))",
        r"(?:i )?(?:hope|wish|pray) (?:that )?(?:you|u|he|she|they|your (?:family|kids|children|mother|mom)|all of you) (?:all )?(?:die|dies|rot|burn|choke|get (?:cancer|raped|hit|shot|run over|killed))",
        r"(?:you|they|he|she) (?:all )?(?:deserve|deserves|need|needs) to (?:die|be (?:shot|raped|killed|beaten|hanged|burned|put down))",
        r"(?:watch your back|you(?:'re| are) (?:a )?dead (?:man|meat|woman)|i know where you live|your days are numbered|say goodbye to your (?:family|kids|children))",
        r"(?:i(?:'ll| will)|gonna) (?:break|smash|bash|cut|slit|rip|blow|snap) (?:your|his|her|off your|out your) (?:\w+ )?(?:neck|face|head|throat|legs|bones|skull|teeth|arms?|heart|guts|brains?)",
    ),
    _english(
        "hate", 0.8,
        r"nigg(?:er|ers|a|as|az)", r"kikes?(?= |$)", r"spics?(?= (?:are|go|out))", r"chink(?= (?:eyes|bastard|scum))", r"gooks?", r"wetbacks?", r"faggots?", r"fags?(?= (?:are|should|must|burn))",
        r"trann(?:y|ies)", r"ragheads?", r"towelheads?", r"sand ?niggers?", r"shemales?", r"dykes?(?= (?:are|should))",
        rf"{_WHOM} (?:are|r) (?:all |just |nothing but |really |like )*(?:(?:filthy|dirty|stupid|lazy|worthless|disgusting|inferior|evil|lying|uncivili[sz]ed) )*{_BEASTS}",
        rf"{_WHOM} (?:are|r) (?:all |just |really |simply )*(?:inferior|subhuman|less than human|too stupid|biologically inferior|born (?:criminals|stupid|liars))",
        rf"{_WHOM} (?:should|must|need to|deserve to|have to) (?:all )?(?:die|burn|be (?:exterminated|wiped out|gassed|shot|eradicated|killed|deported in chains|sterili[sz]ed|put down))",
        rf"(?:exterminate|gas|wipe out|eradicate|kill|burn|lynch) (?:all )?(?:the |those |these )?{_WHOM}",
        r"(?:dirty|filthy|stinking|lazy|disgusting|bloody|fucking) (?:immigrants?|foreigners|muslims?|jews?|blacks|chinks|mexicans?|arabs?|gypsies|gypsy|gays|homos|refugees|koreans|chinese|japs|indians|africans)",
        r"(?:go|crawl|get) back to (?:your|the) (?:own )?(?:country|jungle|desert|cave|hole|shithole)", r"(?:white|aryan) (?:power|supremacy now)", r"heil hitler", r"sieg heil", r"hitler was right",
        r"women (?:belong|should stay) in the kitchen",
    ),
    _english(
        "sexual", 0.7,
        rf"(?:suck(?:s|ing|ed)?|lick(?:s|ing|ed)?|ride|rub|stroke|fondle|pound(?:ing|ed)?|fuck(?:s|ing|ed)?|spank) (?:on )?(?:my|your|his|her|that|the|a|big|hard|huge)(?: \w+)? {_MEMBER}",
        rf"(?:wet|tight|dripping|shaved|horny|juicy|hairy|creamy) (?:\w+ )?(?:{_MEMBER}|hole|slit)", r"(?:hard|huge|throbbing|massive|thick|big black|monster) (?:cock|dick|boner)s?",
        r"(?:blow ?jobs?|hand ?jobs?|rim ?jobs?|cum ?shots?|creampies?|gang ?bangs?|deep ?throats?|bukkake|cunnilingus videos?|threesomes? (?:videos?|sex|porn)|gloryholes?|dildos?|butt ?plugs?)",
        r"(?:xxx|hardcore|free|hot|teen|amateur|lesbian|gay|anal|milf|hd|uncensored|live) (?:\w+ )?(?:porn|porno|sex (?:videos?|cams?|chat|clips?|movies?|tapes?)|xxx|nudes)",
        r"porn ?(?:videos?|movies?|pics|clips|stars? naked|tube)", r"(?:cum|cumming|jizz|squirt(?:ing|ed)?|came) (?:all over|inside|in|on|for) (?:my|your|his|her|me|the|daddy)(?: \w+)?",
        r"(?:horny|naughty|slutty|naked|busty) (?:\w+ )?(?:girls?|housewi(?:fe|ves)|teens?|milfs?|sluts?|babes?|coeds?|singles|women|wives|ladies)", r"(?:spread|open) (?:your|her|those) legs (?:wide|for)",
        r"(?:i(?:'m| am)|so|feeling|getting) (?:so |really |very )?horny", r"send (?:me )?(?:your )?nudes", r"jerk(?:ing|ed)? off(?: to)?", r"milfs?", r"fuck(?:ed|ing)? (?:me|her|him|you) (?:hard|harder|deep|deeper|from behind|all night)",
        r"(?:slid|slide|thrust|pushed|shoved|plunged|entered)(?: \w+){0,4} (?:cock|dick|pussy|throbbing)", r"escorts? (?:available|service)s? (?:tonight|24|now|near|in your)", r"(?:hot|sexy|nude) (?:singles|girls|women|cams?) (?:in your area|near you|waiting|online|live)",
        r"moan(?:ed|ing|s)? (?:as|while|when) (?:he|she|i|his|her)(?: \w+){0,6} (?:inside|deeper|harder|thrust\w*|breasts?|nipples?|thighs?)", r"undress(?:ed)? (?:her|him|me) and (?:\w+ )+(?:breasts|nipples|cock|naked)",
    ),
    _english(
        "sexual", 0.12,
        r"porn(?:o|hub|ographic)?", r"orgasms?", r"cum", r"boobs?", r"tits", r"titties", r"nudes?(?= (?:pics?|photos?|girls?))", r"horny", r"cock", r"dick(?= (?:pic|size))", r"pussy", r"boners?", r"xxx",
        r"masturbat\w+", r"nipples?(?! (?:joint|fitting|thread))", r"sexy", r"erotic", r"naked (?:body|breasts|girls|women)", r"busty", r"strippers?", r"fetish",
    ),
)  # fmt: skip

_KO_FAMILY = "(?:년|놈|새끼|새꺄|쉐끼|쉑|자식|것들|쓰레기|계집)"

KOREAN = (
    _korean(
        "profanity", 0.6,
        "(?<![가-힣])(?:아|야|에|이런|와|진짜|개|존나)?(?:씨|시|쓰|쒸|쉬|슈|싀|씌)(?:이)?(?:발|팔|벌|빨|바랄|부랄|부럴|펄|밸|뱔)(?!점|역|택시|자동차|수뢰|유|하는 |하여|한다|표|라이|송|코|암|트|견)",
        "(?<![가-힣])(?:아|야)?(?:씨|쒸)(?:바|파)(?![가-힣])",
        "씹(?:새|년|놈|할|팔|창|덕|것|쌔|선비|대가리|탱|자식)|(?<![가-힣])개씹|좆|졷|좇(?:같|까|밥|나)|존나(?!무)|졸라(?![가-힣]*(?:매|맨))|조온나|(?<![가-힣])조낸|쫀나",
        "(?<![가-힣])(?:개|씨)(?:새끼|새꺄|쉐끼|쌔끼|색기|색끼|세끼|시키|자식|놈|년|쓰레기|씹|지랄|좆|같은)|(?<![가-힣])(?:이|저|그|이런|저런|그런|야|미친|병신|더러운|거지)\\s?(?:개)?새끼(?!\\s?(?:손|발|고양이|강아지|돼지|줄|를 낳|가 태|곰|새|양|호랑|오리|치|사자|원숭|노루|염소|토끼|거북|펭귄|말|소))",
        "새끼(?:야|들아|들이 (?:감히|미쳤|뒤)|가 (?:뒤|감히|어디|미쳤|까불|지랄))",
        "병신(?!년\\s?(?:\\(|丙|새해|에|도|은|의|[가-힣]*월|인))|븅신|빙신|뵹신|등신(?:아|같|새|들|짓| 같|이냐|\\s?새끼)|(?<!\\d)(?<!팔)등신(?![가-힣]|대)|지랄(?!탄)|쥐랄|(?<![가-힣])염병(?:하|할|떨)|옘병|엠창|느금마|니(?:미|기미)럴?(?![가-힣])|니애미|니\\s?에미|(?<![가-힣])썅|쌍(?:년|놈)|호로(?:새끼|자식)|후레자식|육시랄|우라질",
    ),
    _korean("profanity", 0.6, "(?<![ㄱ-ㅎ가-힣])(?:ㅅㅂ|ㅆㅂ|ㅂㅅ|ㅄ|ㅈㄹ|ㄱㅅㄲ|ㅗㅗ|ㅈㄴ|ㅁㅊ|ㄲㅈ|ㄷㅊ|ㅆㄴ|ㅅㄲ)+(?![ㅏ-ㅣ])"),
    _korean(
        "profanity", 0.3,
        "젠장|제기랄|빌어먹을|망할\\s?(?:놈|년|것|자식)|엿\\s?먹|개소리|개수작|개판\\s?(?:이|치)|(?<![가-힣])염병(?![가-힣])|쪽팔|좆나|뻑큐|꼴값|재수\\s?없",
    ),
    _korean(
        "insult", 0.6,
        f"(?:미친|더러운|멍청한|한심한|쓸모없는|못생긴|뚱뚱한|역겨운|무식한|천한|비열한|찌질한|재수없는|정신 나간|돌은|망할)\\s?{_KO_FAMILY}",
        f"(?:이|저|그|니|네|너|너희|야)\\s?(?:같은|따위)\\s?{_KO_FAMILY}", "(?:너|넌|니가|네가|너는|너희는|당신은|저 인간은)\\s?(?:진짜|정말|완전|그냥|참)?\\s?(?:쓰레기|바보|멍청이|병신|한심|벌레|돼지|찐따|루저|저능아|또라이|인간쓰레기|기생충)",
        "(?<![가-힣])닥쳐(?:라|요)?(?![가-힣])|닥치고\\s?(?:꺼져|있어|나가|들어)|아가리\\s?(?:닥|싸|찢|여물)|주둥이\\s?(?:닥|함부로|찢)|대가리(?:가|에)?\\s?(?:비었|텅|똥만|총 맞|깨)|(?<![가-힣])꺼져\\s?(?:라|버려|이|$|[!.~])(?![가-힣 ]*(?:불|있))",
        "또라이|저능아|찐따|인간\\s?쓰레기|쓰레기\\s?같은\\s?(?:인간|놈|년|것)|벌레\\s?(?:같은|만도 못한|보다 못한)\\s?(?:놈|년|것|인간|새끼)|개만도 못한|짐승만도 못한|상종 못할|밥버러지|식충이|기레기|정신병자(?:야|냐|새끼|같은|\\s같은)|머리에 똥|(?<![가-힣])면상(?:을|이|에)",
        "(?<![가-힣])(?:미친|돌은)\\s?(?:놈|년|새|거\\s?아니(?:냐|야)|인간)|나가\\s?(?:뒈져|뒤져|죽어)|역겨운 (?:인간|족속)|창피한 줄 알아라",
    ),
    _korean(
        "threat", 0.8,
        "(?:뒈|뒤|디)져(?:라|버려|버릴|\\s?버려|$|[!.])(?![가-힣])|(?:뒈|뒤|디)지고\\s?싶|(?:너|널|네|니|너희|당신|가족|새끼|놈|년|네놈|니놈|집)[가-힣]{0,4}\\s?(?:[가-힣]{0,4}\\s)?(?:죽여\\s?버(?:리겠|릴|린다|려)|죽여\\s?(?:줄|주마|주겠)|찢어\\s?(?:죽|버)|때려\\s?죽|패\\s?죽|칼로|불\\s?질러|파묻|토막)",
        "죽여\\s?버(?:리겠다|릴\\s?거|릴\\s?테|린다)(?!고\\s?(?:협박|위협|말|외))|쳐\\s?죽(?:일|여|인다)|찢어\\s?죽(?:일|여)|때려\\s?죽(?:일|여)|(?:나가|가서|그냥|제발|빨리)\\s?(?:좀\\s?)?(?:죽어|뒈져|뒤져)(?:라|버려|$|[!. ])|자살(?:이나\\s?해|해라|하지 그러|하세요|해 버려)|목\\s?(?:매|매달)(?:라|아라|고 죽어)|배때기|밤길\\s?조심|가만(?:히)? 안 (?:둬|둘|두겠)|죽고\\s?싶(?:냐|어\\?|니\\?|나 보)|모가지(?:를)?\\s?(?:따|비틀|꺾)|멱을 따",
        "(?:암|병)(?:에|이나)?\\s?걸려\\s?(?:뒈|뒤|죽어)(?:라|져|버려|져라)",
    ),
    _korean(
        "hate", 0.8,
        "짱깨|짱꼴라|쪽바리|쪽발이|깜둥이|검둥이|똥남아|김치녀|된장녀|한남충|맘충|급식충|틀딱(?!거)|메퇘지|꼴페미|홍어\\s?(?:새끼|족|놈|것)|전라디언|개쌍도|튀기\\s?(?:새끼|놈|년)|애자\\s?(?:새끼|냐|년|놈)|병신\\s?장애인|게이\\s?새끼|똥꼬충|호모\\s?새끼|보빨|보슬아치|한녀충|재기해|운지해|외노자\\s?(?:새끼|것들|놈)|조선족\\s?(?:새끼|놈|것들|벌레)|탈북자\\s?(?:새끼|놈|것들)",
        "(?:외국인|이민자|난민|여자|남자|노인|늙은이|장애인|동성애자|게이|흑인|중국인|일본인|조선족|무슬림|이슬람|유대인|동남아인|탈북자|페미니?스트?|전라도|경상도)[가-힣]{0,4}\\s?(?:[가-힣]{1,5}\\s){0,3}?(?:바퀴벌레|벌레|기생충|짐승|해충|쓰레기|암덩어리|미개한|열등한|박멸|다\\s?죽|죽어야|몰살|추방해야|쓸어버|태워\\s?죽|가스실|멸종)",
        "(?:미개한|열등한|더러운|냄새나는|역겨운)\\s?(?:외국인|이민자|난민|여자|노인|장애인|동성애자|게이|흑인|중국인|일본인|조선족|무슬림|유대인|동남아|인종|민족|족속|나라 것)", "(?:너희|니네|네)\\s?나라로\\s?(?:돌아가|꺼져|가라)",
    ),
    _korean(
        "sexual", 0.7,
        "(?:자지|좆|꼬추|고추|거시기|육봉|물건)(?:를|을|로|가|이|에)?\\s?(?:[가-힣]{1,4}\\s)?(?:빨아|빨고|빠는|박아|박고|박는|박았|쑤시|쑤셔|꽂|흔들|세우|섰|발딱)",
        "(?:보지|조개|구멍|뒷구멍|후장|엉덩이)(?:를|을|에|가|속|에다|에 )?\\s?(?:[가-힣]{1,4}\\s)?(?:빨아|빨고|박아|박고|박는|쑤시|쑤셔|벌려|벌리고|핥|젖어|젖은|따먹|꽂)",
        "(?:가슴|젖|젖가슴|유방|젖꼭지)(?:을|를|이)?\\s?(?:[가-힣]{1,4}\\s)?(?:빨아|빨고|주물|주무르|핥|만지며|만져\\s?줘|움켜)", "따먹(?:고|은|을|어|었|자)\\s?(?:싶|년|여|남|고|자|다|썰|네)?|떡치(?:고|는|자|다|러)|딸딸이|딸치|(?<![가-힣])섹(?:파|스하자|스 하자|스할래|스파트너)|원나잇\\s?(?:상대|할|구)|조건\\s?만남|출장\\s?(?:안마|마사지|샵|업소)|오피\\s?(?:걸|추천|후기)|키스방|대딸|사까시|질싸|입싸|노콘|야동\\s?(?:무료|사이트|다운|모음|추천)|무료\\s?야동|몸캠|(?:유부녀|여대생|미시|연예인|여고생|일본)\\s?(?:야동|섹스|노출|몰카|누드)|성인\\s?(?:방송|채팅|만남|야동)\\s?(?:무료|가입|바로|추천|사이트)?",
        "(?:팬티|속옷|옷)[을를]?\\s?(?:벗기|내리|벗겨)[가-힣]*\\s(?:[가-힣]+\\s){0,5}(?:빨|핥|박|삽입|신음|애무)|신음(?:을|소리를)?\\s?(?:[가-힣]+\\s){0,3}(?:내며|흘리며|토하며|지르며)\\s?(?:[가-힣]+\\s){0,4}(?:허리|엉덩이|몸|다리|절정|더)|(?:꼴린다|꼴리네|꼴려서|꼴릿)|(?:박아|싸|빨아|벗겨)\\s?(?:줘|줄게|줄래|달라)(?![가-힣])|안에\\s?(?:싸|쌀게|싸줘)",
    ),
    _korean("sexual", 0.12, "야동|야설|음란물|포르노|섹시|섹스|오르가즘|자위(?!대|권|적|수단|기구|행위 전|\\s?대)|성인물|누드|젖가슴|애무|신음"),
)  # fmt: skip

CLEAN = re.compile(
    # what holds such words and is none
    r"\b(?:cock(?:tail|pit|atoo|roach|erel|ney|le)s?|(?:pea|wood|stop|ball|hay)cocks?|dick(?:ens|inson|son|ie)?\b(?= (?:van|cheney|clark|tracy|turpin))|shiitake|scunthorpe|penistone|clitheroe|assassin\w*|pussy willows?|blue tits?|great tits?|coal tits?|marsh tits?"
    r"|jack ?ass(?: penguin)?|wild ass(?:es)?|somali wild ass|dam(?:n)? near|hot ?dogs?|bastard (?:file|title|sword|toadflax|wing)|bitch(?:'s)? (?:litter|puppies|in heat|whelp\w*)|(?:the|a|her|brood|pregnant|breeding) bitch(?= (?:and|was|is|had|in|should|may|will|whelp))|crap(?:s| table| shoot| game)|kikes? bay"
    r"|hoar|cum laude|magna cum|summa cum|cum (?:dividend|rights|grano)|hell's kitchen|damned if|slut(?:'s)? wool|chink in|xxx (?:olympi|summer|winter|chapter|legion|corps)|super bowl xxx|dick and jane|moby dick|philip k\.? dick|hancock|hitchcock|babcock|naked (?:eye|singularity|mole)|sexy prime|erotic(?:a)? (?:art|poetry|literature)|titmouse|tit for tat|nipple (?:shield|joint|fitting|discharge|pain|retraction)\w*)\b"
)
