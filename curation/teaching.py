"""How likely a thread's question and answer teach something that stays true.

What people say in passing has the same form as a question and its answer: who is on call, when we
meet, who takes this over. What tells them apart is general: an answer that teaches is longer, tells
the reader what to do, names things to the letter and says again what was asked about; chatter is
short, speaks of those who talk and of today. The weights are fitted on labelled threads
(`tests/benchmarks/threads.py`), so that of the pairs said to be right in 7 of 10 cases 7 of 10 are.
"""

import math
import re
from itertools import pairwise
from typing import NamedTuple

from curation import cues

WEIGHTS = {
    "always": -5.8,
    "length": 1.4,
    "asked length": 0.4,
    "how": 1.3,
    "people": -1.7,
    "called": -0.2,
    "now asked": -1.3,
    "now answered": -0.4,
    "self": -0.5,
    "reader": 0.7,
    "tells": 0.4,
    "exact": 1.7,
    "shared": 1.2,
    "laughed": -0.9,
    "exclaims": -0.1,
    "accepted": 0.5,
    "own": 1.1,
    "rivals": -0.9,
    "turned": -2.0,
}
LEAST = 0.5
"""Below it a pair is more likely chatter than not."""
SUREST = 0.97
"""A thread never says more than that."""
LONG = 31
"""Words; what is longer is not likelier for it."""


class Talk(NamedTuple):
    """What is known of a pair besides its words."""

    accepted: bool = False
    """By the asker's words or anybody's check mark."""
    rivals: int = 0
    """Other replies that could be the answer."""
    own: bool = False
    """The asker found it out."""
    turned: int = 0
    """How often the asker asked something else before the answer came."""
    laughed: bool = False
    """Somebody in the thread."""


def _either(*lines_: str) -> frozenset[str]:
    """Words, and pairs of words, separated by commas."""
    return frozenset(each.strip() for line in lines_ for each in line.split(","))


_HOW = _either(
    "how do,how does,how can,how could,how should,how would,how to,how come,how long,how many,how much,why,which",
    "what does,what is,what are,what happens,what causes,what s,what do,does the,does a,does an,does our,does it",
    "where do,where can,where should,where does,possible to,way to,able to,supported,support",
    "wie,warum,wieso,wo,cómo,por qué,dónde,comment,pourquoi,où,como,perché,perche,come si,come posso,dove,hoe",
    "waarom,waar,方法,どう,なぜ,どこ",
)
_PEOPLE = _either(
    "can you,can someone,can somebody,can anyone,can u,could you,could someone,could somebody,could anyone,would you",
    "will you,who,whose,anyone,anybody,thoughts,feedback,objections,opinion,opinions,should we,shall we,do we,are we",
    "did we,can we,do you,are you,did you,how s,how is,how are,how was,how did,what should,wer,jemand,quién,alguien",
    "qui,quelqu un,vocês,chi,wie geht,wie gaat,wie war,zullen we,können wir",
)
_NOW = _either(
    "today,tonight,tomorrow,yesterday,this week,next week,last week,this month,next month,this sprint,this afternoon",
    "monday,tuesday,wednesday,thursday,friday,saturday,sunday,right now,just now,later,soon,lunch,dinner,coffee,am,pm",
    "meeting,weekend,holiday,birthday,uhr,heute,morgen,gestern,montag,dienstag,mittwoch,donnerstag,freitag,diese woche",
    "nächste woche,hoy,mañana,ayer,aujourd hui,demain,hoje,amanhã,ontem,oggi,domani,ieri,vandaag,gisteren,dinsdag",
    "reunión,réunion,今日,明日,昨日",
)
_SINCE = _either("since today,since yesterday,seit heute,seit gestern")
_SELF = _either("i,im,me,my,mine,ich,mir,mich,bin,yo,estoy,je,moi,eu,vou,io,ik")
_READER = _either(
    "you,your,yours,du,dein,deine,deinen,sie,ihr,ihre,tu,tus,te,usted,vous,votre,vos,você,seu,sua,je,jouw,uw"
)
_TELLS = _either(
    "add,allow,change,check,choose,clear,click,clone,copy,create,delete,disable,download,edit,enable,enter,export,file",
    "find,go to,install,log in,look under,make sure,move,open,pass,pick,pin,press,put,raise,remove,rename,replace,reset",
    "restart,run,select,set,sign in,switch,tick,turn off,turn on,type,uncheck,uninstall,untick,update,upgrade,use",
    "cannot,can,must,need to,have to,has to,should,supported,default,only,always,automatically,unless,because",
    "kann,können,muss,müssen,automatisch,standardmäßig,nur,unter,puedes,debes,solo,vous pouvez,il faut,seulement",
    "ouvrez,cliquez,choisissez,allez,pode,precisa,automaticamente,puoi,devi,kun,moet,alleen,くだ,でき",
)
_CLOCK = re.compile(r"\bat \d{1,2}\b(?!\.)|\d ?(?:am|pm|h|uhr)\b|\bin \d+ (?:min|hour)|\d:\d\d")
_EXACT = re.compile(
    r"`|://|\w[/\\]\w|\w\.\w|_\w|(?<!\w)--?\w|[A-Z]\w+ ?> ?\w|\"[^\"\n]+\"|[“„«][^\n]+[”“»]"
)
_LAUGH = re.compile(
    r"\b(?:lo+l|lmao|haha\w*|rofl)\b|[😀-😆😉😋😎😝🤣😂😄😅]|:(?:joy|rofl|laughing|sweat_smile|smile|wink):"
)
_EXACT_WORD = 1
"""A word that stands in code, for each of its marks."""


