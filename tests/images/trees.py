"""Trees of images that tests write, as tar files that an engine could have made."""

import io
import tarfile
from collections.abc import Callable, Mapping

from builders.images.tree import Tree, read

File = tuple[str, int]  # text and mode


def archive(files: Mapping[str, File], uid: int = 0) -> io.BytesIO:
    """A tar with these files; a text that begins with an arrow is a link."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for path, (text, mode) in files.items():
            member = tarfile.TarInfo(f"./{path}")
            member.mode, member.uid, member.size = mode, uid, len(text.encode())
            if text.startswith("→"):
                member.type, member.linkname, member.size = tarfile.SYMTYPE, text[1:], 0
                tar.addfile(member)
            else:
                tar.addfile(member, io.BytesIO(text.encode()))
    stream.seek(0)
    return stream


def tree(files: Mapping[str, File], wanted: Callable[[str], bool] = lambda _: False, uid: int = 0) -> Tree:
    """What is read of them."""
    return read(archive(files, uid), wanted)
