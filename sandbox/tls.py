"""Stand-in for the tls provider: real keys and certificates, made with `cryptography` (it comes with the development tools)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, cast

from sandbox.contract import UNKNOWN, Failure, Properties, Record, Refused, Request, World
from sandbox.invent import complete
from sandbox.reflected import Reflected
from sandbox.reflection.check import show

KEY = "tls:index/privateKey:PrivateKey"
REQUEST = "tls:index/certRequest:CertRequest"
SELF_SIGNED = "tls:index/selfSignedCert:SelfSignedCert"
LOCALLY_SIGNED = "tls:index/locallySignedCert:LocallySignedCert"

_ALGORITHMS = ("RSA", "ECDSA", "ED25519")
_CURVES = ("P224", "P256", "P384", "P521")
_USE_NAMES = (
    "any_extended cert_signing client_auth code_signing content_commitment crl_signing data_encipherment decipher_only digital_signature"
    " email_protection encipher_only ipsec_end_system ipsec_tunnel ipsec_user key_agreement key_encipherment"
    " microsoft_commercial_code_signing microsoft_kernel_code_signing microsoft_server_gated_crypto netscape_server_gated_crypto"
    " ocsp_signing server_auth timestamping"
)
_USES = frozenset(_USE_NAMES.split())
_IN_PLACE = frozenset({"earlyRenewalHours"})


def _crypto() -> ModuleType:
    try:
        from sandbox import certificates
    except ImportError as error:
        raise Refused("Unavailable", f"keys need the Python package cryptography: {error}; `uv sync` installs it") from error
    return certificates


class Tls(Reflected):
    package = "tls"

    def rules(self, request: Request, inputs: Properties) -> Iterable[Failure]:
        for name, allowed in (("algorithm", _ALGORITHMS), ("ecdsaCurve", _CURVES)):
            value = inputs.get(name)
            if value not in (None, UNKNOWN, *allowed):
                yield Failure(name, f"{show(value)} is not a valid value (allowed: {', '.join(allowed)})")
        bits = inputs.get("rsaBits")
        if isinstance(bits, int | float) and bits < 1024:
            yield Failure("rsaBits", f"{show(bits)} is below 1024")
        hours = inputs.get("validityPeriodHours")
        if isinstance(hours, int | float) and hours < 1:
            yield Failure("validityPeriodHours", f"{show(hours)} must be at least 1")
        uses = inputs.get("allowedUses")
        for index, use in enumerate(cast("list[Any]", uses) if isinstance(uses, list) else []):
            if use is not UNKNOWN and use not in _USES:
                yield Failure(f"allowedUses[{index}]", f"{show(use)} is not a valid value (allowed: {', '.join(sorted(_USES))})")

    def immutable(self, type_: str) -> frozenset[str]:
        return frozenset(self.schemas.of(type_).inputs) - _IN_PLACE

    def create(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> tuple[str, Properties]:
        if prior is not None:
            return prior.id, {**prior.outputs, **inputs}
        certificates = _crypto()
        makers: dict[str, Callable[[Properties], tuple[str, Properties]]] = {
            KEY: certificates.private_key,
            REQUEST: certificates.request,
            SELF_SIGNED: certificates.self_signed,
            LOCALLY_SIGNED: certificates.locally_signed,
        }
        if request.type not in makers:
            raise Refused("UnknownResource", f"the sandbox makes no {request.type}")
        try:
            id_, made = makers[request.type](inputs)
        except ValueError as error:
            raise Refused("InvalidInput", str(error)) from error
        return id_, complete(self.schemas.of(request.type), {**inputs, **made})
