# Runs in the environment of the chart's tests: Helm's engine, told by lines of JSON what to do.
import asyncio
import json
import sys

import helm_sdkpy

CHANGES = {"install": helm_sdkpy.Install, "upgrade": helm_sdkpy.Upgrade}
# Releases are kept in memory, with the configuration: the engine would send them as Protocol Buffers.
configurations = {}


async def done(order):
    where = order["kubeconfig"]
    if where not in configurations:
        configurations[where] = helm_sdkpy.Configuration(namespace="vre", kubeconfig=where)
    config, action, name = configurations[where], order["action"], order["name"]
    if action == "uninstall":
        await helm_sdkpy.Uninstall(config).run(name)
        return {}
    said = await CHANGES[action](config).run(name, order["chart"], values=order["values"], wait=False)
    return {"notes": said["info"]["notes"], "status": said["info"]["status"]}


answers = sys.stdout
sys.stdout = sys.stderr
for line in sys.stdin:
    try:
        said = asyncio.run(done(json.loads(line)))
    except Exception as error:
        said = {"error": str(error)}
    print(json.dumps(said), file=answers, flush=True)
