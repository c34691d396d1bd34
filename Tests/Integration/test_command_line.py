"""Flags, files, environment and their precedence, as `--dry-run` shows them, and refusals with one line."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.process import run_to_exit
from support.server import MODEL, ServerPool


def effective(*words: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    """The configuration that these words would start."""
    result = run_to_exit(*words, "--dry-run", env=env)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def complaint(*words: str, env: dict[str, str] | None = None) -> str:
    """The one line that refuses these words."""
    result = run_to_exit("--host", "127.0.0.1", *words, env=env, within=3)
    assert result.returncode == 2, (result.returncode, result.stdout, result.stderr)
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


@pytest.mark.parametrize(
    "words",
    [
        ["serve", "m", "--max-num-seqs", "7"],
        ["serve", "--model", "m", "--max-num-seqs=7"],
        ["--model", "m", "--max_num_seqs", "7"],
        ["--max-num-seqs", "7", "--model=m"],
        ["m", "--max_num-seqs=7"],
    ],
)
def test_spellings(words: list[str]) -> None:
    """`serve` is the default; hyphens and underscores are alike."""
    (model,) = effective(*words)["models"]
    assert (model["model"], model["max-num-seqs"]) == ("m", 7)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["--enable-request-id-headers"], True),
        (["--enable-request-id-headers", "true"], True),
        (["--enable-request-id-headers=false"], False),
        (["--enable-request-id-headers", "false"], False),
        (["--no-enable-request-id-headers"], False),
        (["--enable_request_id_headers"], True),
        ([], False),
    ],
)
def test_booleans(words: list[str], value: bool) -> None:
    assert effective("--model", "m", *words)["enable-request-id-headers"] is value


@pytest.mark.parametrize(("text", "length"), [("32k", 32000), ("32K", 32768), ("4096", 4096), ("1.5k", 1500)])
def test_human_integers(text: str, length: int) -> None:
    assert effective("m", "--max-model-len", text)["models"][0]["max-model-len"] == length


@pytest.mark.parametrize(
    ("words", "modules"),
    [
        (["a=/x", "b=/y"], [("a", "/x"), ("b", "/y")]),
        (['{"name":"a","path":"/x"}', "b=/y"], [("a", "/x"), ("b", "/y")]),
        (['[{"name":"a","path":"/x"},{"name":"b","path":"/y"}]'], [("a", "/x"), ("b", "/y")]),
    ],
)
def test_lora_modules(words: list[str], modules: list[tuple[str, str]]) -> None:
    (model,) = effective("m", "--lora-modules", *words)["models"]
    assert [(module["name"], module["path"]) for module in model["lora-modules"]] == modules


def test_flags_of_a_vllm_manifest_are_accepted() -> None:
    """What changes nothing for a client is no error (vLLM 0.33, command line)."""
    effective(
        "serve", "m", "--gpu-memory-utilization", "0.9", "-tp", "4", "--dtype", "bfloat16", "--enforce-eager",
        "--no-enable-prefix-caching", "--enable-chunked-prefill", "--trust-remote-code", "--kv-cache-dtype", "auto",
        "--compilation-config", '{"level":3}', "-O3", "--swap-space", "4", "--disable-log-requests", "--quantization",
        "fp8", "--limit-mm-per-prompt.image", "2", "--tool-call-parser", "hermes", "--enable-auto-tool-choice",
    )  # fmt: skip


def test_precedence(tmp_path: Path) -> None:
    """Flags, environment, config file, defaults."""
    file = tmp_path / "config.yaml"
    file.write_text("model: from-file\nmax-num-seqs: 3\napi-key: file-key\nmax-model-len: 77\n")
    from_file = effective("--config", str(file))
    assert from_file["models"][0]["model"] == "from-file"
    assert from_file["models"][0]["max-num-seqs"] == 3
    assert from_file["models"][0]["max-waiting-queue-length"] == 1000
    env = {"SIM_MODEL": "from-env", "VLLM_API_KEY": "env-key"}
    from_env = effective("--config", str(file), env=env)
    assert from_env["models"][0]["model"] == "from-env"
    assert from_env["models"][0]["max-model-len"] == 77
    from_flags = effective("--config", str(file), "--model", "from-flag", "--max-num-seqs", "9", env=env)
    assert from_flags["models"][0]["model"] == "from-flag"
    assert from_flags["models"][0]["max-num-seqs"] == 9
    assert from_flags["models"][0]["max-model-len"] == 77


def test_simulators_yaml(tmp_path: Path) -> None:
    """The simulator's YAML: lists, JSON strings for adapters, durations as Go strings or integer milliseconds."""
    file = tmp_path / "config.yaml"
    file.write_text(
        "port: 8001\nmodel: Qwen/Qwen2-0.5B\nserved-model-name:\n- one\n- two\nmax-loras: 2\n"
        'lora-modules:\n- \'{"name":"l1","path":"/p/l1"}\'\n- \'{"name":"l2"}\'\nseed: 100100100\n'
        "time-to-first-token: 2s\ninter-token-latency: 500\nenable-request-id-headers: true\n"
        "failure-injection-rate: 10\nfailure-types:\n- rate_limit\n- server_error\n"
    )
    configuration = effective("--config", str(file))
    (model,) = configuration["models"]
    assert configuration["port"] == 8001
    assert model["served-model-name"] == ["one", "two"] and model["max-loras"] == 2 and model["seed"] == 100100100
    assert [module["name"] for module in model["lora-modules"]] == ["l1", "l2"]
    assert (model["time-to-first-token"], model["inter-token-latency"]) == ("2s", "500ms")
    assert configuration["failure-types"] == ["rate_limit", "server_error"]


