"""Where the sandbox listens, and where people find the gateway."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

from pydantic import Field

from shared.runtime.settings import Settings


class SandboxSettings(Settings):
    """What the process itself needs; each part of the sandbox reads settings of its own beside these."""

    sandbox_host: IPv4Address | IPv6Address = IPv4Address("127.0.0.1")
    """`SANDBOX_HOST`: the address to listen on; 0.0.0.0 in containers."""
    sandbox_port: int = Field(default=8020, ge=1, le=65535)
    """`SANDBOX_PORT`: the port to listen on."""
    port: int = Field(default=8010, ge=1, le=65535)
    """`PORT`: the gateway's, for the link to its health."""
    public_url: str | None = None
    """`PUBLIC_URL`: where a browser reaches the gateway; by default on this machine."""

    @property
    def gateway_url(self) -> str:
        """Where a browser reaches the gateway, without a slash at the end."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")
