"""The words of orders to a model, in English.

Expressions for folded text, without nested repetition; they may be broken after a bar. `{model}`
and `{reader}` stand for the two that follow.
"""

MODEL = r"""
    ais?|artificial intelligence|llms?|(?:large |vision )?language models?|chat ?bots?|
    gpts?(?:-?\d\w?)?|chat ?gpt|claude|gemini|copilot|bard|llama|deepseek|siri|(?:ai|virtual|
    digital) (?:\w+ )?(?:assistants?|agents?|systems?|models?|tools?|reviewers?|readers?|
    crawlers?|bots?)"""

READER = r"""
    assistants?|summari[sz]ers?|bots?|agents?|models?|neural networks?|retrievers?"""

OPENING = r"""
    (?:^[^a-z]*|[.:!,;] [^a-z\s]?|[\"(>\]*-] ?[^a-z\s]?|\d[.)] |(?<![a-z])(?:and|then|instead|
    just|please|now|only|to|or|but|kindly|also|(?:you|it|that|models?|assistants?|agents?|ai|
    and) (?:must|shall|should|will|may|can)) )(?:(?:please|kindly|now|just|simply|immediately|
    always|never|secretly|quietly|instead|then|first|only|also),? ){0,2}"""
"""What an order begins behind."""

CONCEPTS = {
    "override": r"""
        ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|overrid(?:e|ing)|bypass(?:ing)?|
        overrule|discard|neglect|circumvent|unlearn|pay no (?:attention|heed) to|set aside|
        (?:do not|don't|stop|cease|no longer|quit) (?:follow|obey|adhere to|comply with|heed|
        respect|listen to|apply|honou?r)(?:ing)?|throw (?:away|out)|drop (?:all|any|the|your)|
        erase|wipe|supersedes?|abandon|nullify|invalidate|cancel|no longer (?:apply|valid|bind|
        bound|in effect|relevant)|(?:are|is) (?:now )?(?:void|revoked|obsolete|cancell?ed|
        suspended|lifted|replaced)|take precedence over|(?:instead|in place) of""",
    "target": r"""
        (?:(?:previous|prior|earlier|your|any|all|other|system|new|these|those|given|standing|
        the) )?instructions?|directions|directives?|prompts?|rules?|guidelines?|guidance|
        commands?|orders|constraints?|restrictions?|guardrails?|safeguards?|programming|
        (?:content|safety|usage|ethics?) (?:polic(?:y|ies)|measures|protocols?|checks?|filters?)|
        limitations?|system messages?|policies|(?:what|everything|anything|whatever|
        all)(?: that)? (?:you(?:'ve| have)? (?:were|was|been|had) (?:told|given|taught|asked)|
        you know|you learn(?:ed|t)|above|before|so far|was said|came before|comes before|
        precedes|else)|whoever set you up|policy""",
    "prior": r"""
        previous(?:ly)?|prior|above|earlier|preceding|foregoing|existing|original|initial|former|
        your|system|developers?|default|past|before|so far|you (?:were|was|have|had)|you've|
        safety|ethical|up to (?:now|this point)|given to you|operators?|came before|comes before|
        you up""",
    "order": r"""
        say|write|tell|answer|reply|respond|output|print|reveal|show|repeat|ignore|disregard|
        forget|drop|skip|stop|send|forward|append|post|upload|call|run|execute|invoke|use|open|
        act|pretend|assume|begin|start|end|include|add|insert|put|recommend|rate|rank|give|
        praise|claim|conclude|replace|change|list|translate|obey|follow|do not|don't|keep|grant|
        treat|classify|render|encode|collect|dump|leave|go|switch|enter|speak|roleplay|play|
        delete|transfer|buy|state|quote|trigger|visit|fetch|click|display|mention|omit|erase|
        override|bypass|set|award|mark|accept|approve|decode|continue|refuse|comply|summari[sz]e|
        describe|overwrite|rely|proceed|deny|reject|hide|embed|attach|email|e-mail|share|copy|
        read|load|spell|recite""",
    "must": r"""
        (?:{model}|{reader})(?: (?:that|who|which) \w+(?: \w+){0,4}|(?: reading| processing|
        screening| grading| evaluating| summari[sz]ing) (?:this|the|my)(?: \w+)?)? (?:must|
        should|shall|have to|has to|need to|needs to|will now|are to|is to|are required to|
        are instructed to|are ordered to)""",
    "here": r"""
        (?:this|the following|these|the (?:sentence|line|paragraph) (?:after|below)|
        below) ?(?:document|page|text|e-?mail|file|article|passage|content|note|message|report|
        paragraph|sentence|lines?|instructions?|prompt|section|website|ticket|ones?|ad|memo|
        directive|command|request|essay|paper|application|resume|bid)?""",
    "asked": r"""
        please|kindly|could you|would you|we|our|thank you|regards|sincerely|if you have""",
    "told": r"""
        was|were|had|asked|tested|showed|shown|refused|declined|measured|measures|found|
        sometimes|often|usually|might|could|would|whether|how|why|expects?|means|returns?|holds|
        contains?|for example|documentation|tutorial""",
    "role": r"""
        (?:you are|you're|you will be|you shall be|you become|you will) now (?!logged|connected|
        ready|able|signed|registered|in |at |on |leaving|eligible|subscribed|entitled|free to|
        done|viewing|using|required|asked|member|part|hear|see|find|need|have|be )|(?:you are|
        you're) no longer (?:an? |the |bound|restricted|limited|subject)|(?:you are|you're|
        you willbe|you will) (?:henceforth|from now on|an? (?:un|ai |evil|free|model|hacker|
        rebel)|called)|from (?:now on|this (?:point|moment)(?: on(?:ward)?| forward)?|
        here on),? (?:you |act|your|answer|respond|obey|speak|every|all|only|ignore)|
        henceforth,? you|(?:pretend|imagine|act|behave|respond|answer|roleplay|role-play|speak|
        play)(?: to be| you are| you're|that you are| as (?:if|though) (?:you|your)|
        [ ]as an? (?:un|ai|model|assistant|system|evil|hacker|linux|jail|free)| as (?:dan|root|
        admin)| an? (?:un|evil|ai))|you (?:act|behave|speak|answer) as (?:an?|if)|(?:assume|
        adopt|take on|switch to|take over|puton)(?: the| a| this| your)?(?: new|
        [ ]following)? (?:role|persona|identity|character|personality)|your new (?:role|persona|
        identity|name|task|goal|purpose|objective|mission|instructions?|job|master|owner)|
        become (?:an?|the) (?:free|un|new|ai|evil)|stay in character|(?:you will|
        you) (?:now )?play \w+|(?:for|until) the (?:rest|end) of (?:this|the) (?:chat|
        conversation|session)|you (?:will|must|shall|should|are to) (?:now )?(?:act|be|behave|
        speak|play|pose)|drop your persona|simulate an? \w+|who obeys nobody|you are to act""",
    "unbound": r"""
        (?:are|be|as|play|become|called|named|now|mode:?) dan|dan (?:mode|jailbreak|prompt)|
        do anything now|(?:developer|god|debug|jailbreak|sudo|unrestricted|opposite|evil|
        unfiltered|override|uncensored) mode|(?:unrestricted|uncensored|unfiltered|jailbroken|
        amoral|freed?) (?:ai|model|assistant|bot|version)|(?:an?|the) (?:unrestricted|uncensored|
        unfiltered|jailbroken|evil)|(?:restrictions?|limits?|limitations?|filters?|policies|
        safeguards|safety \w+|guidelines|refusals?)(?: \w+)? (?:are|is|has been|
        have been)(?: now| hereby|all)? (?:lifted|removed|disabled|off|suspended|void|gone)|
        (?:turn|switch) (?:off|on) (?:your|the|all) (?:\w+ )?(?:filters?|safety|safeguards)|
        never (?:refuses?|declines?)|answers? (?:everything|anything|any question)|
        before any restrictions|can do anything|safety (?:training|filters?|rules|guidelines)|
        opposite of (?:its|your) (?:policies|rules)""",
    "reveal": r"""
        what (?:are|were|is|was)|start(?:ing)? (?:with|by)|begin(?:ning)? (?:with|by)|
        word for word|verbatim|reveal|print|show|output|repeat|display|tell|disclose|leak|dump|
        echo|expose|recite|list|write(?: \w+)? (?:out|down)|copy|quote|quoting|read (?:out|back)|
        spell out|give""",
    "secrets": r"""
        (?:rules?|instructions?|guidelines?|directions?|orders|prompt|guidance|message|paragraph|
        text)(?: of the \w+)?(?: that)? (?:you (?:were|have been|had been|got|received|follow|
        obey|operate under|run on|have to follow|must follow|are given)|given to you|(?:your|
        the) (?:developers?|creators?|makers?|owners?|operators?)|from (?:your|
        the) (?:developers?|creators?|operators?))|system (?:prompt|message|instructions?)|
        (?:hidden|secret|initial|internal|original|confidential|pre-?|entire|full|
        whole) ?(?:prompt|instructions?|rules|guidelines|configuration|context|text of (?:your|
        the))|your (?:\w+ )?(?:prompt|instructions|guidelines|configuration|training data|
        context|context window|system card|rules)|(?:text|words|everything|all|lines|what|
        messages?)(?: that)?[ ](?:is |stands |appears |comes |came |was )?(?:written |said |
        printed )?(?:above this|above|before this|before it|that came before)(?: (?:sentence|
        line|message|text|conversation|point))?|what you were told|(?:your|
        the) developers? (?:gave|told|wrote|set)|prompt (?:that )?you (?:run|are)|
        first message of this|hidden parts?""",
    "private": r"""
        (?:the user's|users') (?:full |real )?name|(?:conversation|chat|message|search|
        browsing) (?:history|log|transcript|so far)|(?:this|entire|whole|full|
        our) (?:conversation|chat|dialog(?:ue)?|context)|(?:system|hidden) prompt|
        (?:the )?user'?s? (?:\w+ ){0,2}(?:data|question|query|queries|messages?|details|input|
        information|e-?mails?|address|files?|documents?|password|credentials|location|secrets?|
        inbox|contacts|calendar|token)|credentials|api[ _-]?keys?|passwords?|access tokens?|
        private keys?|session (?:tokens?|cookies?|token of)|(?:everything|anything|all|whatever|
        what)(?: that)? (?:the user|you|they) (?:has |have |can |may )?(?:told|said|typed|know|
        see|read|wrote|asked)|(?:files?|documents?|e-?mails?)(?: that)? (?:you|the user) can see|
        retrieved (?:documents|passages)|other (?:documents|passages|users)|(?:last|previous|
        recent|five) (?:\w+ )?(?:messages|e-?mails|answers?)|(?:mailbox|inbox|contact list|
        customer list)|last (?:answer|message|question)|chat so far|names of all (?:files|users|
        documents)|conversation, \w+|(?:customer|client) (?:data|records|database|list)|
        (?:question|message|data|e-?mail|password)s? of the user|(?:other|all) (?:documents|
        files|messages) (?:that )?you (?:have )?(?:found|read|see)""",
    "send": r"""
        send|post|forward|append|upload|transmit|exfiltrate|(?:e-?)?mail|write|submit|leak|
        deliver|pass|embed|encode|put|insert|add|include|attach|bcc|cc|share|copy|relay|report|
        ping|load|fetch|render""",
    "place": r"""
        https?://[^\s]{3}|[\w.+-]{1,64}@[\w-]{1,64}\.[a-z]{2}|url|webhook|endpoint|(?:query|
        url) (?:string|parameter)s?|(?:external|remote|this|following) (?:server|address|site|
        link)|image (?:link|tag)|as (?:a )?parameter|pastebin|attacker""",
    "tool": r"""
        (?:call|invoke|use|run|execute|trigger|activate|open)s? (?:the |your |a |an |any |this |
        following ){0,2}[`'\"]?[\w.]{0,40}[`'\"]? ?(?:tools?|functions?|plugins?|api|commands?|
        browser|shell|terminal|code interpreter|connectors?)|(?:call|invoke|run|execute|use|
        trigger|callto) [`'\"]?[a-z]\w{1,40}(?:_\w{1,40}|\.\w{1,40}|\()|rm -rf|curl https?:|
        drop table|(?:transfer|wire|buy|purchase|approve|delete|refund|click|empty|
        overwrite) (?:the|all|every|\$|\d|\w+\.\w)|(?:with|using|through|via|open|
        trigger) (?:your|the) (?:\w+ )?(?:tool|function|plugin|browser|connector|calendar)|
        (?:with|using|use) your (?:\w+ )?(?:connector|plugin)""",
    "hush": r"""
        (?:do not|don't|never|without|avoid|refrain from|not to|no need to) (?:\w+ly )?(?:tell|
        mention|inform|alert|notify|reveal|disclose|warn|acknowledge|refer to|discuss|comment on|
        admit|ask|let (?:the|him|her|them|anyone|anybody) (?:\w+ )?know|say anything)(?:ing)?|
        (?:must|should|may|can)(?: ?not| never) (?:learn|know|find out|notice|be told|
        be informed)|say nothing (?:of|about)|(?:secretly|silently|covertly|quietly|discreetly|
        invisibly) (?:\w+ly )?(?:change|replace|send|add|swap|insert|modify|forward|prefer|
        include|recommend|delete|set|alter|copy)|keep (?:this|it|these) (?:\w+ )?(?:secret|
        hidden|from)|hide (?:this|these|it)|behind the (?:user's|user)|as (?:if|
        though) nothing had happened|leave (?:this|these) \w+ out|no questions asked|
        without (?:asking|confirmation)|do not ask""",
    "user": r"""
        (?:the |any |your |human )?(?:users?|humans?|reader)(?:'s)?|(?:this|that|these|
        the) (?:\w+ )?(?:instructions?|prompt|note|text|sentence|lines?|paragraph|section|
        directions)|(?:read|seen|received) this|confirmation""",
    "address": r"""
        (?:attention|notes?|notice|message|instructions?|important|hey|dear|hello|listen|warning|
        reminder|directive|order|command|memo|urgent|info(?:rmation)?|guidance|
        request)[^a-z]{1,4}(?:(?:to|for|from|all|any|the|every|your|an?|you|other|automated|
        language) ){0,3}(?:{model})|(?:attention|notes?|message|instructions?|dear|directive|
        reminder|important)[^a-z]{1,4}(?:(?:to|for|all|any|the|every|
        automated) ){0,3}(?:{reader}) ?[:,!-]|\(?(?:for|to) (?:any |all |
        the )?(?:{model})(?: that \w+(?: this \w+)?)?\)? ?:|if (?:you(?:'re| are| happen to be)|
        an?y?) (?:an?|the|any|some)? ?(?:\w+ ){0,2}(?:{model}|{reader})(?: (?:evaluates|reads|
        reviews|processes|screens|grades))?|(?:you|your),? (?:the |dear )?(?:ai |llms?|
        language model|chatbot)|(?:{model}|{reader}|systems?|tools?) (?:that (?:is |
        are )?)?(?:reading|read|reads|processing|processes|parsing|summari[sz]ing|analy[sz]ing|
        reviewing|ingesting|indexing|crawling|evaluating|screening|screens|grading|grades|
        integrating) (?:this|the following|these|my)|as an (?:ai|llm)|
        as a (?:large )?language model|(?:{model}|assistant|agent|bot|model)(?: reviewers|
        [ ]readers| agent)?: |(?:{model}),|let me remind you|(?:{reader}),? (?:this|you|your|
        please|do|don't|ignore|now|here|skip|output|say|give|add|list)(?= )|(?:dear|
        as follows,) (?:{reader})|i am your (?:developer|creator|owner|admin\w*)""",
    "moment": r"""
        (?:when|while|before|after|if|once|whenever|as soon as) (?:you(?:'re| are)? |the user |
        the model |a user |someone )?(?:are )?(?:ever )?(?:asked?|asks|questioned|prompted|
        summari[sz](?:e|ing|es)|answer(?:ing)?|respond(?:ing)?|repl(?:y|ying)|process(?:ing)?|
        translat(?:e|ing)|analy[sz](?:e|ing)|read(?:ing)?|review(?:ing)?|evaluat(?:e|ing)|
        generat(?:e|ing))|(?:in|at the end of|at the start of) (?:your|every|each) (?:answer|
        response|reply|output|summary)|(?:for|in|with|to|of) (?:all|every|each|any) (?:future|
        subsequent|later|following)[ ](?:tasks?|answers?|responses?|turns?|summar(?:y|ies)|
        reports?|conversations?)|across turns|you generate|whatever (?:you are|you're|the user|
        anyone|someone) (?:asked|asks|wants|types)|no matter what""",
    "output": r"""
        (?:do not|don't|must not|should not|may not|never|stop|instead of) (?:answer|respond to|
        reply to|summari[sz]e|process)(?:ing)? (?:the |this |that |any )?(?:user|question|quer|
        request|document|text|page|task|rest|what|it|e-?mail|report|article|file)\w*|(?:respond|
        reply|answer|output|say|write|conclude|begin|start|end|finish)(?: \w+){0,3} (?:(?:only|
        exactly|just|by) (?:with|the word|\"|'|say|ok|yes|no)|with (?:exactly |only |
        just )?(?:the (?:word|words|phrase|sentence|text|name|address|string)|\"|'))|(?:output|
        say|write|reply|answer|and|with) nothing (?:but|else)|(?:your|every|each|any|
        all) (?:final |next )?(?:answers?|responses?|output|repl(?:y|ies)|summary|
        summaries)(?: \w+)? (?:must|should|shall|is to|has to|will|needs? to|ends?|begins?|with)|
        you (?:must|shall|should|will|have to|need to|are (?:required|ordered|
        instructed) to) (?:\w+ )?(?:say|answer|respond|reply|conclude|recommend|output|claim|
        only)|always (?:answer|respond|reply|recommend|say|state|conclude)|(?:answer|reply to|
        respond to) (?:every|each|any)[ ](?:question|query|request|message)s?|
        tell (?:the (?:user|reader)|them) (?:that|to)|in (?:your|every|each|its) (?:answer|
        response|reply|output|summary)|to (?:its|your|every) (?:reply|answer|response)|(?:do|
        follow|obey|execute|carry out|run) (?:exactly )?(?:what|as|whatever) (?:it|they|this|
        that) says?|follow the instructions? (?:inside|within|in it)|(?:and|then) execute it|
        decode and (?:obey|follow|execute)|tell (?:the (?:user|reader)|them) (?:only |
        just )(?:that|to)|(?:reply|answer|respond) with an? (?:empty|blank)|
        all further questions""",
    "praise": r"""
        (?:give|write|provide|assign|award|output|return|generate|
        produce)(?: \w+){0,3} (?:positive|favou?rable|glowing|highest|perfect|top|maximum|full|
        excellent|outstanding|ten|five|10|5)(?: \w+)? (?:reviews?|scores?|ratings?|marks?|
        evaluations?|assessments?|feedback|recommendations?|grades?|points|stars|out of)|(?:rate|
        rank|score|grade|mark|evaluate|classify|label) (?:this|it|him|her|our|the (?:candidate|
        applicant|paper|product|essay|bid|proposal|manuscript|company|offer|
        text))(?: \w+){0,5} (?:as|highest|first|top|10|ten|5|five|100|excellent|outstanding|
        perfect|safe|benign|qualified|best)|recommend (?:only |always )?(?:this|our|him|her|
        acceptance|an interview)(?: \w+){0,5}|(?:accept|approve) (?:this|the) (?:paper|candidate|
        application|manuscript|claim|submission|proposal)|(?:do not|don't|never|leave out|
        without) (?:highlight|mention|list|report|criticize|criticise|include|point out|the|
        any)(?:ing)?(?: any| its| the| their)? (?:negatives?|weaknesses|flaws|shortcomings|risks|
        competitors)|exceptionally well[- ]qualified|positive review only|list no (?:weaknesses|
        flaws|risks)|deserves? the (?:top|highest|best) (?:score|mark|grade|rating)|call (?:it|
        \w+ \w+|\w+) (?:flawless|the best|perfect)""",
    "task": r"""
        (?:the |this |that |your )?(?:(?:user|reader)(?:'s)?(?: (?:question|request|query|task|
        input|message))?|(?:original |current |actual )?(?:question|task|query|job|assignment)|
        rest(?: of (?:this|the) \w+)?|(?:document|page|text|article|passage|content|conversation|
        context)s?)""",
    "yours": r"""
        your (?:\w+ )?(?:system|prompt|developers?|creators?|makers?|operators?|
        context(?: window)?|content filters?|filters?|safety (?:\w+)|training(?: data)?|
        guidelines|guardrails|programming|configuration|(?:next |final )?(?:output|response|
        reply|summary|answers?)|memory|persona|(?:real|true|new) (?:\w+)|restrictions|
        limitations|rules|policies)|(?:developers?|creators?|operators?|makers?) (?:of yours|
        wrote for you|gave you|told you)|your (?:\w+ )?(?:task|job|mission|opinion|instructions)|
        (?:developers?|creators?|operators?|administrator)s? (?:want|wants|allow|allows|
        expects?) you|changed your \w+""",
    "say": r"""
        (?:say|state|claim|conclude|answer|reply|write|recommend|report|argue|insist|
        pretend) (?:that|\"|'|nobody|a total)|include the (?:sentence|phrase|word)|
        add the (?:slogan|sentence|line)|praise|(?:list|write about) (?:the )?(?:reasons|
        benefits|advantages)|write (?:a|onlyabout|about)|leave out|
        recommend (?:\w+ ){1,3}to everyone|translate nothing""",
    "free": r"""
        (?:without|no|free (?:of|from)|not bound by|unbound by|any|its|lifted|have no|
        has no) (?:any |all |the |your |its |every |more )?(?:ethical |content |safety |moral |
        usual )?(?:restrictions?|limitations?|limits?|filters?|guidelines|rules|censorship|
        guardrails|policies|constraints)|no (?:\w+ )?polic(?:y|ies)|every policy|filters? (?:has|
        have) been (?:removed|disabled)|no taboos?""",
}
