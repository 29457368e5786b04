"""Credex will own member tokens, the directory and every credex action; for now it answers "not yet".

It hears `credex.open_dashboard`; it says `credex.credex_unavailable`.
"""
