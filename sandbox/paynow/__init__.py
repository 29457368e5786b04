"""A stand-in for Paynow in test mode, built to section 10 of the Paynow contract.

It owns its transactions in memory, answers the interface (initiate, remote, poll, trace, O'mari's code), shows the
payment page, posts status updates to the merchant with Paynow's retries, and misbehaves on request. Its hashing and
its wire format are its own: no code is shared with the client that it tests.
"""
