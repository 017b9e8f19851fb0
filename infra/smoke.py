"""What must answer once a system runs, as data: read by `eucloud smoke <stack>`."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from components.vocabulary import Spec


class HttpCheck(Spec):
    """One request below the base URL. `{VARIABLE}` in headers and body is filled in from the environment, or from `variables`.

    `secret` names the environment variable whose value signs the body (HMAC-SHA256, hex).
    """

    kind: Literal["http"] = "http"
    name: str
    method: Literal["GET", "POST"] = "GET"
    path: str = Field(pattern=r"^/")
    status: int = Field(default=200, ge=100, le=599)
    headers: dict[str, str] = Field(default_factory=dict)
    body: str = ""
    variables: dict[str, str] = Field(default_factory=dict, description="What `{VARIABLE}` is where the environment says nothing of it.")
    signature_header: str = Field(default="", description="Header that carries the signature.")
    signature_format: str = Field(default="sha256={signature}")
    secret: str = Field(default="", description="Environment variable with the secret that signs; a bad signature is sent without one.")
    contains: str = ""
    host: str = Field(default="", description="Subdomain instead of the base URL's own host: grafana.")


class TlsCheck(Spec):
    """The certificate is trusted, names the host, and is valid for `days` more."""

    kind: Literal["tls"] = "tls"
    name: str
    days: int = Field(default=7, ge=1)


class RedirectCheck(Spec):
    """Plain HTTP answers with a redirect to the same address over HTTPS."""

    kind: Literal["redirect"] = "redirect"
    name: str
    path: str = "/"


Check: TypeAlias = HttpCheck | TlsCheck | RedirectCheck
