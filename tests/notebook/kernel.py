"""A kernel with the magics, as a notebook drives it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

from tests.lake.jobs.terminal import Terminal
from vre_dm.sandbox import LakeStatus


class Kernel:
    """A kernel as a notebook drives it."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient, folder: Path) -> None:
        self.manager, self.client, self.folder = manager, client, folder

    def run(self, code: str) -> dict[str, Any]:
        """Run a cell; gives its status, text output, results by media type and error."""
        sent = self.client.execute(code)
        return self.outcome(sent)

    def outcome(self, sent: str) -> dict[str, Any]:
        said: dict[str, Any] = {"text": "", "data": {}, "shown": [], "error": None}
        while True:
            message = self.client.get_iopub_msg(timeout=60)
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != sent:
                continue
            if kind == "stream":
                said["text"] += content["text"]
            elif kind == "execute_result":
                said["data"] = content["data"]
            elif kind in ("display_data", "update_display_data"):
                said["shown"].append(content["data"]["text/plain"])
            elif kind == "error":
                said["error"] = content["ename"]
            elif kind == "status" and content["execution_state"] == "idle":
                break
        reply = self.client.get_shell_msg(timeout=60)
        while reply["parent_header"].get("msg_id") != sent:
            reply = self.client.get_shell_msg(timeout=60)
        said["status"] = reply["content"]["status"]
        return said

    def tab(self, code: str) -> list[str]:
        """What a Tab at the end of a line offers, with the line completed."""
        answer = self.client.complete(code, len(code), reply=True, timeout=60)["content"]
        return [code[: answer["cursor_start"]] + match for match in answer["matches"]]


@contextmanager
def running(lake: LakeStatus, folder: Path) -> Iterator[Kernel]:
    """Start one in a folder, of the user whose home that is (as a `Terminal` there), and end it."""
    env = Terminal(lake, folder).env | {"IPYTHONDIR": str(folder / "ipython")}
    manager, client = start_new_kernel(startup_timeout=240, env=env, cwd=str(folder))
    try:
        kernel = Kernel(manager, client, folder)
        assert kernel.run("%load_ext vre_dm")["status"] == "ok"
        yield kernel
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
