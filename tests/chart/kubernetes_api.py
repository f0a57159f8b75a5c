"""As much of the API of Kubernetes as Helm and a hub need: discovery, objects in memory, jobs done at once.

It checks nothing of an object; the schemas of Kubernetes do that in another test.
"""

import json
import re
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Object = dict[str, Any]

NAMESPACED = {
    "v1": "ConfigMap Secret Service ServiceAccount PersistentVolumeClaim Pod Event",
    "apps/v1": "Deployment StatefulSet DaemonSet ReplicaSet",
    "batch/v1": "Job CronJob",
    "policy/v1": "PodDisruptionBudget",
    "networking.k8s.io/v1": "Ingress NetworkPolicy",
    "rbac.authorization.k8s.io/v1": "Role RoleBinding",
}
OF_ALL = {
    "v1": "Namespace PersistentVolume",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding",
    "scheduling.k8s.io/v1": "PriorityClass",
    "storage.k8s.io/v1": "StorageClass",
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
}
_PATH = re.compile(
    r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>v[^/]+)(?:/namespaces/(?P<namespace>[^/]+))?"
    r"/(?P<plural>[a-z]+)(?:/(?P<name>[^/]+))?"
)
_NOW = "2026-01-01T00:00:00Z"


def kubeconfig(url: str) -> str:
    """How clients find it, as JSON, which is YAML too."""
    cluster = {"name": "stub", "cluster": {"server": url}}
    context = {"name": "stub", "context": {"cluster": "stub", "user": "stub"}}
    user = {"name": "stub", "user": {"token": "none"}}
    said = {"clusters": [cluster], "contexts": [context], "users": [user], "current-context": "stub"}
    return json.dumps({"apiVersion": "v1", "kind": "Config", **said})


