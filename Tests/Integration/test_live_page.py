"""The live page at /ui, in a real browser, and the two calls behind it."""

import json
import os
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.browser import Browser, Tab
from support.fleet import Fleet, FleetPool, error_of
from support.manifests import backend, deployment, gateway, pool, rewrite, route, rule, to
from support.process import Process, binary
from support.waiting import eventually

pytest_plugins = ["support.fleets"]

BASE, CANARY, HOSTILE = "facebook/opt-125m", "facebook/opt-125m-canary", "<img src=x onerror=window.hacked=1>"
PICTURES = os.environ.get("UNDERSTUDY_PICTURES")
MILLISECONDS = ("--time-to-first-token", "30ms", "--inter-token-latency", "10ms", "--max-num-seqs", "16")
POOL = {
    "servers.yaml": [
        deployment("opt", BASE, replicas=2, adapters=["sql-lora", "chat-lora"], latency=MILLISECONDS,
                   labels={"app": "opt"}),
        deployment("canary", CANARY, latency=MILLISECONDS, labels={"app": "opt"}),
        deployment("hostile", HOSTILE, latency=MILLISECONDS, labels={"app": "opt"}),
        pool("opt"),
        rewrite("opt-canary", rule({BASE: 90, CANARY: 10}, "opt"), pool="opt"),
    ]
}  # fmt: skip


class Traffic:
    """Clients that ask one after the other for `models` until the end, and how many answers they got."""

    def __init__(self, url: str, models: list[str], clients: int) -> None:
        self._url, self._models = url, models
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(clients)]
        for thread in self._threads:
            thread.start()

    def _run(self, number: int) -> None:
        with httpx.Client(base_url=self._url, trust_env=False, timeout=20) as client:
            while not self._stop.is_set():
                number += 1
                model = self._models[number % len(self._models)]
                body = {"model": model, "prompt": f"{number % 7} the quick brown fox " * 20, "max_tokens": 20}
                try:
                    client.post("/v1/completions", json=body)
                except httpx.TransportError:
                    self._stop.wait(0.1)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def fleet(up_for_module: FleetPool) -> Iterator[Fleet]:
    """Two replicas, a canary and a hostile name, under traffic from the start, so that the page is opened late."""
    fleet = up_for_module(POOL, "--split", "smooth", "--admin-token", "s3cret")
    traffic = Traffic(fleet.url, ["opt", "opt", "opt", "sql-lora", "chat-lora", BASE, HOSTILE], 10)
    yield fleet
    traffic.stop()


@pytest.fixture(scope="module")
def tab(browser: Browser, fleet: Fleet) -> Tab:
    eventually(lambda: len(live(fleet)["samples"]), lambda count: count >= 3, within=8)
    tab = browser.open(f"{fleet.url}/ui")
    tab.until("document.querySelector('#status').innerText === 'live'")
    return tab


def live(fleet: Fleet, **query: Any) -> dict[str, Any]:
    answer = fleet.http.get("/api/live", params=query)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def behavior(fleet: Fleet, change: dict[str, Any], **headers: str) -> httpx.Response:
    return fleet.http.post("/api/behavior", json=change, headers=headers)


