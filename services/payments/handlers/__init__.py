"""What payments does on each message and answer: payments, and the receipts of those that settled."""
