"""The marks inside a line of AsciiDoc as those of Markdown."""

import re


def inline(text: str) -> str:
    """Links, code and bold as Markdown; the rest is the same."""
    text = re.sub(
        r"\[\[[^\]]*\]\]|\[#[\w-]+\](?=\S)?|\bindexterm:\[.*?\]|\(\(\(.*?\)\)\)", "", text
    )
    text = re.sub(r"<<[^,>]+,\s*([^>]+)>>", r"\1", text)
    text = re.sub(r"<<([^>]+)>>", r"\1", text)
    text = re.sub(r"(?:link|mailto|xref):(\S+?)\[([^\]]*?)\^?\]", _link, text)
    text = re.sub(r"(?<![(<\[])\b(https?://[^\s\[\]]+)\[([^\]]*?)\^?\]", _link, text)
    text = re.sub(r"(?<!\w)\+{1,2}(?=\S)([^+\n]+?)(?<=\S)\+{1,2}(?!\w)", r"`\1`", text)
    text = re.sub(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])", r"**\1**", text)
    return re.sub(r"(?:kbd|btn|menu):\S*?\[([^\]]*)\]", r"\1", text)


def _link(found: re.Match[str]) -> str:
    label = found[2].split(",")[0].strip('"') if found[2] else ""
    if found[0].startswith("xref:"):
        return label or found[1]
    return f"[{label}]({found[1]})" if label else f"<{found[1]}>"
