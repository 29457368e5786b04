"""Draws what payments sends as files, beside the event loop, and keeps it (decision 0006)."""

from __future__ import annotations

import asyncio

from services.payments.adapters.receipt_page import draw_code, draw_receipt
from services.payments.ports import CodePicture, MadeFile, ReceiptPicture
from services.payments.settings import PaymentsSettings
from shared.http.files import Files


class Pictures:
    """Receipts as PDF, authorisation codes as QR. Methods raise Away when the file cannot be kept now."""

    def __init__(self, files: Files, settings: PaymentsSettings) -> None:
        self._files = files
        self._settings = settings

    async def code(self, request: CodePicture) -> MadeFile:
        """A QR picture of an authorisation code."""
        picture = await asyncio.to_thread(draw_code, request.text)
        return MadeFile(file=await self._files.keep(picture, name="code.png", type="image/png"))

    async def receipt(self, request: ReceiptPicture) -> MadeFile:
        """A receipt as PDF."""
        receipt = request.receipt
        page = await asyncio.to_thread(
            draw_receipt,
            receipt,
            request.payer_name,
            self._settings.organisation_name,
            self._settings.verify_url(""),
            request.language,
        )
        name = f"receipt-{receipt.code}.pdf"
        return MadeFile(file=await self._files.keep(page, name=name, type="application/pdf"))
