"""A home on a volume of Kubernetes, of which kubelet lets a group write all, at each start anew."""

from __future__ import annotations

import secrets

from builders.images.container import HOME, container
from builders.images.engine import Engine, run

USER = "1000:100"
_ASKED = f"chgrp 100 {HOME} && chmod 2775 {HOME}"
# what it does where nothing says fsGroupChangePolicy: OnRootMismatch
_KUBELET = (
    f"chgrp -hR 100 {HOME} && find {HOME} ! -type l -exec chmod ug+rw {{}} + "
    f"&& find {HOME} -type d -exec chmod ug+x,g+s {{}} +"
)


def two_starts(engine: Engine, reference: str) -> list[float]:
    """Start the embedded lake twice on the same volume, kubelet in between; returns the seconds of each.

    Raises
    ------
    ImagesError
        It does not start, or is left open to the group.
    """
    name, taken = f"vre-dm-test-{secrets.token_hex(4)}", []
    volume = f"--volume={name}:{HOME}"
    known = {
        "JUPYTER_TOKEN": "of-this-test-alone",
        "KUBERNETES_SERVICE_HOST": "192.0.2.1",  # every pod has it
        "VRE_DM_CLOSE_TO_GROUP": "yes",  # an admin knows that nobody else is in the group
    }
    given = [volume, f"--user={USER}", *(f"--env={name}={value}" for name, value in known.items())]
    run([*engine.runner, "volume", "create", name])
    try:
        _as_root(engine, reference, volume, _ASKED)
        for _ in range(2):
            _as_root(engine, reference, volume, _KUBELET)
            with container(engine, reference, given) as started:
                started.wait()
                taken.append(float(started.ask("lake")["seconds"]))
    finally:
        run([*engine.runner, "volume", "rm", "--force", name])
    return taken


def _as_root(engine: Engine, reference: str, volume: str, script: str) -> None:
    words = [*engine.runner, "run", *engine.limits, "--rm", "--pull=never", "--network=none"]
    words += ["--no-healthcheck", "--user=0:0", "--entrypoint=sh", volume, reference, "-c", script]
    run(words)
