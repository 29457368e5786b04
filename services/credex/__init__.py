"""Credex owns member tokens, the directory and every action at credex-core.

It hears its commands `open_dashboard`, `join_credex`, `find_account`, `find_member`, `make_offer`, `answer_offer`,
`accept_offers`, `read_ledger`, `read_credex`, `read_balances`, `open_account`, `list_authorised`,
`authorise_member`, `remove_member`, `direct_notices`, `upgrade_tier` and `tell_kept`, those
that it asks of itself (`note_member`, `note_account`, `note_offer`, `forget_issues`, `forget_requests`,
`confirm_erasure`), `gateway.member_met`, `gateway.identity_changed` and `conversation.erasure_requested`.

It says `dashboard_shown`, `credex_joined`, `account_found`, `member_found`, `offer_made`, `offer_accepted`,
`offer_declined`, `offer_cancelled`, `offer_gone`, `offers_accepted`, `ledger_shown`, `credex_shown`,
`balances_shown`, `account_opened`, `authorised_listed`, `member_authorised`, `member_removed`, `notices_directed`,
`tier_upgraded`, `offer_noticed` and `kept_told`; and, when that cannot be said, `not_a_member`, `credex_refused`,
`credex_unavailable`, `credex_delayed`, `credex_queued`, `outcome_uncertain` and `outcome_under_review`. To the
books `credex_moved`. And `person_erased`.
"""
