"""What WhatsApp takes as a file, and what a file really is (WhatsApp contract 3.4)."""

from __future__ import annotations

LARGEST_DOCUMENT = 100 * 1024 * 1024
LARGEST_PICTURE = 5 * 1024 * 1024
PICTURES = frozenset({"image/png", "image/jpeg"})

_STARTS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"OggS", "audio/ogg"),
    (b"PK\x03\x04", "application/zip"),
)


def type_of(start: bytes) -> str | None:
    """The type that the first bytes tell (16 are enough); None when they tell none that we know.

    Excel's and Word's files are zip archives.
    """
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if start[4:8] == b"ftyp":
        return "video/mp4"
    return next((type for signature, type in _STARTS if start.startswith(signature)), None)
