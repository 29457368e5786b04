"""How credex reaches its vendor, credex-core: HTTP, its tokens, its rate limit."""
