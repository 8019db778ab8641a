"""How likely a thread's question and answer teach something that stays true.

What people say in passing has the same form as a question and its answer: who is on call, when we
meet, who takes this over. What tells them apart is general: an answer that teaches is longer, tells
the reader what to do, names things to the letter and says again what was asked about; chatter is
short, speaks of those who talk and of today. The weights are fitted on labelled threads
(`tests/benchmarks/threads.py`), so that of the pairs said to be right in 7 of 10 cases 7 of 10 are.
"""

import math
import re
from typing import NamedTuple

from curation import cues, phrases

WEIGHTS = {
    "always": -6.3,
    "length": 1.6,
    "asked length": 0.3,
    "how": 1.4,
    "people": -1.9,
    "called": -0.2,
    "now asked": -1.3,
    "now answered": -0.2,
    "self": -0.5,
    "reader": 0.7,
    "tells": 0.5,
    "exact": 1.4,
    "shared": 1.1,
    "laughed": -0.9,
    "exclaims": -0.3,
    "accepted": 0.6,
    "own": 1.1,
    "rivals": -0.9,
    "turned": -2.0,
}
LEAST = 0.4
"""What a pair must be likely to be worth keeping."""
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


def _words(*alternatives: str, signs: str = "") -> re.Pattern[str]:
    """Whole words, in lower case; `signs` are of scripts without spaces and stand anywhere."""
    words = rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)"
    return re.compile(f"{words}|{signs}" if signs else words)


_HOW = _words(
    r"how (?:do|does|can|could|should|would|to|come)|why|what (?:does|is the|are the|happens|causes)|what's the|which|does (?:the|a|an|our|it|this)",
    r"(?:where|what) (?:do|can|should|does) (?:i|we|one|you)|(?:possible|way|able) to|supported?",
    r"wie (?!geht|war|läuft)|warum|wieso|wo (?:stelle|finde|kann|ist|liegt|sehe)|cómo|por qué|dónde|comment|pourquoi"
    r"|où|como|perch[ée]|come (?:si|posso|faccio|mai)|dove|hoe|waarom|waar",
    signs="方法|どうやって|どうすれば|なぜ|どこで",
)
_NOW = _words(
    r"(?<!since )(?<!seit )(?:today|yesterday|heute|gestern)|tonight|tomorrow|(?:this|next|last) (?:week|month|weekend|morning|afternoon|evening|sprint)",
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:at |by |till |until )?\d{1,2}(?::\d\d)? ?(?:am|pm|h|uhr)|at \d{1,2}(?::\d\d)?",
    r"in \d+ (?:min\w*|hours?)|right now|just now|later|soon|lunch|dinner|coffee|meeting|weekend|holiday|birthday",
    r"morgen|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|hoy|mañana|ayer|aujourd'hui|demain"
    r"|hoje|amanhã|ontem|oggi|domani|ieri|vandaag|gisteren|(?:diese|nächste) woche|reunión|réunion",
    signs="今日|明日|昨日",
)
_SELF = _words(
    r"i|i'm|i'll|i've|i'd|im|me|my|mine|ich|mir|mich|bin|yo|estoy|je|j'ai|moi|eu|vou|io|ik",
)
_READER = _words(
    r"you|your|yours|du|dein\w*|sie|ihr\w*|tu|tus|te|usted|vous|votre|vos|você|seu|sua|je|jouw|uw",
)
_TELLS = _words(
    r"add|allow|change|check|choose|clear|click|clone|copy|create|delete|disable|download|edit|enable|enter|export"
    r"|file|find|go to|install|log in|look under|make sure|move|open|pass|pick|pin|press|put|raise|remove|rename|replace"
    r"|reset|restart|run|select|set|sign in|switch|tick|turn o\w+|type|uncheck|uninstall|untick|update|upgrade|use",
    r"(?:cannot|can't|can|must|need to|have to|has to|should|supported|default|only|always|automatically|unless|because)",
    r"(?:kann|können|muss|müssen|automatisch|standardmäßig|nur|unter|puedes|debes|solo|vous pouvez|il faut|seulement"
    r"|pode|precisa|automaticamente|puoi|solo|devi|kun|moet|alleen|automatisch)|\w{3,}ez(?!-)",
    signs="ください|できます|ます。",
)
_PEOPLE = _words(
    r"(?:can|could|would|will) (?:you|someone|somebody|anyone|u)|who(?:'s| is| are| can| wants| has| will)?|anyone|anybody|has anyone",
    r"(?:any )?(?:thoughts|feedback|objections|opinions?)|should we|shall we|(?:do|are|did|can) (?:we|you|u)(?: all| guys)? (?!know|support|have)",
    r"how(?:'s| is| are| was| did)(?! (?:it|this|that) possible)|what should we|wer|jemand|quién|alguien|qui|quelqu'un|vocês|chi|wie gaat|zullen we|können wir",
)
_EXACT = re.compile(
    r"`|://|\w[/\\]\w|\w\.\w|_\w|(?<!\w)--?\w|[A-Z]\w+ ?> ?\w|\"[^\"\n]+\"|[“„«][^\n]+[”“»]"
)
_LAUGH = re.compile(
    r"\b(?:lo+l|lmao|haha\w*|rofl)\b|[😀-😆😉😋😎😝🤣😂😄😅]|:(?:joy|rofl|laughing|sweat_smile|smile|wink):"
)
_CONTENT = re.compile(r"\w{4,}")


def features(asked: str, answered: str, talk: Talk) -> dict[str, float]:
    """What speaks for or against a pair, each about 0 to 1 apart from the lengths (log2)."""
    question, answer = cues.prose(asked), cues.prose(answered)
    length = len(phrases.WORD.findall(answered))
    about = {each[:6] for each in _CONTENT.findall(question)}
    shared = about & {each[:6] for each in _CONTENT.findall(answer)}
    return {
        "always": 1.0,
        "length": math.log2(1 + min(length, LONG)),
        "asked length": math.log2(1 + min(cues.words(asked), LONG)),
        "how": float(_HOW.search(question) is not None),
        "people": float(_PEOPLE.search(question) is not None),
        "called": float("@" in question),
        "now asked": float(_NOW.search(question) is not None),
        "now answered": float(_NOW.search(answer) is not None),
        "self": len(_SELF.findall(answer)) / max(length, 4),
        "reader": float(_READER.search(answer) is not None),
        "tells": min(3, len(_TELLS.findall(answer))) / 3,
        "exact": float(_EXACT.search(answered) is not None),
        "shared": min(3, len(shared)) / 3,
        "laughed": float(talk.laughed),
        "exclaims": float("!" in answered),
        "accepted": float(talk.accepted),
        "own": float(talk.own),
        "rivals": min(3, talk.rivals) / 3,
        "turned": min(3, talk.turned) / 3,
    }


def laughs(text: str) -> bool:
    return _LAUGH.search(text.lower()) is not None


def likelihood(asked: str, answered: str, talk: Talk) -> float:
    """From 0 to `SUREST`."""
    found = features(asked, answered, talk)
    logit = sum(WEIGHTS[name] * value for name, value in found.items())
    return min(SUREST, 1 / (1 + math.exp(-logit)))
