# Stands where a notebook server would: answers the hub, and tells the test what the hub gave it.
import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    do_HEAD = do_GET


told = Path(os.environ["TOLD"])
given = {name: value for name, value in os.environ.items() if name.startswith("JUPYTERHUB_")}
handle = os.open(told.with_suffix(".new"), os.O_WRONLY | os.O_CREAT, 0o600)
with os.fdopen(handle, "w") as file:
    json.dump(given, file)
told.with_suffix(".new").rename(told)
HTTPServer(("127.0.0.1", urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"]).port), Handler).serve_forever()
