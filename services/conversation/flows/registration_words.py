"""What `registration_form.json` says on its two screens, besides what its fields offer.

A published form is one for all languages: its labels are data that our endpoint gives with each screen. Only the title
of a screen cannot be given so, and holds no words.
"""

from __future__ import annotations

from services.conversation.engine.texts import _, later

PERSON = {
    "heading": later("Who are you?"),
    "name_label": later("Full name"),
    "email_label": later("E-mail"),
    "email_help": later("Leave it empty if you have none"),
    "province_label": later("Province"),
    "next_label": later("Continue"),
}
HELP = {
    "heading": later("How you can help"),
    "town_label": later("Congregation or town"),
    "place_label": later("Which one?"),
    "skills_label": later("Skills"),
    "skills_help": later("Tick yours, or write them below"),
    "other_label": later("Other skills"),
    "other_help": later("With commas"),
    "consent_label": later("I agree that my details are kept to reach me when help is needed; forget me erases them"),
    "send_label": later("Register"),
}


def said(words: dict[str, str]) -> dict[str, str]:
    """The words of a screen in the language that is spoken."""
    return {name: _(text) for name, text in words.items()}
