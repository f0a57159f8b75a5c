"""The clock that the engine's tests move."""

from tests.lake.transfer.conftest import Clock, clock

__all__ = ["Clock", "clock"]
