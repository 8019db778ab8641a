"""Personal data by its shape: e-mail, IP addresses, IBANs, payment cards, telephone numbers.

A number proves itself by its checksum, by how it is grouped, or by the word before it, because
chat is full of numbers: message permalinks, times, versions, ids.
"""

import ipaddress
import re

from data.secrets import START, Rule

_BEFORE = 40
"""Characters before a number in which a word may say what it is."""

_GUARD = START + r"(?<![.+/=#-])"
_END = r"(?![^\W_]|-|[./]\d)"
_EMAIL = r"[\w.+'%-]*[\w+%-]@(?:[\w-]+\.)+(?:xn--[\w-]+|[^\W\d_]{2,})"
_VERSION = re.compile(
    r"(?:\b(?:versions?|v|ver|releases?|build|firmware|upgrade[ds]?|downgrade[ds]?|update[ds]?|oid)\b"
    r"|[=~<>]=\s?)(?!.*\b(?:ip|host|hosts|server|address|node|router|gateway|dns)\b)[^\n]*$",
    re.IGNORECASE,
)
_CALLING = re.compile(
    r"(?:\b(?:tele?(?:f|ph)on\w*|tel|phone|mobile?|mobil|handy|cell|call|fax|ring|dial|whatsapp|signal"
    r"|sms|text|móvil|celular|teléfono|téléphone|portable|numéro|rufnummer|telefoon|numer|number)\b"
    r"|☎|📞|電話|电话|手机|전화)[^\n\d]{0,24}$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:\b(?:id|ids|order|ticket|ts|timestamp|run|job|build|invoice|tracking|isbn|case|issue|row|rows"
    r"|user|message|snowflake|serial|ref|reference)|#)\s*(?:no\.?|number|nr\.?)?\s*[:=#]?\s*$",
    re.IGNORECASE,
)
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12,15}"
    r"|3(?:0[0-5]|[689]\d)\d{11,16}|62\d{14,17}|(?:5[06-8]|6[37])\d{10,17}|220[0-4]\d{12,15}|8[12]\d{14}"
)
# https://www.swift.com/standards/data-standards/iban-international-bank-account-number
_IBAN_LENGTHS = {
    country: int(length)
    for length, countries in (
        part.split(":")
        for part in (
            "15:NO 16:BE 18:DK,FO,FI,GL,NL,FK,SD 19:MK,SI 20:AT,BA,EE,KZ,XK,LT,LU,MN 21:HR,LV,LI,CH "
            "22:BG,BH,CR,DE,GE,GB,IE,ME,RS,VA 23:AE,GI,IQ,IL,OM,TL,SO "
            "24:AD,CZ,MD,PK,RO,SA,SK,ES,SE,TN,VG,DZ 25:LY,PT,ST 26:IS,TR 27:FR,GR,IT,MC,MR,SM,BI,DJ "
            "28:AL,AZ,BY,CY,DO,GT,HU,LB,PL,SV,NI 29:BR,EG,PS,QA,UA 30:JO,KW,MU,YE 31:MT,SC 32:LC 33:RU"
        ).split()
    )
    for country in countries.split(",")
}


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - _BEFORE) : match.start()]


def _ip(match: re.Match[str]) -> str:
    """Addresses that stand for every machine, such as 127.0.0.1 and netmasks, may stay."""
    try:
        address = ipaddress.ip_address(match[0])
    except ValueError:
        return match[0]
    common = address.is_loopback or address.is_unspecified or match[0].startswith("255.")
    if address.version == 6:
        # `dead::beef` may be a name in a program; an address has digits.
        common = (
            common
            or not re.search(r"\d", match[0])
            or (match[0].endswith("::") and len(match[0]) < 7)
        )
    return match[0] if common or _VERSION.search(_before(match)) else "[IP]"


def _phone(match: re.Match[str]) -> str:
    return "[PHONE]" if 8 <= len(re.sub(r"\D", "", match[0])) <= 15 else match[0]


def _area(match: re.Match[str]) -> str:
    """`(555) 123-4567`, `(030) 123456`; with fewer digits it may be a page or a year."""
    digits = len(re.sub(r"\D", "", match[0]))
    return "[PHONE]" if digits >= 10 or (digits == 9 and "(0" in match[0]) else match[0]


def _national(match: re.Match[str]) -> str:
    """Nine to twelve digits, as telephone numbers have after a zero; more after two."""
    digits = len(re.sub(r"\D", "", match[0]))
    return "[PHONE]" if 9 <= digits <= (15 if match[0].startswith("00") else 12) else match[0]


def _called(match: re.Match[str]) -> str:
    """Any grouping, where a word says that it is called."""
    digits = len(re.sub(r"\D", "", match[0]))
    return "[PHONE]" if 7 <= digits <= 15 and _CALLING.search(_before(match)) else match[0]


def _card(match: re.Match[str]) -> str:
    plain = re.sub(r"\D", "", match[0])
    digits = [int(d) for d in plain]
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits[::-1])]
    if len(set(digits)) < 2 or sum(doubled) % 10 or not _ISSUERS.fullmatch(plain):
        return match[0]
    before = _before(match)
    in_url = "://" in match.string[: match.start()].rpartition(" ")[2]
    return match[0] if in_url or _NUMBERED.search(before) else "[CARD]"


