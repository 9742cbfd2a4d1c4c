"""One frozen ``Settings``, read once from the environment; nothing else reads it.

Each name is known bare (``SMTP_HOST``) and, where a bare name might clash, as ``ONETHREAD_…``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway.errors import Misconfigured

DATABASES = ("sqlite", "postgres", "postgresql", "postgresql+asyncpg")  #: as URLs begin


def _named(name: str) -> AliasChoices:
    return AliasChoices(name, f"ONETHREAD_{name}")


class Settings(BaseSettings):
    """What an operator may set."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    host: str = Field("127.0.0.1", validation_alias=_named("HOST"))
    port: int = Field(8080, validation_alias=AliasChoices("ONETHREAD_PORT", "PORT"))
    data: Path = Field(Path("var"), validation_alias="ONETHREAD_DATA")
    #: where attachments are kept; nodes of one database need one directory that all of them reach
    files: Path | None = Field(None, validation_alias="ONETHREAD_FILES")
    database_url: str | None = Field(None, validation_alias=_named("DATABASE_URL"))
    #: the address that the world sees; cookies, links, webhook signatures and Origins rest on it
    public_url: str | None = Field(None, validation_alias=_named("PUBLIC_URL"))
    #: signs reply addresses and links; at least 32 characters
    secret_key: SecretStr | None = Field(None, validation_alias=_named("SECRET_KEY"))
    #: accept a database that may lose acknowledged messages in a power cut
    accept_data_loss: bool = Field(False, validation_alias="ONETHREAD_ACCEPT_DATA_LOSS")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", validation_alias=_named("LOG_LEVEL")
    )
    #: a file that says how far the clock runs ahead; the demo sets it, nobody else ever should
    clock: Path | None = Field(None, validation_alias="ONETHREAD_CLOCK")

    #: frames a second that one socket may send over time; a person types far slower
    frame_rate: float = Field(15.0, ge=1.0, validation_alias="ONETHREAD_FRAME_RATE")
    #: seconds a hand-over may take before it counts as of unknown outcome
    lease: float = Field(60.0, ge=1.0, le=3_600.0, validation_alias="ONETHREAD_LEASE")

    smtp_host: str | None = Field(None, validation_alias=_named("SMTP_HOST"))
    smtp_port: int = Field(587, validation_alias=_named("SMTP_PORT"))
    smtp_username: str | None = Field(None, validation_alias=_named("SMTP_USERNAME"))
    smtp_password: SecretStr | None = Field(None, validation_alias=_named("SMTP_PASSWORD"))
    smtp_tls: Literal["none", "starttls", "tls"] = Field(
        "starttls", validation_alias=_named("SMTP_TLS")
    )
    inbound_smtp_host: str = Field("127.0.0.1", validation_alias=_named("INBOUND_SMTP_HOST"))
    inbound_smtp_port: int | None = Field(None, validation_alias=_named("INBOUND_SMTP_PORT"))
    #: LMTP for a mail server of the house: a port on the same host, or a socket's path, or both
    inbound_lmtp_port: int | None = Field(None, validation_alias=_named("INBOUND_LMTP_PORT"))
    inbound_lmtp_socket: Path | None = Field(None, validation_alias=_named("INBOUND_LMTP_SOCKET"))
    #: a mailbox to read, ``imaps://user:password@host/INBOX``, both %-encoded; see docs/mailbox.md
    imap_url: SecretStr | None = Field(None, validation_alias=_named("IMAP_URL"))
    imap_password: SecretStr | None = Field(None, validation_alias=_named("IMAP_PASSWORD"))
    #: the authserv-id of our own border mail server (several: parted by commas): its
    #: Authentication-Results are believed. It must strip what strangers write under that id
    trusted_authserv_id: str | None = Field(None, validation_alias=_named("TRUSTED_AUTHSERV_ID"))
    #: the DNS server that is asked about senders, ``host`` or ``host:port``; else this machine's
    dns_server: str | None = Field(None, validation_alias=_named("DNS_SERVER"))
    #: mail from this domain, or one below it, is signed; the key is an RSA or Ed25519 key as PEM
    dkim_domain: str | None = Field(None, validation_alias=_named("DKIM_DOMAIN"))
    dkim_selector: str | None = Field(None, validation_alias=_named("DKIM_SELECTOR"))
    dkim_key: SecretStr | None = Field(None, validation_alias=_named("DKIM_KEY"))
    dkim_key_file: Path | None = Field(None, validation_alias=_named("DKIM_KEY_FILE"))

    #: mail by webhook; each may hold two, parted by a comma, while one is being replaced
    postmark_inbound_secret: SecretStr | None = Field(
        None, validation_alias=_named("POSTMARK_INBOUND_SECRET")
    )
    mailgun_signing_key: SecretStr | None = Field(
        None, validation_alias=_named("MAILGUN_SIGNING_KEY")
    )
    sendgrid_inbound_secret: SecretStr | None = Field(
        None, validation_alias=_named("SENDGRID_INBOUND_SECRET")
    )
    sendgrid_public_key: str | None = Field(None, validation_alias=_named("SENDGRID_PUBLIC_KEY"))
    #: the ARNs of the SNS topics by which SES may bring mail
    ses_topics: str | None = Field(None, validation_alias=_named("SES_TOPICS"))

    twilio_account_sid: str | None = Field(None, validation_alias=_named("TWILIO_ACCOUNT_SID"))
    twilio_auth_token: SecretStr | None = Field(None, validation_alias=_named("TWILIO_AUTH_TOKEN"))
    #: the token before or after this one, while it is being rotated
    twilio_auth_token_other: SecretStr | None = Field(
        None, validation_alias=_named("TWILIO_AUTH_TOKEN_OTHER")
    )
    #: shared keys that webhooks are signed with, ``id:secret``, several parted by commas
    twilio_webhook_keys: SecretStr | None = Field(
        None, validation_alias=_named("TWILIO_WEBHOOK_KEYS")
    )
    twilio_api_base: str | None = Field(None, validation_alias=_named("TWILIO_API_BASE"))

    #: where push services find the operator, a mailto: or https: URI; unset: no browser is notified
    push_contact: str | None = Field(None, validation_alias=_named("PUSH_CONTACT"))
    #: whose push services are called, parted by commas; unset: the browsers' vendors. An origin
    #: (``http://127.0.0.1:8081``) may be this machine's, for a pretend one
    push_hosts: str | None = Field(None, validation_alias=_named("PUSH_HOSTS"))

    #: the origins of stores' apps that may be called although they are no public https addresses,
    #: ``http://10.0.0.5:8080``, several parted by commas
    app_origins: str | None = Field(None, validation_alias=_named("APP_ORIGINS"))

    @field_validator("database_url")
    @classmethod
    def _a_database_we_know(cls, url: str | None) -> str | None:
        if url is not None and url.partition("://")[0] not in DATABASES:
            raise ValueError("must begin with postgresql:// or sqlite:///")
        return url

    @property
    def base_url(self) -> str:
        """The public address without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def files_home(self) -> Path:
        """Where attachments are kept; beside the data unless a place is set."""
        return self.files or self.data / "files"

    @property
    def database(self) -> str:
        """The database's URL; a SQLite file under ``data`` unless one is set."""
        return self.database_url or f"sqlite:///{self.data.resolve()}/onethread.db"


def read_settings(**given: object) -> Settings:
    """Read the environment; ``given`` fields win.

    Raises:
        Misconfigured: a value cannot be used; the message names the setting.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks each
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = "_".join(str(part) for part in first["loc"])
        raise Misconfigured(f"{name}: {first['msg']}") from None
