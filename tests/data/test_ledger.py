from contextlib import suppress
from pathlib import Path

from data import ledger


def test_a_person_keeps_one_name_in_every_round(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with ledger.opened(path) as first:
        names = [first.pseudonym(key) for key in ("U1", "U2", "U1")]

    with ledger.opened(path) as second:
        later = [second.pseudonym(key) for key in ("U3", "U2")]

    assert names == ["User_01", "User_02", "User_01"]
    assert later == ["User_03", "User_02"]


def test_only_its_owner_may_read_the_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"

    with ledger.opened(path):
        pass

    assert path.stat().st_mode & 0o077 == 0


def test_a_reply_is_kept_and_a_call_without_end_is_counted(tmp_path: Path) -> None:
    with ledger.opened(tmp_path / "ledger.sqlite") as book:
        book.sent("a")
        book.sent("b")
        book.done("a", "hello", prompt_tokens=3, completion_tokens=1)

        assert book.reply("a") == "hello"
        assert book.reply("b") is None
        assert book.unknown() == 1


def test_names_drawn_together_stay_or_leave_together(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with ledger.opened(path) as book, suppress(KeyError), book.together():
        book.pseudonym("U1")
        raise KeyError
    with ledger.opened(path) as book, book.together():
        drawn = [book.pseudonym(key) for key in ("U2", "U3")]

    with ledger.opened(path) as later:
        assert [later.pseudonym(key) for key in ("U2", "U3", "U1")] == [*drawn, "User_03"]


def test_what_the_teacher_was_asked_is_added_up(tmp_path: Path) -> None:
    with ledger.opened(tmp_path / "ledger.sqlite") as book:
        for key in ("a", "b", "c"):
            book.sent(key)
        book.done("a", "yes", prompt_tokens=10, completion_tokens=3)
        book.done("b", "no", prompt_tokens=20, completion_tokens=4)
        book.failed("c", "timeout")

        assert book.spent() == (2, 30, 7)


def test_a_judge_is_counted_apart_and_its_reasons_go_with_what_is_forgotten(
    tmp_path: Path,
) -> None:
    with ledger.opened(tmp_path / "ledger.sqlite") as book:
        for key, reply in (("a", "Press Reset."), ("b", "Wait."), (f"{ledger.JUDGE}c", "Fails.")):
            book.sent(key)
            book.done(key, reply, prompt_tokens=3, completion_tokens=1)

        assert (book.spent().calls, book.spent(by_judge=True).calls) == (2, 1)
        assert book.drop_replies(["Press Reset."]) == 2
        assert book.reply("b") == "Wait."
