"""Forms: WhatsApp Flows that ask our endpoint for their screens (WhatsApp contract 5).

Beside flows, which are talk: a form is asked by HTTP, screen by screen, and comes back to the talk as one message.

keys.py       the private keys: read, made, their public part uploaded
crypto.py     a request opened, a reply closed
tokens.py     what ties a form to a person and a purpose
sessions.py   what was asked and shown in one form, so that a repeated question has the same answer
screens.py    the registry: which function shows which screen
endpoint.py   one request from raw body to encrypted reply
media.py      files that a person picked in a form
lint.py       the rules of Flow JSON
"""
