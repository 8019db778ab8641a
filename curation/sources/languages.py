"""How tables and keys call questions, answers and languages, in the languages they are written in."""

import re
import unicodedata
from collections.abc import Iterable

_QUESTIONS = {
    "en": "question questions q query queries ques utterance prompt faq",
    "de": "frage fragen fragestellung fragetext kundenfrage",
    "es": "pregunta preguntas",
    "fr": "",
    "it": "domanda domande",
    "pt": "pergunta perguntas",
    "nl": "vraag vragen",
    "pl": "pytanie pytania",
    "sv": "fråga frågor",
    "da": "spørgsmål",
    "no": "spørsmål",
    "fi": "kysymys kysymykset",
    "cs": "otázka otázky otazka otazky",
    "hu": "kérdés kérdések kerdes",
    "ro": "întrebare întrebări intrebare intrebari",
    "hr": "pitanje pitanja vprašanje",
    "et": "küsimus",
    "lv": "jautājums",
    "lt": "klausimas",
    "tr": "soru sorular",
    "ru": "вопрос вопросы",
    "uk": "питання запитання",
    "bg": "въпрос въпроси",
    "kk": "сұрақ",
    "el": "ερώτηση ερωτήσεις",
    "ja": "質問 ご質問",
    "zh": "问题 問題 提问 提問 问句",
    "ko": "질문",
    "ar": "سؤال السؤال الأسئلة",
    "fa": "سوال پرسش",
    "he": "שאלה",
    "hi": "प्रश्न सवाल",
    "bn": "প্রশ্ন",
    "th": "คำถาม",
    "vi": "hỏi",
    "id": "pertanyaan",
    "ms": "soalan",
}
_ANSWERS = {
    "en": "answer answers a ans reply replies response responses solution resolution completion",
    "de": "antwort antworten antworttext musterantwort",
    "es": "respuesta respuestas",
    "fr": "réponse réponses reponse reponses",
    "it": "risposta risposte",
    "pt": "resposta respostas",
    "nl": "antwoord antwoorden",
    "pl": "odpowiedź odpowiedzi odpowiedz",
    "sv": "",
    "da": "svar",
    "fi": "vastaus vastaukset",
    "cs": "odpověď odpovědi odpoveď odpoved",
    "hu": "válasz válaszok valasz",
    "ro": "răspuns răspunsuri raspuns raspunsuri",
    "hr": "odgovor odgovori",
    "et": "vastus",
    "lv": "atbilde",
    "lt": "atsakymas",
    "tr": "cevap cevaplar yan\u0131t",
    "ru": "ответ ответы",
    "uk": "відповідь відповіді",
    "bg": "отговор отговори",
    "kk": "жауап",
    "el": "απάντηση απαντήσεις",
    "ja": "回答 ご回答 答え 解答",
    "zh": "答案 答复 回复",
    "ko": "답변 답",
    "ar": "جواب الجواب إجابة الإجابة",
    "fa": "پاسخ",
    "he": "תשובה",
    "hi": "उत्तर जवाब",
    "bn": "উত্তর",
    "th": "คำตอบ",
    "vi": "lời",
    "id": "jawaban",
    "ms": "jawapan",
}
_LANGUAGES = """
ar arabic العربية|bg bulgarian български|ca catalan català|cs cz czech česky čeština|da dk danish dansk
de german deutsch deutsche|el gr greek ελληνικά|en eng english englisch englische anglais|es esp spanish español espanol|et estonian
eu basque|fa persian farsi|fi finnish suomi|fr fra french français francais französisch|he iw hebrew|hi hindi
hr croatian|hu hungarian magyar|id indonesian|it ita italian italiano|ja jp japanese 日本語|ko kr korean 한국어
lt lithuanian|lv latvian|ms malay|nl dutch nederlands|no nb norwegian norsk|pl polish polski
pt br portuguese português portugues|ro romanian română|ru russian русский|sk slovak|sl slovenian|sr serbian
sv se swedish svenska|th thai|tr turkish türkçe|uk ua ukrainian українська|vi vietnamese|zh cn chinese 中文
"""
_CODES = {
    name: names.split()[0]
    for names in re.split(r"[|\n]", _LANGUAGES.strip())
    for name in names.split()
}
_OF_WORD = {
    word: code
    for listed in (_QUESTIONS, _ANSWERS)
    for code, words in listed.items()
    for word in words.split()
    if code != "en"
}
QUESTIONS = tuple(word for words in _QUESTIONS.values() for word in words.split())
ANSWERS = tuple(word for words in _ANSWERS.values() for word in words.split())
UNKNOWN = "und"
_UNSPACED = re.compile(
    "({})".format(
        "|".join(
            sorted(
                (each for each in (*QUESTIONS, *ANSWERS) if each[0] >= "\u3040"),
                key=len,
                reverse=True,
            )
        )
    )
)


def words(name: str) -> list[str]:
    """`Question (EN)` as `question`, `en`; Japanese and Chinese names are cut at known words."""
    spaced = re.sub(r"_|(?<=[a-z])(?=[A-Z])|(?<=[a-zA-Z]{3})(?=\d)", " ", name)
    letters = (x if x.isalnum() or unicodedata.category(x)[0] == "M" else " " for x in spaced)
    return _UNSPACED.sub(r" \1 ", "".join(letters).lower()).split() or [""]


def code(name: str) -> str:
    """`de` of `DE`, `de-AT` and `Deutsch`; `und` of what names no language."""
    return _CODES.get(re.split(r"[-_]", name.strip().lower())[0], UNKNOWN)


def named(found: Iterable[str]) -> str:
    """The language that words name: by its own name, or by their being words of it."""
    listed = list(found)
    told = (_CODES[each] for each in listed if each in _CODES)
    return next(told, "") or next((_OF_WORD[x] for x in listed if x in _OF_WORD), UNKNOWN)
