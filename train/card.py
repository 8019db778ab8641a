"""What a run says of itself to people: its model card, and the plot of its loss."""

from collections.abc import Sequence
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from data.training import TrainSettings
from train.runs import RunManifest, Step

WIDTH, HEIGHT, MARGIN = 640, 240, 40


def text(run: RunManifest, settings: TrainSettings) -> str:
    """The model card, in Markdown."""
    source = (files("train") / "templates" / "card.md.jinja").read_text(encoding="utf-8")
    template = Environment(undefined=StrictUndefined, autoescape=False).from_string(source)
    return template.render(run=run, settings=settings) + "\n"


def loss_plot(steps: Sequence[Step]) -> str:
    """A static SVG: one line, its axes, the first and the last value."""
    highest, lowest = (limit(0.0, *(step.loss for step in steps)) for limit in (max, min))
    span = (highest - lowest) or 1
    points = [
        (
            MARGIN + (WIDTH - 2 * MARGIN) * step.step / steps[-1].step,
            HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (step.loss - lowest) / span,
        )
        for step in steps
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    bottom, right = HEIGHT - MARGIN, WIDTH - MARGIN
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">
<title>Loss from {steps[0].loss:.3f} to {steps[-1].loss:.3f} in {steps[-1].step} steps</title>
<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>
<path d="M{MARGIN} {MARGIN}V{bottom}H{right}" fill="none" stroke="#888"/>
<polyline points="{line}" fill="none" stroke="#1668b8" stroke-width="1.5"/>
<g font-family="sans-serif" font-size="12" fill="#444">
<text x="{MARGIN - 6}" y="{MARGIN + 4}" text-anchor="end">{highest:.2f}</text>
<text x="{MARGIN - 6}" y="{bottom + 4}" text-anchor="end">{lowest:.3g}</text>
<text x="{right}" y="{bottom + 18}" text-anchor="end">step {steps[-1].step}</text>
<text x="{right}" y="{points[-1][1] - 6:.1f}" text-anchor="end">{steps[-1].loss:.3f}</text>
</g>
</svg>
"""
