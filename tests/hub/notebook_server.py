# The server of a user: Jupyter and vre-dm of this environment, the part of the hub out of the hub's own.
import json
import os
import sys
from pathlib import Path

HERE = Path(__file__)
sys.path.remove(str(HERE.parent))
sys.path.insert(0, str(HERE.parents[2]))
sys.path.append(sys.argv.pop(1))

told = Path(os.environ["TOLD"])
given = {name: text for name, text in os.environ.items() if name.startswith(("JUPYTERHUB_", "MEM_"))}
handle = os.open(told.with_suffix(".new"), os.O_WRONLY | os.O_CREAT, 0o600)
with os.fdopen(handle, "w") as file:
    json.dump(given, file)
told.with_suffix(".new").rename(told)

from jupyterhub.singleuser import main  # noqa: E402

if __name__ == "__main__":
    main()
