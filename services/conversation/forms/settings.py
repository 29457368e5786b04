"""Settings of forms."""

from __future__ import annotations

from typing import Self

from pydantic import SecretStr, model_validator

from shared.runtime.settings import Settings, listed


class FormSettings(Settings):
    """The keys that forms are closed with."""

    enable_meta_flows: bool = False
    """`ENABLE_META_FLOWS`: whether forms are offered; without them the same is asked in the chat."""
    private_key_file: str = ""
    """`PRIVATE_KEY_FILE`: the RSA key of forms, as PEM; during a rotation several with commas, the newest first."""
    private_key_passphrase: SecretStr | None = None
    """`PRIVATE_KEY_PASSPHRASE`: of the key files, if they have one."""
    form_closed_in_clear: bool = False
    """`FORM_CLOSED_IN_CLEAR`: how the words of a closed form are sent; Meta's page and Meta's sample disagree."""
    meta_app_secret: SecretStr = SecretStr("")
    """`META_APP_SECRET`: signs the tokens of newer forms; several with commas during a rotation."""

    @model_validator(mode="after")
    def _has_keys(self) -> Self:
        if self.enable_meta_flows and not self.private_key_file:
            raise ValueError(
                "ENABLE_META_FLOWS is true, and PRIVATE_KEY_FILE names no key; `ruvimbo flows keys` makes one"
            )
        return self

    @property
    def app_secrets(self) -> tuple[str, ...]:
        """The active app secrets."""
        return listed(self.meta_app_secret.get_secret_value())
