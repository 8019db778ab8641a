import pytest

from data.people import People, Person
from data.scrub import scrub
from tests.benchmarks import secrets

LENA = Person("slack:U1", ("Lena Novak",), ("Lena", "Novak"), ("l.novak",))
MARK = Person("slack:U2", ("Mark Hill",), ("Mark", "Hill"), ("mark",))


def staff(*people: Person) -> People:
    return People(people, {"slack:U1": "User_01", "slack:U2": "User_02"}.__getitem__)


@pytest.mark.parametrize(
    ("secret", "kind"),
    [
        ("xoxb-123456789012-abcdefGHIJKL", "slack-token"),
        ("xoxe.xoxp-1-Mi0yLTEyMzQ1Njc4", "slack-token"),
        ("xoxd-aZ%2Fgf%2BQ1w2e3r4", "slack-token"),
        ("xoxc-1111-2222-3333-abcdef", "slack-token"),
        ("xapp-1-A0123-4567-abcdef0123", "slack-token"),
        ("https://hooks.slack.com/services/T0/B0/abcdefgh", "slack-webhook"),
        ("https://hooks.slack.com/workflows/T0/A0/1/abc", "slack-webhook"),
        ("https://files.slack.com/files-pri/T0-F0/a.png?t=xoxe-1-2-3", "slack-file"),
        ("https://acme.slack.com/files/U024BE7LH/F0/notes.txt", "slack-file"),
        ("AKIAIOSFODNN7EXAMPLE", "aws-key"),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "github-token"),
        ("sk-proj-abcDEF1234567890abcdef", "openai-key"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "jwt"),
        ("xoxb-abcdef", "slack-token"),
        ("whsec_abcdefghij", "stripe-key"),
        ("ghp_abcdefghijklmnop", "github-token"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "private-key"),
    ],
)
def test_a_secret_leaves_and_its_kind_stays(secret: str, kind: str) -> None:
    done = scrub(f"we set it to {secret} yesterday", keep_pii=True)

    assert done.text == f"we set it to [SECRET:{kind}] yesterday"
    assert done.counts == {f"secret:{kind}": 1}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("write to ann.o@acme.co.uk.", "write to [EMAIL]."),
        ("[mail us](mailto:help@acme.io) or <help@acme.io>", "mail us ([EMAIL]) or [EMAIL]"),
        ("call +49 170 1234567 today", "call [PHONE] today"),
        ("it runs on 10.20.30.44:8080", "it runs on [IP]:8080"),
        ("it runs on fe80::1c2b:3d4e", "it runs on [IP]"),
        ("card 4111 1111 1111 1111, thanks", "card [CARD], thanks"),
        ("pay to DE89 3704 0044 0532 0130 00", "pay to [IBAN]"),
        ("postgres://app:hunter2@db/x", "postgres://app:[SECRET:password-in-url]@db/x"),
        ("api_key = 8f3aB0c2d4e6f8a0", "api_key = [SECRET:assigned]"),
    ],
)
def test_personal_data_becomes_a_placeholder(before: str, after: str) -> None:
    assert scrub(before).text == after


@pytest.mark.parametrize(
    "text",
    [
        "git clone git@github.com:acme/app.git",
        "upgrade to v1.2.3.4, not version 1.2.3.3",
        "open http://127.0.0.1:8080 at 12:30:45",
        "see https://acme.slack.com/archives/C1/p4111111111111111",
        "std::vector holds 2147483647 and 3,000 rows",
        "set password: <your password>",
        "pip install sk-learn-is-not-the-name-of-it",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert scrub(text).text == text


def test_names_become_the_persons_pseudonym() -> None:
    done = scrub("Lena's fix works, thanks Mark! Ask Lena Novak or @l.novak.", staff(LENA, MARK))

    assert done.text == "User_01's fix works, thanks User_02! Ask User_01 or @User_01."
    assert done.counts == {"name": 4}


def test_a_name_that_is_a_word_counts_only_where_somebody_is_meant() -> None:
    done = scrub("Mark the row as read. Mark Hill did. Hillside stays.", staff(MARK))

    assert done.text == "Mark the row as read. User_02 did. Hillside stays."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ask lena novak or LENA", "ask User_01 or User_01"),
        ("lena's fix, LENA NOVAK", "User_01's fix, User_01"),
        ("Lena\u2019s idea, cc LENA", "User_01\u2019s idea, cc User_01"),
        ("hey MARK, @mark", "hey User_02, @User_02"),
        ("I asked Mark about it, Mark's away", "I asked User_02 about it, User_02's away"),
        ("mark hill in the map", "mark hill in the map"),
        ("click Mark, then mark it; MARK it", "click Mark, then mark it; MARK it"),
        ("a supernova and Helena stay", "a supernova and Helena stay"),
    ],
)
def test_names_are_known_in_other_cases_where_they_are_no_words(before: str, after: str) -> None:
    assert scrub(before, staff(LENA, MARK)).text == after


