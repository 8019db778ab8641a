from collections.abc import Callable

TypeAdapter: Callable[[object], object]
