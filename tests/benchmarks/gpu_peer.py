"""The peer of `gpu.py`: Unsloth as its own documentation uses it, with none of our code.

`python -m tests.benchmarks.gpu_peer BASE ROWS.jsonl STEPS` prints the same figures as an arm of ours.
"""

import importlib
import json
import statistics
import sys
import time

LENGTH, WARM_UP = 2048, 4


def main() -> None:
    base, rows, steps = sys.argv[1:4]
    importlib.import_module("unsloth")  # before the libraries that it patches
    import torch
    from datasets import load_dataset
    from transformers import TrainerCallback
    from trl import SFTConfig, SFTTrainer
    from unsloth import FastLanguageModel

    started = time.time()
    model, tokenizer = FastLanguageModel.from_pretrained(
        base, max_seq_length=LENGTH, load_in_4bit=True, local_files_only=True
    )
    linears = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    model = FastLanguageModel.get_peft_model(
        model,
        r=16,
        lora_alpha=16,
        target_modules=linears,
        use_gradient_checkpointing="unsloth",
        random_state=3407,
    )
    ends: list[float] = []

    class Clock(TrainerCallback):
        def on_step_end(self, *_: object, **__: object) -> None:
            ends.append(time.monotonic())

    data = load_dataset("json", data_files=rows, split="train")
    trainer = SFTTrainer(
        model=model,
        processing_class=tokenizer,
        train_dataset=data,
        callbacks=[Clock()],
        args=SFTConfig(
            output_dir="outputs",
            dataset_text_field="text",
            max_length=LENGTH,
            per_device_train_batch_size=2,
            gradient_accumulation_steps=4,
            warmup_steps=2,
            max_steps=int(steps),
            learning_rate=2e-4,
            optim="adamw_8bit",
            logging_steps=1,
            seed=3407,
            report_to="none",
        ),
    )
    trainer.train()
    a_step = statistics.median(
        b - a for a, b in zip(ends[WARM_UP:], ends[WARM_UP + 1 :], strict=False)
    )
    lengths = [len(tokenizer(text).input_ids) for text in data["text"]]
    found = {
        "tokens_per_s": round(8 * statistics.mean(lengths) / a_step, 1),
        "memory_gib": round(torch.cuda.max_memory_reserved() / 2**30, 3),
        "seconds": round(time.time() - started, 1),
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
