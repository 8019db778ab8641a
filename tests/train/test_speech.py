from dataclasses import replace

from data.records import Message
from tests.train import splits
from train import chat, speech
from train.decoding import Guess
from train.speech import Manner, Piece
from train.student import Student

FREELY = Manner(max_new_tokens=60)


def said(student: Student, question: str, manner: Manner = FREELY) -> list[Piece]:
    prompt = chat.prompt_ids([Message("user", question)], student.tokenizer)
    return list(speech.say(student, prompt, manner))


def text(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def test_piece_by_piece_it_says_what_it_says_at_once(student: Student) -> None:
    rows = splits.taught()
    whole = student.answer([row.prompt for row in rows], max_new_tokens=60, batch_size=8)

    for row, reply in zip(rows, whole, strict=True):
        pieces = said(student, row.prompt[-1].content)
        assert (text(pieces), pieces[-1].tokens) == (reply.text, reply.tokens)
        assert pieces[-1].finish == "stop"


def test_it_ends_at_the_limit_and_says_so(student: Student) -> None:
    pieces = said(student, "reset password pls", Manner(3))

    assert (pieces[-1].tokens, pieces[-1].finish) == (3, "length")
    assert splits.ANSWERS[0].startswith(text(pieces))


def test_a_stop_text_is_never_told_not_even_in_part(student: Student) -> None:
    pieces = said(student, "reset password pls", Manner(60, stop=("choose Security", "Billing")))

    assert text(pieces) == "Open Settings, "
    assert pieces[-1].finish == "stop"


def test_equal_seeds_draw_equal_answers(student: Student) -> None:
    drawn = [
        text(said(student, "Why is the sky blue?", Manner(12, temperature=2.0, seed=seed)))
        for seed in (1, 1, 2)
    ]

    assert drawn[0] == drawn[1] != drawn[2]


def test_a_character_is_told_once_all_of_its_bytes_are_there(student: Student) -> None:
    import torch

    ids = student.tokenizer.encode("5 € — ok", add_special_tokens=False)
    script = iter([*ids, student.tokenizer.eos_token_id])

    class Recited:
        """Says what it is told to, as a model that was sure of it would."""

        logits: torch.Tensor
        past_key_values: object = None
        device = torch.device("cpu")

        def __call__(self, **inputs: object) -> Guess:
            self.logits = torch.zeros(1, 1, len(student.tokenizer))
            self.logits[0, -1, next(script)] = 1
            return self

    pieces = said(replace(student, model=Recited()), "How much?")

    assert text(pieces) == "5 € — ok"
    assert not any(speech.BROKEN in piece.text for piece in pieces)
    assert len(ids) > len([piece for piece in pieces if piece.text])
