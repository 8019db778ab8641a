"""The model `tiny`: a small Llama and its tokenizer, built on the spot from the user's own text.

For machines that reach no model hub, and to see a whole round within minutes. It starts from
random weights, so it knows the answers that it was taught and nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedConfig,
    PreTrainedTokenizerFast,
    set_seed,
)

from data import store
from data.records import Example, Passage
from data.training import TinySettings
from data.workspace import Workspace
from train import environment

NAME = "tiny"
SPECIAL = ("<|bos|>", "<|eos|>", "<|pad|>", "<|system|>", "<|user|>", "<|assistant|>")


def texts(space: Workspace, rows: Sequence[Example]) -> Iterator[str]:
    """What the tokenizer may read: the train side only, each text once."""
    found = [
        text for row in rows for text in (*(message.content for message in row.messages), row.text)
    ]
    # Rows of plain text are passages already, without those that are withheld.
    if space.passages.exists() and not any(row.kind == "text" for row in rows):
        passages = store.read(space.passages, Passage)
        for passage in (each for each in passages if each.side == "train"):
            found += [passage.title, passage.text, *(turn.text for turn in passage.turns)]
    yield from (text for text in dict.fromkeys(found) if text)


def tokenizer(
    corpus: Iterable[str], vocab_size: int = TinySettings().vocab_size
) -> PreTrainedTokenizerFast:
    """Byte-level, so that text it has never seen is still spelt without loss."""
    bytewise = Tokenizer(models.BPE())
    bytewise.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytewise.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=list(SPECIAL),
        show_progress=False,
    )
    with environment.all_cores():
        bytewise.train_from_iterator(corpus, trainer)
    bos, eos, pad, *_ = SPECIAL
    made = PreTrainedTokenizerFast(
        tokenizer_object=bytewise, bos_token=bos, eos_token=eos, pad_token=pad
    )
    template = files("train") / "templates" / "tiny.jinja"
    made.chat_template = template.read_text(encoding="utf-8")
    return made


def config(
    tokenizer: PreTrainedTokenizerFast, shape: TinySettings, max_length: int
) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.hidden_size,
        intermediate_size=shape.intermediate_size,
        num_hidden_layers=shape.num_hidden_layers,
        num_attention_heads=shape.num_attention_heads,
        num_key_value_heads=shape.num_attention_heads,
        max_position_embeddings=max(1024, 2 * max_length),
        tie_word_embeddings=shape.tie_word_embeddings,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def model(config: PreTrainedConfig, seed: int) -> LlamaForCausalLM:
    set_seed(seed)
    return LlamaForCausalLM(config)
