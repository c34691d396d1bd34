"""What the recorded answers are about, and where this server answers differently on purpose."""

# Features of later issues.
LATER = {
    "015-completions-kv-remote-decode.txt": "P/D disaggregation",
    "023-chat-tools-required.txt": "tool calls",
    "025-chat-tools-named.txt": "tool calls",
    "027-chat-tools-bad-schema.txt": "tool calls",
    "054-embeddings.txt": "embeddings",
    "055-embeddings-array.txt": "embeddings",
    "057-embeddings-tokens.txt": "embeddings",
    "058-embeddings-err-model.txt": "embeddings",
    "059-embeddings-err-noinput.txt": "embeddings",
    "065-render-chat.txt": "render",
    "066-responses.txt": "responses",
    "067-responses-stream.txt": "responses",
    "069-responses-tools-stream.txt": "responses",
    "070-responses-err.txt": "responses",
    "071-messages.txt": "messages",
    "073-messages-tools.txt": "messages",
    "074-messages-err-no-max-tokens.txt": "messages",
    "075-messages-err-model.txt": "messages",
    "077-generate-stream.txt": "generate",
    "085-sleep.txt": "sleep mode",
    "086-is-sleeping-1.txt": "sleep mode",
    "089-is-sleeping-2.txt": "sleep mode",
    "090-admin-config-get.txt": "admin",
    "091-admin-config-post.txt": "admin",
    "093-admin-config-post-bad-field.txt": "admin",
    "094-admin-config-post-bad-value.txt": "admin",
    "107-query.txt": "P/D disaggregation",
    "113-sleep-disabled.txt": "sleep mode",
    "115-fake-metrics.txt": "fake metrics",
    "116-fake-metrics-post.txt": "fake metrics",
    "117-fake-metrics-after.txt": "fake metrics",
    "121-admin-fake-metrics.txt": "fake metrics",
    "124-kvcache-second-cached.txt": "reuse of KV blocks",
    "125-kvcache-threshold.txt": "reuse of KV blocks",
    "127-omni-image.txt": "image generation",
    "128-omni-image-stream.txt": "image generation",
}

METRICS = {"108-metrics-final.txt", "129-kvcache-metrics.txt"}

# Flags whose feature comes later, with the number of words behind each; servers are started without them.
LATER_FLAGS = {"--enable-sleep-mode": 0, "--enable-kvcache": 0, "--omni": 0, "--fake-metrics": 1}

# The peer was told by /admin/config, which comes later; here flags say the same.
FLAGS_FOR_ADMIN = {
    f"{number}-failure-{kind}.txt": ["--failure-injection-rate", "100", "--failure-types", kind]
    for number, kind in (
        ("096", "invalid_api_key"), ("100", "server_error"), ("102", "invalid_request"), ("104", "model_not_found"),
    )
}  # fmt: skip

LAST = "the finish reason rides on the last delta, as in vLLM, not on a frame of its own"
USAGE = "usage is absent from frames, as in vLLM, unless asked for"
BAD_REQUEST = "vLLM's schema layer says `Bad Request`"
NAMES_FIELD = "a refusal names the field"
SAYS_MORE = "vLLM's text, which names the field and the value"
JSON_ERRORS = "errors are JSON objects on every path"
OWN_PARSER = "the JSON parser's own words"
TEXT = "vLLM's LoRA endpoints answer with a line of text"
HEAD = "GET implies HEAD"

CHAT_STREAM = {
    "frames: role text finish done → role text+finish done": LAST,
    "frame role: usage: null → absent": USAGE,
    "frame text: usage: null → absent": USAGE,
}
TEXT_STREAM = {"frames: text finish done → text+finish done": LAST, "frame text: usage: null → absent": USAGE}

DIFFERENCES: dict[str, dict[str, str]] = {
    "003-models.txt": {"shape: data[].max_model_len: number → null": "an adapter has no length of its own in vLLM"},
    "007-completions-stream.txt": TEXT_STREAM,
    "010-completions-logprobs-stream.txt": TEXT_STREAM,
    "019-chat-stream.txt": CHAT_STREAM,
    "022-chat-logprobs-stream.txt": CHAT_STREAM,
    "030-err-bad-json.txt": {"error.type": BAD_REQUEST, "error.message": OWN_PARSER},
    "031-err-bad-json-completions.txt": {"error.type": BAD_REQUEST, "error.message": OWN_PARSER},
    "033-err-unknown-model.txt": {"error.param": NAMES_FIELD},
    "034-err-missing-model.txt": {"status: 404 → 200": "without `model` the first served one is used, as in vLLM"},
    "035-err-missing-messages.txt": {"status: 200 → 400": "a chat without messages is refused, as in vLLM"},
    "037-err-missing-prompt.txt": {
        "error.message": "vLLM's text for a missing prompt", "error.param": NAMES_FIELD,
    },
    "038-err-empty-prompt-array.txt": {"error.param": NAMES_FIELD},
    "041-err-max-tokens-zero.txt": {"error.message": SAYS_MORE, "error.param": NAMES_FIELD},
    "042-err-max-tokens-negative.txt": {"error.message": SAYS_MORE, "error.param": NAMES_FIELD},
    "043-err-max-tokens-string.txt": {
        "error.type": BAD_REQUEST, "error.message": SAYS_MORE, "error.param": NAMES_FIELD,
    },
    "049-err-wrong-method-get.txt": {"media type: text/plain → application/json": JSON_ERRORS},
    "050-err-wrong-method-delete.txt": {
        "media type: text/plain → application/json": JSON_ERRORS, "allow: GET OPTIONS → GET HEAD OPTIONS": HEAD,
    },
    "063-tokenize-err.txt": {"status: 200 → 400": "neither prompt nor messages is refused, as in vLLM"},
    "078-lora-load.txt": {"body: empty → text": TEXT, "media type:  → text/plain": TEXT},
    "079-models-after-lora-load.txt": {
        "shape: data[].max_model_len: number → null": "an adapter has no length of its own in vLLM",
    },
    "081-lora-load-bad.txt": {"status: 200 → 400": "a load without name and path is refused, as in vLLM"},
    "082-lora-unload.txt": {"body: empty → text": TEXT, "media type:  → text/plain": TEXT},
    "083-lora-unload-missing.txt": {"status: 200 → 404": "an unknown adapter cannot be unloaded, as in vLLM"},
    "111-echo-completions-stream.txt": TEXT_STREAM,
    "112-echo-err-ctx-exceeded.txt": {
        "error.message": "vLLM's text when the prompt alone is too long", "error.param": NAMES_FIELD,
    },
    "120-completions-alias-err.txt": {"error.param": NAMES_FIELD},
}  # fmt: skip

METRIC_DIFFERENCES = {
    "129-kvcache-metrics.txt": {"vllm:lora_requests_info": "only with LoRA enabled, as in vLLM"},
}
