"""A real Firefox, driven over its own WebDriver BiDi socket."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

PROGRAM = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
_STARTS_WITHIN_S = 60


class Firefox:
    """One tab: what it logs, what it asks of a network, and what scripts in it answer."""

    def __init__(self, address: str) -> None:
        import websocket

        self._socket = websocket.create_connection(
            f"{address}/session", timeout=60, suppress_origin=True
        )
        self._numbers = itertools.count(1)
        self.trouble: list[str] = []
        self._ask("session.new", capabilities={})
        self._ask("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self._tab = ""
        self.begin()

    def begin(self) -> None:
        """Go on in a new tab that shares nothing with those before it."""
        user = self._ask("browser.createUserContext")["userContext"]
        tab = self._ask("browsingContext.create", type="tab", userContext=user)["context"]
        if self._tab:
            self._ask("browsingContext.close", context=self._tab)
        self._tab = tab
        self.trouble = []

    def open(self, address: str) -> None:
        """Load a page and wait for it."""
        self._ask("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def run(self, script: str) -> Any:
        """Value of an expression: a number, a text, true or false."""
        answer = self._ask(
            "script.evaluate",
            expression=script,
            target={"context": self._tab},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise AssertionError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()

    def _ask(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            told = json.loads(self._socket.recv())
            if told.get("id") == number:
                if told["type"] == "error":
                    raise AssertionError(f"{method}: {told['error']}: {told['message']}")
                return told["result"]
            self._note(told.get("method"), told.get("params", {}))

    def _note(self, event: str | None, params: dict[str, Any]) -> None:
        if event == "log.entryAdded":
            self.trouble.append(f"{params['level']}: {params['text']}")
        elif event == "network.beforeRequestSent":
            address = params["request"]["url"]
            if not address.startswith(("file:", "data:", "blob:", "about:")):
                self.trouble.append(f"asked for {address}")


@contextmanager
def firefox(profile: Path) -> Iterator[Firefox]:
    """Start Firefox with a profile of its own, without any network, and end it afterwards."""
    profile.mkdir(parents=True, exist_ok=True)
    closed = {"network.proxy.type": 1, "network.proxy.http": "127.0.0.1",
              "network.proxy.http_port": 9, "network.proxy.ssl": "127.0.0.1",
              "network.proxy.ssl_port": 9}  # fmt: skip
    settings = "".join(
        f'user_pref("{key}", {json.dumps(value)});\n' for key, value in closed.items()
    )
    (profile / "user.js").write_text(settings, encoding="utf-8")
    log = profile / "firefox.log"
    with log.open("wb") as output:
        program = subprocess.Popen(
            [str(PROGRAM), "--headless", "--no-remote", "--profile", str(profile),
             "--remote-debugging-port", "0", "--window-size", "1440,900"],
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        with closing(Firefox(_address(log, program))) as tab:
            yield tab
    finally:
        program.terminate()
        program.wait(timeout=30)


def _address(log: Path, program: subprocess.Popen[bytes]) -> str:
    """Address of the socket, which Firefox prints when it is ready."""
    ends = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < ends and program.poll() is None:
        found = re.search(
            r"WebDriver BiDi listening on (ws://\S+)", log.read_text("utf-8", "replace")
        )
        if found:
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"Firefox did not start: {log.read_text('utf-8', 'replace')[-500:]}")
