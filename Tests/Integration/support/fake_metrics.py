"""Small model servers of the test's own on 127.0.1.x: a page of metrics that the test sets, and plain answers."""

import asyncio
import json
import random
import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .waiting import eventually

# One event in the stream of answers, and the gap between two.
GAP = 0.02


@dataclass
class Gauges:
    """The load that a server's page tells."""

    waiting: float = 0
    kv_usage: float = 0
    running: float = 0
    adapters: tuple[str, ...] = ()
    waiting_adapters: tuple[str, ...] = ()
    max_adapters: int = 0

    def page(self, engine: str) -> str:
        """The page as an engine writes it."""
        lines = {"vllm": self._vllm, "sglang": self._sglang, "trtllm": self._trtllm, "triton": self._triton}[engine]()
        return "".join(f"{line}\n" for line in lines)

    def _vllm(self) -> Iterable[str]:
        labels = '{model_name="m",engine="0"}'
        yield "# TYPE vllm:num_requests_waiting gauge"
        yield f"vllm:num_requests_waiting{labels} {self.waiting}"
        yield f"vllm:num_requests_running{labels} {self.running}"
        yield f"vllm:kv_cache_usage_perc{labels} {self.kv_usage}"
        adapters = ",".join(self.adapters)
        waiting = ",".join(self.waiting_adapters)
        yield (
            f'vllm:lora_requests_info{{max_lora="{self.max_adapters}",running_lora_adapters="{adapters}",'
            f'waiting_lora_adapters="{waiting}"}} 1.8e+09'
        )

    def _sglang(self) -> Iterable[str]:
        yield f'sglang:num_queue_reqs{{model_name="m"}} {self.waiting}'
        yield f'sglang:num_running_reqs{{model_name="m"}} {self.running}'
        yield f'sglang:token_usage{{model_name="m"}} {self.kv_usage}'

    def _trtllm(self) -> Iterable[str]:
        yield f"trtllm_num_requests_waiting {self.waiting}"
        yield f"trtllm_num_requests_running {self.running}"
        yield f"trtllm_kv_cache_utilization {self.kv_usage}"

    def _triton(self) -> Iterable[str]:
        yield f'nv_trt_llm_request_metrics{{model="m",request_type="waiting"}} {self.waiting}'
        yield f'nv_trt_llm_request_metrics{{model="m",request_type="scheduled"}} {self.running}'
        yield f'nv_trt_llm_kv_cache_block_metrics{{kv_cache_block_type="fraction"}} {self.kv_usage}'
        yield 'nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="used"} 1000'


PATHS = {"trtllm": "/prometheus/metrics"}


@dataclass
class FakeServer:
    """One server. What it is asked is counted and kept."""

    address: str
    port: int
    gauges: Gauges = field(default_factory=Gauges)
    engine: str = "vllm"
    # It takes connections but does not answer for its metrics.
    is_mute: bool = False
    scrapes: int = 0
    # Connections that were made for anything.
    connections: int = 0
    # The bodies of requests, as they came.
    bodies: list[bytes] = field(default_factory=list)
    # The headers of the latest request.
    headers: dict[str, str] = field(default_factory=dict)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def endpoint(self) -> str:
        return f"{self.address}:{self.port}"

    def settle(self, within: float = 5.0) -> None:
        """Waits until the gauges as they are now have been read: a second reading has begun."""
        before = self.scrapes
        eventually(lambda: self.scrapes, lambda now: now >= before + 2, within=within, every=0.001)

    # The server's side

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def hang_up(self) -> None:
        """Ends all connections."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *rest = head.removesuffix("\r\n\r\n").split("\r\n")
        method, path, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        if method == "GET" and path == PATHS.get(self.engine, "/metrics"):
            self.scrapes += 1
            if self.is_mute:
                await asyncio.sleep(3600)
            self._write(writer, 200, "text/plain; version=0.0.4", self.gauges.page(self.engine).encode())
        elif method == "POST":
            body = await self._body(reader, headers)
            self.bodies.append(body)
            self.headers = headers
            await self._complete(writer, body)
        else:
            self._write(writer, 404, "text/plain", b"not here")
        await writer.drain()
        return True

    @staticmethod
    async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return await reader.readexactly(int(headers.get("content-length", "0")))
        pieces = []
        while size := int(await reader.readline(), 16):
            pieces.append(await reader.readexactly(size))
            await reader.readline()
        await reader.readline()
        return b"".join(pieces)

    def _write(self, writer: asyncio.StreamWriter, status: int, media_type: str, body: bytes) -> None:
        head = (
            f"HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n"
            f"x-fake-server: {self.address}\r\n\r\n"
        )
        writer.write(head.encode() + body)

    async def _complete(self, writer: asyncio.StreamWriter, body: bytes) -> None:
        """An answer that names the model it was asked for, as a document or as a stream of ten events."""
        request = json.loads(body)
        model = request.get("model")
        if not request.get("stream"):
            answer: dict[str, Any] = {
                "id": "cmpl-1",
                "object": "text_completion",
                "model": model,
                "choices": [{"index": 0, "text": f'"model":"{model}"', "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
            }
            self._write(writer, 200, "application/json", json.dumps(answer).encode())
            return
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
        writer.write(f"{head}x-fake-server: {self.address}\r\n\r\n".encode())
        for index in range(10):
            event = json.dumps({"model": model, "choices": [{"index": 0, "text": f"{index} "}]})
            self._chunk(writer, f"data: {event}\n\n".encode())
            await writer.drain()
            await asyncio.sleep(GAP)
        self._chunk(writer, b"data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")

    @staticmethod
    def _chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
        writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")


class FakeServers:
    """Servers at 127.0.1.1, 127.0.1.2, … on one port, as a pool's pods have it."""

    def __init__(self, count: int = 3) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port = self._free_port(count)
        self.servers = [FakeServer(f"127.0.1.{index + 1}", self.port) for index in range(count)]
        self._listening: dict[int, asyncio.Server] = {}
        for index in range(count):
            self.start(index)

    def __getitem__(self, index: int) -> FakeServer:
        return self.servers[index]

    def __len__(self) -> int:
        return len(self.servers)

    @staticmethod
    def _free_port(count: int) -> int:
        for _ in range(200):
            port = random.randrange(20_000, 32_000)
            sockets = [socket.socket() for _ in range(count)]
            try:
                for index, opened in enumerate(sockets):
                    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    opened.bind((f"127.0.1.{index + 1}", port))
            except OSError:
                continue
            finally:
                for opened in sockets:
                    opened.close()
            return port
        raise AssertionError("no free port")

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    def start(self, index: int) -> None:
        """Lets a server listen (again)."""
        server = self.servers[index]
        self._listening[index] = self._run(asyncio.start_server(server.serve, server.address, server.port))

    def stop(self, index: int) -> None:
        """Ends a server and all its connections."""
        listening = self._listening.pop(index)

        async def end() -> None:
            listening.close()
            self.servers[index].hang_up()

        self._run(end())

    @property
    def endpoints(self) -> list[str]:
        return [server.endpoint for server in self.servers]

    def set(self, *gauges: Gauges) -> None:
        """Sets the load of the first servers, of which there may be more."""
        for server, new in zip(self.servers, gauges, strict=False):
            server.gauges = new

    def settle(self, count: int | None = None) -> None:
        """Waits until a picker has read the loads of the first `count` servers as they are now."""
        for server in self.servers[:count]:
            server.settle()

    def close(self) -> None:
        async def end() -> None:
            for listening in self._listening.values():
                listening.close()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self._run(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
