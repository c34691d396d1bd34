"""A Prometheus of our own."""

import socket
from pathlib import Path
from typing import Any

import httpx

from .process import Process


class Prometheus(Process):
    """A running Prometheus on a free loopback port, with this configuration; its files are in `folder`."""

    def __init__(self, configuration: str, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        file = folder / "prometheus.yml"
        file.write_text(configuration)
        super().__init__([
            "prometheus", f"--config.file={file}", f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
        ])  # fmt: skip
        self.http = self.clients.enter_context(
            httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=5, trust_env=False)
        )

    def ask(self, path: str, **parameters: str) -> list[Any]:
        """The result of a query; empty while Prometheus is not up."""
        try:
            answer = self.http.get(path, params=parameters)
        except httpx.TransportError:
            return []
        if answer.status_code != 200:
            assert answer.status_code == 503, answer.text
            return []
        data = answer.json()["data"]
        return data["result"] if isinstance(data, dict) and "result" in data else data

    def value(self, query: str) -> float | None:
        """The one value that a query gives."""
        result = self.ask("/query", query=query)
        return float(result[0]["value"][1]) if len(result) == 1 else None