def picture(tab: Tab, name: str) -> None:
    """Takes a screenshot; keeps it for the documents if $UNDERSTUDY_PICTURES names a folder."""
    tab.value("scrollTo(0, 0)")
    tab.call("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)
    data = tab.screenshot()
    assert 5_000 < len(data) < 100_000
    if PICTURES:
        (Path(PICTURES) / f"{name}.webp").write_bytes(data)


# The page


def test_shows_a_fleet_at_work(tab: Tab, fleet: Fleet) -> None:
    cards = tab.texts(".replica .name")
    assert cards == ["canary-0", "hostile-0", "opt-0", "opt-1"]
    tab.until("[...document.querySelectorAll('.replica .rate')].every(e => parseFloat(e.innerText) > 0)")
    assert "TTFT" in tab.text(".replica .times")
    chips = tab.texts(".replica .chip")
    assert chips.count("sql-lora") == 2
    # What was before the page was opened is there too.
    assert tab.value("samples.length") >= 3
    assert tab.value("document.querySelectorAll('#charts path.s0[d^=M]').length") == 4
    first = tab.value("samples.at(-1)[0]")
    tab.until(f"samples.at(-1)[0] >= {first} + 2")
    rate, ttft, gap, running = tab.value("samples.at(-1).filter((_, column) => [2, 5, 7, 9].includes(column))")
    assert rate > 5
    assert 25 < ttft < 300
    assert 8 < gap < 100
    assert 0 < running <= 10
    assert "ms" in tab.text("#charts .card:nth-child(2) b")


def test_shows_where_picks_went_and_why(tab: Tab) -> None:
    picked = sum(int(text) for text in tab.texts("#picked .sum"))
    assert 0 < picked <= 64
    assert len(tab.texts("#older button")) == 16
    assert [text.split(" ")[0] for text in tab.texts("#pick .legend > span")] == [
        "queue", "kv-cache-utilization", "prefix-cache",
    ]  # fmt: skip
    assert tab.texts("#pick .candidate.chosen .who")[0] in {"opt-0", "opt-1", "canary-0", "hostile-0"}
    # One that was clicked stays.
    tab.click("#older li:nth-child(3) button")
    tab.until("document.querySelector('#pick').innerText.startsWith('Pinned')")
    pinned = tab.text("#pick")
    seen = tab.value("samples.at(-1)[0]")
    tab.until(f"samples.at(-1)[0] > {seen} + 1")
    assert tab.text("#pick") == pinned
    tab.value("pinned = null")


def test_shows_the_canary(tab: Tab, fleet: Fleet) -> None:
    def counts() -> dict[str, int]:
        return {target["name"]: target["count"] for target in live(fleet)["splits"][0]["targets"]}

    seen = eventually(counts, lambda found: sum(found.values()) >= 60, within=10)
    assert abs(seen[CANARY] / sum(seen.values()) - 0.1) < 0.02
    assert tab.text(".split .title b") == "opt-canary"
    shown = tab.texts(".split .target span:last-child")
    assert [text.split(" → ")[0] for text in shown] == ["90 %", "10 %"]
    actual = [float(text.split(" → ")[1].split(" %")[0]) for text in shown]
    assert abs(actual[0] - 90) < 2.5
    assert abs(sum(actual) - 100) < 0.11


def test_hostile_names_are_text(tab: Tab) -> None:
    tab.until(f"document.querySelector('#replicas').innerText.includes({json.dumps(HOSTILE)})")
    tab.until(f"[...document.querySelectorAll('#older button')].some(e => e.innerText.includes({json.dumps(HOSTILE)}))")
    assert tab.value("window.hacked") is None
    assert tab.value("document.images.length") == 0
    assert HOSTILE in tab.value("[...document.querySelector('#target').options].map(o => o.text).join()")


def seconds_of(fleet: Fleet, model: str) -> float:
    """What an answer of one token takes, at its fastest of three."""
    times = []
    for _ in range(3):
        started = time.monotonic()
        fleet.ask(model, max_tokens=1)
        times.append(time.monotonic() - started)
    return min(times)


def test_sliders_change_the_running_server(tab: Tab, fleet: Fleet) -> None:
    assert tab.text("#ttft-out") == "30 ms"
    assert seconds_of(fleet, CANARY) < 0.15
    tab.value(f"$('target').value = 'm:{CANARY}'; $('target').dispatchEvent(new Event('change'))")
    # From 30 ms on, ten steps of the keyboard: 400 ms.
    tab.press("#ttft", "ArrowRight", 39, times=8)
    assert tab.text("#ttft-out") == "400 ms"
    tab.until("document.querySelector('#behavior-said').innerText === '1 changed'")
    eventually(lambda: seconds_of(fleet, CANARY), lambda seconds: 0.39 < seconds < 1, every=0.05)
    assert seconds_of(fleet, BASE) < 0.2
    tab.until("document.querySelector('.replica .chip.changed')?.innerText === 'changed'")
    # All of them fail.
    tab.press("#failures", "End", 35)
    eventually(lambda: fleet.ask(CANARY).status_code, lambda status: status >= 400)
    assert fleet.ask(BASE).status_code == 200
    tab.until("samples.at(-1)[3] > 0")
    tab.until("document.querySelector('#reset').disabled === false")
    tab.click("#reset")
    eventually(lambda: fleet.ask(CANARY).status_code, lambda status: status == 200)
    assert seconds_of(fleet, CANARY) < 0.2
    tab.until("document.querySelectorAll('.replica .chip.changed').length === 0")


def test_looks(tab: Tab) -> None:
    """Light and dark, by the system's preference and by the button; nothing is wider than the window."""
    background = "getComputedStyle(document.body).backgroundColor"
    tab.prefer("light")
    light = tab.value(background)
    picture(tab, "ui-light")
    tab.prefer("dark")
    dark = tab.value(background)
    assert dark != light
    picture(tab, "ui-dark")
    tab.click("#theme")
    assert tab.value(background) == light
    tab.click("#theme")
    assert tab.value(background) == dark
    tab.resize(390, 844, is_phone=True)
    tab.until("innerWidth === 390")
    assert tab.value("document.documentElement.scrollWidth") == 390
    picture(tab, "ui-phone")
    tab.resize(1280, 800)


def test_it_asks_nobody_else_and_nothing_is_wrong(tab: Tab, fleet: Fleet) -> None:
    assert {url.split("?")[0] for url in tab.requested if not url.startswith("data:")} == {
        f"{fleet.url}/{path}" for path in ("ui", "api/live", "api/behavior")
    }
    assert tab.errors == []


def test_a_server_that_restarts(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "models.json").write_text(json.dumps({"models": [{"model": "first"}]}))
    words = [binary(), "up", "-f", str(tmp_path), "--admin-port", "0", "--metrics-port", "0", "--print-ready-json"]

    def start(port: int) -> tuple[Process, str]:
        process = Process([*words, "--port", str(port)])
        return process, process.read_ready_line()["url"].replace("localhost", "127.0.0.1")

    process, url = start(0)
    try:
        tab = browser.open(f"{url}/ui")
        tab.until("samples.length > 0")
        process.close()
        tab.until("document.querySelector('#status').innerText === 'reconnecting…'")
        assert tab.value("document.querySelector('#behavior').disabled") is True
        (tmp_path / "models.json").write_text(json.dumps({"models": [{"model": "second", "replicas": 2}]}))
        process, _ = start(int(url.rsplit(":", 1)[1]))
        tab.until("document.querySelector('#status').innerText === 'live'")
        tab.until("document.querySelectorAll('.replica').length === 2")
        tab.until("samples.length > 0")
        # What the process before had seen is not this one's.
        assert tab.value("samples[0][0]") == 1
        # The browser writes down every connection that fails; nothing else may be wrong.
        assert [error for error in tab.errors if "ERR_CONNECTION" not in error and "ERR_EMPTY" not in error] == []
        tab.close()
    finally:
        process.close()


def test_a_hundred_replicas(browser: Browser, up: FleetPool) -> None:
    name = "vllm-qwen3-32b-decode"
    fleet = up({"big.yaml": [deployment(name, BASE, replicas=100, latency=MILLISECONDS), pool("big", name)]})
    traffic = Traffic(fleet.url, [BASE], 16)
    try:
        tab = browser.open(f"{fleet.url}/ui")
        tab.until("document.querySelectorAll('.compact .replica').length === 100")
        tab.until("samples.length > 1 && samples.at(-1)[9] > 0")
        assert len(fleet.http.get("/api/live", params={"since": live(fleet)["samples"][-1][0]}).content) < 60_000
        # All of it in a panel of its own, so that the rest of the page stays within reach.
        assert tab.value("document.querySelector('.replicas').getBoundingClientRect().height") <= 640
        assert tab.value("document.documentElement.scrollWidth") == 1280
        picture(tab, "ui-hundred")
        # One of them is chosen by a click, and changed alone.
        tab.click(".replica:nth-child(42)")
        chosen = tab.value("$('target').selectedOptions[0].text")
        assert chosen == f"{name}-41"
        assert tab.texts(".replica .name")[41] == "41"
        tab.press("#failures", "End", 35)
        tab.until("document.querySelector('#behavior-said').innerText === '1 changed'")
        took = "(() => { const t = performance.now(); showReplicas(latest); return performance.now() - t; })()"
        assert tab.value(took) < 100
        tab.resize(390, 844, is_phone=True)
        tab.until("innerWidth === 390")
        assert tab.value("document.documentElement.scrollWidth") == 390
        assert tab.errors == []
        tab.close()
    finally:
        traffic.stop()


# The calls behind it


def test_headers(fleet: Fleet) -> None:
    answers = [fleet.http.get("/ui"), fleet.admin.get("/ui")]
    policies = [answer.headers["content-security-policy"] for answer in answers]
    assert policies[0] != policies[1]
    for answer, policy in zip(answers, policies, strict=True):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["cache-control"] == "no-store"
    assert fleet.http.head("/ui").status_code == 200
    assert fleet.http.get("/ui/").headers["location"] == "../ui"
    assert fleet.http.post("/ui").status_code == 405
    error_of(fleet.http.get("/api/behavior"), 405)


def test_samples_since(fleet: Fleet) -> None:
    document = eventually(lambda: live(fleet), lambda found: len(found["samples"]) >= 3)
    numbers = [sample[0] for sample in document["samples"]]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert live(fleet, since=numbers[-2])["samples"][0][0] == numbers[-1]
    assert live(fleet, since=2**63)["samples"] == []
    for wrong in ("x", "-1", "1.5", str(2**65)):
        assert wrong in error_of(fleet.http.get("/api/live", params={"since": wrong}), 400)["message"]


def test_requests_are_counted_once(up: FleetPool) -> None:
    """Those that replicas answer, and those that the front door refuses."""
    fleet = up({"pool.yaml": [deployment("sim", BASE, latency=()), pool("sim")]})
    for _ in range(20):
        assert fleet.ask(BASE).status_code == 200
    for _ in range(5):
        assert fleet.ask("nobody").status_code == 404

    def total(column: int) -> int:
        samples = live(fleet)["samples"]
        # Rates of seconds that are about one second long.
        return round(sum(sample[column] for sample in samples))

    eventually(lambda: total(2), lambda count: 24 <= count <= 26)
    assert 4 <= total(3) <= 6


def test_splits_of_routes(up: FleetPool) -> None:
    objects = [
        gateway(), deployment("a", BASE, latency=()), pool("a"), deployment("b", BASE, latency=()), pool("b"),
        route("release", to(backend("a", 70), backend("b", 30))),
    ]  # fmt: skip
    fleet = up({"pools.yaml": objects}, "--split", "smooth")
    list(fleet.many(BASE, 50))

    def split() -> list[tuple[str, float, int]]:
        found = live(fleet)["splits"]
        assert [each["kind"] for each in found] in ([], ["route"])
        return [(target["name"], target["wanted"], target["count"]) for each in found for target in each["targets"]]

    eventually(split, lambda found: found == [("a", 0.7, 35), ("b", 0.3, 15)])


# Who may change what

SLOW = {"replica": "canary-0", "inter_token_latency_ms": 10}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"host": "evil.example"},
        {"x-forwarded-for": "10.0.0.1"},
        {"origin": "null"},
        {"host": "evil.example", "authorization": "Bearer wrong"},
    ],
    ids=str,
)
def test_strangers_change_nothing(fleet: Fleet, headers: dict[str, str]) -> None:
    error_of(fleet.http.post("/api/behavior", json=SLOW, headers=headers), 403)
    assert fleet.http.get("/api/live", headers=headers).json()["may_change"] is False


