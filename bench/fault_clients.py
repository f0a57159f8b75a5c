"""Download clients as a careful user calls them: retries, timeouts, resume and checksum where they exist."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.server import TLS
from vre_dm.did import Did
from vre_dm.lake.files import File

CA = str(TLS / "ca.pem")
Words = Callable[[str, Path, File], list[str]]
"""Command line for an address, the place of the file, and what the catalogue says of it."""

OURS = """
import sys
from pathlib import Path
from tests.faults.world import OpenAccess
from vre_dm.did import Did
from vre_dm.lake.files import File, Replica
from vre_dm.lake.transfer import Policy, fetch_files
url, folder, name, size, adler32, md5 = sys.argv[1:]
file = File(Did("test", name), int(size), adler32, md5, (Replica("RSE", url),))
fetch_files([file], Path(folder), access=OpenAccess(), policy=Policy(connect_timeout=2, stall_timeout=2))
"""
REQUESTS = """
import sys, requests, urllib3
again = urllib3.Retry(3, backoff_factor=0.5, status_forcelist=[429, 500, 502, 503, 504])
session = requests.Session()
session.mount("https://", requests.adapters.HTTPAdapter(max_retries=again))
with session.get(sys.argv[1], stream=True, timeout=2) as answer:
    answer.raise_for_status()
    with open(sys.argv[2], "wb") as out:
        for chunk in answer.iter_content(1 << 16):
            out.write(chunk)
"""
POOCH = """
import sys, pooch
url, folder, name, known, retries = sys.argv[1:]
pooch.create(path=folder, base_url="", registry={name: known or None}, urls={name: url},
             retry_if_failed=int(retries)).fetch(name, downloader=pooch.HTTPDownloader(timeout=2))
