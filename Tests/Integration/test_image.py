"""The image: built twice without a daemon, looked at, and run as its user on a read-only root file system."""

import json
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest

from support.container import Container
from support.fleet import free_base_port
from support.image import ROOT, Image, ImageBuilder, obstacle, run
from support.process import binary

DOCKERFILE = ROOT / "Dockerfile"
OBSTACLE = obstacle()
LIMIT = 80_000_000
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

needs_builder = pytest.mark.skipif(OBSTACLE is not None, reason=OBSTACLE or "")


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageBuilder]:
    builder = ImageBuilder(tmp_path_factory.mktemp("image"))
    yield builder
    builder.close()


@pytest.fixture(scope="module")
def image(builder: ImageBuilder) -> Image:
    return builder.build("first", "--build-arg", "REVISION=0123abc")


@pytest.fixture(scope="module")
def root(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image's root file system; containers add mount points to it."""
    folder = tmp_path_factory.mktemp("root")
    folder.chmod(0o755)
    image.extract(folder)
    return folder


@pytest.fixture(scope="module")
def served(image: Image, root: Path) -> Iterator[Container]:
    """The simulator's way: arguments only, and its pod's name in the environment."""
    words = ["--model", "my-model", "--port", str(free_base_port(1)), "--print-ready-json"]
    container = Container(image, root, *words, env={"POD_NAME": "pod-7", "POD_NAMESPACE": "ns"})
    yield container
    container.close()


# The file


def test_hadolint() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    result = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_nothing_is_for_one_machine_only() -> None:
    for file in (DOCKERFILE, ROOT / "scripts" / "image-root"):
        assert not re.search(r"x86_64|amd64|aarch64|arm64|linux-gnu", file.read_text()), file


@needs_builder
def test_packages_of_the_compiling_stage(builder: ImageBuilder) -> None:
    stage = DOCKERFILE.read_text().split("FROM ")[1]
    install = re.search(r"--no-install-recommends((?:[ \\\n]+[\w.-]+)+)", stage)
    assert install is not None
    names = [word for word in install[1].split() if word != "\\"]
    planned = builder.packages_exist(names)
    assert len(names) > 3 and all(f"Inst {name} " in planned for name in names), planned


# What is in it


@needs_builder
def test_size(image: Image) -> None:
    by_size = sorted(image.members(), key=lambda member: -member.size)[:5]
    assert 20_000_000 < image.size <= LIMIT, [(member.name, member.size) for member in by_size]


def test_no_icu_in_the_binary() -> None:
    """Half of Foundation comes along when a member of it is called, such as `contains` of a String with a String."""
    has_icu = b"icudt" in Path(binary()).read_bytes()
    assert not has_icu, "find the caller: nm -uA .build/release/*.build/*.o | grep '[^0-9]10Foundation'"


@needs_builder
def test_configuration(image: Image) -> None:
    assert image.architecture == ARCHITECTURES[platform.machine()]
    assert image.config["User"] == "65532:65532"
    assert image.config["Entrypoint"] == ["/usr/local/bin/understudy"]
    assert list(image.config["ExposedPorts"]) == ["8000/tcp"]
    assert not image.config.get("Cmd")
    labels = {name.removeprefix("org.opencontainers.image."): value for name, value in image.config["Labels"].items()}
    assert labels.keys() >= {"title", "description", "licenses", "version", "revision"}
    assert labels["licenses"] == "Apache-2.0" and labels["revision"] == "0123abc"
    assert labels["version"] == run(binary(), "--version").strip()


@needs_builder
def test_nothing_is_there_to_be_misused(image: Image) -> None:
    names = {member.name for member in image.members()}
    assert not any(re.search(r"(^|/)(sh|bash|dash|apt|apt-get|perl)$", name) for name in names)
    assert "usr/local/bin/understudy" in names and "etc/ssl/certs/ca-certificates.crt" in names
    assert not [member.name for member in image.members() if member.mode & 0o6000]


@needs_builder
def test_scanners_and_lawyers_find_what_they_ask_for(root: Path) -> None:
    packages = {path.name for path in (root / "var/lib/dpkg/status.d").iterdir()}
    assert packages >= {"libc6", "libgnutls30", "libmicrohttpd12", "libjson-c5", "libyaml-0-2", "libcurl3-gnutls"}
    for package in packages:
        status = (root / "var/lib/dpkg/status.d" / package).read_text()
        assert f"Package: {package}\n" in status and "\nVersion: " in status
    assert "GNU" in (root / "usr/share/doc/libgnutls30/copyright").read_text()
    assert "Apache License" in (root / "usr/share/doc/understudy/LICENSE").read_text()
    assert "bookworm" in (root / "etc/os-release").read_text()


@needs_builder
def test_builds_are_equal(builder: ImageBuilder, image: Image) -> None:
    again = builder.build("again", "--build-arg", "REVISION=0123abc")
    assert again.layer_digests == image.layer_digests
    # Buildah invents a host name for docker's format.
    assert again.config | {"Hostname": ""} == image.config | {"Hostname": ""}


# It runs


@needs_builder
def test_who_it_is(served: Container) -> None:
    status = served.status()
    assert status["Uid"].split() == ["65532"] * 4 and status["Gid"].split() == ["65532"] * 4
    assert status["NSpid"].split()[-1] == "1"
    assert int(status["CapEff"], 16) == 0


@needs_builder
def test_serves_with_arguments_only(served: Container) -> None:
    with httpx.Client(base_url=served.ready["url"], trust_env=False) as http:
        assert http.get("/health").status_code == 200
        assert [card["id"] for card in http.get("/v1/models").json()["data"]] == ["my-model"]
        answer = http.post("/v1/completions", json={"prompt": "Hello", "max_tokens": 3})
        assert answer.status_code == 200 and answer.json()["usage"]["prompt_tokens"] > 0
        assert answer.headers["x-inference-pod"] == "pod-7" and answer.headers["x-inference-namespace"] == "ns"


@needs_builder
def test_the_sdk(served: Container) -> None:
    client = openai.OpenAI(base_url=f"{served.ready['url']}/v1", api_key="none", max_retries=0)
    stream = client.chat.completions.create(
        model="my-model", messages=[{"role": "user", "content": "Hello"}], max_tokens=5, stream=True
    )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream)