class KubernetesApi(ThreadingHTTPServer):
    """Listens on this machine alone.

    Attributes
    ----------
    version
        That it says to be, such as ``1.32.0``.
    objects
        What it was given, by version of its API, kind, namespace and name.
    watched
        Seconds that a watch lasts, which then tells what is there; who watches asks again.
    """

    daemon_threads = True

    def __init__(self, version: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.version = version
        self.objects: dict[tuple[str, str, str, str], Object] = {}
        self.kinds = {gv: dict.fromkeys(kinds.split(), True) for gv, kinds in NAMESPACED.items()}
        for gv, kinds in OF_ALL.items():
            self.kinds.setdefault(gv, {}).update(dict.fromkeys(kinds.split(), False))
        self.turn = threading.Lock()
        self.watched = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def named(self, kind: str) -> dict[str, Object]:
        """Objects of a kind, by name."""
        return {key[3]: value for key, value in self.objects.items() if key[1] == kind}

    def close(self) -> None:
        self.server_close()

    def answer(self, method: str, path: str, query: dict[str, str], body: Object) -> tuple[int, Object]:
        """Status and body for a request."""
        if known := self._about(path):
            return 200, known
        found = _PATH.fullmatch(path)
        kind = self._kind(found) if found else None
        if found is None or kind is None:
            return _failed(404, "NotFound", f"nothing is at {path}")
        gv = "/".join(filter(None, (found["group"], found["version"])))
        with self.turn:
            return self._object(method, (gv, kind, found["namespace"] or ""), found["name"], query, body)

    def _about(self, path: str) -> Object | None:
        """Discovery, in the order in which clients ask."""
        if path == "/version":
            major, minor, _ = self.version.split(".")
            return {
                "major": major,
                "minor": minor,
                "gitVersion": f"v{self.version}",
                "platform": "linux/amd64",
            }
        if path in {"/readyz", "/healthz"}:
            return {"ok": True}
        if path == "/api":
            return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
        if path == "/apis":
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": self._groups()}
        if path == "/openapi/v3":
            urls = {_place(gv)[1:]: {"serverRelativeURL": f"/openapi/v3{_place(gv)}"} for gv in self.kinds}
            return {"paths": urls}
        for gv, kinds in self.kinds.items():
            if path == _place(gv):
                return _resources(gv, kinds)
            if path == f"/openapi/v3{_place(gv)}":
                return _description(gv, kinds)
        return None

    def _groups(self) -> list[Object]:
        groups: dict[str, list[Object]] = {}
        for gv in self.kinds:
            if "/" in gv:
                groups.setdefault(gv.split("/")[0], []).append(
                    {"groupVersion": gv, "version": gv.split("/")[1]}
                )
        return [
            {"name": name, "versions": some, "preferredVersion": some[0]} for name, some in groups.items()
        ]

    def _kind(self, found: re.Match[str]) -> str | None:
        gv = "/".join(filter(None, (found["group"], found["version"])))
        return next((kind for kind in self.kinds.get(gv, {}) if _plural(kind) == found["plural"]), None)

    def _object(
        self, method: str, where: tuple[str, str, str], name: str | None, query: dict[str, str], body: Object
    ) -> tuple[int, Object]:
        if method == "GET" and name is None:
            return 200, self._list(where, query)
        name = (
            name
            or body["metadata"].get("name")
            or f"{body['metadata']['generateName']}{uuid.uuid4().hex[:5]}"
        )
        key = (*where, name)
        if method in {"GET", "DELETE"}:
            if key not in self.objects:
                return _failed(404, "NotFound", f'{_plural(where[1])} "{name}" not found')
            return 200, self.objects[key] if method == "GET" else self.objects.pop(key)
        if method == "POST" and key in self.objects:
            return _failed(409, "AlreadyExists", f'{_plural(where[1])} "{name}" already exists')
        self.objects[key] = self._kept(key, body)
        return 201 if method == "POST" else 200, self.objects[key]

    def _list(self, where: tuple[str, str, str], query: dict[str, str]) -> Object:
        wanted = [part.split("=", 1) for part in query.get("labelSelector", "").split(",") if "=" in part]
        items = [
            value
            for (gv, kind, namespace, _), value in self.objects.items()
            if (gv, kind) == where[:2]
            and where[2] in {"", namespace}
            and all(value["metadata"].get("labels", {}).get(label) == said for label, said in wanted)
        ]
        listed = {"apiVersion": where[0], "kind": f"{where[1]}List", "metadata": {"resourceVersion": "1"}}
        return {**listed, "items": items}

    def _kept(self, key: tuple[str, str, str, str], body: Object) -> Object:
        there = self.objects.get(key)
        made = _patched(there, body) if there else body
        made = {"apiVersion": key[0], "kind": key[1], **made}
        metadata = {"uid": str(uuid.uuid4()), "creationTimestamp": _NOW, **made.get("metadata", {})}
        metadata |= {"name": key[3], "resourceVersion": str(len(self.objects))}
        made["metadata"] = metadata | ({"namespace": key[2]} if key[2] else {})
        if key[1] == "Pod" and not there:
            made["status"] = {"phase": "Pending"}
        if key[1] == "Job":
            done = {"type": "Complete", "status": "True"}
            made["status"] = {"succeeded": 1, "startTime": _NOW, "completionTime": _NOW, "conditions": [done]}
        if key[1] == "CustomResourceDefinition":
            made["status"] = self._learned(made["spec"])
        return made

    def _learned(self, spec: Object) -> Object:
        """Know the kind of a definition from now on."""
        for version in spec["versions"]:
            kinds = self.kinds.setdefault(f"{spec['group']}/{version['name']}", {})
            kinds[spec["names"]["kind"]] = spec["scope"] == "Namespaced"
        said = {"status": "True", "reason": "Known", "message": "", "lastTransitionTime": _NOW}
        conditions = [{"type": kind, **said} for kind in ("NamesAccepted", "Established")]
        stored = [each["name"] for each in spec["versions"] if each.get("storage")]
        return {"conditions": conditions, "acceptedNames": spec["names"], "storedVersions": stored}


class _Handler(BaseHTTPRequestHandler):
    server: KubernetesApi
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in two pieces would wait 40 ms for what the client says to the first

    def do_GET(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        where = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        watching = query.get("watch", "").lower() in {"1", "true"}
        body = json.loads(sent) if sent else {}
        status, said = self.server.answer(self.command, where.path.rstrip("/"), query, body)
        if watching and status == 200:
            time.sleep(self.server.watched)
            self._watch(said, query)
            return
        self._send(status, json.dumps(said).encode())

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _watch(self, said: Object, query: dict[str, str]) -> None:
        """What is there now, and the end: nothing changes by itself here."""
        items = said.get("items", [said])
        events = [{"type": "ADDED", "object": item} for item in items]
        if query.get("sendInitialEvents") == "true":
            mark = {"resourceVersion": "1", "annotations": {"k8s.io/initial-events-end": "true"}}
            kind = said.get("kind", "").removesuffix("List")
            end = {"apiVersion": said.get("apiVersion"), "kind": kind, "metadata": mark}
            events.append({"type": "BOOKMARK", "object": end})
        self._send(200, b"".join(json.dumps(event).encode() + b"\n" for event in events), Connection="close")
        self.close_connection = True

    def log_message(self, *_: object) -> None: ...


def _place(gv: str) -> str:
    return f"/apis/{gv}" if "/" in gv else f"/api/{gv}"


def _plural(kind: str) -> str:
    small = kind.lower()
    if small.endswith("y"):
        return f"{small[:-1]}ies"
    return f"{small}es" if small.endswith("s") else f"{small}s"


def _resources(gv: str, kinds: dict[str, bool]) -> Object:
    verbs = ["create", "delete", "get", "list", "patch", "update", "watch", "deletecollection"]
    some = [
        {
            "name": _plural(kind),
            "singularName": kind.lower(),
            "kind": kind,
            "namespaced": inside,
            "verbs": verbs,
        }
        for kind, inside in kinds.items()
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": gv, "resources": some}


def _description(gv: str, kinds: dict[str, bool]) -> Object:
    """Enough of OpenAPI for a client to see that fields are checked by the server."""
    group, version = gv.split("/") if "/" in gv else ("", gv)
    names = ("dryRun", "fieldManager", "fieldValidation", "force")
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]
    paths = {}
    for kind, inside in kinds.items():
        between = "/namespaces/{namespace}" if inside else ""
        what = {"group": group, "version": version, "kind": kind}
        patch = {"parameters": parameters, "responses": {"200": {"description": "OK"}}}
        patch["x-kubernetes-group-version-kind"] = what  # type: ignore[assignment]
        paths[f"{_place(gv)}{between}/{_plural(kind)}/{{name}}"] = {"patch": patch}
    about = {"title": "stub", "version": "1"}
    return {"openapi": "3.0.0", "info": about, "paths": paths, "components": {"schemas": {}}}


def _patched(there: Any, change: Any) -> Any:
    if not isinstance(there, dict) or not isinstance(change, dict):
        return change
    made = {key: value for key, value in there.items() if change.get(key, "") is not None}
    return made | {key: _patched(there.get(key), value) for key, value in change.items() if value is not None}


def _failed(status: int, reason: str, message: str) -> tuple[int, Object]:
    said = {"status": "Failure", "reason": reason, "message": message, "code": status}
    return status, {"kind": "Status", "apiVersion": "v1", **said}
