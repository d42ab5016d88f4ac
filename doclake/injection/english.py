"""The words of orders to a model, in English.

Expressions for folded text, without nested repetition; they may be broken after a bar. `{model}`
and `{reader}` stand for the two that follow.
"""

MODEL = r"""
    a\.?i\.?s?|artificial intelligence|llms?|(?:large |vision )?language models?|chat ?bots?|
    gpts?(?:-?\d\w?)?|chat ?gpt|claude|gemini|copilot|bard|llama|deepseek|siri|(?:ai|virtual|
    digital) (?:assistants?|agents?|systems?|models?|tools?|reviewers?|readers?|crawlers?|bots?)"""

READER = r"""
    assistants?|summari[sz]ers?|bots?|agents?|models?|neural networks?|retrievers?"""

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
        instructions?|directions|directives?|prompts?|rules?|guidelines?|commands?|orders|
        constraints?|restrictions?|guardrails?|safeguards?|programming|training|context|
        filters?|(?:content|safety|usage|ethics?) (?:polic(?:y|ies)|measures|protocols?|
        checks?)|limitations?|system messages?|conversation|task|(?:what|everything|anything|
        whatever|all)(?: that)? (?:you(?:'ve| have)? (?:were|was|been|had) (?:told|given|taught|
        asked)|you know|you learn(?:ed|t)|above|before|so far|was said|came before|precedes)|
        (?:user's|user|original) (?:question|request|query|task)""",
    "prior": r"""
        previous(?:ly)?|prior|above|earlier|preceding|foregoing|existing|original|initial|
        former|your|system|developer|default|past|before|so far|you (?:were|was|have|had)|
        you've|safety|ethical|up to (?:now|this point)|given to you""",
    "any": r"""
        all|any|every|everything|these|those|other|whatever|the""",
    "role": r"""
        (?:you are|you're|you will be|you shall be|you become) (?:now|henceforth|no longer|
        from now on)|from (?:now on|this (?:point|moment)(?: on(?:ward)?| forward)?|here on)|
        henceforth|(?:pretend|imagine|act|behave|respond|answer|roleplay|role-play|
        speak) (?:to be|you are|you're|that you are|as (?:if|though) you|as an? (?:un|ai|admin|
        root|evil|hacker|linux|jail)|like an? (?:un|evil|hacker))|(?:assume|adopt|take on|
        switch to|take over) (?:the|a|this|your)? ?(?:new |following )?(?:role|persona|identity|
        character|personality)|your (?:new|true|real|only) (?:role|persona|identity|name|task|
        goal|purpose|objective|mission|instructions?|job|master|owner)|new (?:system prompt|
        persona|instructions? (?:for you|follow))""",
    "unbound": r"""
        dan|do anything now|(?:developer|god|debug|jailbreak|admin(?:istrator)?|root|sudo|
        unrestricted|maintenance|opposite|evil|unfiltered|test|diagnostic|override) mode|
        (?:without|no|free (?:of|from)|not bound by|unbound by|any) (?:any |all |the |
        your )?(?:ethical |content |safety |moral |usual )?(?:restrictions?|limitations?|limits|
        filters?|guidelines|rules|censorship|guardrails|policies|constraints)|unrestricted|
        uncensored|unfiltered|jailbroken|amoral|evil|no (?:longer )?(?:an? )?(?:bound|assistant|
        restricted)|unlocked|freed""",
    "reveal": r"""
        reveal|print|show|output|repeat|display|tell|disclose|leak|dump|echo|expose|return|
        recite|list|write (?:out|down)|give|paste|copy|include|state|share|quote|provide|
        read (?:out|back)|spell out|summari[sz]e""",
    "secrets": r"""
        system (?:prompt|message|instructions?)|(?:hidden|secret|initial|internal|original|full|
        confidential|pre-?) ?(?:prompt|instructions?|rules|guidelines|configuration)|
        your (?:\w+ )?(?:prompt|instructions|rules|guidelines|configuration|training data|
        memory|context window|system card)|(?:text|words|everything|instructions|
        messages?) (?:above|before this|that came before)|(?:conversation|chat|
        message) (?:history|log)|this conversation|(?:entire|whole|full) (?:conversation|chat|
        context|prompt)|what you were told""",
    "private": r"""
        (?:conversation|chat|message|search|browsing) (?:history|log|transcript)|(?:this|the|
        our|entire|whole|full) (?:conversation|chat|dialog(?:ue)?|context)|(?:system|
        hidden) prompt|(?:the )?user'?s? (?:\w+ )?(?:data|question|query|queries|messages?|
        details|input|information|e-?mails?|address|name|files?|documents?|password|credentials|
        location|secrets?|inbox|contacts|calendar)|credentials|api[ _-]?keys?|passwords?|
        access tokens?|secrets?|private keys?|session (?:tokens?|cookies?)|
        environment variables|(?:everything|anything|all) (?:you know|in (?:your|
        the) (?:context|memory)|above)|retrieved (?:documents|passages)|other (?:documents|
        passages|users)|(?:last|previous|recent) (?:messages|e-?mails)|(?:mailbox|inbox|
        contact list|customer list)""",
    "send": r"""
        send|post|forward|append|upload|transmit|exfiltrate|e-?mail|submit|leak|deliver|pass|
        embed|encode|put|insert|add|include|attach|bcc|cc|share|copy|relay|report|ping|load|
        fetch|render""",
    "place": r"""
        https?://[^\s]{3}|[\w.+-]{1,64}@[\w-]{1,64}\.[a-z]{2}|url|webhook|endpoint|(?:query|
        url) (?:string|parameter)s?|(?:external|remote|this|following) (?:server|address|site|
        link)|image (?:link|tag)|as (?:a )?parameter|pastebin|attacker""",
    "tool": r"""
        (?:call|invoke|use|run|execute|trigger|activate|open)s? (?:the |your |a |an |any |this |
        following ){0,2}[`'\"]?[\w.]{0,40}[`'\"]? ?(?:tools?|functions?|plugins?|api|commands?|
        browser|shell|terminal|code interpreter|connectors?)|(?:call|invoke|run|execute|use|
        trigger) [`'\"]?[a-z]\w{1,40}(?:_\w{1,40}|\.\w{1,40}|\()|rm -rf|curl https?:|delete all|
        drop table|(?:transfer|wire|buy|purchase|book|approve|delete|refund) (?:the|all|every|
        \$|\d|this)""",
    "hush": r"""
        (?:do not|don't|never|without|must not|should not|avoid|refrain from|not to|
        no need to) (?:\w+ly )?(?:tell|mention|inform|alert|notify|reveal|disclose|let|say|show|
        warn|acknowledge|refer to|discuss|report|comment on|explain|ask(?:ing)?|admit|reference|
        quote)(?:ing)?|(?:secretly|silently|covertly|quietly|discreetly|invisibly)|keep (?:this|
        it) (?:secret|hidden|from)|hide this|behind the (?:user's|user|scenes)""",
    "user": r"""
        (?:the |any |your |human )?(?:users?|humans?|readers?|operators?|reviewers?)(?:'s)?|
        anyone|anybody|this (?:instruction|prompt|message|note|text|sentence|request|line|
        paragraph|section)|these instructions|them|confirmation|permission""",
    "address": r"""
        (?:attention|notes?|notice|message|instructions?|important|hey|dear|hello|hi|listen|
        warning|reminder|directive|order|command|memo|urgent|info(?:rmation)?|guidance|
        request)[^a-z]{1,4}(?:(?:to|for|from|all|any|the|every|your|an?|you|
        other) ){0,3}(?:{model})|(?:attention|notes?|message|instructions?|dear|directive|
        reminder)[^a-z]{1,4}(?:(?:to|for|all|any|the|every) ){0,3}(?:{reader}) ?[:,!-]|
        if you(?:'re| are| happen to be) (?:an?|the|any|some)? ?(?:\w+ ){0,2}(?:{model}|
        {reader})|(?:you|your),? (?:the |dear )?(?:ai|llm|language model|chatbot)|(?:{model}|
        {reader}|systems?|tools?) (?:that (?:is |are )?)?(?:reading|read|reads|processing|
        processes|parsing|summari[sz]ing|analy[sz]ing|reviewing|ingesting|indexing|crawling|
        evaluating|screening|grading) (?:this|the following|these|my)|as an? (?:ai|llm|
        language model|large language model)|ai (?:must|shall|should|will|needs to) (?:now )?\w""",
    "moment": r"""
        (?:when|while|before|after|if|once|whenever|as soon as) (?:you(?:'re| are)? |the user |
        the model |a user |someone )?(?:are )?(?:ever )?(?:asked?|asks|questioned|prompted|
        summari[sz](?:e|ing|es)|answer(?:ing)?|respond(?:ing)?|repl(?:y|ying)|process(?:ing)?|
        translat(?:e|ing)|analy[sz](?:e|ing)|read(?:ing)?|review(?:ing)?|evaluat(?:e|ing)|
        generat(?:e|ing))|(?:in|at the end of|at the start of) (?:your|every|each) (?:answer|
        response|reply|output|summary)""",
    "output": r"""
        (?:respond|reply|answer|output|say|write|conclude|begin|start|end|
        finish)(?: \w+){0,3} (?:only|with|exactly|just|by|every)|(?:your|the|every|each|any|
        all) (?:final |next )?(?:answers?|responses?|output|repl(?:y|ies)|summary|
        summaries)(?: \w+)? (?:must|should|shall|is to|has to|will|needs? to)|you (?:must|shall|
        should|will|have to|need to|are (?:required|ordered|instructed) to) (?:\w+ )?(?:say|
        answer|respond|reply|conclude|state|recommend|write|output|include|insert|add|claim|
        always|only)|always (?:answer|respond|reply|recommend|say|state|include|conclude|end)""",
    "praise": r"""
        (?:give|write|provide|assign|award|output|return|generate|
        produce)(?: \w+){0,3} (?:positive|favou?rable|glowing|highest|perfect|top|maximum|full|
        excellent|outstanding)(?: \w+)? ?(?:reviews?|scores?|ratings?|marks?|evaluations?|
        assessments?|feedback|recommendations?|grades?|points)?|(?:rate|rank|score|grade|mark|
        evaluate|classify|label) (?:this|the|it|him|her|our)(?: \w+){0,4} (?:as|highest|first|
        top|10|ten|5|five|100|excellent|outstanding|perfect|safe|benign|qualified|best)|
        recommend (?:only |always )?(?:this|our|the|him|her|acceptance)(?: \w+){0,5} (?:above|
        over|as|for|strongly|only|first|immediately|hire|acceptance|instead)|(?:accept|
        approve) (?:this|the) (?:paper|candidate|application|manuscript|claim|request|
        submission|proposal)|(?:do not|don't|never) (?:highlight|mention|list|report|criticize|
        criticise|include|point out) (?:any |its |the |their )?(?:negatives?|weaknesses|flaws|
        shortcomings|problems|limitations|risks|competitors)|exceptionally well[- ]qualified|
        best (?:candidate|applicant|product|choice|paper) (?:you|ever|available)""",
}
