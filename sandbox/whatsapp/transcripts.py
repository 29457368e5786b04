"""A talk as a transcript in the form of a conversation's docstring (services/conversation/flows), to play it again.

> what the person said or tapped
< the first line of what the bot said [Button] [Button]
  its other lines
"""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.whatsapp.phones import Item


def transcript(name: str, items: Iterable[Item]) -> str:
    """The name as a heading and each bubble that arrived; ends with a newline."""
    spoken = [line for item in items if item.status != "failed" for line in _lines(item)]
    return "\n".join([f"{name}:", "", *spoken, ""])


def _lines(item: Item) -> list[str]:
    first, *others = _words(item).strip().splitlines() or [""]
    titles = "".join(f" [{title}]" for title in _titles(item))
    sign = ">" if item.direction == "in" else "<"
    return [f"    {sign} {first}{titles}".rstrip(), *(f"      {line}".rstrip() for line in others)]


def _words(item: Item) -> str:
    body = item.body
    if item.direction == "in":
        interactive = body.get("interactive") or {}
        tapped = interactive.get("button_reply") or interactive.get("list_reply")
        if "nfm_reply" in interactive:
            return "(form sent)"
        return str(tapped["title"] if tapped else (body.get("text") or {}).get("body") or f"({item.type})")
    inner = body.get("body")
    text = inner.get("text") if isinstance(inner, dict) else inner
    return str(text or body.get("caption") or body.get("filename") or f"({body.get('name') or item.type})")


def _titles(item: Item) -> list[str]:
    """What can be tapped without opening anything."""
    action = item.body.get("action") or {}
    link = (action.get("parameters") or {}).get("display_text")
    return [button["reply"]["title"] for button in action.get("buttons", [])] + ([link] if link else [])
