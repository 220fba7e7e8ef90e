"""How often something may be asked for, counted in the cache by windows of fixed length."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache


@dataclass(frozen=True)
class Allowance:
    """What is left of a limit: `limit` times in `window` seconds, of which `reset` seconds remain."""

    limit: int
    window: int
    used: int
    reset: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.limit


def count_use(name: str, *, limit: int, window: int, at: datetime) -> Allowance:
    """Count one use of `name`; exact with Redis, nearly so with a cache of files."""
    number, passed = divmod(int(at.timestamp()), window)
    key = f"limit:{name}:{number}"
    used = 1 if cache.add(key, 1, window * 2) else cache.incr(key)
    cache.touch(key, window * 2)  # a cache of files forgets the key's time when it counts
    return Allowance(limit, window, used, window - passed)
