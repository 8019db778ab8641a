"""What Ollama is told, beside what the chat template of the model writes."""

from pathlib import Path

import pytest
from transformers import PreTrainedTokenizerBase

from data.errors import BadInputError
from data.records import Message
from train import chat, modelfile, tiny

CHATML = """{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + eos_token + '\n' }}{% endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"""
OWN_SYSTEM = """{% if messages[0].role == 'system' %}{% set s = messages[0].content %}{% set rest = messages[1:] %}
{%- else %}{% set s = 'You are {{helpful}}.' %}{% set rest = messages %}{% endif %}
{{- bos_token + '<|system|>' + s + eos_token }}
{%- for m in rest %}{{ '<|' + m.role + '|>' + m.content + eos_token }}{% endfor %}
{%- if add_generation_prompt %}<|assistant|>{% endif %}"""
NO_SYSTEM = """{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no') }}
{%- elif m.role == 'user' %}{{ '[INST] ' + m.content + ' [/INST]' }}
{%- else %}{{ ' ' + m.content + eos_token }}{% endif %}{% endfor %}"""
THINKING = """{% for m in messages %}{{ '<|' + m.role + '|>\n' }}
{%- if m.role == 'assistant' and loop.last %}{{ '<think>\n\n</think>\n' }}{% endif %}{{ m.content + eos_token }}{% endfor %}
{%- if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ '<|bos|>' }}{% endif %}"""
SYSTEM_IN_QUESTION = """{% if messages[0].role == 'system' %}{% set s = messages[0].content %}{% set rest = messages[1:] %}
{%- else %}{% set s = '' %}{% set rest = messages %}{% endif %}
{%- for m in rest %}{{ '<|' + m.role + '|>' + (s if loop.first else '') + m.content + eos_token }}{% endfor %}"""

USER, REPLY, SYSTEM = (
    Message("user", 'What is {{ this }}, "that" 東京 🙂?'),
    Message("assistant", "That is  it.\nReally."),
    Message("system", "You are brief."),
)
CHATS = ([USER], [SYSTEM, USER], [USER, REPLY, USER], [SYSTEM, USER, REPLY, USER, REPLY, USER])


def tokenizer(template: str = "") -> PreTrainedTokenizerBase:
    made = tiny.tokenizer(["a b"])
    made.chat_template = template or made.chat_template
    return made


@pytest.mark.parametrize("bos_added", [False, True])
@pytest.mark.parametrize("template", ["", CHATML, OWN_SYSTEM, NO_SYSTEM, THINKING])
def test_ollama_is_told_to_write_what_the_chat_template_writes(
    template: str, *, bos_added: bool
) -> None:
    spoken = tokenizer(template)
    go = modelfile.template(spoken, bos_added=bos_added)

    for messages in CHATS:
        if template == NO_SYSTEM and SYSTEM in messages:
            continue
        own = chat.text(messages, spoken, ask=True)
        begin = "<|bos|>" if bos_added and own.startswith("<|bos|>") else ""
        assert begin + modelfile.render(go, messages) == own


def test_the_language_is_gos() -> None:
    go = modelfile.template(tokenizer(), bos_added=False)

    # Compared once with what Go's own text/template makes of it, as were ten shapes of templates.
    assert go == (
        '{{ if not .System }}<|bos|>{{ end }}{{ range .Messages }}{{ if eq .Role "user" }}<|user|>'
        '{{ .Content }}{{ else if eq .Role "assistant" }}<|eos|><|assistant|>{{ .Content }}<|eos|>'
        '{{ else if eq .Role "system" }}<|bos|><|system|>{{ .Content }}<|eos|>{{ end }}{{ end }}'
        "<|eos|><|assistant|>"
    )


def test_braces_of_a_template_are_quoted() -> None:
    go = modelfile.template(tokenizer(OWN_SYSTEM), bos_added=False)

    assert r"You are \u007b\u007bhelpful\u007d\u007d." in go


def test_a_template_that_moves_words_is_refused() -> None:
    with pytest.raises(BadInputError, match="a system message changes how the first question"):
        modelfile.template(tokenizer(SYSTEM_IN_QUESTION), bos_added=False)


def test_the_modelfile_stops_at_every_end_token(tmp_path: Path) -> None:
    written = modelfile.text("m.gguf", "{{ .Content }}", ["<|eos|>", "</s>"], 512)

    assert written.splitlines() == [
        "FROM ./m.gguf",
        'TEMPLATE """{{ .Content }}"""',
        'PARAMETER stop "<|eos|>"',
        'PARAMETER stop "</s>"',
        "PARAMETER temperature 0",
        "PARAMETER repeat_penalty 1",
        "PARAMETER num_ctx 512",
    ]
