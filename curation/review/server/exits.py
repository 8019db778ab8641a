"""How a server that could not start says why: exit codes, shared by both sides."""

from typing import Final

BROKEN_ENVIRONMENT: Final = 31
DAMAGED_DATABASE: Final = 32
ALREADY_RUNNING: Final = 33
FULL_DISK: Final = 34
