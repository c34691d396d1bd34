"""Several models behind one server, declared in a file (the issue, models.json)."""

import json
from pathlib import Path

import pytest

from support.server import Server, ServerPool
from support.waiting import eventually

MODELS = {
    "models": [
        {
            "model": "org/fast", "served-model-name": ["fast", "quick"], "max-num-seqs": 2,
            "lora-modules": [{"name": "adapter", "path": "/p/adapter"}],
        },
        {
            "model": "org/slow", "served-model-name": ["slow"], "max-num-seqs": 1, "max-waiting-queue-length": 0,
            "max-model-len": 64, "time-to-first-token": "30s",
        },
        {"model": "org/echo", "mode": "echo"},
    ],
    "max-model-len": 2048,
    "shutdown-timeout": 0,
}  # fmt: skip


@pytest.fixture(params=["json", "yaml"])
def several(request: pytest.FixtureRequest, serve: ServerPool, tmp_path: Path) -> Server:
    if request.param == "json":
        file = tmp_path / "models.json"
        file.write_text(json.dumps(MODELS))
    else:
        yaml = pytest.importorskip("yaml")
        file = tmp_path / "models.yaml"
        file.write_text(yaml.safe_dump(MODELS, sort_keys=False))
    return serve("--config", str(file), model=None)


def test_models_are_listed(several: Server) -> None:
    cards = {card["id"]: card for card in several.get("/v1/models").json()["data"]}
    assert list(cards) == ["fast", "quick", "slow", "org/echo", "adapter"]
    assert cards["fast"]["max_model_len"] == 2048 and cards["slow"]["max_model_len"] == 64
    assert cards["adapter"]["parent"] == "fast"


def test_names_reach_their_engine(several: Server) -> None:
    assert several.complete(max_tokens=1)["model"] == "fast"
    assert several.complete(model="quick", max_tokens=1)["model"] == "fast"
    assert several.complete(model="adapter", max_tokens=1)["model"] == "adapter"
    assert several.complete("say this", model="org/echo")["choices"][0]["text"] == "say this"
    refused = several.post("/v1/completions", {"model": "slow", "prompt": "word " * 65})
    assert refused.status_code == 400 and "64" in refused.json()["error"]["message"]
    sizes = [
        several.post("/tokenize", {"model": name, "prompt": "x"}).json()["max_model_len"] for name in ("fast", "slow")
    ]
    assert sizes == [2048, 64]


def test_limits_are_each_models_own(several: Server) -> None:
    with several.connect() as connection:
        connection.send_request(
            "POST", "/v1/completions", b'{"model":"slow","prompt":"x","max_tokens":1,"stream":true}'
        )
        assert connection.read_head().status == 200
        assert several.post("/v1/completions", {"model": "slow", "prompt": "x", "max_tokens": 1}).status_code == 429
        assert several.complete(model="fast", max_tokens=1)["choices"]
        page = several.metrics()
        running = {sample.labels["model_name"]: sample.value for sample in page.all("vllm:num_requests_running")}
        assert running == {"fast": 0, "slow": 1, "org/echo": 0}
        assert page.value("vllm:request_success_total", model_name="fast", finished_reason="length") == 1
        (sample,) = page.all("vllm:lora_requests_info")
        assert sample.labels["max_lora"] == "1"
    eventually(lambda: several.metrics().running, lambda running: running == 0)


def test_flags_beat_the_file(serve: ServerPool, tmp_path: Path) -> None:
    file = tmp_path / "models.json"
    file.write_text(json.dumps(MODELS))
    server = serve("--config", str(file), "--max-model-len", "99", model=None)
    lengths = {card["id"]: card["max_model_len"] for card in server.get("/v1/models").json()["data"]}
    assert lengths["fast"] == lengths["slow"] == lengths["org/echo"] == 99