def test_words_that_are_names_too_stay_words() -> None:
    frank = Person("slack:U1", ("Frank Stone",), ("Frank", "Stone"))
    build = Person("slack:U2", ("Build Server",), ("Build", "Server"))
    may = Person("slack:U1", ("May Rose",), ("May", "Rose"))

    assert scrub("to be frank, the build rose", staff(frank, build)).text.count("User") == 0
    assert scrub("I told FRANK", staff(frank)).text == "I told User_01"
    assert scrub("in May it may be, says May", staff(may)).text == "in May it may be, says User_01"


def test_the_id_of_an_account_opens_nothing_and_stays() -> None:
    account = "AC" + "0123456789abcdef" * 2

    assert scrub(f"the account is {account}").text == f"the account is {account}"


def test_a_name_that_two_people_bear_leads_to_neither() -> None:
    other = Person("slack:U2", ("Lena Berg",), ("Lena", "Berg"))

    assert scrub("Lena said so", staff(LENA, other)).text == "[NAME] said so"


def test_kept_personal_data_stays_but_no_secret_does() -> None:
    done = scrub("Lena: lena@acme.io, xoxb-123456789-abc", staff(LENA), keep_pii=True)

    assert done.text == "Lena: lena@acme.io, [SECRET:slack-token]"


def test_half_an_emoji_can_be_written_all_the_same() -> None:
    assert scrub("fine \ud83d ok\0").text.encode() == "fine \ufffd ok".encode()


@pytest.mark.parametrize("setting", secrets.SETTINGS)
def test_every_planted_kind_leaves_wherever_it_stands(setting: str) -> None:
    assert [each for each in secrets.fitting(setting) if not secrets.gone(each, setting)] == []


@pytest.mark.parametrize("width", [20, 40, 64])
def test_a_token_that_a_terminal_broke_into_lines_leaves_whole(width: int) -> None:
    token = next(each for each in secrets.planted() if each.startswith("ey"))
    lines = [token[at : at + width] for at in range(0, len(token), width)]

    left = scrub("Log in with\n```\n" + "\n".join(lines) + "\n```\nand go.").text

    assert left == "Log in with\n```\n[SECRET:jwt]\n```\nand go."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "the password for staging is Sommer2024!",
            "the password for staging is [SECRET:password]",
        ),
        ("*Password:* `letmein2`", "*Password:* `[SECRET:password]`"),
        ("user: admin\npassword: admin", "user: admin\npassword: [SECRET:password]"),
        (
            "Server=x;User Id=sa;Password=a1b2c3;",
            "Server=x;User Id=sa;Password=[SECRET:password];",
        ),
        (
            "https://ann:p@ss1@host.example/x",
            "https://ann:[SECRET:password-in-url]@host.example/x",
        ),
        ("Authorization: Token 0a1b2c3d4e5f", "Authorization: Token [SECRET:authorization]"),
        ("call 0170 1234567 or (02) 9876 5432", "call [PHONE] or [PHONE]"),
        ("phone: 5551234567", "phone: [PHONE]"),
        ("my card is 4242424242424242", "my card is [CARD]"),
        ("order 4242424242424242 shipped", "order 4242424242424242 shipped"),
        ("?email=ann%40acme.io&x", "?email=[EMAIL]&x"),
    ],
)
def test_what_has_no_shape_is_known_by_the_words_around_it(before: str, after: str) -> None:
    assert scrub(before).text == after


def test_links_hashes_ids_and_versions_stay() -> None:
    assert [text for text in secrets.harmless() if scrub(text).text != text] == []
