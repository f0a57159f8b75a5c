"""How many streams to use at once: found by trying, since nobody tells."""


class Climb:
    """How many streams pay: one more as long as each brings its share, half after a refusal.

    Attributes
    ----------
    limit
        Streams to use now, 1 to ``most``.
    """

    _SHARE = 0.3  # of the gain that a further stream would bring if nothing else were scarce
    _REST = 10  # windows before a further stream is tried again

    def __init__(self, first: int, most: int) -> None:
        self.limit, self._most = min(first, most), most
        self._before = 0.0
        self._tried = False
        self._rest = 0

    def judge(self, rate: float) -> None:
        """Take note of the throughput of one window in which all streams were in use, in bytes per second."""
        if self._tried and rate < self._before * (1 + self._SHARE / (self.limit - 1)):
            self.limit, self._tried, self._rest = self.limit - 1, False, self._REST
            return
        self._before, self._tried = rate, self._rest == 0 and self.limit < self._most
        self.limit += self._tried
        self._rest = max(self._rest - 1, 0)

    def halve(self) -> None:
        """Take note that the host cannot take so many."""
        self.limit, self._tried, self._rest = max(self.limit // 2, 1), False, self._REST
