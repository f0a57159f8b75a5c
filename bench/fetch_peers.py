"""Other download clients on the same files: pooch, by an interpreter that has it, and aria2c."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.fault_clients import package_version
from bench.figures import Call

_POOCH = """
import json, logging, sys
import pooch
pooch.get_logger().setLevel(logging.ERROR)
asked = json.loads(sys.stdin.readline())
for folder in sys.stdin:
    files = pooch.create(path=folder.strip(), base_url="", registry=asked["sha256"], urls=asked["urls"],
                         retry_if_failed=3)
    how = pooch.HTTPDownloader(headers=asked["headers"], verify=asked["ca"])
    for name in asked["urls"]:
        files.fetch(name, downloader=how)
    print("done", flush=True)
"""


@contextmanager
def pooch(
    python: str, urls: Mapping[str, str], contents: Mapping[str, bytes], headers: Mapping[str, str], ca: Path,
    folder: Path,
) -> Iterator[dict[str, Call]]:  # fmt: skip
    """Pooch with hashes and retries, loaded before the time is taken; nothing where it is not installed."""
    if not (version := package_version(python, "pooch")):
        yield {}
        return
    sums = {name: f"sha256:{hashlib.sha256(body).hexdigest()}" for name, body in contents.items()}
    asked = {"urls": dict(urls), "sha256": sums, "headers": dict(headers), "ca": str(ca)}
    with subprocess.Popen(
        [python, "-c", _POOCH], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:

        def fetch() -> None:
            if _told(child, str(folder)) != "done\n":
                msg = "pooch failed"
                raise RuntimeError(msg)

        print(json.dumps(asked), file=child.stdin, flush=True)
        yield {f"pooch {version}, sha256": fetch}
        child.stdin.close()  # type: ignore[union-attr]


def _told(child: "subprocess.Popen[Any]", line: str) -> str:
    print(line, file=child.stdin, flush=True)
    return str(child.stdout.readline())  # type: ignore[union-attr]


def aria2(
    urls: Mapping[str, str], adler32: Mapping[str, str], headers: Mapping[str, str], ca: Path, folder: Path
) -> dict[str, Call]:
    """aria2c with checksums, as many files at once as ours at first; nothing where it is not on PATH."""
    if shutil.which("aria2c") is None:
        return {}
    listed = folder.with_name("aria2.txt")
    listed.touch(mode=0o600)  # holds the token
    options = [f"  header={key}: {value}" for key, value in headers.items()]
    lines = []
    for name, url in urls.items():
        lines += [url, f"  out={name}", f"  checksum=adler32={adler32[name]}", *options]
    listed.write_text("\n".join(lines) + "\n")
    words = ["aria2c", "-q", "-j", "4", f"--ca-certificate={ca}", f"--dir={folder}", f"--input-file={listed}"]
    return {"aria2c, adler32": lambda: subprocess.run(words, check=True)}
