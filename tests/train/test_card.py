from xml.etree import ElementTree

import msgspec

from data.store import FileMark
from data.training import TrainSettings
from tests import make
from train import card
from train.runs import Step

STEPS = [Step(number, 4.0 / number, 0.002, number / 10) for number in range(1, 21)]


def test_the_card_tells_data_base_settings_and_limits() -> None:
    run = msgspec.structs.replace(
        make.manifest(),
        split=(FileMark("work/split/train.jsonl", "ab" * 32, 8),),
        versions={"gristmill": "0.1.0"},
    )

    said = card.text(run, TrainSettings())

    assert "40 rows, 900 tokens, of which 500 are learnt" in said
    assert "| `work/split/train.jsonl` | 8 | `abababababababab` |" in said
    assert "random weights" in said
    assert "## Limits" in said
    assert "\n\n\n" not in said


def test_the_plot_is_a_static_picture_of_every_step() -> None:
    picture = ElementTree.fromstring(card.loss_plot(STEPS))

    line = picture.find("{http://www.w3.org/2000/svg}polyline")
    assert line is not None
    assert len(line.attrib["points"].split()) == len(STEPS)
    assert picture[0].text == "Loss from 4.000 to 0.200 in 20 steps"
