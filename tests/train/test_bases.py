"""What `model_name` may name, and what is refused."""

import json
from pathlib import Path

import pytest

from data.errors import BadInputError
from data.training import ModelSettings, PeftSettings, TinySettings, TrainSettings
from tests import make
from train import backends, bases, tiny


def refused(name: str, folder: Path) -> str:
    settings = TrainSettings(model=ModelSettings(model_name=name))
    with pytest.raises(BadInputError) as error:
        bases.find(settings, make.space(folder / "w"), ())
    return str(error.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    said = refused("./models/lost", tmp_path)

    assert f"there is no folder {tmp_path / 'w'}/models/lost" in said


def test_an_adapter_is_not_taken_for_a_base(tmp_path: Path) -> None:
    told = {"base_model_name_or_path": "models/llama-3.2-1b", "r": 8}
    (tmp_path / "adapter_config.json").write_text(json.dumps(told))

    said = refused(str(tmp_path), tmp_path)

    assert "holds an adapter of `models/llama-3.2-1b` and no model" in said


def test_a_hub_name_without_network_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))

    said = refused("owls/owl-1b", tmp_path)

    assert "`owls/owl-1b` could not be had from the model hub" in said
    assert "Correct the name, connect, or use `bundled`." in said


def test_target_modules_that_the_model_does_not_have_are_told() -> None:
    spoken = tiny.tokenizer(["Under Billing."])
    model = tiny.model(tiny.config(spoken, TinySettings(), 64), 1)
    settings = TrainSettings(peft=PeftSettings(target_modules=["q_proy"]))

    with pytest.raises(BadInputError, match=r"\[train\.peft\] target_modules: .*q_proy"):
        backends.adapt("trl", model, settings, new_words=False)


@pytest.mark.skipif(backends.has_gpu(), reason="there is a GPU here")
def test_unsloth_without_a_gpu_and_more_gpus_than_there_are_are_refused() -> None:
    with pytest.raises(BadInputError, match=r'unsloth needs an NVIDIA GPU.*backend = "auto"'):
        backends.choose("unsloth", "sft")
    with pytest.raises(BadInputError, match="--gpus 2 needs as many NVIDIA GPUs"):
        backends.claim_gpu(0, 2)
