"""A gateway's side of external processing: Envoy's messages over a real gRPC client, and what a picker may answer."""

import importlib
import queue
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import grpc_tools
from grpc_tools import protoc

PROTOS = Path(__file__).parents[3] / "Sources" / "ExternalProcessor" / "Protos"
METHOD = "/envoy.service.ext_proc.v3.ExternalProcessor/Process"
DESTINATION = "x-gateway-destination-endpoint"
SUBSET = "x-gateway-destination-endpoint-subset"
SERVED = "x-gateway-destination-endpoint-served"
# What a gateway waits at most in these tests.
LIMIT = 10.0
# What a picker may take to end a stream that its gateway has ended.
GRACE = 1.0
# Long enough to notice an answer that should not come.
SILENCE = 0.15
# The reference's limit; Envoy refuses chunks over 64 KiB.
LARGEST_CHUNK = 62_000

Headers = Mapping[str, str] | Sequence[tuple[str, str]]
Message = Any


def _compiled() -> Any:
    """The protocol file of the sources, compiled and loaded."""
    with tempfile.TemporaryDirectory(prefix="understudy-protos-") as folder:
        well_known = Path(grpc_tools.__file__).parent / "_proto"
        words = ["protoc", f"-I{PROTOS}", f"-I{well_known}", f"--python_out={folder}", str(PROTOS / "ext_proc.proto")]
        assert protoc.main(words) == 0, f"cannot compile {PROTOS / 'ext_proc.proto'}"
        sys.path.insert(0, folder)
        try:
            return importlib.import_module("ext_proc_pb2")
        finally:
            sys.path.remove(folder)


wire = _compiled()
Mode = wire.ProcessingMode


# What gateways send


def header_map(headers: Headers, raw: bool = False) -> Any:
    """Headers as texts, or as bytes in `raw_value` as newer gateways send them."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    values = [
        wire.HeaderValue(key=key, raw_value=value.encode()) if raw else wire.HeaderValue(key=key, value=value)
        for key, value in pairs
    ]
    return wire.HeaderMap(headers=values)


def request_headers(
    headers: Headers,
    *,
    end: bool = False,
    raw: bool = False,
    subset: str | Sequence[str] | None = None,
    modes: tuple[Any, Any] | None = None,
) -> Message:
    """The stream's first message. `modes` are those of the request's and the response's bodies."""
    message = wire.ProcessingRequest(request_headers={"headers": header_map(headers, raw), "end_of_stream": end})
    if subset is not None:
        value = subset if isinstance(subset, str) else list(subset)
        message.metadata_context.filter_metadata["envoy.lb.subset_hint"].update({SUBSET: value})
    if modes is not None:
        message.protocol_config.request_body_mode, message.protocol_config.response_body_mode = modes
    return message


def request_body(body: bytes | str, *, end: bool = True) -> Message:
    return wire.ProcessingRequest(request_body={"body": _bytes(body), "end_of_stream": end})


def request_trailers(trailers: Headers = ()) -> Message:
    return wire.ProcessingRequest(request_trailers={"trailers": header_map(trailers)})


def response_headers(
    headers: Headers, *, end: bool = False, raw: bool = False, served: str | None = None
) -> Message:
    message = wire.ProcessingRequest(response_headers={"headers": header_map(headers, raw), "end_of_stream": end})
    if served is not None:
        message.metadata_context.filter_metadata["envoy.lb"].update({SERVED: served})
    return message


def response_body(body: bytes | str, *, end: bool = False) -> Message:
    return wire.ProcessingRequest(response_body={"body": _bytes(body), "end_of_stream": end})


def response_trailers(trailers: Headers = ()) -> Message:
    return wire.ProcessingRequest(response_trailers={"trailers": header_map(trailers)})


def _bytes(body: bytes | str) -> bytes:
    return body.encode() if isinstance(body, str) else body


# What pickers answer


