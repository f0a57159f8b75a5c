# Runs in the environment of the chart's tests: the pods that Dask Gateway makes, configured by the chart.
import json
import os
import sys
from pathlib import Path

from traitlets.config import Config

order = json.load(sys.stdin)
os.environ |= order["environ"]
c = Config()
# As the configuration of the gateway runs what `extraConfig` holds.
exec(compile(order["config"], "extraConfig", "exec"), {"c": c, "os": os})

from dask_gateway_server.backends.kubernetes.backend import KubeClusterConfig  # noqa: E402
from dask_gateway_server.backends.kubernetes.controller import KubeController  # noqa: E402

options = c.Backend.cluster_options
said = {"options": options.get_specification()}
try:
    asked = options.parse_options(order["asked"])
    config = KubeClusterConfig(config=c, namespace="vre", **options.get_configuration(asked, None))
    controller = KubeController(gateway_instance="dask-gateway", api_url="http://api/api", config=c)
    said["pods"] = [controller.make_pod("vre", "one", config, is_worker=worker) for worker in (False, True)]
    said["limits"] = {
        name: getattr(config, name) for name in ("idle_timeout", "cluster_max_cores", "cluster_max_memory")
    }
except (TypeError, ValueError) as error:
    said["refused"] = str(error)
Path(order["answer"]).write_text(json.dumps(said))
