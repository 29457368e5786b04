"""What WhatsApp tells beside a message's content: whence it comes, products, contact cards, problems (contract 2)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A value inside of messages."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Problem(Part):
    """An error of WhatsApp's, of the same shape in its three places (contract 2.5)."""

    code: int
    title: str = ""
    details: str = ""
    href: str | None = None


class Product(Part):
    """A product of the business's catalogue that a message is about."""

    catalog_id: str | None = None
    product_id: str | None = None


class Referral(Part):
    """The advertisement or post that a person came by, as its author and WhatsApp describe it (contract 2.2)."""

    source_type: str | None = None
    """`ad` or `post`."""
    source_id: str | None = None
    source_url: str | None = None
    headline: str | None = None
    body: str | None = None
    media_type: str | None = None
    """`image` or `video`."""
    image_url: str | None = None
    video_url: str | None = None
    thumbnail_url: str | None = None
    click_id: str | None = None
    """`ctwa_clid`; there is none for advertisements in Status."""
    welcome_text: str | None = None


class OrderedItem(Part):
    """A line of an order. The price is the catalogue's word: price it anew."""

    product_id: str | None = None
    quantity: int | None = None
    price: Decimal | None = None
    currency: str | None = None


class CardPhone(Part):
    phone: str | None = None
    """As it was typed."""
    whatsapp: str | None = None
    """E.164, when the number is known at WhatsApp."""
    type: str | None = None


class ContactCard(Part):
    """A person as somebody else's phone knows them: nothing in it is proved."""

    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phones: tuple[CardPhone, ...] = ()
    emails: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    """Each on one line, from street to country."""
    urls: tuple[str, ...] = ()
    organisation: str | None = None
    birthday: str | None = None
    origin: Literal["contact_request", "other"] | None = None
    vcard: str | None = None


class ConversationPriced(Part):
    """The conversation that a status counts to; told from v24.0 on for free entry points only (contract 2.4)."""

    id: str | None = None
    origin: str | None = None
    expires_at: datetime | None = None
