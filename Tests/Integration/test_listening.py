"""Where a server listens: free ports, Unix sockets, IPv6, names, and ports that are taken."""

import json
import os
import re
import socket
import stat
from pathlib import Path

import pytest

from support import sse
from support.process import run_to_exit
from support.server import MODEL, ServerPool

STREAM = {"prompt": "x", "max_tokens": 3, "ignore_eos": True, "stream": True}


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_ready_line(serve: ServerPool) -> None:
    server = serve()
    assert server.ready["ready"] is True
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*", server.ready["url"])
    assert server.ready["url"].endswith(f":{server.ready['port']}")
    assert server.get("/health").status_code == 200


def test_chosen_port(serve: ServerPool) -> None:
    port = free_port()
    server = serve("--port", str(port), "--host", "127.0.0.1", host=None)
    assert server.url == f"http://127.0.0.1:{port}"


def test_every_server_gets_a_port_of_its_own(serve: ServerPool) -> None:
    assert len({serve().url for _ in range(5)}) == 5


def test_unix_socket(serve: ServerPool, tmp_path: Path) -> None:
    path = tmp_path / "server.sock"
    server = serve("--uds", str(path), host=None)
    assert server.url == f"unix:{path}"
    assert stat.S_ISSOCK(path.stat().st_mode)
    assert server.complete(max_tokens=1)["model"] == MODEL
    with server.connect() as connection:
        assert len(sse.chunks(connection.post("/v1/completions", STREAM).body)) == 3
    server.terminate()
    assert server.wait() == 0
    assert not path.exists()


def test_a_stale_unix_socket_is_replaced(serve: ServerPool, tmp_path: Path) -> None:
    """A server that was killed leaves its socket behind; the next one starts all the same."""
    path = str(tmp_path / "server.sock")
    first = serve("--uds", path, host=None)
    first.kill()
    assert os.path.exists(path)
    assert serve("--uds", path, host=None).get("/health").status_code == 200


def test_a_unix_socket_in_use(serve: ServerPool, tmp_path: Path) -> None:
    path = str(tmp_path / "server.sock")
    first = serve("--uds", path, host=None)
    second = run_to_exit("--model", MODEL, "--uds", path, "--log-level", "error")
    assert second.returncode == 1 and second.stderr.count("\n") == 1
    assert first.get("/health").status_code == 200


def test_a_file_is_not_replaced_by_a_unix_socket(tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("keep me")
    result = run_to_exit("--model", MODEL, "--uds", str(path), "--log-level", "error", within=2)
    assert result.returncode == 1 and result.stderr.count("\n") == 1
    assert path.read_text() == "keep me"


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
def test_ipv6(serve: ServerPool) -> None:
    server = serve(host="::1")
    assert re.fullmatch(r"http://\[::1\]:\d+", server.url)
    assert server.complete(max_tokens=1)["model"] == MODEL


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
def test_all_addresses_by_default(serve: ServerPool) -> None:
    server = serve("--port", "0", host=None)
    port = server.ready["port"]
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as probe:
            probe.settimeout(5)
            probe.connect((address, port))


def test_host_name(serve: ServerPool) -> None:
    assert serve(host="localhost").get("/health").status_code == 200


def test_port_in_use(serve: ServerPool) -> None:
    first = serve()
    port = str(first.ready["port"])
    second = run_to_exit(
        "--model", MODEL, "--host", "127.0.0.1", "--port", port, "--log-level", "error", "--print-ready-json"
    )
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == f"understudy: error: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert first.get("/health").status_code == 200


@pytest.mark.parametrize("host", ["256.0.0.1", "203.0.113.7", "no-such-host.invalid"])
def test_impossible_hosts(host: str) -> None:
    result = run_to_exit("--model", MODEL, "--host", host, "--port", "0", "--log-level", "error", within=30)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1 and host in result.stderr


def test_the_effective_configuration_is_logged(serve: ServerPool) -> None:
    server = serve("--max-num-seqs", "17", "--log-format", "json")
    lines = [json.loads(line) for line in server.log.splitlines()]
    (line,) = [line for line in lines if "effective configuration" in json.dumps(line)]
    assert "max-num-seqs" in json.dumps(line) and "17" in json.dumps(line)
