"""The `synth` command line."""

import typer

from data import terminal

app = typer.Typer()


def main() -> None:
    terminal.run(app)