def features(asked: str, answered: str, talk: Talk) -> dict[str, float]:
    """What speaks for or against a pair, each about 0 to 1 apart from the lengths (log2)."""
    question, answer = _said(asked), _said(answered)
    length = cues.words(answered) + _EXACT_WORD * answered.count("`") + 4 * answered.count("://")
    about = {each[:6] for each in question if len(each) > 3}
    shared = about.intersection(each[:6] for each in answer if len(each) > 3)
    return {
        "always": 1.0,
        "length": math.log2(1 + min(length, LONG)),
        "asked length": math.log2(1 + min(cues.words(asked), LONG)),
        "how": float(not _HOW.isdisjoint(question)),
        "people": float(not _PEOPLE.isdisjoint(question)),
        "called": float("@" in asked),
        "now asked": _is_of_now(asked, question),
        "now answered": _is_of_now(answered, answer),
        "self": sum(each in _SELF for each in answer) / max(length, 4),
        "reader": float(not _READER.isdisjoint(answer)),
        "tells": min(3, sum(each in _TELLS for each in answer)) / 3,
        "exact": float(_EXACT.search(answered) is not None),
        "shared": min(3, len(shared)) / 3,
        "laughed": float(talk.laughed),
        "exclaims": float("!" in answered),
        "accepted": float(talk.accepted),
        "own": float(talk.own),
        "rivals": min(3, talk.rivals) / 3,
        "turned": min(3, talk.turned) / 3,
    }


def _said(text: str) -> list[str]:
    """The words of a text and each two that stand side by side."""
    words = cues.words_of(text)
    return [*words, *map(" ".join, pairwise(words))]


def _is_of_now(text: str, said: list[str]) -> float:
    if not _SINCE.isdisjoint(said):
        return 0.0
    return float(not _NOW.isdisjoint(said) or _CLOCK.search(text) is not None)


def laughs(text: str) -> bool:
    return len(text) < 200 and _LAUGH.search(text.lower()) is not None


def likelihood(asked: str, answered: str, talk: Talk) -> float:
    """From 0 to `SUREST`."""
    found = features(asked, answered, talk)
    logit = sum(WEIGHTS[name] * value for name, value in found.items())
    return min(SUREST, 1 / (1 + math.exp(-logit)))
