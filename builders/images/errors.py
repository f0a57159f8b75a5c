"""What can go wrong with images, each in one line."""


class ImagesError(Exception):
    """The images cannot be built, tested or published; the text says why."""


class NoEngine(ImagesError):
    """No program of this machine can do it; the text has which were looked for."""
