"""The published language: what each service says (events) and is asked (commands). One module per service."""
