from collections.abc import Awaitable, Callable

app: Callable[..., Awaitable[None]]
