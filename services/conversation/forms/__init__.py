"""Forms: WhatsApp Flows that ask our endpoint for their screens (WhatsApp contract 5).

Beside flows, which are talk: a form is asked by HTTP, screen by screen, and comes back to the talk as one message.

keys.py       the private keys: read, made, their public part uploaded
crypto.py     a request opened, a reply closed
tokens.py     what ties a form to a person and a purpose
sessions.py   how far a form has come: that it ends once
screens.py    the registry: which function shows which screen
endpoint.py   one request from raw body to encrypted reply
media.py      files that a person picked in a form
lint.py       the rules of Flow JSON
"""
