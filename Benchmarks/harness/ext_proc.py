"""Envoy's external processing as bytes: a request with its body, and what a picker answered.

Protobuf and gRPC framing by hand, so that nothing has to be installed. Field numbers are those of
Sources/ExternalProcessor/Protos/ext_proc.proto.
"""

import json
from collections.abc import Iterator

METHOD = "envoy.service.ext_proc.v3.ExternalProcessor/Process"
DESTINATION = "x-gateway-destination-endpoint"
PROMPT_BYTES = 1024

# What Envoy sends for a request of a common client.
_HEADERS = {
    ":method": "POST", ":path": "/v1/completions", ":scheme": "http", ":authority": "gateway.example",
    "content-type": "application/json", "user-agent": "bench", "accept": "*/*",
    "x-request-id": "8d2a9d0c-5a5b-4a9b-9d0c-5a5b4a9b9d0c", "x-forwarded-for": "10.0.0.1",
    "x-forwarded-proto": "http",
}  # fmt: skip


def _number(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _bytes(field: int, content: bytes) -> bytes:
    return _number(field << 3 | 2) + _number(len(content)) + content


def _framed(message: bytes) -> bytes:
    return b"\0" + len(message).to_bytes(4, "big") + message


def request_phase() -> bytes:
    """The two messages of a request for one token: its headers, and its whole body."""
    body = json.dumps({"model": "m", "prompt": "word " * (PROMPT_BYTES // 5), "max_tokens": 1}).encode()
    headers = _HEADERS | {"content-length": str(len(body))}
    pairs = (_bytes(1, _bytes(1, key.encode()) + _bytes(3, value.encode())) for key, value in headers.items())
    true = _number(1)
    return _framed(_bytes(2, _bytes(1, b"".join(pairs)))) + _framed(
        _bytes(4, _bytes(1, body) + _number(2 << 3) + true))


def _messages(answer: bytes) -> Iterator[bytes]:
    while answer:
        size = int.from_bytes(answer[1:5], "big")
        if answer[0] != 0 or len(answer) < 5 + size:
            raise ValueError("cut off or compressed")
        yield answer[5 : 5 + size]
        answer = answer[5 + size :]


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of the fields that have a length; others are left out."""
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        key = number()
        if key & 7 == 0:
            number()
        elif key & 7 == 2:
            size = number()
            yield key >> 3, message[at : at + size]
            at += size
        else:
            raise ValueError(f"wire type {key & 7}")


def _at(message: bytes, *path: int) -> list[bytes]:
    """The contents at a path of field numbers."""
    found = [message]
    for field in path:
        found = [content for part in found for number, content in _fields(part) if number == field]
    return found


def routed(answer: bytes) -> tuple[str, dict]:
    """The endpoint and the request's body of an answer to `request_phase`.

    Throws `ValueError` or `IndexError` when it is anything else, a refusal for example.
    """
    headers, *bodies = _messages(answer)
    options = _at(headers, 1, 1, 2, 1, 1)
    endpoints = [_at(option, 3)[0].decode() for option in options if _at(option, 1) == [DESTINATION.encode()]]
    body = b"".join(chunk for part in bodies for chunk in _at(part, 3, 1, 3, 3, 1))
    if len(endpoints) != 1:
        raise ValueError(f"{len(endpoints)} endpoints")
    return endpoints[0], json.loads(body)
