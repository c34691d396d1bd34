"""Envoy's configuration for a measurement: the same pool with and without a picker in front of it."""

from typing import Any

from .ext_proc import DESTINATION

_TYPES = "type.googleapis.com/envoy."


def configuration(asking: int, direct: int, admin: int, picker: int, backends: list[int]) -> dict[str, Any]:
    """Listens on `asking`, where requests go to the endpoint that the picker names, and on `direct`, where they go to
    one backend after the other. All are ports of 127.0.0.1."""
    return {
        "admin": {"address": _address(admin)},
        "static_resources": {
            "listeners": [
                _listener("asking", asking, "chosen", [_ext_proc_filter(), _router()]),
                _listener("direct", direct, "backends", [_router()]),
            ],
            "clusters": [_picker_cluster(picker), _chosen_cluster(), _cluster("backends", backends)],
        },
        # As docs/epp.md says.
        "layered_runtime": {
            "layers": [
                {
                    "name": "static",
                    "static_layer": {"envoy.reloadable_features.ext_proc_graceful_grpc_close": True},
                }
            ]
        },
    }


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _listener(name: str, port: int, cluster: str, filters: list[dict[str, Any]]) -> dict[str, Any]:
    routes = [{"match": {"prefix": "/"}, "route": {"cluster": cluster}}]
    manager = {
        "@type": f"{_TYPES}extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": name,
        "route_config": {"virtual_hosts": [{"name": "any", "domains": ["*"], "routes": routes}]},
        "http_filters": filters,
    }
    network = {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}
    return {"name": name, "address": _address(port), "filter_chains": [{"filters": [network]}]}


def _ext_proc_filter() -> dict[str, Any]:
    """The modes that Gateway API gateways use."""
    config = {
        "@type": f"{_TYPES}extensions.filters.http.ext_proc.v3.ExternalProcessor",
        "grpc_service": {"envoy_grpc": {"cluster_name": "picker", "authority": "picker"}},
        "message_timeout": "10s",
        "processing_mode": {
            "request_header_mode": "SEND",
            "request_body_mode": "FULL_DUPLEX_STREAMED",
            "request_trailer_mode": "SEND",
            "response_header_mode": "SEND",
            "response_body_mode": "FULL_DUPLEX_STREAMED",
            "response_trailer_mode": "SEND",
        },
    }
    return {"name": "envoy.filters.http.ext_proc", "typed_config": config}


def _router() -> dict[str, Any]:
    config = {"@type": f"{_TYPES}extensions.filters.http.router.v3.Router"}
    return {"name": "envoy.filters.http.router", "typed_config": config}


def _cluster(name: str, ports: list[int]) -> dict[str, Any]:
    members = [{"endpoint": {"address": _address(port)}} for port in ports]
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "2s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": members}]},
    }


def _picker_cluster(port: int) -> dict[str, Any]:
    options = {
        "@type": f"{_TYPES}extensions.upstreams.http.v3.HttpProtocolOptions",
        "explicit_http_config": {"http2_protocol_options": {}},
    }
    return _cluster("picker", [port]) | {
        "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options}
    }


def _chosen_cluster() -> dict[str, Any]:
    return {
        "name": "chosen",
        "type": "ORIGINAL_DST",
        "lb_policy": "CLUSTER_PROVIDED",
        "connect_timeout": "2s",
        "original_dst_lb_config": {"use_http_header": True, "http_header_name": DESTINATION},
    }
