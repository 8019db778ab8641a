from collections.abc import Callable

from_url: Callable[..., object]
