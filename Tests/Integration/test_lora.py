"""LoRA adapters: admission, metrics, loading at run time (llm-d-inference-sim, LoRA admission; vLLM 0.33, errors)."""

import contextlib
import time
from typing import Any

import pytest

from support.raw import Connection
from support.server import MODEL, Server, ServerPool
from support.waiting import eventually

MODULES = ("--lora-modules", "a=/p/a", "b=/p/b", "c=/p/c")


def start(server: Server, connections: contextlib.ExitStack, model: str) -> Connection:
    connection = connections.enter_context(server.connect())
    body = f'{{"model":"{model}","prompt":"x","max_tokens":1,"stream":true}}'
    connection.send_request("POST", "/v1/completions", body.encode())
    assert connection.read_head().status == 200
    return connection


def adapters(server: Server) -> tuple[str, str, str]:
    """The one `lora_requests_info` series: limit, running, waiting."""
    (sample,) = server.metrics().all("vllm:lora_requests_info")
    assert set(sample.labels) == {"max_lora", "running_lora_adapters", "waiting_lora_adapters"}
    assert sample.value == pytest.approx(time.time(), abs=5)
    running, waiting = (
        ",".join(sorted(filter(None, sample.labels[name].split(","))))
        for name in ("running_lora_adapters", "waiting_lora_adapters")
    )
    return sample.labels["max_lora"], running, waiting


def test_adapters_beyond_the_limit_wait(serve: ServerPool) -> None:
    server = serve(*MODULES, "--max-loras", "1", "--time-to-first-token", "30s", "--shutdown-timeout", "0")
    assert adapters(server) == ("1", "", "")
    with contextlib.ExitStack() as connections:
        start(server, connections, "a")
        assert adapters(server) == ("1", "a", "")
        start(server, connections, "b")
        assert adapters(server) == ("1", "a", "b")
        page = server.metrics()
        assert (page.running, page.waiting) == (1, 1)
        assert page.value("vllm:num_requests_waiting_by_reason", reason="deferred") == 1
        # What needs no place of its own overtakes: the base model, and the adapter that is there.
        start(server, connections, MODEL)
        start(server, connections, "a")
        start(server, connections, "c")
        assert adapters(server) == ("1", "a", "b,c")
        page = server.metrics()
        assert (page.running, page.waiting) == (3, 2)
    eventually(lambda: adapters(server), lambda seen: seen == ("1", "", ""))


def test_more_places(serve: ServerPool) -> None:
    server = serve(
        *MODULES, "--max-loras", "2", "--max-cpu-loras", "4", "--time-to-first-token", "30s", "--shutdown-timeout", "0"
    )
    with contextlib.ExitStack() as connections:
        for model in "abc":
            start(server, connections, model)
        assert adapters(server) == ("2", "a,b", "c")


def test_a_waiting_adapter_is_loaded_in_the_end(serve: ServerPool) -> None:
    server = serve(*MODULES, "--max-loras", "1", "--time-to-first-token", "150ms")
    with contextlib.ExitStack() as connections:
        begin = time.monotonic()
        running = [start(server, connections, model) for model in ("a", "b", "c")]
        times = []
        for connection in running:
            connection.read_until(b"[DONE]")
            times.append(time.monotonic() - begin)
        assert times == [pytest.approx(0.15 * turn, abs=0.09) for turn in (1, 2, 3)]
    eventually(lambda: adapters(server), lambda seen: seen == ("1", "", ""))


def test_no_adapters_no_series(server: Server) -> None:
    assert list(server.metrics().all("vllm:lora_requests_info")) == []


def test_enabled_without_modules(serve: ServerPool) -> None:
    assert adapters(serve("--enable-lora", "--max-loras", "3")) == ("3", "", "")


def names(server: Server) -> list[str]:
    return [card["id"] for card in server.get("/v1/models").json()["data"]]


def error(server: Server, path: str, body: dict[str, Any]) -> tuple[int, str, str]:
    answer = server.post(path, body)
    return answer.status_code, answer.json()["error"]["type"], answer.json()["error"]["message"]


def test_loading_at_run_time(serve: ServerPool) -> None:
    server = serve("--enable-lora")
    assert server.post("/v1/completions", {"model": "new", "prompt": "x"}).status_code == 404
    load = "/v1/load_lora_adapter"
    answer = server.post(load, {"lora_name": "new", "lora_path": "/p/new"})
    assert (answer.status_code, answer.text) == (200, "Success: LoRA adapter 'new' added successfully.")
    assert names(server) == [MODEL, "new"]
    card = server.get("/v1/models/new").json()
    assert (card["root"], card["parent"]) == ("/p/new", MODEL)
    assert server.complete(model="new", max_tokens=1)["model"] == "new"

    assert error(server, load, {"lora_name": "new", "lora_path": "/p/x"}) == (
        400, "InvalidUserInput",
        "The lora adapter 'new' has already been loaded. If you want to load the adapter in place, set "
        "'load_inplace' to True.",
    )  # fmt: skip
    again = server.post(load, {"lora_name": "new", "lora_path": "/p/x", "load_inplace": True})
    assert again.status_code == 200 and server.get("/v1/models/new").json()["root"] == "/p/x"
    assert error(server, load, {"lora_name": MODEL, "lora_path": "/p"}) == (
        400, "InvalidUserInput", f"The lora adapter '{MODEL}' conflicts with a served base model.",
    )  # fmt: skip

    unload = "/v1/unload_lora_adapter"
    answer = server.post(unload, {"lora_name": "new"})
    assert (answer.status_code, answer.text) == (200, "Success: LoRA adapter 'new' removed successfully.")
    assert names(server) == [MODEL]
    assert server.post("/v1/completions", {"model": "new", "prompt": "x"}).status_code == 404
    assert error(server, unload, {"lora_name": "new"}) == (
        404, "NotFoundError", "The lora adapter 'new' cannot be found.",
    )  # fmt: skip


@pytest.mark.parametrize("body", [{}, {"lora_name": "x"}, {"lora_path": "/p"}, {"lora_name": "", "lora_path": ""}])
def test_load_needs_both_fields(server: Server, body: dict[str, str]) -> None:
    assert error(server, "/v1/load_lora_adapter", body) == (
        400, "InvalidUserInput", "Both 'lora_name' and 'lora_path' must be provided.",
    )  # fmt: skip


def test_unload_needs_a_name(server: Server) -> None:
    assert error(server, "/v1/unload_lora_adapter", {}) == (
        400, "InvalidUserInput", "'lora_name' needs to be provided to unload a LoRA adapter.",
    )  # fmt: skip


def test_loading_can_be_forbidden(serve: ServerPool) -> None:
    server = serve(env={"VLLM_ALLOW_RUNTIME_LORA_UPDATING": "0"})
    answer = server.post("/v1/load_lora_adapter", {"lora_name": "n", "lora_path": "/p"})
    assert answer.status_code in (403, 404)
    assert names(server) == [MODEL]


def test_unloading_lets_running_requests_finish(serve: ServerPool) -> None:
    server = serve("--lora-modules", "a=/p", "--time-to-first-token", "200ms")
    with contextlib.ExitStack() as connections:
        running = start(server, connections, "a")
        assert server.post("/v1/unload_lora_adapter", {"lora_name": "a"}).status_code == 200
        running.read_until(b"[DONE]")
    eventually(lambda: adapters(server)[1:], lambda seen: seen == ("", ""))
