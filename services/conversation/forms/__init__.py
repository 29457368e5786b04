"""WhatsApp Flows of this service, as the operator publishes them, and what comes back from them."""
