"""The outside world on your own machine: stand-ins for WhatsApp, Paynow and credex-core, and a console that shows them.

Nothing here is shared with the product's adapters: each side reads the contracts for itself, so that one mistake
cannot hide in both.
"""
