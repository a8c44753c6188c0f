"""A headless Chromium, driven by the DevTools protocol over two pipes; no library, no port."""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
_FLAGS = (
    "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--no-first-run", "--no-default-browser-check", "--hide-scrollbars", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--metrics-recording-only",
    "--password-store=basic", "--use-mock-keychain", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip


class BrowserError(AssertionError):
    """What the browser answered instead of a result."""


class Browser:
    """One page. ``console`` gathers messages and exceptions, ``requests`` every address that was asked for."""

    def __init__(self, process: "subprocess.Popen[bytes]", write: int, read: int) -> None:
        self._process, self._write, self._read = process, write, read
        self._rest = b""
        self._number = 0
        self._session = ""
        self._events: list[dict[str, Any]] = []
        self.console: list[str] = []
        self.requests: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> Any:
        """The result of one call of the protocol."""
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        data = memoryview(json.dumps(message).encode() + b"\0")
        while data:
            data = data[os.write(self._write, data) :]
        while True:
            got = self._next(60)
            if got.get("id") == number:
                if "error" in got:
                    raise BrowserError(f"{method}: {got['error']['message']}")
                return got["result"]

    def _next(self, seconds: float) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while b"\0" not in self._rest:
            if not select.select([self._read], [], [], max(0, end - time.monotonic()))[0]:
                raise BrowserError(f"no answer within {seconds} s")
            chunk = os.read(self._read, 1 << 20)
            if not chunk:
                raise BrowserError("the browser ended")
            self._rest += chunk
        raw, _, self._rest = self._rest.partition(b"\0")
        got: dict[str, Any] = json.loads(raw)
        self._note(got)
        return got

    def _note(self, got: dict[str, Any]) -> None:
        method, params = got.get("method", ""), got.get("params", {})
        if method == "Runtime.consoleAPICalled":
            self.console.append(" ".join(str(a.get("value", a.get("description"))) for a in params["args"]))
        elif method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.console.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded":
            self.console.append(f"{params['entry']['source']}: {params['entry']['text']}")
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Page.javascriptDialogOpening":
            self.console.append(f"dialog: {params['message']}")
            raise BrowserError(f"the page opened a dialog: {params['message']}")
        if method:
            self._events.append(got)

    def open(self, path: Path, fragment: str = "") -> float:
        """Open a file and wait until it is drawn; the seconds from the start until the page answers."""
        started = self._navigate(path.as_uri() + fragment)
        # Two frames: what was there to draw has been drawn, and the page answers.
        self.eval("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(1))))")
        return time.monotonic() - started

    def open_unscripted(self, path: Path) -> None:
        """Open a file in a page that may run no script, and wait until it is loaded."""
        self._navigate(path.as_uri())

    def _navigate(self, address: str) -> float:
        self._events.clear()
        self.call("Page.navigate", url="about:blank")
        started = time.monotonic()
        self.call("Page.navigate", url=address)
        while self.eval("location.href") == "about:blank" or self.eval("document.readyState") != "complete":
            time.sleep(0.01)
        return started

    def eval(self, expression: str) -> Any:
        """The value of an expression in the page, awaited."""
        got = self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
            allowUnsafeEvalBlockedByCSP=False,
        )
        if "exceptionDetails" in got:
            raise BrowserError(got["exceptionDetails"].get("exception", {}).get("description", "exception"))
        return got["result"].get("value")

    def until(self, expression: str, seconds: float = 10) -> Any:
        """Wait until an expression is true."""
        end = time.monotonic() + seconds
        while not (value := self.eval(expression)):
            if time.monotonic() > end:
                raise BrowserError(f"never came true: {expression}")
            time.sleep(0.02)
        return value

    def media(self, **features: str) -> None:
        """Emulate media features, such as ``prefers_color_scheme="dark"``; ``media="print"`` for the medium."""
        medium = features.pop("media", "")
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", media=medium, features=named)

    def size(self, width: int, height: int, *, mobile: bool = False) -> None:
        """The size of the window."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def scripting(self, *, on: bool) -> None:
        """Whether pages may run scripts."""
        self.call("Emulation.setScriptExecutionDisabled", value=not on)

    def key(self, key: str, *, shift: bool = False) -> None:
        """Press and release a key such as ``Tab``, ``Enter`` or ``ArrowDown``."""
        codes = {
            "Tab": 9,
            "Enter": 13,
            "Escape": 27,
            " ": 32,
            "End": 35,
            "Home": 36,
            "ArrowUp": 38,
            "ArrowDown": 40,
            "/": 191,
        }
        common = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key], "modifiers": 8 if shift else 0}
        text = {"Enter": "\r", " ": " ", "/": "/"}.get(key)
        self.call("Input.dispatchKeyEvent", type="keyDown", **common, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        self.call("Input.insertText", text=text)

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        """A picture of the window, or of the whole page."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def pdf(self, **options: Any) -> bytes:
        """The page as it prints."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=False, **options)["data"])

    def accessible(self) -> list[tuple[str, str]]:
        """(role, name) of everything that a screen reader is told of."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        shown = [n for n in nodes if not n.get("ignored")]
        return [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in shown if "role" in n]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with a profile of its own; everything is gone at the end."""
    assert CHROMIUM is not None
    to_read, write = os.pipe()
    read, to_write = os.pipe()
    profile = tempfile.mkdtemp(prefix="gitspec-chromium-")

    def ends() -> None:
        # The protocol is spoken over the descriptors 3 and 4.
        high_read, high_write = os.dup(to_read), os.dup(to_write)
        os.dup2(high_read, 3)
        os.dup2(high_write, 4)
        for end in (3, 4):
            os.set_inheritable(end, True)  # noqa: FBT003

    process = subprocess.Popen(
        [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        close_fds=False,
        preexec_fn=ends,  # noqa: PLW1509 (no threads here)
        start_new_session=True,
    )
    os.close(to_read)
    os.close(to_write)
    try:
        yield Browser(process, write, read)
    finally:
        os.close(write)
        os.close(read)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        shutil.rmtree(profile, ignore_errors=True)
