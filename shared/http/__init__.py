"""HTTP in and out: the server side with limits and plain errors, the client side with deadlines and traces."""
