"""The section `train` of the settings, and the presets that it may start from.

Fields carry the names that they have in TRL, PEFT and Unsloth. A preset is a TOML file of the same
shape: what it sets is the default, and what the user's own file sets wins.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Literal

from pydantic import Field, field_validator

from data.errors import BadInputError, hint
from data.sections import Section

Auto = Literal["auto"]
Method = Literal[
    "sft", "pretrain", "dpo", "kto", "orpo", "reward", "grpo", "rloo", "gkd", "embedder"
]
Outtype = Literal["auto", "f32", "f16", "bf16", "q8_0"]


class ModelSettings(Section):
    model_name: str = Field(
        "tiny",
        description="a folder, a hub name, `bundled`, or `tiny`: built on the spot from your text",
    )
    load_in_4bit: bool | Auto = Field(
        default=False, description="`true` is QLoRA: a quarter of the memory, a GPU only"
    )
    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="of weights and sums; `auto` is bfloat16 on a GPU, float32 on a CPU"
    )
    full_finetuning: bool = Field(
        default=False, description="`true` trains every weight and no adapter"
    )
    pad_token: str = Field(
        "", description="a special token of the model to pad with, where its own will not do"
    )


class TinySettings(Section):
    """The shape of `tiny`, named as in LlamaConfig.

    Of 100 answers in 500 wordings the default repeats 99 % after 7 passes and answers 87 of 100
    unseen wordings. One layer, or a width of 96, takes a third less time and knows 60 and 51 of
    them; with a vocabulary of 2,000 it was 42 against 74.
    """

    vocab_size: int = Field(
        4000, ge=300, description="few rows repeat many words, so most may be one token"
    )
    hidden_size: int = Field(128, gt=0, description="width; even for each head")
    intermediate_size: int = Field(384, gt=0, description="width inside a layer")
    num_hidden_layers: int = Field(2, gt=0, description="one takes a third less time")
    num_attention_heads: int = Field(4, gt=0, description="parts that attend separately")
    tie_word_embeddings: bool = Field(
        default=False, description="`true` reads and writes words by the same weights"
    )


class PeftSettings(Section):
    r: int = Field(32, gt=0, description="rank of the adapter")
    lora_alpha: int = Field(
        32, gt=0, description="its scale; at twice the rank the tiny model runs away from 6e-3 on"
    )
    lora_dropout: float = Field(0.0, ge=0, lt=1, description="anything but 0 is slower")
    target_modules: str | list[str] = Field(
        "all-linear", description="or a list of layers, such as q_proj and v_proj"
    )
    use_rslora: bool = Field(default=False, description="scale by the root of the rank")
    use_dora: bool = Field(default=False, description="magnitude apart from direction; slower")
    modules_to_save: tuple[str, ...] = Field(
        (), description="trained whole beside the adapter, such as embed_tokens and lm_head"
    )


class DataSettings(Section):
    corpus: tuple[str, ...] = Field(
        (),
        description="pretrain: files (*.txt, *.md, *.jsonl with `text`) instead of the passages",
    )
    train_on: Literal["last", "assistant"] = Field(
        "last", description="the last answer, or every turn of the assistant"
    )
    chat_template: Literal["tokenizer", "alpaca"] = Field(
        "tokenizer", description="`alpaca` for a base that has none: ### Instruction, ### Response"
    )
    over_long: Literal["error", "drop", "truncate"] = Field(
        "error", description="what becomes of a row of more than max_length tokens"
    )


class TrainerSettings(Section):
    max_length: int = Field(512, gt=0, description="tokens of a row")
    per_device_train_batch_size: int | Auto = Field(
        8, description="rows per step; 16 learnt less per pass and saved a tenth of the time"
    )
    gradient_accumulation_steps: int | Auto = Field(
        1, description="steps added up before weights change, where memory is short"
    )
    num_train_epochs: float = Field(
        7.0, gt=0, description="1 to 3 for a real base; more for the tiny one below 200 rows"
    )
    max_steps: int = Field(-1, description="stops earlier than the passes would; -1 is never")
    learning_rate: float = Field(
        5e-3, gt=0, description="2e-4 suits an adapter on a real base, 2e-5 all of its weights"
    )
    embedding_learning_rate: float = Field(
        0.0, ge=0, description="of whole embed_tokens and lm_head; 0 is the learning_rate"
    )
    lr_scheduler_type: Literal["linear", "cosine", "constant_with_warmup"] = Field(
        "linear", description="how the learning rate falls"
    )
    warmup_steps: int = Field(10, ge=0, description="steps in which the learning rate rises")
    weight_decay: float = Field(0.0, ge=0, description="pull of the weights towards 0")
    max_grad_norm: float = Field(1.0, gt=0, description="longer gradients are shortened to it")
    optim: Literal["auto", "adamw_torch_fused", "adamw_8bit"] = Field(
        "auto", description="`auto` is adamw_8bit on a GPU, adamw_torch_fused on a CPU"
    )
    bf16: bool | Auto = Field("auto", description="sums in bfloat16; `auto` where the weights are")
    packing: bool | Auto = Field(
        default=False, description="several short rows in one of max_length; needs a GPU"
    )
    gradient_checkpointing: bool | Auto = Field(
        default=False, description="less memory for about a third more time"
    )
    save_steps: float = Field(
        0.25, gt=0, description="a checkpoint each so many steps, or each such share of all steps"
    )
    early_stopping_patience: int = Field(
        0,
        ge=0,
        description="looks at the loss on dev without a gain before it stops; 0 is no look",
    )
    report_to: tuple[Literal["tensorboard", "trackio"], ...] = Field(
        (), description="also log for these, into the run's folder; install them first"
    )
    seed: int = Field(3407, description="draws weights and order; equal seeds, equal runs")


class PreferenceSettings(Section):
    beta: float = Field(
        0.1, gt=0, description="dpo, kto: how near the base it stays; orpo: weight of the choice"
    )
    desirable_weight: float = Field(1.0, gt=0, description="kto: weight of accepted answers")
    undesirable_weight: float = Field(1.0, gt=0, description="kto: weight of rejected answers")
    center_rewards_coefficient: float = Field(
        0.01, ge=0, description="reward: pull of the points towards 0"
    )


class RewardSettings(Section):
    reward_run: str = Field("", description="a run of method reward, whose points are sought")
    num_generations: int = Field(
        8, ge=2, description="answers to a question, held against each other"
    )
    max_completion_length: int = Field(160, gt=0, description="tokens of an answer")
    temperature: float = Field(1.0, gt=0, description="how far the answers differ")
    beta: float = Field(0.04, ge=0, description="how near the base it stays; 0 lets it go")


class DistillationSettings(Section):
    teacher_model: str = Field(
        "", description="a folder, a hub name or runs/NAME, with the student's tokenizer"
    )
    lmbda: float = Field(0.5, ge=0, le=1, description="share of steps on answers of the student")
    beta: float = Field(
        0.5, ge=0, le=1, description="0 covers all that the teacher may say, 1 only its favourite"
    )
    temperature: float = Field(0.9, gt=0, description="of the student's answers")
    max_new_tokens: int = Field(128, gt=0, description="of the student's answers")


class EmbedderSettings(Section):
    model: str = Field(
        "all-MiniLM-L6-v2", description="what is tuned: a folder, a name of the hub, runs/NAME"
    )
    scale: float = Field(20.0, gt=0, description="how sharply the right question is to stand out")


class ExportSettings(Section):
    outtype: Outtype = Field(
        "auto",
        description="weights in a GGUF file; `auto` as the base's are stored, q8_0 is half of 16 bits",
    )


class TrainSettings(Section):
    preset: str = Field("", description="a set of defaults; `train presets` lists them")
    method: Method = Field(
        "sft",
        description="pretrain, dpo, kto, orpo, reward, grpo, rloo, gkd, embedder: docs/train.md",
    )
    backend: Literal["auto", "trl", "unsloth"] = Field(
        "auto", description="`auto` is unsloth where there is a GPU and it is installed"
    )
    model: ModelSettings = ModelSettings()
    tiny: TinySettings = TinySettings()
    peft: PeftSettings = PeftSettings()
    data: DataSettings = DataSettings()
    trainer: TrainerSettings = TrainerSettings()
    preferences: PreferenceSettings = PreferenceSettings()
    rewards: RewardSettings = RewardSettings()
    distillation: DistillationSettings = DistillationSettings()
    embedder: EmbedderSettings = EmbedderSettings()
    export: ExportSettings = ExportSettings()

    @field_validator("method", mode="before")
    @classmethod
    def _refuse_ppo(cls, method: object) -> object:
        if method == "ppo":
            raise ValueError(
                "PPO has left TRL: train a model of the preferences with `reward`, then seek its "
                "points with `grpo` or `rloo`"
            )
        return method

    @property
    def trains_all(self) -> bool:
        """Whether every weight is trained, and no adapter."""
        return self.model.full_finetuning or self.method == "embedder"

    @property
    def models(self) -> tuple[str, ...]:
        """All models that a training reads, as they are named here."""
        if self.method == "embedder":
            return (self.embedder.model,)
        taught = self.method == "gkd" and self.distillation.teacher_model
        return (self.model.model_name, *([self.distillation.teacher_model] if taught else []))

    def having(
        self, *, model: Mapping[str, object], trainer: Mapping[str, object]
    ) -> "TrainSettings":
        """The same settings with these keys of two sections changed."""
        sections = {
            "model": self.model.model_copy(update=model),
            "trainer": self.trainer.model_copy(update=trainer),
        }
        return self.model_copy(update=sections)

    def of_training(self) -> "TrainSettings":
        """Without what matters only once training is done."""
        return self.model_copy(update={"export": ExportSettings()})


class Preset(Section):
    """One file of `data/presets`."""

    name: str
    why: str
    """Its first line, a remark: for whom it is."""
    toml: str


def presets() -> list[Preset]:
    """All presets, by name."""
    folder = files("data") / "presets"
    found = [
        (each.name.removesuffix(".toml"), each.read_text("utf-8"))
        for each in folder.iterdir()
        if each.name.endswith(".toml")
    ]
    return [
        Preset(name=name, why=text.partition("\n")[0].removeprefix("# "), toml=text)
        for name, text in sorted(found)
    ]


def preset(name: str) -> Preset:
    """The preset of this name. Raises BadInputError with the nearest one."""
    known = {each.name: each for each in presets()}
    if name in known:
        return known[name]
    raise BadInputError(
        f"No preset `{name}`; {hint(name, known)} `train presets` tells what each is for."
    )


def over_preset(own: dict[str, object], name: str) -> dict[str, object]:
    """What the preset sets, and over it what the user's own section sets."""
    return _merged(tomllib.loads(preset(name).toml), own | {"preset": name})


def _merged(under: dict[str, object], over: dict[str, object]) -> dict[str, object]:
    merged = dict(under)
    for key, value in over.items():
        below = under.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[key] = _merged(below, value) if both else value  # type: ignore[arg-type]
    return merged
