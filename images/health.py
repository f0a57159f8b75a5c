#!/usr/bin/python3 -I
"""Whether the Jupyter server of this container answers: its exit code says so."""

import os
import sys
import urllib.parse
import urllib.request

PATIENCE = 4  # seconds; the engine's own are 5

where = os.environ.get("JUPYTERHUB_SERVICE_URL") or "http://127.0.0.1:8888/"
said = urllib.parse.urlsplit(where)
address = f"http://127.0.0.1:{said.port or 8888}{said.path or '/'}api"
# a proxy of the user's knows nothing of this loopback
asked = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    asked.open(address, timeout=PATIENCE).close()
except OSError as error:
    sys.exit(f"{address}: {error}")
