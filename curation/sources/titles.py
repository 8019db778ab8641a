"""What titles say: whether one asks something, and how it reads without its ornaments."""

import html
import re
from collections.abc import Iterable
from functools import lru_cache

REMEMBERED = 100_000
"""Titles; each is asked about many times."""
LONGEST = 2000
"""Characters; whatever is longer is no title, and not worth the time that cleaning it takes."""

_MARKED = re.compile(
    r"[\uff1f\u037e]|\A\s*\u00bf|[?\u061f](?=[\s\"'\u2019\u201d\u00bb)\]*_.!:]|$)|[吗嗎か]。?$"
)
_WH = re.compile(
    r"(?:how|what|what's|why|when|where|who|which|whose|whom|wie|warum|wann|comment|pourquoi"
    r"|cómo|por qué|come|perché|como|hoe|waarom|jak|kako|hur|hvordan|как|почему|зачем)\b"
    r"|(?:can|may|should|must|do|did|will|could|would|am|have) (?:i|you|we|they|my|it|the)\b"
    r"|(?:does|is|are|was|has) (?:there|the|it|this|that|my|your|any|an?)\b"
    r"|kann ich|puis-je|est-ce que|i (?:get|got|have|am|can't|cannot)\b",
    re.IGNORECASE,
)
_WORDLESS = re.compile(
    r"怎么|怎麼|怎样|如何|为什么|為什麼|为何|为啥|是什么|什么是|是什麼|什麼是|哪里|哪裡|哪些|哪个|是否|能否|可否|有没有|多少"
    r"|なぜ|どうやって|どのように|どうすれば|とは$|(?:까|나요|가요)\s*$"
)
"""What asks in languages that put no spaces between words, or none before the asking."""
_CALLS = re.compile(
    r"(?:(?:do |have |got |did )?(?:you )?(?:still )?(?:have |got |need )(?:any )?(?:a )?(?:more |other |further "
    r"|additional |another |unanswered )*(?:questions?|help|assistance|support|information)"
    r"(?: (?:about|for) us| left)?"
    r"|still (?:stuck|confused|unsure|not sure|having (?:trouble|problems)|looking for .{1,30})"
    r"|(?:can't|cannot|couldn't|didn't|did not|can\u2019t|couldn\u2019t|didn\u2019t)(?: you)? find (?:the answer|an answer|what|your).*"
    r"|not finding (?:what|your|the|an).*|what(?:'s|\u2019s| is) next|where (?:to go|next|now)(?: from here)?"
    r"|was (?:this|that|it) .{0,40}(?:helpful|useful)|did (?:this|that|it) .{0,30}(?:help|answer).*"
    r"|is this page (?:helpful|useful)|how (?:can|may) we help(?: you)?(?: today)?"
    r"|what (?:are you looking for|can we help you with)|any questions|(?:more|other) questions"
    r"|question not (?:listed|answered)(?: here)?|have feedback|found an? (?:error|mistake|typo).{0,40}"
    r"|(?:haben sie )?(?:noch|weitere|andere) fragen.*|(?:frage|antwort) nicht gefunden.*"
    r"|(?:vous n.avez pas trouvé|(?:une |d.)autres? questions?|encore (?:une|des) questions?|besoin d.aide).*"
    r"|(?:no encuentras|(?:tienes|tiene) (?:más|otras?|alguna)|(?:aún|todavía) tienes?|necesitas? ayuda|más preguntas).*"
    r"|(?:ainda tem|não encontrou|precisa de ajuda|outras dúvidas).*|(?:hai (?:altre|ancora)|non hai trovato|altre domande).*"
    r"|(?:остались|есть|ещё|еще) .{0,12}вопросы.*|не нашли .*|(?:masz (?:inne|więcej|jeszcze)|nie znalaz).*|nog vragen.*"
    r"|(?:还有|還有|没有找到|沒有找到|没找到).*|.*(?:解決しません|お困りですか|お探しの(?:質問|回答)).*|더 궁금.*)",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"(?:table of )?contents?|toc|index|on this page|in this (?:article|page|section|topic)|navigation|menu|search"
    r"|(?:related|see also|further|external|useful|quick)(?: (?:reading|links?|articles?|topics?|pages?"
    r"|information|resources?|questions|documents?|docs))?|links|references|bibliography|footnotes|notes"
    r"|contact(?: us)?|get in touch|share(?: this)?(?: page)?|comments?|feedback|newsletter|subscribe|follow us"
    r"|name|version|description|synopsis|authors?(?: and copyright)?|copyright(?: .*)?|licen[sc]e|credits"
    r"|acknowledge?ments?|changelog|change log|revision history|history|about(?: this)? (?:faq|document|page)"
    r"|about the authors?|sources"
    r"|introduction|preface|overview|preamble|foreword|summary|conclusions?(?::.*)?|disclaimer|abstract"
    r"|administrivia|availability|last (?:updated|modified).*|next steps?|read next|indices and tables"
    r"|inhalt(?:sverzeichnis)?|kontakt|einleitung|sommaire|table des matières|contacto|contatti",
    re.IGNORECASE,
)
_SLOGAN = re.compile(
    r"(?:are you |so,? )?ready (?:to|for) .{1,40}|why (?:choose|work with|join|use|trust|us|hire|shop)\b.{0,40}"
    r"|what (?:our |your )?(?:clients?|customers?|users?|people|students?|patients?|members?) (?:are )?(?:say|think).*"
    r"|(?:who|what|how) we (?:are|do|offer|work|help|believe).*|how (?:it|this|we) works?|what's (?:new|next)"
    r"|what(?: is|'s) included|(?:want|wanna|interested) (?:to|in) .{1,60}|looking for .{1,60}|what you(?:'ll)? .{1,40}"
    r"|why .{1,30} matters?",
    re.IGNORECASE,
)
FAQ_NAME = re.compile(
    r"faqs?\d*\b|\bf a q\b|(?:frequently|commonly|often).asked|\bq ?(?:&|and|n) ?a\b|\bquestions?\b|questions and answers"
    r"|(?:häufig\w*|oft)(?: gestellte)? fragen|(?:foire|questions) (?:aux|fréquentes)|preguntas (?:más )?frecuentes"
    r"|domande frequenti|perguntas frequentes|veelgestelde vragen|często zadawane|часто задаваемые|よくある(?:ご)?質問"
    r"|常见问题|常見問題|자주 묻는|preguntas (?:máis |más )?(?:frecuentes|habituales)|preguntes (?:més )?freqüents"
    r"|häufige fragen|najczęstsze pytania|частые вопросы|часті (?:за)?питання|s\u0131k(?:ça)? sorulan|gyakran (?:ismételt|feltett)"
    r"|čast[oé] kladen[éý]|vanliga frågor|(?:ofte|vanlige) (?:stilte |stillede )?spørsmål|ofte stillede|usein kysyt|întrebări frecvente"
    r"|συχνές ερωτήσεις|الأسئلة (?:الشائعة|المتكررة)|שאלות (?:נפוצות|ותשובות)|câu hỏi thường gặp|pertanyaan (?:yang sering|umum)|คำถามที่พบบ่อย",
    re.IGNORECASE,
)
PREFIX = re.compile(
    r"\s*(?:>\s*)?(?:[-*+•]\s+)?(?P<mark>[*_]{0,3})(?:(?:Q|Question|Frage|Pregunta|Domanda|Pergunta|Vraag|Вопрос|質問|問|问"
    # F for Frage, P for Pregunta: one letter is a label only of what asks.
    r"|(?-i:[FPDV\u0412\u041f])(?=\s?\d*\s?(?:\*\*|__)?\s?[:\uff1a]\s*[^\s\\/][^\n]*(?:\n[^\n]+){0,2}?[?\uff1f]))"
    r"\s*[#№]?\s*[\d.]*\s*(?P<inner>\*\*|__|)\s*[:.)\uff1a][ \t]*(?:\*\*|__)?"
    r"|(?:Question|Q)\s*\d[\d.]*\s*[-\u2013\u2014][ \t]|Q\d[\d.]*(?P<bare>\*\*|__|)[ \t]+(?=\S))\s*(?=\S)",
    re.IGNORECASE,
)
ANSWER = re.compile(
    r"\A\s*(?:>\s*)?(?P<mark>[*_]{1,3})?(?:A|Ans|Answer|Antwort|Respuesta|Risposta|Resposta|Réponse|R|Antwoord|Ответ"
    r"|回答|解答|答え|答|답변|(?-i:[OS\u041e])(?=\s?\d*\s?(?:\*\*|__)?\s?[:\uff1a]))"
    r"\s*[\d.]*\s*[*_]{0,3}\s*[:.)\uff1a](?(mark)[*_]{0,3})[ \t]*",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"(?:§\s*)?(?:"
    r"\((?:\d{1,3}|[a-zA-Z])\)[.:]?|\[(?:[A-Z][.-]?)?\d+(?:[.-]\d+)*\]|#\d{1,3}[.:)]?"
    r"|(?:[A-Z]{1,2}-?)?\d{1,3}(?:[.-]\d{1,3})*[a-z]?(?:[.:)]|\s?[-\u2013\u2014](?=\s))"
    r"|[A-Z]\.\d{1,3}(?:\.\d{1,3})*[.:)]?|\d{1,3}(?:\.\d{1,3}){1,3}(?=\s+[^\W\d_a-z])"
    r"|[IVX]{1,5}[.)]|[A-Z]\)"
    r")\s+(?=\S)|(?:\d{1,3}|[一二三四五六七八九十]{1,3})[、\uff0e]\s*(?=\S)"
)
_BROKEN = re.compile(
    r"\b(?!(?:multi|non|self|re|pre|post|co|semi|well|so)-)(\w{2,})- (?=[a-z]{2})"
)
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|center|cite|code|del|dfn|div|em|font|h[1-6]|i|img|ins|kbd|li|mark|p|q|s"
    r"|samp|small|span|strong|sub|summary|sup|svg|tt|u|var|input|button|path)\b[^<>]*>|<!--.*?-->",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[<\[&*_`\\{]")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|\w+);")
_ORNAMENT = re.compile(
    r"^:[a-z]\w+:\s+(?=\S)|^[\s▶►▸▾▼•·➤➔➜✦✅❓❔🤔\u2795+\u2013\u2014\u2212-]+(?=[\w\"'`¿(*\[<])"
    r"|[\s▶►▸▾▼▲\u2795\u2212]+$|(?<=[?!.])\s*[+\u00d7\u2304\u203a\u00bb]+$"
)
_TAIL = re.compile(
    r"\s*(?:\{:?\s*[#.][^}]*\}|[¶#🔗]+|\[\s*(?:edit|link|top|back to top|permalink|#|¶|\^|source)\s*\]"
    r"|\(\s*(?:back to )?top\s*\)|permalink(?: to this (?:heading|headline|section))?|\[¶\]\(.*\)|\u200b|\ufeff)\s*$",
    re.IGNORECASE,
)


@lru_cache(REMEMBERED)
def clean(source: str) -> str:
    """A title without anchors, tags, numbering, emphasis and `Q:`; code stays in backticks."""
    title = source
    if len(source) <= LONGEST and _MARKUP.search(source):
        title = re.sub(r"(?is)<code\b[^>]*>(.*?)</code>", _as_code, source)
        parts = re.split(r"(`+[^`]+`+)", title)
        title = "".join(part if part.startswith("`") else _clean_prose(part) for part in parts)
    return clean_text(title)


@lru_cache(REMEMBERED)
def clean_text(source: str) -> str:
    """The same of a title that a parser has read: what looks like markup in it is none."""
    title = " ".join(source.split())
    while (shorter := _ORNAMENT.sub("", _TAIL.sub("", title))) != title:
        title = shorter
    return unnumbered(title)


def joined(lines: Iterable[str]) -> str:
    """The lines of a wrapped title as one; a word that was cut at the end of one is whole."""
    return _BROKEN.sub(r"\1", " ".join(lines))


def unnumbered(title: str) -> str:
    """A title without `Q:` and without its number."""
    return _unmarked(_unnumbered(_unmarked(title.strip()))).strip()


@lru_cache(REMEMBERED)
def plain(title: str) -> str:
    """A title to compare by: words alone, in lower case."""
    return " ".join(re.findall(r"\w+", title.lower()))


@lru_cache(REMEMBERED)
def asks(title: str) -> bool:
    """Whether a title looks like a question."""
    if is_marked(title) or _WORDLESS.search(title):
        return True
    return bool(_WH.match(title)) and len(title.split()) >= 3


@lru_cache(REMEMBERED)
def is_marked(title: str) -> bool:
    """Whether a title has a question mark where one ends a sentence."""
    return bool(_MARKED.search(re.sub(r"`[^`]*`|https?://\S+", "", title)))


def is_wordless(title: str) -> bool:
    """Whether a title is written in signs that need no spaces between words."""
    return bool(re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", title))


@lru_cache(REMEMBERED)
def is_boilerplate(title: str) -> bool:
    """Whether a page asks or says this of itself: `Still need help?`, `Contents`."""
    bare = title.strip().strip("\u00bf\u00a1?:.!\uff1f\u061f ")
    return bool(_CALLS.fullmatch(bare) or _FURNITURE.fullmatch(bare))


@lru_cache(REMEMBERED)
def is_slogan(title: str) -> bool:
    """Whether a page that is no FAQ has it as a heading all the same: `Why choose us?`."""
    return bool(_SLOGAN.fullmatch(title.strip().rstrip("?!. ").replace("\u2019", "'")))


def names_faq(title: str) -> bool:
    return bool(FAQ_NAME.search(re.sub(r"[_./-]", " ", title)))


def _as_code(match: re.Match[str]) -> str:
    inner = html.unescape(re.sub(r"<[^>]+>", "", match[1])).strip().strip("`")
    return f"`{inner}`" if inner else ""


def _clean_prose(part: str) -> str:
    part = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", part)
    part = re.sub(r"\[\[[^\]]*\]\]|\[\]\([^)]*\)", "", part)
    part = re.sub(r"\[([^\]]+)\](?:\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\])", r"\1", part)
    part = re.sub(r"<br\s*/?>", " ", part)
    part = _TAG.sub("", part)
    part = re.sub(r"\{\{<?.*?>?\}\}|\{%.*?%\}", "", part)
    if _ENTITY.search(part):
        part = html.unescape(part)
    part = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", part)
    part = re.sub(r"(?<![\w*])\*(?=[^\s*])([^*]*[^\s*])\*(?![\w*])", r"\1", part)
    part = re.sub(r"(?<![\w_])_(?=[^\s_])([^_]*[^\s_])_(?![\w_])", r"\1", part)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", part)


def _unmarked(title: str) -> str:
    marked = PREFIX.match(title)
    return title[marked.end() :] if marked else title


def _unnumbered(title: str) -> str:
    numbered = NUMBER.match(title)
    return title[numbered.end() :] if numbered else title
