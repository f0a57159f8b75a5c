"""How many workers: a number, or from so many to so many as the work asks."""

from dataclasses import dataclass

from vre_dm.errors import InvalidConfiguration

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class WorkerRange:
    """Fewest and most workers; equal where the number is fixed."""

    minimum: int
    maximum: int

    @classmethod
    def of(cls, said: object) -> "WorkerRange":
        """Read ``4`` or ``(0, 8)``.

        Raises
        ------
        InvalidConfiguration
            It is no number of workers.
        """
        both = said if isinstance(said, tuple | list) else (said, said)
        numbers = [n for n in both if isinstance(n, int) and not isinstance(n, bool)]
        if (
            len(both) != 2
            or len(numbers) != 2
            or not 0 <= numbers[0] <= numbers[1] <= _MOST
            or not numbers[1]
        ):
            msg = f"workers={said!r} is no number of workers; write 4, or (1, 8) for as many as the work asks"
            raise InvalidConfiguration(msg, field="workers")
        return cls(*numbers)

    def __str__(self) -> str:
        return str(self.maximum) if self.minimum == self.maximum else f"{self.minimum} to {self.maximum}"
