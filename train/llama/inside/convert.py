"""Run llama.cpp's converter in this process, then print what the file says of itself.

`convert.py SOURCE MODEL FILE OUTTYPE`, with the source and its packages on the path.
"""

import json
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import gguf
from conversion import base
from transformers import AutoTokenizer, GenerationConfig, PreTrainedTokenizerBase

PLAIN = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}


def main() -> None:
    source, model, file, outtype = sys.argv[1:]
    tokenizer = AutoTokenizer.from_pretrained(model, local_files_only=True)
    _name_home_made()
    _say_whether_bos_is_added(tokenizer)
    sys.argv = ["convert_hf_to_gguf.py", model, "--outfile", file, "--outtype", outtype]
    runpy.run_path(str(Path(source) / "convert_hf_to_gguf.py"), run_name="__main__")
    told = GenerationConfig.from_pretrained(model, local_files_only=True).eos_token_id
    ends = told if isinstance(told, list) else [told]
    sys.stdout.write(json.dumps(_facts(file) | {"ends": ends}) + "\n")


def _name_home_made() -> None:
    """Name the way in which a tokenizer of our own cuts words.

    The converter knows tokenizers by a hash of what they make of one text, so it knows none that
    was trained at home. One that cuts as GPT-2 does can be named all the same.
    """
    known: Callable[[object, PreTrainedTokenizerBase], str] = base.TextModel.get_vocab_base_pre

    def name(model: object, tokenizer: PreTrainedTokenizerBase) -> str:
        try:
            return known(model, tokenizer)
        except NotImplementedError:
            made = json.loads(tokenizer.backend_tokenizer.to_str())
            cuts = made["pre_tokenizer"] or {}
            if made["normalizer"] or {key: cuts.get(key) for key in PLAIN} != PLAIN:
                raise
            return "gpt-2"

    base.TextModel.get_vocab_base_pre = name


def _say_whether_bos_is_added(tokenizer: PreTrainedTokenizerBase) -> None:
    """Write it into the file in every case: where it is left open, programs guess differently."""
    add_to_gguf = gguf.SpecialVocab.add_to_gguf
    first = tokenizer("a").input_ids[0]
    added = tokenizer.bos_token_id is not None and first == tokenizer.bos_token_id

    def add(vocabulary: gguf.SpecialVocab, *given: object, **named: object) -> None:
        vocabulary.add_special_token.setdefault("bos", added)
        add_to_gguf(vocabulary, *given, **named)

    gguf.SpecialVocab.add_to_gguf = add


def _facts(file: str) -> dict[str, object]:
    reader = gguf.GGUFReader(file)

    def field(name: str, default: object = None) -> object:
        found = reader.get_field(name)
        return default if found is None else found.contents()

    tokens = reader.get_field("tokenizer.ggml.tokens")
    return {
        "architecture": field("general.architecture"),
        "tensors": len(reader.tensors),
        "bos": field("tokenizer.ggml.bos_token_id"),
        "eos": field("tokenizer.ggml.eos_token_id"),
        "add_bos": field("tokenizer.ggml.add_bos_token"),
        "template": field("tokenizer.chat_template", ""),
        "tokens": len(tokens.data),
        "context": field(f"{field('general.architecture')}.context_length"),
    }


if __name__ == "__main__":
    main()
