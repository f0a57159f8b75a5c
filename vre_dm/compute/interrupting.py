"""Ending a user's function in the middle, in the thread that it runs in."""

import ctypes


def interrupt(thread: int | None, kind: type[BaseException]) -> None:
    """Raise in another thread, between two of its Python instructions; compiled code is not interrupted.

    Parameters
    ----------
    thread
        Its identifier; ``None``, that of a thread that was not started, is left alone. It has to run: the
        number of one that has ended may be another's by now.
    kind
        What is raised.
    """
    if thread is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(kind))