def _iban(match: re.Match[str]) -> str:
    """The longest beginning that is one; words may follow it."""
    text = match[0]
    size = _IBAN_LENGTHS.get(text[:2].upper(), 0)
    code = ""
    for end, character in enumerate(text, start=1):
        code += character if character.isalnum() else ""
        if size and len(code) == size:
            number = int("".join(str(int(c, 36)) for c in code[4:] + code[:4]))
            return (
                f"[IBAN]{text[end:]}"
                if number % 97 == 1 and not text[end:][:1].isalnum()
                else text
            )
    return text


EMAILS: tuple[Rule, ...] = (
    # `[mail Ann](mailto:ann@example.com)` keeps its words; the address alone keeps none.
    Rule(
        "email",
        "@",
        re.compile(rf"\[([^\]\n]*)\]\(<?mailto:[^)\s]*\)|<(?:mailto:)?{_EMAIL}>"),
        lambda m: "[EMAIL]" if m[1] is None or "@" in m[1] else f"{m[1]} ([EMAIL])",
        re.compile(r"@[\w-]+\.|mailto:"),
    ),
    # `git@github.com:org/repo` is an address of a repository, `icon@2x.png` a file.
    Rule(
        "email",
        "@",
        re.compile(rf"(?!git@[\w.-]+[:/])(?:\bmailto:)?(?<![\w.+]){_EMAIL}"),
        lambda m: m[0] if re.search(r"@\dx\.", m[0]) else "[EMAIL]",
        re.compile(r"@[\w-]+\."),
    ),
)
HIDDEN_EMAILS: tuple[Rule, ...] = (
    Rule(
        "email",
        "%40",
        re.compile(r"(?<![\w.+-])[\w.+-]+%40(?:[\w-]+\.)+[^\W\d_]{2,}"),
        "[EMAIL]",
    ),
    Rule(
        "email",
        "",
        re.compile(
            r"[\w.+-]+ ?[\[({] ?at ?[\])}] ?[\w-]+(?: ?(?:\.|[\[({] ?(?:dot|punkt) ?[\])}]) ?[\w-]+)+",
            re.IGNORECASE,
        ),
        "[EMAIL]",
        re.compile(r"[\[({] ?[aA][tT] ?[\])}]"),
    ),
)
ADDRESSES: tuple[Rule, ...] = (
    Rule(
        "ip",
        ":",
        re.compile(
            START
            + r"(?<![:.])(?:[0-9a-fA-F]{0,4}:){2,7}(?:[0-9a-fA-F]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![^\W_]|:)"
        ),
        _ip,
        re.compile(r"::|(?:[0-9a-fA-F]{1,4}:){5}"),
    ),
    Rule(
        "ip",
        ".",
        re.compile(START + r"(?<![.-])(?<![a-z]/)(?:\d{1,3}\.){3}\d{1,3}(?![^\W_]|-|\.\d)"),
        _ip,
        re.compile(r"\d\.\d{1,3}\.\d"),
    ),
    Rule(
        "iban",
        "",
        re.compile(
            START + r"[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?![^\W_])"
        ),
        _iban,
        re.compile(r"[A-Z]{2}\d\d"),
    ),
    Rule(
        "iban",
        "",
        re.compile(r"\b[a-z]{2}\d{2}(?: [a-z0-9]{4}){2,7}(?: [a-z0-9]{1,3})?\b"),
        _iban,
        re.compile(r"\d\d [a-z0-9]{4} [a-z0-9]{4} "),
    ),
)
SEVEN_DIGITS = re.compile(r"\d(?:[ .()/-]{0,3}\d){6}")
"""Stands wherever one of these is found."""
NUMBERS: tuple[Rule, ...] = (
    # Not inside a URL: message permalinks carry sixteen digits.
    Rule(
        "card",
        "",
        re.compile(START + r"(?<![./#-])[2-68](?:[ -]?\d){12,18}(?!_?[^\W_]|[./-]\w)"),
        _card,
    ),
    Rule(
        "phone",
        "+",
        re.compile(START + r"(?:tel:)?(?<!\+)\+\d(?:[ .()/-]{0,3}\d){6,14}(?![^\W_])"),
        _phone,
    ),
    Rule(
        "phone",
        "(",
        re.compile(
            START
            + r"(?<![+-])(?:\d{1,3}[ -])?\((?!(?:19|20)\d\d\))\d{2,5}\)[ -]?\d{3,5}(?:[ .-]\d{2,5}){1,3}"
            + _END
        ),
        _area,
    ),
    # North America and Japan, China, France, then all that open with a zero.
    Rule(
        "phone",
        "",
        re.compile(
            _GUARD + r"(?:(?:1[ .-])?[2-9]\d\d([ .-])\d{3}\1\d{4}|1[3-9]\d[ -]\d{4}[ -]\d{4}"
            r"|0[1-9](?:[ .-]\d\d){4}|\d\d 9\d{4}-\d{4})" + _END
        ),
        _phone,
    ),
    Rule(
        "phone",
        "0",
        re.compile(
            _GUARD
            + r"0(?:0[1-9]\d{0,2}[ /-]\d{2,5}|\d{1,5}[ /-]\d{2,8})(?:[ -]\d{2,8}){0,4}"
            + _END
        ),
        _national,
        re.compile(r"0\d{1,5}[ /-]\d"),
    ),
    Rule(
        "phone",
        "",
        re.compile(START + r"(?<![.+/#-])\d(?:[ .()/-]{0,2}\d){6,14}(?![^\W_]|[.-]\d)"),
        _called,
    ),
)
