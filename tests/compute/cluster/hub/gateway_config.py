# A Dask Gateway as an admin of a hub sets it up, on one machine: who may use it, the hub says.
import json
import os
import sys
from pathlib import Path

from dask_gateway_server.options import Options, String

SETTINGS = json.loads(Path(os.environ["GATEWAY_SETTINGS"]).read_text())
DASK = [sys.executable, "-P", "-m", "dask"]

c = get_config()  # noqa: F821
c.Backend.cluster_options = Options(String("image", default="vre-dm:1"), handler=lambda options: {})
c.DaskGateway.address = f"127.0.0.1:{SETTINGS['ports'][0]}"
c.DaskGateway.backend_class = "dask_gateway_server.backends.local.UnsafeLocalBackend"
c.DaskGateway.authenticator_class = "dask_gateway_server.auth.JupyterHubAuthenticator"
c.DaskGateway.log_level = "DEBUG"  # so that a token would be seen
c.JupyterHubAuthenticator.jupyterhub_api_url = SETTINGS["hub"]
c.JupyterHubAuthenticator.jupyterhub_api_token = SETTINGS["gateway"]
c.JupyterHubAuthenticator.jupyterhub_service_name = "dask-gateway"
c.Proxy.address = f"127.0.0.1:{SETTINGS['ports'][1]}"
c.Proxy.tcp_address = f"127.0.0.1:{SETTINGS['ports'][2]}"
c.Proxy.log_level = "debug"
c.UnsafeLocalBackend.clusters_directory = SETTINGS["clusters"]
c.UnsafeLocalBackend.sigint_timeout = 3
c.ClusterConfig.scheduler_cmd = [*DASK, "scheduler"]
c.ClusterConfig.worker_cmd = [*DASK, "worker"]
c.ClusterConfig.idle_timeout = 900
c.ClusterConfig.worker_memory = "1 G"