def set_headers(mutation: Any) -> dict[str, str]:
    """The headers that a mutation sets: each once, overwriting, and only in `raw_value`."""
    found: dict[str, str] = {}
    for option in mutation.set_headers:
        assert not option.header.value, f"`value` is set: {option}"
        assert option.append_action == wire.HeaderValueOption.OVERWRITE_IF_EXISTS_OR_ADD, option
        assert option.header.key not in found, f"{option.header.key} is set twice"
        found[option.header.key] = option.header.raw_value.decode()
    return found


def destination(answer: Message) -> str | None:
    """The endpoint in the dynamic metadata."""
    balancing = dict(answer.dynamic_metadata).get("envoy.lb")
    return None if balancing is None else dict(balancing).get(DESTINATION)


@dataclass
class Routed:
    """A request that was answered with an endpoint."""

    endpoint: str
    headers: dict[str, str]
    removed: list[str]
    chunks: list[bytes] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def others(self) -> dict[str, str]:
        """The headers beside the destination."""
        return {key: value for key, value in self.headers.items() if key != DESTINATION}


@dataclass
class Refused:
    """A request that was answered in the server's stead."""

    status: int
    text: str
    headers: dict[str, str]


class Stream:
    """One HTTP transaction. Answers are read in the background, so that their absence can be seen too."""

    def __init__(self, channel: grpc.Channel, deadline: float = 60) -> None:
        self._outgoing: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._incoming: queue.SimpleQueue[Message | grpc.RpcError | None] = queue.SimpleQueue()
        call = channel.stream_stream(
            METHOD,
            request_serializer=wire.ProcessingRequest.SerializeToString,
            response_deserializer=wire.ProcessingResponse.FromString,
        )
        self._call = call(self._messages(), timeout=deadline)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the stream in peace if the picker lets it, or else resets it."""
        self.close()
        self._reader.join(GRACE)
        if self._reader.is_alive():
            self.reset()

    def _messages(self) -> Iterator[Message]:
        while (message := self._outgoing.get()) is not None:
            yield message

    def _read(self) -> None:
        try:
            for answer in self._call:
                self._incoming.put(answer)
            self._incoming.put(None)
        except grpc.RpcError as error:
            self._incoming.put(error)

    # Sending

    def send(self, *messages: Message) -> None:
        for message in messages:
            self._outgoing.put(message)

    def close(self) -> None:
        """Says that no more will come, as gateways do when the response is over."""
        self._outgoing.put(None)

    def reset(self) -> None:
        """Gives the stream up, as gateways do when their client has gone."""
        self._call.cancel()
        self._outgoing.put(None)
        self._reader.join()

    # Reading

    def read(self, kind: str, within: float = LIMIT) -> Message:
        """The next answer, which must be of this kind: `request_headers`, …"""
        try:
            answer = self._incoming.get(timeout=within)
        except queue.Empty:
            raise AssertionError(f"no {kind} within {within} s") from None
        if isinstance(answer, grpc.RpcError):
            raise AssertionError(f"{kind} expected, got {answer}") from answer
        assert answer is not None, f"{kind} expected, but the stream was closed"
        assert answer.WhichOneof("response") == kind, f"{kind} expected, got {answer}"
        return answer

    def is_silent(self, within: float = SILENCE) -> bool:
        """No answer comes, and the stream stays open."""
        try:
            answer = self._incoming.get(timeout=within)
        except queue.Empty:
            return True
        raise AssertionError(f"nothing expected, got {answer}")

    def ends(self, within: float = LIMIT) -> grpc.StatusCode:
        """How the picker ends the stream."""
        try:
            answer = self._incoming.get(timeout=within)
        except queue.Empty:
            raise AssertionError(f"still open after {within} s") from None
        assert answer is None or isinstance(answer, grpc.RpcError), f"the end expected, got {answer}"
        return self._call.code()

    def routed_headers(self) -> Routed:
        """The answer to the headers, with an endpoint in both places."""
        answer = self.read("request_headers")
        common = answer.request_headers.response
        assert common.clear_route_cache, "the route must be chosen again"
        assert common.status == wire.CommonResponse.CONTINUE
        assert not common.HasField("body_mutation"), answer
        headers = set_headers(common.header_mutation)
        assert destination(answer) == headers.get(DESTINATION), f"not the same in both places: {answer}"
        assert headers.get(DESTINATION), f"no endpoint: {headers}"
        return Routed(headers[DESTINATION], headers, list(common.header_mutation.remove_headers))

    def chunks(self, kind: str, *, ended: bool = True) -> list[bytes]:
        """Streamed pieces of a body up to the one that ends it; with `ended=False` just the next one, no end."""
        pieces = []
        while True:
            answer = self.read(kind)
            common = getattr(answer, kind).response
            assert common.body_mutation.WhichOneof("mutation") == "streamed_response", answer
            piece = common.body_mutation.streamed_response
            assert len(piece.body) <= LARGEST_CHUNK, len(piece.body)
            pieces.append(piece.body)
            if not ended:
                assert not piece.end_of_stream
                return pieces
            if piece.end_of_stream:
                return pieces

    def routed(self) -> Routed:
        """The whole answer to a request with a body in full duplex: headers first, then the body."""
        routed = self.routed_headers()
        routed.chunks = self.chunks("request_body")
        return routed

    def refused(self) -> Refused:
        answer = self.read("immediate_response").immediate_response
        return Refused(answer.status.code, answer.body.decode(), set_headers(answer.headers))

    def response_head(self) -> dict[str, str]:
        """The headers that are set on the response."""
        return set_headers(self.read("response_headers").response_headers.response.header_mutation)


class Gateway:
    """A connection to a picker, as a gateway has it."""

    def __init__(self, address: str, credentials: grpc.ChannelCredentials | None = None) -> None:
        options = [
            ("grpc.enable_http_proxy", 0),
            ("grpc.max_receive_message_length", -1),
            ("grpc.max_send_message_length", -1),
            # Gateways of one test must not share a connection.
            ("grpc.use_local_subchannel_pool", 1),
        ]
        self.channel = (
            grpc.insecure_channel(address, options)
            if credentials is None
            else grpc.secure_channel(address, credentials, options)
        )

    def __enter__(self) -> "Gateway":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.channel.close()

    def stream(self, *messages: Message, **options: Any) -> Stream:
        """A transaction that begins with these messages."""
        stream = Stream(self.channel, **options)
        stream.send(*messages)
        return stream

    def route(self, *messages: Message) -> Routed:
        """The answer to a request, which is not followed by a response."""
        with self.stream(*messages) as stream:
            return stream.routed()

    def refusal(self, *messages: Message) -> Refused:
        with self.stream(*messages) as stream:
            refused = stream.refused()
            assert stream.ends() == grpc.StatusCode.OK
            return refused


def completion_body(prompt: str, model: str) -> bytes:
    """The body of the reference's tests, keys sorted and without blanks."""
    return f'{{"max_tokens":100,"model":"{model}","prompt":"{prompt}","temperature":0}}'.encode()


def llm_headers(model: str, target: str | None = None, **more: str) -> dict[str, str]:
    """The headers of the reference's tests: the objective has the model's name. `_` in names stands for `-`."""
    headers = {"hi": "mom", "x-request-id": "test-request-id", "x-gateway-inference-objective": model}
    if target is not None:
        headers["x-gateway-model-name-rewrite"] = target
    return headers | {name.replace("_", "-"): value for name, value in more.items()}


def completion(
    model: str, prompt: str = "test", *, headers: Headers = (), subset: str | Sequence[str] | None = None
) -> Iterable[Message]:
    """A plain request for a completion."""
    own = {":method": "POST", ":path": "/v1/completions", "content-type": "application/json"}
    return (
        request_headers(own | dict(headers), subset=subset, raw=True),
        request_body(completion_body(prompt, model)),
    )
