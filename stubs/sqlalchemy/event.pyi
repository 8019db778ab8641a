from collections.abc import Callable
from sqlite3 import Connection

def listen(target: type, identifier: str, fn: Callable[[Connection, object], None]) -> None: ...
