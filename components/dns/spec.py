"""What a public DNS zone must be."""

from __future__ import annotations

from components.vocabulary import Spec


class DnsSpec(Spec):
    """One public zone. Records are kept by external-dns; certificates are issued only by the authorities in `caa`."""

    domain: str
    caa: tuple[str, ...] = ("letsencrypt.org",)
    ops_email: str
    deletion_protected: bool = True
