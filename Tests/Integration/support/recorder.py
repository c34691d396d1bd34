"""A model server of the test's own that keeps what it was sent, to look at requests behind the front door."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

METRICS = """\
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting 0
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running 0
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc 0
"""


@dataclass
class Recorded:
    """One request."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Recorder:
    """Listens on a free port and answers every completion alike, with a header of its own."""

    def __init__(self, *models: str) -> None:
        self.models = list(models)
        self.requests: list[Recorded] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path == "/v1/models":
                    cards = [{"id": name, "object": "model", "owned_by": "vllm"} for name in recorder.models]
                    self._answer("application/json", json.dumps({"object": "list", "data": cards}))
                elif self.path == "/metrics":
                    self._answer("text/plain; version=0.0.4", METRICS)
                else:
                    self._answer("text/plain", "")

            def do_POST(self) -> None:
                body = self._body()
                recorder.requests.append(Recorded(self.command, self.path, list(self.headers.items()), body))
                answer = {
                    "id": "cmpl-1",
                    "object": "text_completion",
                    "created": 1_800_000_000,
                    "model": json.loads(body).get("model"),
                    "choices": [{"index": 0, "text": "Recorded.", "finish_reason": "stop"}],
                    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
                }
                self._answer("application/json", json.dumps(answer))

            def _body(self) -> bytes:
                if (self.headers.get("Transfer-Encoding") or "").lower() != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def _answer(self, media_type: str, text: str) -> None:
                data = text.encode()
                self.send_response(200)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(data)))
                self.send_header("x-recorder", "yes")
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def last(self) -> Recorded:
        """The latest completion; there must have been one."""
        assert self.requests, "nothing has arrived"
        return self.requests[-1]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
