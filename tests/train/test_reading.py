from dataclasses import replace
from pathlib import Path

from train import reading
from train.student import Student


def test_a_text_takes_as_many_bits_as_the_model_finds_it_unlikely(tmp_path: Path) -> None:
    student = Student.open("bundled", tmp_path)
    plain, odd = "Open the file and read it.", "Read it file the open and."

    first, second, both, none = reading.bits(student, [plain, odd, f"{plain} {plain}", ""])

    assert 1 < first / len(plain) < second / len(odd)
    assert first < both < 2 * first  # What was just read is expected.
    assert none == 0
    # A longer text than the model holds is read in pieces that do not know of each other.
    assert next(reading.bits(replace(student, positions=5), [plain])) > first
