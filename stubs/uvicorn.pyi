import socket
from collections.abc import Awaitable, Callable

class Config:
    def __init__(
        self,
        app: Callable[..., Awaitable[None]],
        *,
        access_log: bool,
        log_level: str,
        timeout_graceful_shutdown: int,
    ) -> None: ...

class Server:
    def __init__(self, config: Config) -> None: ...
    def run(self, sockets: list[socket.socket]) -> None: ...
