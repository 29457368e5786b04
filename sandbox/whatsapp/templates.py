"""Templates that the business has registered (WhatsApp contract 7.1): what is not approved as it is sent is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal
from zlib import crc32

from pydantic import BaseModel, ConfigDict, Field

from sandbox.whatsapp.limits import Refused

Json = dict[str, Any]


class Template(BaseModel):
    """One template in one language; `parameters` of its body, `header` and `button` if it has some with parameters."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1)
    language: str = "en"
    parameters: int = Field(default=0, ge=0)
    header: Literal["document", "image", "video", "text"] | None = None
    button: bool = False
    category: Literal["UTILITY", "AUTHENTICATION", "MARKETING"] = "UTILITY"
    status: Literal["APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED"] = "APPROVED"
    held: bool = False
    """Accepted messages are held for quality assessment."""


PRODUCT = (
    Template(name="payment_update", parameters=2),
    Template(name="receipt_ready", parameters=2),
    Template(name="offer_notice", parameters=3),
    Template(name="report_ready", parameters=2, header="document"),
    Template(name="sign_in_code", parameters=1, button=True, category="AUTHENTICATION"),
    Template(name="notice", parameters=2),
)
"""Those that the product asks its operator to register (product 9)."""


class Templates:
    """The registry."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Template] = {}
        self.forget()

    def __iter__(self) -> Iterator[Template]:
        return iter(self._known.values())

    def register(self, template: Template) -> None:
        """Add one, or change the one of that name and language."""
        self._known[template.name, template.language] = template

    def forget(self) -> None:
        """Only those of the product are left."""
        self._known = {(template.name, template.language): template for template in PRODUCT}

    def check(self, body: Json, *, has_phone: bool) -> Template:
        """The template that a message asks for. Raises Refused."""
        name, language = str(body["name"]), str(body["language"]["code"])
        template = self._known.get((name, language))
        if template is None or template.status in ("PENDING", "REJECTED"):
            raise Refused(132001, f"template name ({name}) does not exist in {language}")
        if template.status == "PAUSED":
            raise Refused(132015, f"template {name} is paused")
        if template.status == "DISABLED":
            raise Refused(132016, f"template {name} is disabled")
        if template.category == "AUTHENTICATION" and not has_phone:
            raise Refused(131062, "Business-scoped User ID (BSUID) recipients are not supported for this message.")
        components = [part for part in body.get("components", []) if isinstance(part, dict)]
        given = sum(len(part.get("parameters", [])) for part in components if part.get("type") == "body")
        if given != template.parameters:
            raise Refused(
                132000,
                f"body: number of localizable_params ({given}) does not match the expected number of params "
                f"({template.parameters})",
            )
        self._check_header(template, components)
        return template

    def _check_header(self, template: Template, components: list[Json]) -> None:
        headers = [part for part in components if part.get("type") == "header"]
        kinds = [parameter.get("type") for part in headers for parameter in part.get("parameters", [])]
        if kinds != ([template.header] if template.header else []):
            raise Refused(132012, f"header: Format mismatch, expected {template.header}, received {kinds}")
        if template.button and not any(part.get("type") == "button" for part in components):
            raise Refused(131008, "buttons: Button at index 0 of type Url requires a parameter")


def listed(template: Template) -> Json:
    """As `GET /{account}/message_templates` tells of it."""
    words = " ".join(f"{{{{{place}}}}}" for place in range(1, template.parameters + 1))
    components: list[Json] = [{"type": "BODY", "text": f"{template.name} {words}".strip()}]
    if template.header:
        components.insert(0, {"type": "HEADER", "format": template.header.upper()})
    if template.button:
        components.append({"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copy code"}]})
    return {
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "components": components,
        "id": str(crc32(f"{template.name}:{template.language}".encode())),
    }
