"""A Kubernetes API server of the test's own: discovery, lists and watches of what a picker reads."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from .manifests import EXPERIMENTAL, POOLS, Manifest

LLMD = "llm-d.ai"
# Which groups serve what; pods are always there.
POOL_RESOURCES = {f"{POOLS}/v1": ["inferencepools"]}
EXPERIMENTAL_RESOURCES = {f"{EXPERIMENTAL}/v1alpha2": ["inferenceobjectives", "inferencemodelrewrites"]}
PLURALS = {
    "Pod": "pods",
    "InferencePool": "inferencepools",
    "InferenceObjective": "inferenceobjectives",
    "InferenceModelRewrite": "inferencemodelrewrites",
}
Key = tuple[str, str, str, str]


class FakeKubernetes:
    """Serves the resources of `served`: plural names by group and version."""

    def __init__(self, served: dict[str, list[str]]) -> None:
        self.served = served | {"v1": ["pods"]}
        self._objects: dict[Key, Manifest] = {}
        self._events: list[tuple[int, str, Key, Manifest]] = []
        self._version = 100
        self._changed = threading.Condition()
        self._is_closed = False
        # Every request is answered with this status, if set, and watches end.
        self.failure: int | None = None
        # Requests by method and path, as they came; a watch is the method WATCH.
        self.requests: list[tuple[str, str]] = []
        self._leases: dict[str, Manifest] = {}
        kubernetes = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                kubernetes.requests.append(("WATCH" if query.get("watch") == "true" else "GET", parts.path))
                try:
                    kubernetes._answer(self, parts.path, query)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def do_POST(self) -> None:
                self.write_lease()

            def do_PUT(self) -> None:
                self.write_lease()

            def write_lease(self) -> None:
                kubernetes.requests.append((self.command, self.path))
                lease = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send(*kubernetes._write_lease(self.command, lease))

            def send(self, status: int, content: Manifest) -> None:
                data = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def kubeconfig(self, folder: Path) -> str:
        """The path of a file that leads here."""
        path = folder / "kubeconfig"
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": self.url}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
            "users": [{"name": "test", "user": {"token": "t"}}],
        }
        path.write_text(yaml.safe_dump(content))
        return str(path)

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # Changes

    @staticmethod
    def _key(item: Manifest) -> Key:
        meta = item["metadata"]
        return (item["apiVersion"], PLURALS[item["kind"]], meta.get("namespace", "default"), meta["name"])

    def apply(self, *items: Manifest) -> None:
        with self._changed:
            for item in items:
                self._version += 1
                key = self._key(item)
                meta = item["metadata"] | {"namespace": key[2], "resourceVersion": str(self._version)}
                stored = item | {"metadata": meta}
                kind = "MODIFIED" if key in self._objects else "ADDED"
                self._objects[key] = stored
                self._events.append((self._version, kind, key, stored))
            self._changed.notify_all()

    def delete(self, *items: Manifest) -> None:
        with self._changed:
            for item in items:
                self._version += 1
                key = self._key(item)
                gone = self._objects.pop(key)
                last = gone | {"metadata": gone["metadata"] | {"resourceVersion": str(self._version)}}
                self._events.append((self._version, "DELETED", key, last))
            self._changed.notify_all()

    def fail(self, status: int | None) -> None:
        """Answers every request with `status` from now on; None: as usual again."""
        with self._changed:
            self.failure = status
            self._changed.notify_all()

    # Answers

    def _answer(self, handler: Any, path: str, query: dict[str, str]) -> None:
        parts = path.strip("/").split("/")
        version = parts[1] if parts[0] == "api" else "/".join(parts[1:3])
        rest = parts[2:] if parts[0] == "api" else parts[3:]
        if self.failure is not None:
            handler.send(self.failure, _status(self.failure))
        elif path in self._leases:
            handler.send(200, self._leases[path])
        elif version not in self.served:
            handler.send(404, _status(404))
        elif not rest:
            resources = [{"name": plural, "namespaced": True, "kind": plural} for plural in self.served[version]]
            handler.send(200, {"kind": "APIResourceList", "groupVersion": version, "resources": resources})
        elif rest[0] != "namespaces" or len(rest) != 3 or rest[2] not in self.served[version]:
            handler.send(404, _status(404))
        elif query.get("watch") == "true":
            self._watch(handler, (version, rest[2], rest[1]), query)
        else:
            self._list(handler, (version, rest[2], rest[1]), query)

    def _write_lease(self, method: str, lease: Manifest) -> tuple[int, Manifest]:
        """Makes or replaces a lease; there is one candidate only, so versions are not compared."""
        with self._changed:
            self._version += 1
            meta = lease["metadata"] | {"resourceVersion": str(self._version)}
            path = f"/apis/coordination.k8s.io/v1/namespaces/{meta['namespace']}/leases/{meta['name']}"
            self._leases[path] = lease | {"metadata": meta}
            return 201 if method == "POST" else 200, self._leases[path]

    def _list(self, handler: Any, place: tuple[str, str, str], query: dict[str, str]) -> None:
        with self._changed:
            items = [item for key, item in self._objects.items() if key[:3] == place and _selects(query, item)]
            listed = {"kind": "List", "metadata": {"resourceVersion": str(self._version)}, "items": items}
        handler.send(200, listed)

    def _watch(self, handler: Any, place: tuple[str, str, str], query: dict[str, str]) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        seen = int(query["resourceVersion"])
        end = time.monotonic() + int(query.get("timeoutSeconds", "300"))
        while True:
            with self._changed:
                new = [event for event in self._events if event[0] > seen]
                if not new:
                    self._changed.wait(timeout=max(0.0, end - time.monotonic()))
                    new = [event for event in self._events if event[0] > seen]
                is_over = self._is_closed or self.failure is not None or time.monotonic() > end
            for version, kind, key, item in new:
                seen = version
                if key[:3] == place and _selects(query, item):
                    line = json.dumps({"type": kind, "object": item}).encode() + b"\n"
                    handler.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            if is_over:
                handler.wfile.write(b"0\r\n\r\n")
                return


def _status(code: int) -> Manifest:
    return {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "message": "by the test"}


def _selects(query: dict[str, str], item: Manifest) -> bool:
    """Labels and fields are compared for equality; nothing else is needed."""
    labels = item["metadata"].get("labels", {})
    for term in filter(None, query.get("labelSelector", "").split(",")):
        name, _, value = term.replace("==", "=").partition("=")
        if labels.get(name) != value:
            return False
    field = query.get("fieldSelector", "")
    return not field or field == f"metadata.name={item['metadata']['name']}"
