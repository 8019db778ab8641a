"""Words by which people ask, answer, thank and correct one another in chat."""

import re
from functools import lru_cache

_NOT_PROSE = re.compile(r"```.*?```|`[^`\n]*`|https?://\S+", re.DOTALL)
_SENTENCE_ENDS = re.compile(r"(?<=[.!?\uff1f])\s+")
_WORD = re.compile(r"\w+")
_EMOJI = re.compile(r":[a-z0-9_+'-]+:|[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]")


def _cue(*alternatives: str) -> re.Pattern[str]:
    """A pattern of lower-case words; prose is folded, for ignoring case costs twice the time."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)")


_ASKING = _cue(
    r"how (?:do|does|can|could|should|would|to|long|many|much|big)",
    r"(?:anyone|anybody|somebody|someone) (?:knows?|else|seen|have|has|got|who|here|able)",
    r"any (?:ideas?|way|chance|pointers|clue|hints?)",
    r"(?:is|are) there",
    r"(?:does|has|can|could|would) (?:anyone|anybody|someone|i|we|you)",
    r"i(?: a|')?m (?:looking for|trying to|stuck|having|getting|seeing|wondering|not sure)",
    r"(?:what|where|why|which|who|when) (?:is|are|do|does|did|can|should|would|was)",
    r"(?:need|wants?|looking for) (?:a|an|the|to|some|help)|help(?: me| please)?[!.]*$|please (?:help|tell)",
    r"we(?: ha|')ve got|i want|i'd like to|i would like to|what do (?:i|we|people)",
    r"how come|(?:what|where|who|how)'?s (?:the|a|up|wrong|that|this)|is it (?:possible|ok|normal|safe)",
    r"any(?:one|body) (?:around|familiar|using|run(?:ning)?|know|experienc\w+|get\w*)|any (?:1|one) know",
    r"(?:can|could|may|should|do) (?:i|we|you|someone|u) \w+|got a question|question(?: for| about|:)",
    r"(?:curious|wondering) (?:how|if|what|why|whether)|no idea (?:how|why|what)|what am i (?:doing|missing)",
    r"suggestions|recommendations?|best (?:way|practice)|(?:don't|dont|do not) (?:know|understand|get) (?:how|why|what)",
    r"wie (?:kann|geht|macht|bekomme)|warum|wei(?:ß|ss) jemand|comment (?:faire|puis|on)|pourquoi"
    r"|quelqu'un|cómo|por qué|alguien (?:sabe|tiene)|como (?:faço|posso)|alguém",
)
_TROUBLE = _cue(
    r"errors?|exception|traceback|fail(?:s|ed|ing|ure)?|crash(?:es|ed|ing)?|stuck|broken?|breaks",
    r"can(?:no|')t|could(?: no|n')t|won'?t|will not|does(?: no|n')t|did(?: no|n')t|is(?: no|n')t",
    r"not (?:work|load|show|start|sync|arriv)\w*|no longer|issues?|problems?|nothing|never",
    r"unable to|not able to|refuses to|keeps? (?:\w+ing)|doesnt|wont|cant|isnt|dies|panic\w*|segfault\w*",
    r"hangs?|halt|freez\w+|timeouts?|timed out|slow(?:er)?|missing|lost|gone|wrong|denied|refused",
)
_GREETING = re.compile(
    r"(?:(?:hi|hey|hello|hiya|yo|good (?:morning|afternoon|evening)|morning|greetings|dear)"
    r"(?: (?:all|everyone|everybody|team|folks|guys|there|channel|@?\w+)){0,3}"
    r"|just joined\b[^?.!\n]{0,40}|quick question|i have a question)\s*[!.,:)-]*",
)
_BUMP = _cue(
    r"any (?:updates?|news|luck|progress)|bump|anyone\?|ping|still waiting|up|(?:any(?:body|one)|no ?(?:body|one)|hello) ?\?"
)
_ME_TOO = _cue(
    r"me too|same (?:here|problem|issue|question|for me|boat)|following|i (?:have|get|see) (?:this|the same) too|also (?:seeing|having|getting) (?:this|that)|also interested|\+1|subscrib\w+|likewise|ditto"
)
_POLITE = _cue(
    r"np|no (?:problem|worries)|you'?re welcome|welcome|anytime|any time|glad|happy to help|sure"
    r" thing|nice|cool|great|thanks?|thank you|thx|ty|lol|haha|ok(?:ay)?|yay|good luck|enjoy|cheers|k|kk|ack|yw|my pleasure|don't mention it|of course|yep|yup|right"
)
_HOLDING = _cue(
    r"looking into|let me (?:check|look|see|ask)|checking|i(?:'ll| will) (?:check|look|ask|find out"
    r"|get back|come back)|one (?:sec|second|moment|minute)|give me a|on it|will (?:check|look)|hold on|hang on|brb|bear with"
    r"|(?:i'm |am )?(?:investigating|having a look)|taking a look|(?:not|no) (?:sure|idea|clue)[.!]*$"
    r"|i (?:don't|dont|do not) know[.!]*$|let's see"
)
_REDIRECT = _cue(
    r"(?:ask|post|try|head|go|belongs?|better) (?:this |that |it )?(?:over )?(?:in|to|on|at) #\S+",
    r"dm me|(?:open|file|raise|create) (?:a|an) (?:ticket|issue|case)|contact support|see #\S+",
    r"(?:ask|ping|talk to|reach out to|check with|contact) (?:@\S+|user_\d+|the \w+ (?:team|channel|folks))",
    r"wrong channel|(?:this|that|it) (?:is|belongs) (?:for|in|to) #\S+|cross-?post(?:ed|ing)? (?:in|to) #\S+",
)
_ELSEWHERE = (
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
)
"""One of these stands in every redirect."""
_THANKS = _cue(
    r"thanks?|thank (?:you|u)|thx|thanx|tysm|cheers|much appreciated|merci|danke|gracias",
    r"(?:that|it|this|which|now|all|everything|\d\S*) (?:just )?(?:works?|worked|helps?|helped)",
    r"works (?:now|again|great|perfectly|fine|for me|like)|(?:that|this|it) did (?:it|the trick)",
    r"did the trick|solved|fixed|resolved|sorted|confirmed|can confirm|that was (?:it|the)",
    r"was it|perfect|excellent|brilliant|awesome|amazing|lovely|magic|star|genius|lifesaver",
    r"makes sense|got it|exactly what|saved|(?:all|is|are|it's) (?:good|green|fine|back|there)",
    r"(?:you're|ur|you are) (?:the best|a \w+|awesome)|nailed it|spot on|bingo|legend|appreciate (?:it|that|the)",
    r"all (?:set|sorted|working)|up and running|no more errors?|(?:it|that)'s working|working (?:now|again|fine)",
    r"(?:that|this|it) (?:was|is) (?:exactly )?(?:it|what i (?:needed|wanted))|i see(?: now)?|ah+ (?:ok|right|yes)",
    r"gotcha|understood|tks|tnx|tyvm|ta|kudos|props|obrigad[oa]|grazie|спасибо|dank(?: u| je)?|tack|ありがとう\w*|謝謝|谢谢",
    r"found (?:it|them|the)|good to know|phew|impressive|relieved|beautiful|worked",
)
_TRYING = _cue(
    r"(?:will|'ll|gonna|going to|let me) (?:try|test|check|have a look|give)|try(?:ing)? (?:it|that|this)|give (?:it|that) a (?:try|go|shot)|see if (?:it|that)"
)
_FAILED = _cue(
    r"(?:did|does|do)(?: no|n')t (?:work|help|change|fix|do)",
    r"still (?:the same|not|no|get\w*|see\w*|fail\w*|broken|stuck|happen\w*|does|won't|can't|have)",
    r"no (?:luck|change|difference|effect|dice|joy|go|avail)|not working|same (?:error|result|thing)|nope",
    r"(?:has|have|had|was|is)(?: no|n')t (?:work|help|chang|fix|solv|resolv)\w*|not (?:fixed|solved|resolved)",
    r"(?:does|did)n't seem to|didnt (?:work|help)|doesnt (?:work|help)|(?:thanks|thank you)[,.]? (?:but|though)",
    r"unfortunately|sadly|made (?:it|things) worse|different error|(?:now|but) i(?: a|')?m getting|back again",
    r"(?:that|this)(?:'s| is) not (?:it|what|the)|makes no difference|tried that",
)
_CORRECTING = _cue(
    r"actually|(?:that|this)(?:'s| is| was)?(?: no|n')t (?:quite |entirely )?(?:right|correct|true"
    r"|so|how)|not (?:quite|anymore|any more|true|correct|right)|no longer|outdated|out of date",
    r"correction|please don't|don't (?:do|use|drag|follow)|i wouldn't|wouldn't do|scratch that",
    r"ignore (?:that|my|the above)|disregard|(?:that|this|it)(?:'s| has| is|'s been)? changed",
    r"(?:no|nope|wait)[,:] (?:it|that|this|you|the)|to correct|small correction|fyi that|deprecated|don't bother",
    r"(?:that|this)(?: only)? (?:applies|worked) (?:to|in|before|until)|wouldn't (?:recommend|use|suggest)",
    r"used to be|that was (?:true|right|the old|before)|old (?:info|answer|limit|value|way)|careful",
    r"(?:i|he|she|they) (?:was|were) wrong|that's wrong|is wrong|my mistake|i misspoke|not so fast",
)
_RETRACTING = _cue(
    r"scratch that|ignore (?:that|my)|disregard|correction|my mistake|i (?:was|am) wrong"
    r"|i misspoke|sorry, (?:wrong|i meant)|i take (?:that|it) back|never ?mind (?:that|what|my)|oops|my bad|strike that|forget (?:that|what i)"
)
_SELF_SOLVED = _cue(
    r"(?:fixed|solved|resolved|figured) (?:it|this|that)?|figured out|turns out|managed to",
    r"found (?:it|out|the)|the (?:fix|trick|solution|answer|problem|cause|culprit) (?:was|is)",
    r"never ?mind|nvm|it was (?:the|my|a)|got it (?:working|to work|sorted)|for (?:the record|posterity|others)",
    r"(?:what|the thing that) (?:worked|fixed it|did it|helped)|(?:ended up|end up) \w+ing|root cause|in case (?:any|some)(?:one|body)",
    r"update: |solution: |edit: |solved (?:by|with)|my (?:mistake|bad|fault)[,:]|i (?:had|just had|needed) to",
)
_SIGN_OFF = re.compile(
    r"(?:hope (?:that|this|it) helps?|hth|cheers|good luck|best(?: regards)?|let me know (?:if|how)"
    r"[^.!?\n]{0,60}|happy to help|you'?re welcome|enjoy)\s*[!.,:)]*",
)


@lru_cache(maxsize=512)  # several cues look at each message of a thread
def prose(text: str) -> str:
    """What is said in words, in lower case, without code, URLs and emoji."""
    text = text.lower().replace("\u2019", "'")
    if "`" in text or "://" in text:
        text = _NOT_PROSE.sub(" ", text)
    return _EMOJI.sub(" ", text) if ":" in text or not text.isascii() else text


@lru_cache(maxsize=512)
def words(text: str) -> int:
    return len(_WORD.findall(prose(text)))


def asks(text: str) -> bool:
    said = prose(text)
    return "?" in said or "\uff1f" in said or bool(_ASKING.search(said) or _TROUBLE.search(said))


def is_greeting(line: str) -> bool:
    said = prose(line).strip()
    return not said or bool(_GREETING.fullmatch(said))


def is_bump(text: str) -> bool:
    return words(text) <= 8 and bool(_BUMP.search(prose(text)))


@lru_cache(maxsize=512)
def is_no_answer(text: str) -> bool:
    """Politeness, "me too", "I'll check", "ask over there": a reply that answers nothing."""
    if "```" in text:
        return False
    said, length = prose(text), words(text)
    if length == 0 and "`" not in text:
        return True
    if length <= 12 and (_ME_TOO.search(said) or is_bump(text)):
        return True
    if length <= 6 and _POLITE.search(said):
        return True
    return bool(length <= 16 and (_HOLDING.search(said) or is_redirect(text)))


def is_redirect(text: str) -> bool:
    """A reply that only tells where else to ask."""
    folded = text.lower()
    if not any(word in folded for word in _ELSEWHERE):
        return False
    return words(text) <= 16 and "```" not in text and bool(_REDIRECT.search(folded))


def is_asking_back(text: str) -> bool:
    """A reply that ends in a question and says next to nothing before it."""
    sentences = _sentences(text)
    telling = [each for each in sentences if not each.endswith("?") and words(each) > 3]
    return bool(sentences) and sentences[-1].endswith("?") and not telling and "```" not in text


def _sentences(text: str) -> list[str]:
    return [each for each in _SENTENCE_ENDS.split(prose(text).strip()) if each]


@lru_cache(maxsize=512)
def confirms(text: str) -> bool:
    """The asker says that it worked, or gives thanks for more than an attempt."""
    said = " ".join(each for each in _sentences(text) if not each.endswith("?"))
    return bool(_THANKS.search(said)) and not _TRYING.search(said) and not contradicts(text)


@lru_cache(maxsize=512)
def contradicts(text: str) -> bool:
    return bool(_FAILED.search(prose(text)))


def corrects(text: str) -> bool:
    """A reply that begins by saying that what was said before is wrong."""
    opening = " ".join(prose(text).split()[:14])
    return bool(_CORRECTING.search(opening))


def retracts(text: str) -> bool:
    return bool(_RETRACTING.search(" ".join(prose(text).split()[:8])))


@lru_cache(maxsize=512)
def is_solution(text: str) -> bool:
    """The asker tells how it was solved."""
    return bool(_SELF_SOLVED.search(prose(text))) and words(text) >= 6 and "?" not in prose(text)


def is_sign_off(line: str) -> bool:
    said = prose(line).strip()
    return not said or bool(_SIGN_OFF.fullmatch(said))
