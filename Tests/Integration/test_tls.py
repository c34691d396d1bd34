"""TLS from files and self-signed (llm-d-inference-sim, TLS)."""

import contextlib
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from support import sse
from support.process import run_to_exit
from support.server import MODEL, Server, ServerPool
from support.waiting import eventually

STREAM = {"prompt": "x", "max_tokens": 40, "ignore_eos": True, "stream": True}


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost and its key, made by openssl."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip
    return certificate, key


def anyone() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@pytest.fixture(scope="module")
def from_files(serve_for_module: ServerPool, identity: tuple[Path, Path]) -> Server:
    certificate, key = identity
    trust = ssl.create_default_context(cafile=str(certificate))
    return serve_for_module(
        "--ssl-certfile", str(certificate), "--ssl-keyfile", str(key), "--max-num-seqs", "2",
        "--inter-token-latency", "5ms", verify=trust,
    )  # fmt: skip


@pytest.fixture(scope="module")
def self_signed(serve_for_module: ServerPool) -> Server:
    return serve_for_module("--self-signed-certs")


def test_certificate_from_files_verifies(from_files: Server) -> None:
    assert from_files.url.startswith("https://")
    assert from_files.get("/health").status_code == 200
    assert from_files.complete(max_tokens=3, ignore_eos=True)["usage"]["completion_tokens"] == 3


def test_self_signed(self_signed: Server) -> None:
    assert self_signed.url.startswith("https://")
    assert self_signed.chat(max_tokens=2)["model"] == MODEL
    with self_signed.connect(tls=anyone()) as connection:
        assert connection.socket.version() in ("TLSv1.2", "TLSv1.3")  # type: ignore[attr-defined]


def test_stream(from_files: Server) -> None:
    """Tokens come when they are due, not all at the end, and the connection goes on."""
    with from_files.connect(tls=anyone()) as connection:
        for _ in range(2):
            start = time.monotonic()
            connection.send_request(
                "POST", "/v1/completions", b'{"prompt":"x","max_tokens":40,"ignore_eos":true,"stream":true}'
            )
            head = connection.read_head()
            assert head.status == 200 and head.arrived - start < 0.1
            first = connection.read_chunk()
            assert time.monotonic() - start < 0.1
            rest = b""
            while chunk := connection.read_chunk():
                rest += chunk
            assert time.monotonic() - start == pytest.approx(0.195, abs=0.06)
            assert len(sse.chunks(first + rest)) == 40
        assert connection.request("GET", "/version").status == 200


def test_disconnect_frees_the_slot(from_files: Server) -> None:
    body = b'{"prompt":"x","max_tokens":900,"ignore_eos":true,"stream":true}'
    connection = from_files.connect(tls=anyone())
    connection.send_request("POST", "/v1/completions", body)
    connection.read_head()
    eventually(lambda: from_files.metrics().running, lambda running: running == 1)
    connection.close()
    eventually(lambda: from_files.metrics().running, lambda running: running == 0, within=1)


def test_plain_http_on_a_tls_port(self_signed: Server) -> None:
    """A client that speaks no TLS gets no answer and does no harm."""
    with self_signed.connect(timeout=5) as connection:
        connection.send_request("GET", "/health")
        connection.finish_writing()
        with contextlib.suppress(ConnectionResetError):
            assert b"200 OK" not in connection.read_to_end()
    assert self_signed.get("/health").status_code == 200


def test_old_protocols_are_refused(self_signed: Server) -> None:
    """TLS 1.2 is the oldest."""
    address = self_signed.url.removeprefix("https://")
    result = subprocess.run(
        ["openssl", "s_client", "-connect", address, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
        input=b"", capture_output=True, timeout=10, check=False,
    )  # fmt: skip
    assert result.returncode != 0
    assert self_signed.get("/health").status_code == 200


def test_large_bodies(self_signed: Server) -> None:
    answer = self_signed.post("/tokenize", {"prompt": "word " * 100_000})
    assert answer.json()["count"] == 100_000


@pytest.mark.parametrize(
    ("flags", "status", "hint"),
    [
        (["--ssl-certfile", "{cert}"], 2, "both ssl-certfile and ssl-keyfile must be provided together"),
        (["--ssl-keyfile", "{key}"], 2, "both ssl-certfile and ssl-keyfile must be provided together"),
        (
            ["--ssl-certfile", "{cert}", "--ssl-keyfile", "{key}", "--self-signed-certs"], 2,
            "cannot use both self-signed-certs and explicit ssl-certfile/ssl-keyfile",
        ),
        (["--ssl-certfile", "/does/not/exist", "--ssl-keyfile", "{key}"], 1, "/does/not/exist"),
        (["--ssl-certfile", "{key}", "--ssl-keyfile", "{cert}"], 1, ""),
    ],
)  # fmt: skip
def test_bad_flags(identity: tuple[Path, Path], flags: list[str], status: int, hint: str) -> None:
    words = [word.format(cert=identity[0], key=identity[1]) for word in flags]
    result = run_to_exit("--model", MODEL, "--host", "127.0.0.1", "--port", "0", "--log-level", "error", *words)
    assert result.returncode == status
    assert result.stderr.count("\n") == 1 and hint in result.stderr
