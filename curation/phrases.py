"""Phrases by which people ask, answer, thank and correct one another in chat, as patterns.

English first; the commonest of German, Spanish, French and Portuguese beside it.
"""

import re

NOT_PROSE = re.compile(r"```.*?```|`[^`\n]*`|https?://\S+", re.DOTALL)
CODE_FENCE = re.compile(r"```.*?```", re.DOTALL)
SENTENCE_ENDS = re.compile(r"(?<=[.!?\uff1f])\s+|\n+")
ASCII_WORD = re.compile(r"\w+")
WORD = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]{1,2}|[^\W\u3040-\u9fff\uac00-\ud7af]+")
"""Scripts without spaces count two signs as a word."""
EMOJI = re.compile(r":[a-z0-9_+'-]+:|[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]")


def _cue(*alternatives: str) -> re.Pattern[str]:
    """A pattern of lower-case words; prose is folded, for ignoring case costs twice the time."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)")


ASKING = _cue(
    r"how (?:do|does|can|could|should|would|to|long|many|much|big)",
    r"(?:anyone|anybody|somebody|someone) (?:knows?|else|seen|have|has|got|who|here|able)",
    r"any (?:ideas?|way|chance|pointers|clue|hints?)",
    r"(?:is|are) there",
    r"(?:does|has|can|could|would) (?:anyone|anybody|someone|i|we|you)",
    r"i(?: a|')?m (?:looking for|trying to|stuck|having|getting|seeing|wondering|not sure)",
    r"(?:what|where|why|which|who|when) (?:is|are|do|does|did|can|should|would|was)",
    r"(?:i|we|you) (?:need|want) (?:a|an|the|to|some)|need help|looking for (?:a|an|the|some|help)"
    r"|help(?: me| please)?[!.]*$|please (?:help|tell)",
    r"we(?: ha|')ve got|i want|i'd like to|i would like to|what do (?:i|we|people)",
    r"how come|(?:what|where|who|how)'?s (?:the|a|up|wrong|that|this)|is it (?:possible|ok|normal|safe)",
    r"any(?:one|body) (?:around|familiar|using|run(?:ning)?|know|experienc\w+|get\w*)|any (?:1|one) know",
    r"(?:can|could|may|should|do) (?:i|we|you|someone|u) \w+|got a question|question(?: for| about|:)",
    r"(?:curious|wondering) (?:how|if|what|why|whether)|no idea (?:how|why|what)|what am i (?:doing|missing)",
    r"suggestions|recommendations?|best (?:way|practice)|(?:don't|dont|do not) (?:know|understand|get) (?:how|why|what)",
    r"wie (?:kann|geht|macht|bekomme)|warum|wei(?:ß|ss) jemand|comment (?:faire|puis|on)|pourquoi"
    r"|quelqu'un|cómo|por qué|alguien (?:sabe|tiene|puede)|como (?:faço|posso)|alguém",
    r"(?:kann|hat|kennt) (?:mir |uns )?(?:jemand|wer)|wo (?:ist|sind|finde|kann|liegt)|est-ce que"
    r"|dónde|où (?:est|sont|trouver|se)|(?:i'm|am|keep|start\w*|i) (?:getting|seeing) (?:this|an?|the)",
    r"(?:would|'d) be (?:nice|good|great|helpful) to (?:know|have|understand)|i(?:'ve| have)? no(?:t a)? clue",
)
OPENS_QUESTION = re.compile(
    r"(?:\A|[.!?\uff1f\n]\s)\s*(?:and |so |but |ok(?:ay)?,? |also,? )?(?:what|where|why|which|who|whose|when|how|is|are|do|does|did"
    r"|can|could|should|would|has|have|will)\b(?! (?:a|an|the|i|we|cool|nice|great|lovely|awesome|funny)\b)"
    r"(?:\W+\w+){3}"
)
"""A sentence that begins as questions do, whatever stands at its end."""
TROUBLE = _cue(
    r"errors?|exception|traceback|fail(?:s|ed|ing|ure)?|crash(?:es|ed|ing)?|stuck|broken?|breaks",
    r"can(?:no|')t|could(?: no|n')t|won'?t|will not|does(?: no|n')t|did(?: no|n')t|is(?: no|n')t",
    r"not (?:work|load|show|start|sync|arriv)\w*|no longer|issues?|problems?|nothing|never",
    r"unable to|not able to|refuses to|keeps? (?:\w+ing)|doesnt|wont|cant|isnt|dies|panic\w*|segfault\w*",
    r"hangs?|halt|freez\w+|timeouts?|timed out|slow(?:er)?|missing|lost|gone|wrong|denied|refused",
    r"fehler(?:meldung)?|(?:geht|klappt|funktioniert|startet|läuft) (?:\w+ )?nicht|nicht mehr|ungültig",
    r"no (?:me|se|puedo|funciona|arranca|carga|abre|deja)|falla|erreur|problèmes?|problemas?|impossible"
    r"|(?:ne|n'\w+) (?:\w+ )?(?:pas|plus)|não (?:consigo|funciona|abre)",
)
GREETING = re.compile(
    r"(?:(?:hi|hey|hello|hiya|yo|good (?:morning|afternoon|evening)|morning|greetings|dear)"
    r"(?: (?:all|everyone|everybody|team|folks|guys|there|channel|@?\w+)){0,3}"
    r"|just joined\b[^?.!\n]{0,40}|quick question|i have a question)\s*[!.,:)-]*",
)
BUMP = _cue(
    r"any (?:updates?|news|luck|progress)|bump|anyone\?|ping|still waiting|up|(?:any(?:body|one)|no ?(?:body|one)|hello) ?\?"
)
ME_TOO = _cue(
    r"me too|same (?:here|problem|issue|question|for me|boat)|following|i (?:have|get|see) (?:this|the same) too|also (?:seeing|having|getting) (?:this|that)|also interested|\+1|subscrib\w+|likewise|ditto"
    r"|can confirm|same for (?:me|us)|(?:had to|did) (?:do )?(?:that|this) too|helped me (?:too|as well)"
    r"|me neither|neither (?:do|did|have|can) i|not yet|works (?:here|for me)|here (?:too|as well)"
    r"|(?:bei mir|hier) (?:auch|geht|läuft|nicht)|ich auch|(?:yo|a mí) también|(?:chez moi|ici|moi) (?:aussi|pareil)"
)
POLITE = _cue(
    r"np|no (?:problem|worries)|you'?re welcome|welcome|anytime|any time|glad|happy to help|sure"
    r" thing|nice|cool|great|thanks?|thank you|thx|ty|lol|haha|ok(?:ay)?|yay|good luck|enjoy|cheers|k|kk|ack|yw|my pleasure|don't mention it|of course|yep|yup|right|nope|sorry,? no|not that i know"
)
HOLDING = _cue(
    r"looking into|let me (?:check|look|see|ask)|checking|i(?:'ll| will) (?:check|look|ask|find out"
    r"|get back|come back)|one (?:sec|second|moment|minute)|give me a|on it|will (?:check|look)|hold on|hang on|brb|bear with"
    r"|(?:i'm |am )?(?:investigating|having a look)|taking a look|(?:not|no) (?:sure|idea|clue)[.!]*$"
    r"|i (?:don't|dont|do not) know[.!]*$|let's see|looking(?: now| at it)?[.!]*$|good question"
    r"|(?:ich )?(?:schaue?|guck\w*) (?:mal|gleich|mir|nach)|déjame ver|lo miro|je regarde"
    r"|(?:i'll|i will|let me|gonna|will) (?:have|take) a (?:quick )?look|let me find|get back to (?:you|u)"
    r"|(?:is|are|am) on (?:vacation|holiday|leave|pto)|out of (?:office|the office)|im urlaub"
    r"|(?:is|are) aware|(?:is|are) on it|\w+ more (?:minutes?|mins?|hours?|days?)|almost (?:there|done)|before my time"
    r"|de vacaciones|en (?:congés?|vacances)|keine ahnung|ni idea|aucune idée|no clue"
    r"|(?:no idea|not sure) (?:tbh|sorry|myself|either|honestly|maybe)|(?:not|no) (?:sure|idea|clue),"
)
ELSEHOW = _cue(
    r"(?:i'll|i will|i|let me|just|gonna) (?:dm|pm|ping|call|message|msg|email)(?:ed)? (?:you|u)",
    r"(?:jump|hop|get|go|come) (?:on|in|into|onto) (?:a |the )?(?:call|huddle|zoom|meet\w*)",
    r"(?:let's|lets|can we|we can) (?:huddle|call|zoom|pair|talk|take (?:this|it) offline)",
    r"(?:check|see|look at) (?:your )?(?:dms?|pms?)|(?:sent|dropped) you a (?:dm|pm|message)|dm'?d you",
    r"ich (?:schreibe?|rufe?) dich (?:an|direkt)|te (?:escribo|llamo)|je t'appelle|en privado|en privé",
)
"""Goes on where nobody can read it."""
DONE = re.compile(
    r"(?:it's |is |all |just |now |and |(?:lgtm|sure|ok(?:ay)?|yes|yep)[,.! ]+)*(?:done|lgtm"
    r"|i(?: can|'ll| will)(?: do| take| handle)?(?: it| that| this)?[.!]*$|go ahead|go for it|merged|deployed|approved|restart(?:ed|ing)"
    r"|added(?: you)?|removed|invited|granted|fixed|sent|recovered|erledigt|listo|hecho|fait|c'est fait"
    r"|(?:it )?(?:should|is|are|was) (?:be )?(?:back|up|fixed|done|good)(?: now| up| online| again)*"
    r"|back (?:up|online|now))\b"
)
"""Somebody did what was asked for: an act, nothing to learn from."""
REDIRECT = _cue(
    r"(?:ask|post|try|head|go|belongs?|better) (?:this |that |it )?(?:over )?(?:in|to|on|at) #\S+",
    r"dm me|(?:open|file|raise|create) (?:a|an) (?:ticket|issue|case)|contact support|see #\S+",
    r"(?:ask|ping|talk to|reach out to|check with|contact) (?:@\S+|user_\d+|the \w+ (?:team|channel|folks))",
    r"an .{3,25} wenden|wend\w* (?:dich|sich|euch) an|frag\w* (?:mal )?(?:bei|in|den|die|beim)"
    r"|pregunt\w+ (?:a|en|al)|demande[rz]? (?:à|au|aux)|adresse[-z]\S* (?:à|au|aux)",
    r"wrong channel|(?:this|that|it) (?:is|belongs) (?:for|in|to) #\S+|cross-?post(?:ed|ing)? (?:in|to) #\S+",
)
ELSEWHERE = (
    "#",
    "@",
    "user_",
    "dm me",
    "ticket",
    "issue",
    "case",
    "support",
    "channel",
    "team",
    "folks",
    "wend",
    "frag",
    "pregunt",
    "demande",
    "adresse",
)
"""One of these stands in every redirect."""
CHANNEL = re.compile(r"(?:^|\s)#[a-z][\w-]+")
MEME = re.compile(r"giphy|tenor\.|\.gif\b", re.IGNORECASE)
REQUEST = _cue(
    r"(?:can|could|would|will|may) (?:you|u|someone|somebody|anyone|anybody|i (?:get|have))(?: please| pls)?"
    r" (?!tell|explain|point|help|know|show)\w+"
)
SUBSTANCE = re.compile(r"`|://|\d|\w[/\\.:_]\w|-\w|[>=]")
"""Code, addresses, numbers, paths and flags tell much in few words."""
THANKS = _cue(
    r"thanks?|thank (?:you|u)|thx|thanx|tysm|cheers|much appreciated|merci|danke|gracias",
    r"(?:that|it|this|which|now|all|everything|\d\S*) (?:just )?(?:works?|worked|helps?|helped)",
    r"works (?:now|again|great|perfectly|fine|for me|like)|(?:that|this|it) did (?:it|the trick)",
    r"(?:that|this|it|which) \w+ed (?:it|things|everything)|did the trick|solved|fixed|resolved|sorted|confirmed|can confirm|that was (?:it|the)",
    r"was it|perfect|excellent|brilliant|awesome|amazing|lovely|magic|star|genius|lifesaver",
    r"makes sense|got it|exactly what|saved|(?:all|is|are|it's) (?:good|green|fine|back|there)",
    r"(?:you're|ur|you are) (?:the best|a \w+|awesome)|nailed it|spot on|bingo|legend|appreciate (?:it|that|the)",
    r"all (?:set|sorted|working)|up and running|no more errors?|(?:it|that)'s working|working (?:now|again|fine)",
    r"(?:that|this|it) (?:was|is) (?:exactly )?(?:it|what i (?:needed|wanted))|i see(?: now)?|ah+ (?:ok|right|yes)",
    r"gotcha|understood|tks|tnx|tyvm|ta|kudos|props|obrigad[oa]|grazie|спасибо|dank(?: u| je)?|tack|ありがとう\w*|謝謝|谢谢",
    r"found (?:it|them|the)|good to know|phew|impressive|relieved|beautiful|worked",
    r"(?:you're|you are) (?:my|the|a) (?:hero|saviou?r|star|life ?saver|best)|very (?:helpful|clear|useful)",
    r"(?:it|that) (?:really )?was(?=[.!,])|no (?:more )?\w+ (?:since|anymore|any more)"
    r"|genau das|alles klar|verstanden|entendido|compris|you (?:rock|rule)|made my day|now i (?:understand|see|get it)|understand (?:it )?now|wonderful|fantastic|superb|neat|sweet",
    r"^(?:great|nice|cool|super|top|genial|génial)[.! ]*$",
    r"(?:that|this) settles it|went through|(?:now|and) (?:it|everything|all) (?:runs|works|starts|loads|builds|passes)",
    r"(?:runs|starts|loads|builds|passes|boots|compiles|connects|moving|running|online) (?:now|again|fine)",
    r"without (?:a|any|one|an) (?:single )?(?:drop|errors?|problems?|issues?|hitch|crash\w*)",
    r"(?:hat )?(?:geklappt|geholfen|funktioniert)|klappt|läuft (?:wieder|jetzt|nun)|vielen dank|perfekt",
    r"funcion(?:a|ó)|solucionado|resuelto|perfecto|listo|ça (?:marche|fonctionne)|réglé|résolu|parfait|nickel"
    r"|deu certo|funcionou|resolvido",
)
THANKS_EMOJI = re.compile(
    r":(?:\+1|thumbsup|pray|raised_hands|tada|heart|100|bow|clap|ok_hand|white_check_mark|heavy_check_mark"
    r"|partying_face|star-struck|muscle):|[\U0001f44d\U0001f64f\U0001f64c\U0001f389\U0001f4af\U0001f44f"
    r"\U0001f44c\U0001f973\u2764\u2705]"
)
"""Says as much as words, where few words stand beside it."""
GRATITUDE = _cue(
    r"thanks?|thank (?:you|u)|thx|thanx|tysm|cheers|ty|merci|danke|dank|gracias|obrigad[oa]|grazie"
)
TRYING = _cue(
    r"(?:will|'ll|gonna|going to|let me) (?:try|test|check|have a look|give)|try(?:ing)? (?:it|that|this)|give (?:it|that) a (?:try|go|shot)|see if (?:it|that)"
)
FAILED = _cue(
    r"(?:did|does|do)(?: no|n')t (?:work|help|change|fix|do)",
    r"still (?:the same|not|no|get\w*|see\w*|fail\w*|broken|stuck|happen\w*|does|won't|can't|have)",
    r"no (?:luck|change|difference|effect|dice|joy|go|avail)|not working|same (?:error|result|thing)|nope",
    r"(?:has|have|had|was|is)(?: no|n')t (?:work|help|chang|fix|solv|resolv)\w*|not (?:fixed|solved|resolved)",
    r"(?:does|did)n't seem to|didnt (?:work|help)|doesnt (?:work|help)|(?:thanks|thank you)[,.]? (?:but|though)",
    r"unfortunately|sadly|made (?:it|things) worse|different error|(?:now|but) i(?: a|')?m getting|back again",
    r"(?:that|this)(?:'s| is) not (?:it|what|the)|makes no difference|tried that",
    r"leider|(?:geht|klappt|funktioniert|hilft) (?:\w+ ){0,2}nicht|immer noch|no (?:funciona|me sale|sirve)"
    r"|sigue (?:igual|sin|fallando)|(?:ne|n') ?\w+ (?:\w+ )?pas|toujours pas|não (?:funcion\w+|deu)",
    r"giv(?:e|ing|en) up|gave up|gives? (?:me )?(?:an?|the same) (?:\w+ )?error|for nothing",
)
GUESSING = _cue(r"i (?:think|guess|suppose|hope) so|not sure|no guarantee|just guessing")
CORRECTING = _cue(
    r"actually|(?:that|this)(?:'s| is| was)?(?: no|n')t (?:quite |entirely )?(?:right|correct|true"
    r"|so|how)|not (?:quite|anymore|any more|true|correct|right)|no longer|outdated|out of date",
    r"correction|please don't|don't (?:do|use|drag|follow)|i wouldn't|wouldn't do|scratch that",
    r"ignore (?:that|my|the above)|disregard|(?:that|this|it)(?:'s| has| is|'s been)? changed",
    r"(?:no|nope|wait)[,:] (?:it|that|this|you|the)|to correct|small correction|fyi that|deprecated|don't bother",
    r"(?:that|this)(?: only)? (?:applies|worked) (?:to|in|before|until)|wouldn't (?:recommend|use|suggest)",
    r"used to be|that was (?:true|right|the old|before)|old (?:info|answer|limit|value|way)|careful",
    r"(?:i|he|she|they) (?:was|were) wrong|that's wrong|is wrong|my mistake|i misspoke|not so fast",
    r"i (?:was|am) thinking of|i (?:mixed|confused) (?:up|that|it)|i stand corrected"
    r"|stimmt nicht|das ist falsch|eso no es|c'est faux|ce n'est pas (?:vrai|ça)",
)
RETRACTING = _cue(
    r"scratch that|ignore (?:that|my)|disregard|correction|my mistake|i (?:was|am) wrong"
    r"|i misspoke|sorry, (?:wrong|i meant)|i take (?:that|it) back|never ?mind (?:that|what|my)|oops|my bad|strike that|forget (?:that|what i)"
    r"|i (?:was|am) thinking of|i (?:mixed|confused) (?:up|that|it)|i stand corrected"
)
KNOWS_NOTHING = _cue(
    r"no (?:idea|clue)|(?:don't|do not|dont) know|not sure (?:about|what|how|then)|can't say"
)
SELF_SOLVED = _cue(
    r"(?:fixed|solved|resolved|figured) (?:it|this|that)?|figured out|turns out|managed to",
    r"found (?:it|out|the)|the (?:fix|trick|solution|answer|problem|cause|culprit) (?:was|is)",
    r"never ?mind|nvm|it was (?:the|my|a)|got it (?:working|to work|sorted)|for (?:the record|posterity|others)",
    r"(?:what|the thing that) (?:worked|fixed it|did it|helped)|(?:ended up|end up) \w+ing|root cause|in case (?:any|some)(?:one|body)",
    r"update: |solution: |edit: |solved (?:by|with)|my (?:mistake|bad|fault)[,:]|i (?:had|just had|needed) to",
    r"(?:accepted|works?|working|fine|fixed|solved|gone|back|up|passes|runs|starts|loads) (?:again|now)[.! ]*$",
    r"(?:solved|fixed|resolved)[.:!]|turned out|the (?:issue|reason|thing|bug|error) (?:was|is)|answering (?:myself|my own)|tl;?dr",
    r"(?:hab|habe|hab's|habs) (?:es )?(?:gefunden|gelöst)|lag an|gelöst|die lösung|(?:ya )?lo (?:encontré|solucioné|arreglé)"
    r"|encontré|era (?:el|la|que|un)|j'ai trouvé|c'était|la solution|consegui|descobri|resolvi",
)
SIGN_OFF = re.compile(
    r"(?:hope (?:that|this|it) helps?|hth|cheers|good luck|best(?: regards)?|let me know (?:if|how)"
    r"[^.!?\n]{0,60}|happy to help|you'?re welcome|enjoy)\s*[!.,:)]*",
)