def test_the_repositorys_models_file() -> None:
    root = Path(__file__).parents[2]
    models = effective("--config", str(root / "models.json"))["models"]
    assert [model["model"] for model in models] == ["facebook/opt-125m", "facebook/opt-125m-canary"]
    assert [module["name"] for module in models[0]["lora-modules"]] == [
        "small-segment-lora-v1", "small-segment-lora-v2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ([], "model parameter is empty"),
        (["m", "--prot", "1"], "unknown flag '--prot'"),
        (["m", "--port"], "--port"),
        (["m", "extra"], "extra"),
        (["m", "--max-num-seqs", "0"], "max num seqs cannot be less than 1"),
        (["m", "--max-num-seqs", "many"], "many"),
        (["m", "--max-waiting-queue-length", "-1"], "max waiting queue size cannot be less than 0"),
        (["m", "--max-model-len", "0"], "max model len cannot be less than 1"),
        (["m", "--max-loras", "0"], "max LoRAs cannot be less than 1"),
        (["m", "--max-loras", "3", "--max-cpu-loras", "2"], "max CPU LoRAs cannot be less than max LoRAs"),
        (["m", "--mode", "loud"], "invalid mode 'loud', valid values are 'random' and 'echo'"),
        (["m", "--lora-modules", '{"name":""}'], "empty LoRA name"),
        (
            ["m", "--lora-modules", '{"name":"l","base_model_name":"x"}'],
            "unknown base model 'x' for LoRA 'l'",
        ),
        (["m", "--max-request-body-size-mb", "513"], "must be between 1 MB and 512 MB, got 513"),
        (["m", "--time-to-first-token", "-1ms"], "time to first token cannot be negative"),
        (["m", "--time-to-first-token", "soon"], "soon"),
        (
            ["m", "--inter-token-latency", "10ms", "--inter-token-latency-std-dev", "4ms"],
            "inter token latency standard deviation cannot be more than 30% of inter token latency",
        ),
        (["m", "--time-factor-under-load", "0.5"], "time factor under load cannot be less than 1.0"),
        (
            ["m", "--latency-calculator", "magic"],
            "unknown latency-calculator magic, supported calculators are: constant and per-token",
        ),
        (["m", "--failure-injection-rate", "101"], "failure injection rate should be between 0 and 100"),
        (["m", "--failure-types", "boredom"], "invalid failure type 'boredom'"),
        (["m", "--block-size", "7"], "token block size should be one of the following: 8, 16, 32, 64, 128"),
        (["m", "--kv-cache-size", "-1"], "KV cache size cannot be negative"),
        (["m", "--port", "70000"], "70000"),
        (["m", "--port", "-1"], "-1"),
        (["m", "--enable-kvcache"], "not available yet"),
        (["m", "--data-parallel-size", "2"], "not available yet"),
        (["m", "--fake-metrics", '{"running-requests":1}'], "not available yet"),
        (["m", "--config", "/does/not/exist.yaml"], "/does/not/exist.yaml"),
    ],
)
def test_complaints(words: list[str], hint: str) -> None:
    """One line that names the flag or the value (llm-d-inference-sim, command line)."""
    assert hint in complaint(*words)


@pytest.mark.parametrize(
    "text",
    [
        "model: [1, 2\n",
        "- a\n- b\n",
        "model: m\nmax-num-seqs: lots\n",
        '{"models": []}',
        '{"models": [{"replicas": 2}]}',
        '{"models": "x"}',
        '{"models": [{"model": "a"}, {"model": "a"}]}',
        "",
        "\x00\x01\x02",
        "model: &a [*a]\n",
    ],
)
def test_broken_files(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    assert complaint("--config", str(file))


def test_unknown_keys_of_a_file(tmp_path: Path) -> None:
    """A misspelt key is an error like a misspelt flag, unless unknown flags are to be ignored."""
    file = tmp_path / "config.yaml"
    file.write_text("model: m\nmax-num-seq: 3\n")
    assert "max-num-seq" in complaint("--config", str(file))
    assert effective("--config", str(file), "--ignore-unknown-flags")["models"][0]["max-num-seqs"] == 5


def test_ignoring_unknown_flags(serve: ServerPool) -> None:
    server = serve("--ignore-unknown-flags", "--future-flag", "value", "--another")
    assert server.get("/health").status_code == 200
    assert "--future-flag" in server.log and "--another" in server.log


@pytest.mark.parametrize("variable", ["VLLM_MAX_N_SEQUENCES", "VLLM_LOGGING_LEVEL", "VLLM_ALLOW_RUNTIME_LORA_UPDATING"])
def test_bad_environment(variable: str) -> None:
    assert variable in complaint("m", env={variable: "nonsense"})


def test_kubernetes_service_variables_do_no_harm(serve: ServerPool) -> None:
    """A service named `vllm` sets VLLM_PORT to a URL."""
    server = serve(env={"VLLM_PORT": "tcp://10.0.0.1:8000", "VLLM_HOST_IP": "10.0.0.1"})
    assert server.get("/health").status_code == 200


@pytest.mark.parametrize("words", [["--help"], ["serve", "--help"], ["-h"], ["--version"], ["help"]])
def test_help_and_version(words: list[str]) -> None:
    result = run_to_exit(*words)
    assert result.returncode == 0 and result.stdout and result.stderr == ""


def test_simulators_image_drop_in(serve: ServerPool) -> None:
    """`understudy --model X --port N`, as the simulator's image is called."""
    result = run_to_exit("--model", MODEL, "--port", "8000", "--dry-run")
    assert json.loads(result.stdout)["port"] == 8000
