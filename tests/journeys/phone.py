"""A person's phone at the sandbox: says, taps, and waits for what the bot says."""

from __future__ import annotations

from typing import Any

import httpx

Item = dict[str, Any]


class Phone:
    """One person's. What was said before the phone was taken up is not looked at."""

    def __init__(self, http: httpx.Client, number: str) -> None:
        self._http = http
        self._base = f"/graph/_sim/phones/{number}"
        self.number = number
        self._heard = max((message["seq"] for message in self._messages(0)), default=0)
        """The `seq` of the last thing waited for: waiting goes on after it."""
        self._began = self._heard
        self.last: Item = {}
        """The last message waited for."""

    def say(self, text: str) -> None:
        """Send a text; returns when the gateway has answered 200."""
        self._post("say", {"text": text})

    def tap(self, title: str) -> None:
        """Tap the button or row whose title begins so in the last message waited for."""
        for choice in _choices_of(self.last):
            if choice["title"].casefold().startswith(title.casefold()):
                self._post("tap", {"wamid": self.last["wamid"], "id": choice["id"]})
                return
        raise AssertionError(f"there is no {title!r} to tap in: {text_of(self.last)}")

    def hears(self, text: str, seconds: float = 30) -> str:
        """Wait for a message of the bot that contains the text (in any case); its whole visible text."""
        query = {"after": self._heard, "contains": text, "seconds": seconds}
        answer = self._http.get(f"{self._base}/wait", params=query, timeout=seconds + 5)
        if answer.status_code != 200:
            raise AssertionError(f"never heard {text!r}; the talk:\n" + "\n".join(self.talk()))
        self.last = answer.json()["message"]
        self._heard = self.last["seq"]
        return text_of(self.last)

    def said_by_bot(self) -> list[Item]:
        """Every message of the bot since the phone was taken up, failed ones too."""
        return [message for message in self._messages(self._began) if message["direction"] == "out"]

    def talk(self) -> list[str]:
        """The talk since the phone was taken up, as lines: `>` the person, `<` the bot."""
        marks = {"in": ">", "out": "<"}
        return [f"{marks[message['direction']]} {text_of(message)}" for message in self._messages(self._began)]

    def _messages(self, after: int) -> list[Item]:
        found: list[Item] = self._http.get(f"{self._base}/messages", params={"after": after}).json()["messages"]
        return found

    def _post(self, what: str, body: Item) -> None:
        answer = self._http.post(f"{self._base}/{what}", json=body, timeout=60)
        assert answer.status_code == 200, answer.text


def text_of(message: Item) -> str:
    """The words of a message that a person reads."""
    body = message.get("body") or {}
    if message.get("direction") == "in":
        reply = body.get("interactive", {})
        tapped = reply.get("button_reply") or reply.get("list_reply") or {}
        return str(body.get("text", {}).get("body") or f"[{tapped.get('title', message.get('type'))}]")
    inner = body.get("body")
    text = inner.get("text") if isinstance(inner, dict) else inner
    return f"{text or ''}" + "".join(f" [{choice['title']}]" for choice in _choices_of(message))


def _choices_of(message: Item) -> list[Item]:
    action = (message.get("body") or {}).get("action") or {}
    buttons = [button["reply"] for button in action.get("buttons", [])]
    return buttons + [row for section in action.get("sections", []) for row in section["rows"]]
