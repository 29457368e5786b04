"""Settings: environment over `.env` over defaults; a missing or senseless one names itself (product 7)."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.contracts.registry import SERVICES
from shared.kernel.errors import Misconfigured


class Settings(BaseSettings):
    """The base of every settings class. Field names are the environment's names in lower case."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True, frozen=True)


def _begins_with(*schemes: str) -> AfterValidator:
    def checked(value: str | SecretStr) -> str | SecretStr:
        url = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not url.lower().startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(f"it must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return value

    return AfterValidator(checked)


def listed(text: str) -> tuple[str, ...]:
    """The parts of a setting with commas, without blanks around them and without empty ones."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def as_list(value: Any) -> Any:
    """For validators: as `listed`, but what is no text stays as it is."""
    return listed(value) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(as_list)]
"""Several values with commas; `NoDecode` since they are no JSON."""
WebUrl = Annotated[str, _begins_with("http", "https")]
MongoUrl = Annotated[SecretStr, _begins_with("mongodb", "mongodb+srv")]
RedisUrl = Annotated[SecretStr, _begins_with("redis", "rediss")]
AmqpUrl = Annotated[SecretStr, _begins_with("amqp", "amqps")]


class PlaceSettings(Settings):
    """Where the services listen."""

    host: str = "127.0.0.1"
    """`HOST`: the address that the services listen on; 0.0.0.0 in containers."""
    port: int = 8010
    """`PORT`: the gateway's; the other services take the five ports after it."""


class CommonSettings(PlaceSettings):
    """What all services share."""

    debug: bool = False
    """`DEBUG`: development; with false every key must be given."""
    amqp_url: AmqpUrl | None = None
    """`AMQP_URL`: RabbitMQ; empty means the embedded transport, for one process with all services."""
    mongo_url: MongoUrl
    """`MONGO_URL`: a replica set or sharded cluster."""
    mongo_database_prefix: str = "ruvimbo"
    """`MONGO_DATABASE_PREFIX`: each service has a database of its own, `<prefix>_<service>`."""
    lanes: int = Field(default=4, ge=1, le=64)
    """`LANES`: queues per service on RabbitMQ. Eight cost more than four on two cores (measured)."""
    redis_url: RedisUrl
    """`REDIS_URL`: Valkey or Redis with `appendfsync always` and `noeviction`."""
    otel_exporter_otlp_endpoint: WebUrl | None = None
    """`OTEL_EXPORTER_OTLP_ENDPOINT`: where traces go by OTLP over HTTP; empty: nowhere."""
    log_hash_key: SecretStr
    """`LOG_HASH_KEY`: key of the hash that stands for a phone, name or id in logs and traces."""
    log_file: str | None = None
    """`LOG_FILE`: logs go there too, rotated."""
    service_token: SecretStr
    """`SERVICE_TOKEN`: what our services show each other."""
    services_url: WebUrl = "http://127.0.0.1:{port}"
    """`SERVICES_URL`: where the services reach each other; `{service}` and `{port}` are filled in."""

    def port_of(self, service: str) -> int:
        """The port that a service listens on."""
        return self.port + SERVICES.index(service)

    def url_of(self, service: str) -> str:
        """Where the other services reach this one, without a slash at the end."""
        return self.services_url.format(service=service, port=self.port_of(service)).rstrip("/")


S = TypeVar("S", bound=Settings)


def read_settings(cls: type[S]) -> S:
    """The settings of a class, from the environment. Raises Misconfigured with one sentence that names the setting."""
    try:
        return cls()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        problem = first["msg"].removeprefix("Value error, ").removesuffix(".")
        if not first["loc"]:
            raise Misconfigured(f"{problem}.") from None
        name = str(first["loc"][0]).upper()
        if first["type"] == "missing":
            raise Misconfigured(f"{name} is not set; give it in the environment or in .env.") from None
        raise Misconfigured(f"{name} is not usable: {problem}.") from None
