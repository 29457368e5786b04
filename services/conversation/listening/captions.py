"""What a person wrote beside something that we cannot look at."""

from __future__ import annotations

from shared.contracts.gateway import Content, Media, Text


def written(content: Content) -> Content:
    """The caption of a picture, a video or a file as a text; else the content itself."""
    match content:
        case Media(caption=str() as words) if words.strip():
            return Text(body=words)
        case _:
            return content