def test_the_token_opens(fleet: Fleet) -> None:
    headers = {"host": "pod.example", "authorization": "Bearer s3cret"}
    answer = fleet.http.post("/api/behavior", json=SLOW, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"changed": 1})
    assert fleet.http.get("/api/live", headers=headers).json()["may_change"] is True


def test_the_page_asks_for_the_token(browser: Browser, fleet: Fleet) -> None:
    """Seen from another machine, here by another name of this one."""
    tab = browser.open("about:blank")
    # A browser resolves names below localhost to this machine, and for the server they are strangers.
    tab.call("Page.navigate", url=fleet.url.replace("127.0.0.1", "elsewhere.localhost") + "/ui")
    tab.until("document.querySelector('#status')?.innerText === 'live'")
    assert tab.value("document.querySelector('#behavior').disabled") is True
    tab.write("#token", "s3cret")
    tab.press("#token", "Enter", 13)
    tab.click("#token-form button")
    tab.until("document.querySelector('#behavior').disabled === false")
    assert tab.value("document.querySelector('#token-form').hidden") is True
    tab.close()


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"replica": "nobody", "reset": True}, 404, "nobody"),
        ({"model": "nothing", "reset": True}, 404, "nothing"),
        ({"time_to_first_token_ms": -1}, 400, "time_to_first_token_ms: expected a number of milliseconds from 0"),
        ({"failure_injection_rate": 101}, 400, "from 0 to 100, got 101"),
        ({"speed": 1}, 400, "'speed' is no field"),
        ({}, 400, "changes nothing"),
        ([], 400, "object"),
    ],
    ids=str,
)
def test_bad_changes(fleet: Fleet, change: Any, status: int, word: str) -> None:
    assert word in error_of(behavior(fleet, change), status)["message"]


def test_delays_of_streams_change_while_they_run(up: FleetPool) -> None:
    """A stream that was slow goes on fast."""
    slow = ("--time-to-first-token", "1ms", "--inter-token-latency", "300ms")
    fleet = up({"pool.yaml": [deployment("sim", BASE, latency=slow), pool("sim")]})
    gaps: list[float] = []
    body = {"model": BASE, "prompt": "x", "max_tokens": 30, "ignore_eos": True, "stream": True}
    with fleet.http.stream("POST", "/v1/completions", json=body) as answer:
        before = time.monotonic()
        for line in answer.iter_lines():
            if not line.startswith("data: {"):
                continue
            now = time.monotonic()
            gaps.append(now - before)
            before = now
            if len(gaps) == 3:
                with httpx.Client(base_url=fleet.admin_url, trust_env=False) as admin:
                    assert admin.post("/api/behavior", json={"inter_token_latency_ms": 2}).status_code == 200
    assert gaps[2] > 0.28
    assert statistics.median(gaps[5:]) < 0.1
