# Runs in the environment of the chart's tests: holds objects against the schemas of a version of Kubernetes.
import json
import sys

import kubernetes_validate

for line in sys.stdin:
    order = json.loads(line)
    faults = []
    for each in order["objects"]:
        where = f"{each['kind']} {each['metadata'].get('name')}"
        try:
            kubernetes_validate.validate(each, order["version"], strict=True)
        except kubernetes_validate.ValidationError as error:
            faults.append(f"{where}: {error}")
    print(json.dumps({"faults": faults}), flush=True)