"""
FSSPEC = """
import sys, fsspec, aiohttp
patience = aiohttp.ClientTimeout(total=None, sock_connect=2, sock_read=2)
fsspec.filesystem("https", client_kwargs={"timeout": patience}).get(sys.argv[1], sys.argv[2])
"""
RUCIO = """
import sys, ssl, logging
from rucio.client.downloadclient import DownloadClient
url, folder, did, adler32, md5 = sys.argv[1:]
item = {"pfn": url, "did": did, "rse": "FAULTS", "base_dir": folder}
item |= {"adler32": adler32, "md5": md5, "transfer_timeout": 2}
DownloadClient(tracing=False, logger=logging.getLogger("none")).download_pfns([item])
"""

CURL = shlex.split(
    "curl -fsSL --retry 3 --retry-all-errors --retry-delay 1 --connect-timeout 2 "
    "--speed-limit 1000 --speed-time 2"
)
WGET = shlex.split("wget -q -c --tries=4 --waitretry=1 --timeout=2 --retry-on-http-error=503,429")
ARIA2 = shlex.split(
    "aria2c -q -c --max-tries=4 --retry-wait=1 --timeout=2 --connect-timeout=2 --lowest-speed-limit=1K "
    "--check-integrity=true --allow-overwrite=true --auto-file-renaming=false"
)
RCLONE = shlex.split("--checksum --timeout=2s --contimeout=2s --retries=3 --low-level-retries=3")


@dataclass(frozen=True)
class Client:
    """A client under test; ``version`` is what it says of itself."""

    name: str
    version: str
    words: Words

    def shown(self) -> str:
        """What is run, with words in the place of addresses, paths and checksums."""
        like = File(Did("test", "FILE"), None, "ADLER32", "MD5")
        words = self.words("https://HOST/FILE", Path("FOLDER/test/FILE"), like)
        words = ["SIZE" if word == str(like.size) else word for word in words]
        if "-c" in words[1:2]:
            return f"python - {shlex.join(words[3:])} <<END\n{words[2].strip()}\nEND"
        return shlex.join(words).replace(CA, "CA")


def python(code: str, arguments: Words, interpreter: str = sys.executable) -> Words:
    return lambda url, target, file: [interpreter, "-c", code, *arguments(url, target, file)]


def version_of(words: list[str]) -> str:
    """First number of a version in what a program says; '' if it is not there."""
    if shutil.which(words[0]) is None:
        return ""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+", done.stdout)
    return found[0] if found and done.returncode == 0 else ""


def package_version(interpreter: str, package: str) -> str:
    return version_of([interpreter, "-c", f"import importlib.metadata as m; print(m.version({package!r}))"])


def clients(interpreter: str, rucio_config: Path | None) -> Iterable[Client]:
    """Those that are installed here, ours first."""
    yield Client("vre-dm", package_version(sys.executable, "vre-dm"), python(OURS, _ours))
    peers = [*_python_clients(interpreter), *_programs()]
    if rucio_config is not None:
        peers.append(Client("rucio", package_version(sys.executable, "rucio-clients"), python(RUCIO, _rucio)))
    yield from (peer for peer in peers if peer.version)
    if absent := ", ".join(peer.name for peer in peers if not peer.version):
        print(f"left out, since not installed here: {absent}", file=sys.stderr)


def environment(rucio_config: Path | None) -> dict[str, str]:
    """Trust in the test CA, as each of them wants to be told."""
    names = "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "RCLONE_CA_CERT"
    # any certificate will do: the stock WebDAV protocol does not start without one
    more = (
        {"RUCIO_CONFIG": str(rucio_config), "X509_USER_PROXY": str(TLS / "server.pem")}
        if rucio_config
        else {}
    )
    return os.environ | dict.fromkeys(names, CA) | {"RCLONE_CONFIG": os.devnull} | more


def _ours(url: str, target: Path, file: File) -> list[str]:
    return [url, str(target.parents[1]), target.name, str(file.size), file.adler32 or "", file.md5 or ""]


def _rucio(url: str, target: Path, file: File) -> list[str]:
    return [url, str(target.parents[1]), f"test:{target.name}", file.adler32 or "", file.md5 or ""]


def _python_clients(interpreter: str) -> Iterable[Client]:
    def pooch(hashed: bool) -> Words:
        def words(url: str, target: Path, file: File) -> list[str]:
            known, retries = (f"md5:{file.md5}", "3") if hashed else ("", "0")
            return [url, str(target.parent), target.name, known, retries]

        return python(POOCH, words, interpreter)

    plain: Words = lambda url, target, _: [url, str(target)]  # noqa: E731
    yield Client("requests", package_version(interpreter, "requests"), python(REQUESTS, plain, interpreter))
    yield Client("fsspec", package_version(interpreter, "fsspec"), python(FSSPEC, plain, interpreter))
    version = package_version(interpreter, "pooch")
    yield Client("pooch, no hash", version, pooch(hashed=False))
    yield Client("pooch", version, pooch(hashed=True))


def _programs() -> Iterable[Client]:
    version = version_of(["curl", "--version"])
    yield Client("curl -C -", version, lambda url, target, _: [*CURL, "-C", "-", "-o", str(target), url])
    yield Client(
        "curl --remove-on-error",
        version,
        lambda url, target, _: [*CURL, "--remove-on-error", "-o", str(target), url],
    )
    yield Client(
        "wget -c",
        version_of(["wget", "--version"]),
        lambda url, target, _: [*WGET, f"--ca-certificate={CA}", "-O", str(target), url],
    )
    yield Client("aria2", version_of(["aria2c", "--version"]), _aria2)
    version = version_of(["rclone", "version"])
    yield Client(
        "rclone copyurl",
        version,
        lambda url, target, _: ["rclone", "copyurl", *RCLONE, url, str(target)],
    )
    yield Client("rclone :http:", version, _rclone)


def _aria2(url: str, target: Path, file: File) -> list[str]:
    checksum, place = f"--checksum=md5={file.md5}", [f"--dir={target.parent}", f"--out={target.name}"]
    return [*ARIA2, f"--ca-certificate={CA}", checksum, *place, url]


def _rclone(url: str, target: Path, _: File) -> list[str]:
    folder, name = url.rsplit("/", 1)
    return ["rclone", "copyto", *RCLONE, "--http-url", folder, f":http:{name}", str(target)]
