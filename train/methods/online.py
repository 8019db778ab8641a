"""Learning from points for answers of one's own: grpo and rloo, judged by a model of preferences."""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from datasets import Dataset
from transformers import Trainer
from trl import GRPOConfig, GRPOTrainer, RLOOConfig, RLOOTrainer

from data.records import Message
from train import tuner
from train.chat import Row
from train.points import Judge
from train.tuner import Making

Chat = list[dict[str, str]]
Points = Callable[..., list[float | None]]

GRPO: dict[str, object] = {
    "loss_type": "dapo",
    "scale_rewards": "group",
    "importance_sampling_level": "token",
    "top_entropy_quantile": 1.0,
}
RLOO: dict[str, object] = {"normalize_advantages": False, "reward_clip_range": None}


def trainer(making: Making) -> Trainer:
    assert making.judge
    judge = Judge.load(making.judge, making.settings.model.dtype)
    with tuner.quietly():
        made = _kind(making)(
            model=making.model,
            reward_funcs=_points(judge),
            train_dataset=_prompts(making.rows),
            processing_class=making.base.tokenizer,
        )
    return tuner.without_copy(made)


def _kind(making: Making) -> Callable[..., Trainer]:
    shared = _shared(making)
    if making.settings.method == "grpo":
        return partial(GRPOTrainer, args=tuner.arguments(GRPOConfig, making, shared | GRPO))
    return partial(RLOOTrainer, args=tuner.arguments(RLOOConfig, making, shared | RLOO))


def _shared(making: Making) -> dict[str, object]:
    told = making.settings.rewards
    return {
        "train_sampling_strategy": "random",
        "num_generations": told.num_generations,
        "max_completion_length": told.max_completion_length,
        "temperature": told.temperature,
        "top_p": 1.0,
        "top_k": 0,
        "min_p": None,
        "repetition_penalty": 1.0,
        "beta": told.beta,
        "num_iterations": 1,
        "epsilon": 0.2,
        "mask_truncated_completions": False,
        "use_vllm": False,
        "sync_ref_model": False,
        "disable_dropout": True,
        "shuffle_dataset": True,
        "remove_unused_columns": False,
        "log_completions": False,
        "trust_remote_code": False,
    }


def _prompts(rows: Sequence[Row]) -> Dataset:
    return Dataset.from_list(
        [
            {
                "prompt": [
                    {"role": turn.role, "content": turn.content} for turn in row.example.prompt
                ]
            }
            for row in rows
        ]
    )


def _points(judge: Judge) -> Points:
    def points(prompts: list[Chat], completions: list[Chat], **_: object) -> list[float | None]:
        asked = [[_message(turn) for turn in prompt] for prompt in prompts]
        return list(judge.score(asked, [completion[0]["content"] for completion in completions]))

    return points


def _message(turn: dict[str, str]) -> Message:
    return msgspec.convert(turn, Message)
