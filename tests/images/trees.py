"""Trees of images that tests write, as tar files that an engine could have made."""

import io
import tarfile
from collections.abc import Callable, Mapping

from builders.images.tree import Tree, read

File = tuple[str | bytes, int]  # what it holds and its mode


def archive(files: Mapping[str, File], uid: int = 0, changed: Mapping[str, int] | None = None) -> io.BytesIO:
    """A tar with these files; a text that begins with → is a link, one with ⇒ another name of a file.

    Parameters
    ----------
    changed
        When some of them were, in seconds since 1970.
    """
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for path, (held, mode) in files.items():
            content = held if isinstance(held, bytes) else held.encode()
            member = tarfile.TarInfo(f"./{path}")
            member.mode, member.uid, member.size = mode, uid, len(content)
            member.mtime = (changed or {}).get(path, 0)
            if isinstance(held, str) and held[:1] in ("→", "⇒"):
                member.type = tarfile.SYMTYPE if held[0] == "→" else tarfile.LNKTYPE
                member.linkname, member.size = held[1:], 0
                tar.addfile(member)
            else:
                tar.addfile(member, io.BytesIO(content))
    stream.seek(0)
    return stream


def tree(
    files: Mapping[str, File],
    wanted: Callable[[str], bool] = lambda _: False,
    uid: int = 0,
    changed: Mapping[str, int] | None = None,
) -> Tree:
    """What is read of them."""
    return read(archive(files, uid, changed), wanted)
