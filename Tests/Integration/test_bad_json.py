"""Bodies that are no good JSON (the issue, bad input). The server must live through each."""

import json
from collections.abc import Iterator

import pytest

from support.server import Server

PATHS = [
    "/v1/completions", "/v1/chat/completions", "/tokenize", "/detokenize", "/v1/load_lora_adapter",
    "/v1/unload_lora_adapter",
]  # fmt: skip

WHOLE = b'{"prompt":"Hello","messages":[{"role":"user","content":"x"}],"tokens":[1],"lora_name":"a","lora_path":"b"}'

BROKEN: dict[str, bytes] = {
    "empty": b"",
    "white space": b" \r\n\t ",
    "words": b"not json",
    "open": WHOLE[:-1],
    "half a string": WHOLE[:13],
    "half a literal": b'{"stream":tru',
    "trailing comma": b'{"prompt":"x",}',
    "trailing text": WHOLE + b"x",
    "two documents": WHOLE + WHOLE,
    "single quotes": b"{'prompt':'x'}",
    "unquoted key": b'{prompt:"x"}',
    "comment": b'{"prompt":"x"/* no */}',
    "nan": b'{"prompt":"x","temperature":NaN}',
    "infinity": b'{"prompt":"x","temperature":-Infinity}',
    "hex": b'{"prompt":"x","n":0x1}',
    "leading zero": b'{"prompt":"x","n":01}',
    "plus": b'{"prompt":"x","n":+1}',
    "control character": b'{"prompt":"a\nb"}',
    "bad escape": b'{"prompt":"\\x41"}',
    "half an escape": b'{"prompt":"\\u12"}',
    "NUL": b'{"prompt":"a\x00b"}',
    "NUL behind": WHOLE + b"\x00",
    "NUL first": b"\x00" + WHOLE,
    "not UTF-8": b'{"prompt":"\xff\xfe"}',
    "Latin-1": '{"prompt":"Grüße"}'.encode("latin-1"),
    "UTF-16": '{"prompt":"x"}'.encode("utf-16"),
    "overlong": b'{"prompt":"\xc0\xaf"}',
    "raw surrogate": b'{"prompt":"\xed\xa0\x80"}',
    "cut UTF-8": b'{"prompt":"\xe2\x82"}',
    "bad key": b'{"\xff":1,"prompt":"x"}',
    "deep arrays": b'{"prompt":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"x":' * 50_000 + b"1" + b"}" * 50_000,
    "deep and open": b"[" * 1_000_000,
    "array": b"[]",
    "string": b'"x"',
    "number": b"17",
    "null": b"null",
    "form": b"prompt=x&max_tokens=1",
    "binary": bytes(range(256)) * 16,
}


@pytest.fixture(autouse=True)
def alive(server: Server) -> Iterator[None]:
    yield
    server.assert_healthy()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", BROKEN)
def test_broken(server: Server, path: str, name: str) -> None:
    with server.connect() as connection:
        connection.send_request("POST", path, BROKEN[name])
        answer = connection.read_answer()
        assert answer.status == 400
        error = answer.json["error"]
        assert error["code"] == 400 and error["message"] and error["type"] in ("Bad Request", "BadRequestError")
        # Nothing is left over: the connection goes on.
        assert connection.request("GET", "/health").status == 200


@pytest.mark.parametrize("cut", range(0, len(WHOLE), 7))
def test_truncated(server: Server, cut: int) -> None:
    for path in PATHS:
        assert server.post(path, content=WHOLE[:cut]).status_code == 400


def test_duplicate_keys(server: Server) -> None:
    """The last one counts, as in the parsers of vLLM and of the simulator."""
    answer = server.post("/v1/completions", content=b'{"prompt":"x","max_tokens":3,"max_tokens":5,"ignore_eos":true}')
    assert answer.status_code == 200 and answer.json()["usage"]["completion_tokens"] == 5
    answer = server.post("/v1/completions", content=b'{"prompt":"x","n":"bad","n":1,"prompt":""}')
    assert answer.status_code == 400


@pytest.mark.parametrize("text", ["\\u0000", "a\\u0000b", "\\ud83c\\udf89", "\\ud800", "\\udc00\\ud800", "\\/"])
def test_escapes(server: Server, text: str) -> None:
    """Escapes that JSON allows are no reason to fail; half a surrogate pair may be refused."""
    answer = server.post("/v1/completions", content=b'{"max_tokens":1,"prompt":"' + text.encode() + b'"}')
    assert answer.status_code in ((200, 400) if "\\ud" in text else (200,)), answer.text


def test_escaped_text_survives(server: Server) -> None:
    text = 'quote " backslash \\ nul \x00 tab \t snowman ☃ party 🎉 del \x7f'
    answer = server.post("/v1/completions", {"prompt": text, "echo": True, "max_tokens": 0})
    assert answer.json()["choices"][0]["text"] == text


def test_unknown_fields_are_ignored(server: Server) -> None:
    fields = {f"unknown_{number}": {"nested": [number]} for number in range(500)}
    assert server.post("/v1/completions", fields | {"prompt": "x", "max_tokens": 1}).status_code == 200


def test_long_keys_and_strings(server: Server) -> None:
    body = {"k" * 500_000: 1, "prompt": "x", "max_tokens": 1, "user": "u" * 500_000}
    assert server.post("/v1/completions", body).status_code == 200


def test_white_space_is_free(server: Server) -> None:
    body = json.dumps({"prompt": "x", "max_tokens": 1}, indent=8).encode().replace(b"\n", b"\r\n\t")
    assert server.post("/v1/completions", content=b"\n\n" + body + b"\n\n").status_code == 200


def test_a_byte_order_mark(server: Server) -> None:
    """Neither parser takes one; it is refused or skipped, not a reason to fall over."""
    assert server.post("/v1/completions", content=b"\xef\xbb\xbf" + WHOLE).status_code in (200, 400)


@pytest.mark.parametrize("count", [1_000, 90_000])
def test_many_prompts(server: Server, count: int) -> None:
    answer = server.post("/v1/completions", {"prompt": ["a"] * count, "max_tokens": 1})
    assert answer.status_code == (200 if count <= 1024 else 400)


def test_very_many_small_values(server: Server) -> None:
    body = b'{"prompt":"x","max_tokens":1,"x":[' + b",".join([b"[]"] * 1_000_000) + b"]}"
    assert len(body) < 4 << 20
    assert server.post("/v1/completions", content=body).status_code in (200, 400)
