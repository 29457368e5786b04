"""Documents: state, inbox, outbox and outcalls of one aggregate, written in one commit."""
