"""WhatsApp on one's own machine: a stand-in for the Graph API that takes messages, and phones that send webhooks.

It speaks what the WhatsApp contract says and shares no code with the product's adapters, so that a mistake in one
shows in the other.
"""
