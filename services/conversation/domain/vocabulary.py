"""Words that tell what a sentence is about, in English, Shona and Ndebele. Native speakers have yet to review them."""

from __future__ import annotations

import re
from typing import Literal

Intent = Literal["donate", "register", "check", "help", "history", "receipt", "language", "shona", "ndebele", "english"]


def _set(words: str) -> frozenset[str]:
    return frozenset(re.findall(r"\S+", words))


GIVE = _set(
    "give giving gave donate donating donation donations gift offering offer tithe tithes contribute contributing pay "
    "paying send kupa ndipe ndikupe tipe kubhadhara bhadhara ndibhadhare chipo mupiro chegumi ndinopa ndichipa "
    "kutumira nika ukunika nginike nginika sinike umnikelo okwetshumi ukubhadala bhadala ngibhadale ukuthumela ukupha"
)
"""Somebody wants to give."""

NOT_NAMES = _set(
    "a an the i am me my we you us not new sorry ok okay done fine well back late still just so very happy glad sure "
    "paid ready interested lost trying waiting here there from for and or to of in at on with by it is was this that "
    "want wants wish would like need please money usd zig zwg dollars conference church congregation assembly member "
    "ndoda ndinoda ndiri ndodawo ngifuna ngicela yangu yami uye lo le ne na ye ya re ra ku kwa nge"
)
"""Words of which no name is made."""

ALIKE: tuple[frozenset[str], ...] = (
    _set("monthly month pamwedzi mwedzi wemwedzi yemwedzi ngenyanga inyanga yenyanga"),
    _set("august agasti nyamavhuvhu ncwabakazi"),
    _set("youth young chidiki vechidiki yevechidiki chechidiki wevechidiki abatsha labatsha yabatsha intsha"),
    _set("construction building build kuvaka yekuvaka chivako ukwakha yokwakha ukwakhiwa isakhiwo"),
    _set("pastoral pastor mufundisi vafundisi yemufundisi yevafundisi umfundisi abefundisi kamfundisi"),
)
"""Words for the same purpose."""

NUMBERS = _set(
    "one two three four five six seven eight nine ten fifteen twenty thirty forty fifty sixty hundred thousand nan inf "
    "infinity poshi piri tatu china shanu gumi makumi zana chiuru kunye kubili kuthathu kune kuhlanu ishumi itshumi "
    "amatshumi ikhulu inkulungwane"
)
"""Words that stand where figures should: taken for an amount that cannot be read, never for their number."""

THANKS = frozenset(
    {"thanks", "thank you", "thank you very much", "thank you so much", "thanks a lot", "thanks so much"}
    | {"many thanks", "ok thanks", "ok thank you"}
)
"""English ones: in Shona and Ndebele they are names, too."""

NOTHING = _set("none nothing nil hapana handina lutho akulalutho angilalutho")
"""Said where there is nothing to name."""

POLITE = _set("please pls plz ok okay yes yeah just only maybe hongu ehe yebo ndapota ngicela")
"""Words that may stand beside a bare amount."""

COMMON = _set("contribution conference support fund project offering gift")
"""Words that say little of which purpose is meant."""

ASKED: tuple[tuple[Intent, str], ...] = (
    (
        "check",
        r"my (?:last )?payment\b|gone through|go through|went through|payment status|status of|where is my money|"
        r"(?:is|was) it paid|mubhadharo wangu|mari yangu (?:yasvika|yaenda)|inkokhelo yami|imali yami ifikile",
    ),
    ("receipt", r"\breceipts?\b|\brisiti\b|\birisidi\b"),
    ("history", r"have i given|did i give|my (?:donations|gifts|payments)\b|zvandakapa|engikunik(?:il)?eyo"),
    (
        "register",
        r"\bregist\w+|\bvolunteer\w*|\bkunyoresa\b|\bndinyorese\w*|\bnyoresa\w*|\bkuzvipira\b|\bbhalis\w+|"
        r"\bukubhalisa\b|\bngibhalis\w+|\bsign me up\b|\bjoin\b",
    ),
    ("shona", r"\b(?:in|speak|use|taura|pachi)\s?(?:chi)?shona\b|\bkhuluma isishona\b"),
    ("ndebele", r"\b(?:in|speak|use|khuluma|nge)\s?(?:isi)?ndebele\b|\btaura chindebele\b"),
    ("english", r"\b(?:in|speak|use|taura|khuluma) (?:english|chirungu|isikhiwa|isingisi)\b"),
    ("language", r"\b(?:change|switch) (?:the )?language\b|\bchinja\w* mutauro\b|\bguqula ulimi\b"),
    (
        "help",
        r"what is this|what can (?:you|i) do|how (?:does|do) (?:this|it|i)|who are you|help me|chii ichi|chii chino|"
        r"ndiani|ndibatsire\w*|kuyini lokhu|yini le|ngubani|ngicela uncedo|ngisiza|ngisize",
    ),
)
"""What else may be asked for, by patterns; the first that is found counts."""

NAME_BEGINS = (
    r"(?:\bmy name is|\bi am called|\bi am|\bi'm|\bthis is|\bzita rangu (?:ndinonzi|ndi)|\bndinonzi|\bndini|"
    r"\bibizo lami (?:lingu|ngu)|\bngingu|\bigama lami ngu)"
)
NAME_ENDS = (
    r"[,;.!?\d$]|\b(?:from|in|at|of|and|want|wants|giving|donating|to|for|the|here|ku|kubva|kwa|ndiri|ndinobva|ndoda|"
    r"ndinoda|ngivela|ngisuka|ngifuna|e)\b"
)
"""Around a name that is said as such."""
