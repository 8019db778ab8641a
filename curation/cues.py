"""What a message does in a conversation: ask, answer, thank, correct, put off."""

from functools import lru_cache

from curation import phrases

FEWEST_WORDS = 4
"""What a reply needs to answer something by itself."""


@lru_cache(maxsize=512)  # several cues look at each message of a thread
def prose(text: str) -> str:
    """What is said in words, in lower case, without code, URLs and emoji."""
    text = text.lower().replace("\u2019", "'")
    if "`" in text or "://" in text:
        text = phrases.NOT_PROSE.sub(" ", text)
    return phrases.EMOJI.sub(" ", text) if ":" in text or not text.isascii() else text


@lru_cache(maxsize=512)
def words_of(text: str) -> list[str]:
    said = prose(text)
    word = phrases.ASCII_WORD if said.isascii() else phrases.WORD
    return word.findall(said)


@lru_cache(maxsize=512)
def words(text: str) -> int:
    return len(words_of(text))


def asks(text: str) -> bool:
    said = prose(text)
    if (
        "?" in said
        or "\uff1f" in said
        or phrases.ASKING.search(said)
        or phrases.TROUBLE.search(said)
    ):
        return True
    if phrases.OPENS_QUESTION.search(said):
        return True
    return "```" in text and any(
        phrases.TROUBLE.search(each.lower()) for each in phrases.CODE_FENCE.findall(text)
    )


def is_greeting(line: str) -> bool:
    said = prose(line).strip()
    return not said or bool(phrases.GREETING.fullmatch(said))


def is_bump(text: str) -> bool:
    return words(text) <= 8 and bool(phrases.BUMP.search(prose(text)))


@lru_cache(maxsize=512)
def is_no_answer(text: str) -> bool:
    """Politeness, "me too", "I'll check", "ask over there": a reply that answers nothing."""
    if "```" in text:
        return False
    said, length = prose(text), words(text)
    if length == 0 and "`" not in text and ("://" not in text or phrases.MEME.search(text)):
        return True
    if is_me_too(text) or (length <= 12 and is_bump(text)):
        return True
    if (
        length <= 6
        and "`" not in text
        and (phrases.POLITE.search(said) or phrases.DONE.match(said.strip()))
    ):
        return True
    guesses = length <= 8 and phrases.GUESSING.search(said)
    thanks = length <= 10 and phrases.GRATITUDE.search(said)
    if (guesses or thanks) and not phrases.SUBSTANCE.search(text):
        return True
    elsewhere = length <= 12 and phrases.ELSEHOW.search(said)
    return bool(
        elsewhere or (length <= 16 and (phrases.HOLDING.search(said) or is_redirect(text)))
    )


@lru_cache(maxsize=512)
def is_me_too(text: str) -> bool:
    return words(text) <= 12 and bool(phrases.ME_TOO.search(prose(text)))


def is_redirect(text: str) -> bool:
    """A reply that only tells where else to ask; few words beside a channel do, in any language."""
    folded = text.lower()
    if not any(word in folded for word in phrases.ELSEWHERE) or "`" in text:
        return False
    if phrases.CHANNEL.search(folded) and words(text) <= 9:
        return True
    return words(text) <= 16 and bool(phrases.REDIRECT.search(folded))


def is_request(text: str) -> bool:
    """Asks somebody to do something; that it was done teaches nothing."""
    return bool(phrases.REQUEST.search(prose(text)))


def says_little(text: str) -> bool:
    """A reply of so few words that it answers only if somebody says so: "yes", "by hand"."""
    return words(text) < FEWEST_WORDS and not phrases.SUBSTANCE.search(text)


def is_asking_back(text: str) -> bool:
    """A reply that ends in a question and says next to nothing before it but politeness."""
    sentences = _sentences(text)
    telling = [
        each
        for each in sentences
        if not each.endswith("?")
        and words(each) > 3
        and not (words(each) <= 9 and gives_thanks(each))
    ]
    return bool(sentences) and sentences[-1].endswith("?") and not telling and "```" not in text


@lru_cache(maxsize=512)
def _sentences(text: str) -> list[str]:
    return [each for each in phrases.SENTENCE_ENDS.split(prose(text).strip()) if each]


@lru_cache(maxsize=512)
def confirms(text: str) -> bool:
    """The asker says that it worked, or gives thanks for more than an attempt."""
    said = " ".join(each for each in _sentences(text) if not each.endswith("?"))
    thanks = phrases.THANKS.search(said) or (
        words(text) <= 10 and phrases.THANKS_EMOJI.search(text)
    )
    return bool(thanks) and not phrases.TRYING.search(said) and not contradicts(text)


def gives_thanks(text: str) -> bool:
    """Whether somebody is thanked in so many words, so that it was not found alone."""
    return bool(phrases.GRATITUDE.search(prose(text)))


@lru_cache(maxsize=512)
def contradicts(text: str) -> bool:
    return bool(phrases.FAILED.search(prose(text)))


def corrects(text: str) -> bool:
    """A reply that begins by saying that what was said before is wrong."""
    opening = " ".join(prose(text).split()[:14])
    return bool(phrases.CORRECTING.search(opening))


def retracts(text: str) -> bool:
    return bool(phrases.RETRACTING.search(" ".join(prose(text).split()[:8])))


def takes_back(text: str) -> bool:
    """A reply that says it was wrong and has nothing better."""
    return corrects(text) and bool(phrases.KNOWS_NOTHING.search(prose(text)))


@lru_cache(maxsize=512)
def is_solution(text: str) -> bool:
    """The asker tells how it was solved."""
    return (
        bool(phrases.SELF_SOLVED.search(prose(text)))
        and words(text) >= 6
        and "?" not in prose(text)
    )


def is_sign_off(line: str) -> bool:
    said = prose(line).strip()
    return not said or bool(phrases.SIGN_OFF.fullmatch(said))
