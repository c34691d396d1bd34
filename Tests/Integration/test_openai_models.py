"""The model list through the official SDK, and names in requests (vLLM 0.33, endpoints)."""

import openai
import pytest

from support.server import Server, ServerPool


@pytest.fixture(scope="module")
def named(serve_for_module: ServerPool) -> Server:
    return serve_for_module(
        "--served-model-name", "first", "second", "--max-model-len", "2k",
        "--lora-modules", "plain=/adapters/plain", '{"name":"json","path":"/adapters/json","base_model_name":"org/m"}',
        '{"name":"bare"}', model="org/m",
    )  # fmt: skip


@pytest.fixture(scope="module")
def client(named: Server) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{named.url}/v1", api_key="none", max_retries=0)


def test_list(client: openai.OpenAI) -> None:
    cards = {card.id: card for card in client.models.list()}
    assert list(cards) == ["first", "second", "plain", "json", "bare"]
    for card in cards.values():
        assert card.object == "model" and card.owned_by == "vllm" and card.created > 1_700_000_000
    extra = {name: card.model_extra or {} for name, card in cards.items()}
    assert extra["first"]["parent"] is None and extra["first"]["max_model_len"] == 2000
    assert extra["plain"]["parent"] == extra["json"]["parent"] == "first"
    assert (extra["plain"]["root"], extra["json"]["root"], extra["bare"]["root"]) == (
        "/adapters/plain",
        "/adapters/json",
        "bare",
    )
    (permission,) = extra["first"]["permission"]
    assert permission["object"] == "model_permission" and permission["id"].startswith("modelperm-")


def test_retrieve(client: openai.OpenAI) -> None:
    assert client.models.retrieve("second").id == "second"
    assert client.models.retrieve("plain").id == "plain"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("nope")
    assert caught.value.body["message"] == "The model `nope` does not exist."  # type: ignore[index]


def test_name_with_a_slash(serve: ServerPool) -> None:
    server = serve(model="facebook/opt-125m")
    for path in ("/v1/models/facebook/opt-125m", "/v1/models/facebook%2Fopt-125m"):
        answer = server.get(path)
        assert answer.status_code == 200 and answer.json()["id"] == "facebook/opt-125m"


@pytest.mark.parametrize(("asked", "shown"), [("first", "first"), ("second", "first"), ("plain", "plain")])
def test_displayed_name(named: Server, asked: str, shown: str) -> None:
    """An alias is shown as the first served name, an adapter under its own (llm-d-inference-sim, pipeline)."""
    assert named.complete(model=asked, max_tokens=1)["model"] == shown
    assert named.chat(model=asked, max_tokens=1)["model"] == shown


def test_configured_name_is_no_alias(named: Server) -> None:
    """With `--served-model-name`, the name given by `--model` is not served."""
    answer = named.post("/v1/completions", {"model": "org/m", "prompt": "x"})
    assert answer.status_code == 404
    assert answer.json()["error"]["message"].startswith("The model `org/m` does not exist.")


def test_model_name_validation_can_be_off(serve: ServerPool) -> None:
    server = serve(env={"VLLM_SKIP_MODEL_NAME_VALIDATION": "1"})
    assert server.complete(model="anything", max_tokens=1)["choices"]
