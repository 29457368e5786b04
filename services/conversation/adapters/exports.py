"""Makes the file that *my data* sends (decision 0006)."""

from __future__ import annotations

from services.conversation.ports import Export, Exported
from shared.http.files import Files


class Exports:
    """Keeps exports among the service's files, from where the notifier fetches them."""

    def __init__(self, files: Files) -> None:
        self._files = files

    async def make(self, request: Export) -> Exported:
        """A text file, which every phone can open."""
        return Exported(
            file=await self._files.keep(request.text.encode("utf-8-sig"), name=request.name, type="text/plain")
        )
