"""The fixed words of a printed receipt in each language. Amounts, references and what was typed stay as they are.

The words are those of the conversation's catalogs; no native speaker has reviewed the Shona and Ndebele ones yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from shared.kernel.languages import Language


@dataclass(frozen=True)
class Words:
    """Labels, and what is printed beside the code."""

    receipt: str
    corrected: str
    number: str
    """Before a receipt's number."""
    replaces: str
    date: str
    payer: str
    purpose: str
    method: str
    by_hand: str
    """The method `manual`; all others are names of products."""
    reference: str
    payment: str
    issued: str
    is_it_true: str
    how_to_tell: str


WORDS: dict[Language, Words] = {
    "en": Words(
        receipt="RECEIPT",
        corrected="CORRECTED RECEIPT",
        number="No.",
        replaces="In place of",
        date="Date",
        payer="Received from",
        purpose="For",
        method="Paid by",
        by_hand="Bank or cash",
        reference="Reference",
        payment="Payment",
        issued="Issued",
        is_it_true="Is this receipt true?",
        how_to_tell="Scan the code: the page that opens shows number, date, amount and purpose as we issued them. "
        "They must be those printed here.",
    ),
    "sn": Words(
        receipt="RISITI",
        corrected="RISITI YAKAGADZIRISWA",
        number="Nhamba",
        replaces="Inotora nzvimbo ye",
        date="Zuva",
        payer="Kubva kuna",
        purpose="Chinangwa",
        method="Yabhadharwa ne",
        by_hand="Bhanga kana kesi",
        reference="Referenzi",
        payment="Mubhadharo",
        issued="Yakaburitswa",
        is_it_true="Risiti iyi ndeyechokwadi here?",
        how_to_tell="Skenai kodhi iyi: peji rinovhurika rinoratidza nhamba, zuva, huwandu hwemari nechinangwa "
        "sezvatakazviburitsa. Zvinofanira kufanana nezvakadhindwa pano.",
    ),
    "nd": Words(
        receipt="IRISIDI",
        corrected="IRISIDI ELUNGISIWEYO",
        number="Inombolo",
        replaces="Ithatha indawo ye",
        date="Usuku",
        payer="Ivela ku",
        purpose="Injongo",
        method="Ibhadalwe nge",
        by_hand="Ibhanga loba ikhetshi",
        reference="Ireferensi",
        payment="Inkokhelo",
        issued="Ikhitshwe",
        is_it_true="Irisidi le iqinisile na?",
        how_to_tell="Skena ikhodi le: ikhasi elivulekayo litshengisa inombolo, usuku, inani lemali lenjongo njengoba "
        "sizikhuphile. Kumele zifanane lokushicilelwe lapha.",
    ),
}


def day(on: date, language: Language) -> str:
    """`24 November 2026`, `24 Mbudzi 2026`."""
    return format_date(on, "d MMMM y", locale=language)