@needs_builder
def test_health_check(served: Container) -> None:
    healthy = served.check_health()
    assert (healthy.returncode, healthy.stdout) == (0, f"healthy: http://127.0.0.1:{served.ready['port']}/health\n")
    assert healthy.stderr == ""
    unhealthy = served.execute("understudy", "healthcheck", "--port", str(free_base_port(1)))
    assert unhealthy.returncode == 1 and unhealthy.stdout == ""
    assert re.fullmatch(r"understudy: error: unhealthy: http://127\.0\.0\.1:\d+/health: .+\n", unhealthy.stderr)


@needs_builder
@pytest.mark.parametrize("program", ["/app/llm-d-inference-sim", "vllm"])
def test_names_that_manifests_call(served: Container, program: str) -> None:
    words = [program, *(["serve", "m"] if program == "vllm" else ["--model", "m"]), "--dry-run"]
    result = served.execute(*words)
    assert result.returncode == 0 and json.loads(result.stdout), result.stderr


@needs_builder
def test_up(image: Image, root: Path) -> None:
    base = free_base_port(3)
    ports = [str(base + index) for index in range(3)]
    words = ["up", "-f", "/etc/understudy/models.json", "--print-ready-json"]
    for flag, port in zip(("--port", "--admin-port", "--metrics-port"), ports, strict=True):
        words += [flag, port]
    container = Container(image, root, *words, mounts={"/etc/understudy/models.json": ROOT / "models.json"})
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{ports[0]}", trust_env=False) as http:
            assert "opt-stable" in [card["id"] for card in http.get("/v1/models").json()["data"]]
            answer = http.post("/v1/completions", json={"model": "opt-stable", "prompt": "Hello", "max_tokens": 1})
            assert answer.status_code == 200, answer.text
        assert container.check_health().stdout == f"healthy: http://127.0.0.1:{ports[0]}/health\n"
        assert (
            "opt-stable"
            in container.execute("understudy", "get", "inferencemodelrewrites", "--admin-port", ports[1]).stdout
        )
    finally:
        container.close()


POOL = """
apiVersion: inference.networking.k8s.io/v1
kind: InferencePool
metadata: {name: pool}
spec:
  selector: {matchLabels: {app: sim}}
  targetPorts: [{number: 8000}]
  endpointPickerRef: {name: epp, port: {number: 9002}}
"""


@needs_builder
def test_epp(image: Image, root: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "pool.yaml"
    manifest.write_text(POOL)
    base = free_base_port(4)
    words = ["epp", "-f", "/etc/understudy/pool.yaml", "--print-ready-json"]
    for index, flag in enumerate(("--grpc-port", "--grpc-health-port", "--metrics-port", "--admin-port")):
        words += [flag, str(base + index)]
    container = Container(image, root, *words, mounts={"/etc/understudy/pool.yaml": manifest})
    try:
        assert container.ready["grpc"], container.ready
        assert container.check_health().stdout == f"healthy: http://127.0.0.1:{base + 2}/health\n"
    finally:
        container.close()
