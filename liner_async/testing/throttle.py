"""A rate limit: how many requests a second are served before the server says 429."""

from __future__ import annotations

import math
from collections import deque

__all__ = ["Throttle"]


class Throttle:
    """Serves at most `rate` requests in any second; refused requests do not count.

    A rate below 1 means one request in each `1 / rate` seconds, a broken one such as 2.5 two
    requests in each 0.8 seconds.
    """

    def __init__(self, rate: float) -> None:
        """Take the rate in requests per second, above 0."""
        self._most = max(math.floor(rate), 1)
        self._window = self._most / rate
        self._served: deque[float] = deque()

    def refused_for(self, now: float) -> int:
        """Return 0 and count the request as served, or the whole seconds (>= 1) to wait."""
        while self._served and self._served[0] <= now - self._window:
            self._served.popleft()
        if len(self._served) < self._most:
            self._served.append(now)
            return 0
        return max(math.ceil(self._served[0] + self._window - now), 1)
