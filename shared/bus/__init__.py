"""Messages between services: envelopes, handlers, lanes, the one delivery pipeline, and two transports."""
