"""A real browser: headless Chromium, driven over the DevTools protocol through a pipe, without a driver beside it."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from typing import Any

from .waiting import eventually

ANSWER_LIMIT = 15.0
FLAGS = [
    "--headless", "--remote-debugging-pipe", "--no-first-run", "--no-sandbox", "--no-proxy-server", "--hide-scrollbars",
    "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions", "--disable-background-networking",
    "--disable-component-update",
]  # fmt: skip


def chromium() -> str:
    """The browser's path. Without one the tests fail: a page that no browser has shown is not tested."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path is not None, "Chromium is not installed: run scripts/bootstrap test, or apt-get install chromium"
    return path


class Browser:
    """A process of Chromium with a profile of its own. Messages are JSON with a NUL behind, on descriptors 3 and 4."""

    def __init__(self) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="understudy-browser-", ignore_cleanup_errors=True)
        from_us, self._to = os.pipe()
        self._from, to_us = os.pipe()
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{from_us} 4>&{to_us}', "bash", chromium(), *FLAGS,
             f"--user-data-dir={self._profile.name}"],
            pass_fds=(from_us, to_us), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(from_us)
        os.close(to_us)
        self._buffer = b""
        self._last = 0
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """The result of a command; events that come before it are kept in `events`."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + ANSWER_LIMIT
        while True:
            found = self._receive(deadline, method)
            if found.get("id") == self._last:
                assert "error" not in found, f"{method}: {found['error']}"
                result: dict[str, Any] = found["result"]
                return result
            if "method" in found:
                self.events.append(found)

    def _receive(self, deadline: float, method: str) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"no answer to {method} within {ANSWER_LIMIT} s"
            data = os.read(self._from, 1 << 16)
            assert data, f"the browser has ended with status {self._process.poll()}"
            self._buffer += data
        text, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message

    def open(self, url: str) -> "Tab":
        return Tab(self, url)

    def close(self) -> None:
        """Ends the browser, which ends when its pipe does."""
        os.close(self._to)
        os.close(self._from)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._profile.cleanup()


class Tab:
    """A page of its own, 1280 x 800."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self._session: str = browser.call("Target.attachToTarget", targetId=self._target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.resize(1280, 800)
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **params)

    def resize(self, width: int, height: int, is_phone: bool = False) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=is_phone,
        )  # fmt: skip

    def prefer(self, scheme: str) -> None:
        """The system's preference: light or dark."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives, as JSON has it; promises are waited for."""
        outcome = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in outcome, f"{expression}: {outcome['exceptionDetails']}"
        return outcome["result"].get("value")

    def until(self, expression: str, within: float = 8.0) -> Any:
        """Waits until the expression is true in JavaScript's sense; its value."""
        return eventually(lambda: self.value(expression), bool, within=within, every=0.05)

    def text(self, selector: str) -> str:
        found = self.value(f"document.querySelector({json.dumps(selector)})?.innerText")
        assert isinstance(found, str), f"nothing is {selector}"
        return found

    def texts(self, selector: str) -> list[str]:
        found: list[str] = self.value(f"[...document.querySelectorAll({json.dumps(selector)})].map(e => e.innerText)")
        return found

    def click(self, selector: str) -> None:
        """A click of the mouse in the middle of the element."""
        x, y = self.value(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center'}); const b = e.getBoundingClientRect();"
            " return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, selector: str, key: str, code: int, times: int = 1) -> None:
        """Presses a key in an element that takes the focus."""
        self.value(f"document.querySelector({json.dumps(selector)}).focus()")
        for _ in range(times):
            for kind in ("keyDown", "keyUp"):
                self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def write(self, selector: str, text: str) -> None:
        self.value(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def screenshot(self) -> bytes:
        """A picture of what is seen, as WebP."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="webp", quality=70)["data"])

    @property
    def errors(self) -> list[str]:
        """Exceptions, lines of console.error, and what the browser itself complains of, such as the security policy."""
        self.value("0")
        found = []
        for event in self._browser.events:
            if event.get("sessionId") != self._session:
                continue
            params = event["params"]
            if event["method"] == "Runtime.exceptionThrown":
                found.append(json.dumps(params["exceptionDetails"]))
            elif event["method"] == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
                found.append(json.dumps(params["args"]))
            elif event["method"] == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
        return found

    @property
    def requested(self) -> set[str]:
        """The URLs that the page has asked for."""
        return {
            event["params"]["request"]["url"]
            for event in self._browser.events
            if event.get("sessionId") == self._session and event["method"] == "Network.requestWillBeSent"
        }

    def close(self) -> None:
        self._browser.call("Target.closeTarget", targetId=self._target)
