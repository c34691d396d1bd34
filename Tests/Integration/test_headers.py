"""Response headers: request ids and the pod's identity (llm-d-inference-sim, response headers; vLLM 0.33, headers)."""

from typing import Any

import httpx
import pytest

from support.server import MODEL, Server, ServerPool

POD = {"POD_NAME": "pod-7", "POD_NAMESPACE": "ns-1"}
INFERENCE: list[tuple[str, dict[str, Any]]] = [
    ("/v1/completions", {"prompt": "x", "max_tokens": 1}),
    ("/v1/completions", {"prompt": "x", "max_tokens": 1, "stream": True}),
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}], "max_tokens": 1}),
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}], "max_tokens": 1, "stream": True}),
]
REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("/v1/completions", {"prompt": "x", "model": "nope"}),
    ("/v1/completions", {"prompt": []}),
    ("/v1/chat/completions", {"messages": 5}),
]


def pod_headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("x-inference-")}


@pytest.fixture(scope="module")
def pod(serve_for_module: ServerPool) -> Server:
    return serve_for_module("--enable-request-id-headers", env=POD)


@pytest.mark.parametrize(("path", "body"), INFERENCE + REFUSED)
def test_pod(pod: Server, path: str, body: dict[str, Any]) -> None:
    """On errors too."""
    assert pod_headers(pod.post(path, body)) == {
        "x-inference-pod": "pod-7", "x-inference-namespace": "ns-1", "x-inference-port": str(pod.address[1]),
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/nope", "/v1/completions", "/v1/models/nope"])
def test_pod_on_errors_of_routing(pod: Server, path: str) -> None:
    answer = pod.get(path)
    assert answer.status_code in (404, 405)
    assert len(pod_headers(answer)) == 3


def test_pod_on_broken_json_and_injected_errors(pod: Server) -> None:
    broken = pod.post("/v1/completions", content=b"{")
    injected = pod.post(*INFERENCE[0], headers={"X-Return-Error": "500"})
    assert (broken.status_code, injected.status_code) == (400, 500)
    assert len(pod_headers(broken)) == len(pod_headers(injected)) == 3


def test_no_pod(server: Server) -> None:
    assert pod_headers(server.post(*INFERENCE[0])) == {}


def test_namespace_alone(serve: ServerPool) -> None:
    assert pod_headers(serve(env={"POD_NAMESPACE": "ns"}).post(*INFERENCE[0])) == {"x-inference-namespace": "ns"}


@pytest.mark.parametrize(("path", "body"), INFERENCE)
def test_request_id_comes_back(pod: Server, path: str, body: dict[str, Any]) -> None:
    answer = pod.post(path, body, headers={"X-Request-Id": "my-id-1"})
    assert answer.headers["x-request-id"] == "my-id-1"
    prefix = "chatcmpl" if "chat" in path else "cmpl"
    assert f'"id":"{prefix}-my-id-1' in answer.text


def test_request_id_is_made(pod: Server) -> None:
    answer = pod.post(*INFERENCE[0])
    made = answer.headers["x-request-id"]
    assert made and made in answer.json()["id"]
    assert pod.post(*INFERENCE[0]).headers["x-request-id"] != made


@pytest.mark.parametrize(("path", "body"), REFUSED)
def test_request_id_on_errors(pod: Server, path: str, body: dict[str, Any]) -> None:
    answer = pod.post(path, body, headers={"X-Request-Id": "my-id-2"})
    assert answer.headers["x-request-id"] == "my-id-2"


def test_request_id_is_used_even_when_not_shown(server: Server) -> None:
    """vLLM always uses the given id; the flag only controls the header."""
    answer = server.post(*INFERENCE[0], headers={"X-Request-Id": "given"})
    assert "x-request-id" not in answer.headers
    assert answer.json()["id"].startswith("cmpl-given")


@pytest.mark.parametrize("value", ["", "with space", "a" * 5000, 'quote"back\\slash', "x\x7f"])
def test_odd_request_ids_do_no_harm(pod: Server, value: str) -> None:
    answer = pod.post(*INFERENCE[2], headers={"X-Request-Id": value})
    assert answer.status_code == 200 and answer.json()["model"] == MODEL
    assert answer.headers["x-request-id"]


def test_common_headers(server: Server) -> None:
    answer = server.post(*INFERENCE[0])
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["date"].endswith(" GMT")
