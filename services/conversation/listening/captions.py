"""What a person wrote beside something that we cannot look at."""

from __future__ import annotations

from shared.contracts.gateway import Content, Media, Order, Text


def written(content: Content) -> Content:
    """As a text: the caption of a picture, a video or a file, or the note with an order; else the content itself."""
    match content:
        case Media(caption=str() as words) | Order(text=str() as words) if words.strip():
            return Text(body=words)
        case _:
            return content
