"""A public DNS zone on GCP: Cloud DNS, signed."""

from __future__ import annotations

import pulumi
from pulumi_gcp import dns

from components.core import Component
from components.dns.outputs import DnsOutputs
from components.dns.spec import DnsSpec
from components.gcp_project import Project
from components.site import Site

CAA_TTL_SECONDS = 3600


class GcpDns(Component[DnsOutputs]):
    """Signed with DNSSEC; resolvers ask for it once the registrar has the DS record. Queries are not logged: they carry resolvers'
    addresses, and nobody reads them."""

    TYPE = "gcp:Dns"

    def __init__(self, name: str, spec: DnsSpec, site: Site, project: Project, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        zone = dns.ManagedZone(
            f"{name}-zone",
            name=name,
            dns_name=absolute(spec.domain),
            description=f"{site.name}: records are kept by external-dns",
            visibility="public",
            dnssec_config=dns.ManagedZoneDnssecConfigArgs(
                state="on",
                non_existence="nsec3",  # nsec would let anybody list the zone
                # Left out, the zone is signed with RSA keys of 1024 bits.
                default_key_specs=[_key("keySigning"), _key("zoneSigning")],
            ),
            cloud_logging_config=dns.ManagedZoneCloudLoggingConfigArgs(enable_logging=False),
            # Records that external-dns made are not the engine's: without this, a zone that may go would stay for their sake.
            force_destroy=not spec.deletion_protected,
            project=project.on("dns.googleapis.com"),
            opts=self.protected(spec.deletion_protected),
        )
        dns.RecordSet(
            f"{name}-caa",
            managed_zone=zone.name,
            name=absolute(spec.domain),
            type="CAA",
            ttl=CAA_TTL_SECONDS,
            rrdatas=caa(spec),
            project=zone.project,
            opts=self.child,
        )
        self.publish(DnsOutputs(domain=spec.domain, zone_id=zone.name, ref=zone.id, name_servers=zone.name_servers.apply(list)))


def absolute(domain: str) -> str:
    """Cloud DNS takes no name without its last dot."""
    return f"{domain.rstrip('.')}."


def caa(spec: DnsSpec) -> list[str]:
    """Who may issue certificates; nobody when none is named. Others' attempts are reported to the operators."""
    issuers = [f'0 issue "{authority}"' for authority in spec.caa] or ['0 issue ";"']
    return [*issuers, f'0 iodef "mailto:{spec.ops_email}"']


def _key(type_: str) -> dns.ManagedZoneDnssecConfigDefaultKeySpecArgs:
    return dns.ManagedZoneDnssecConfigDefaultKeySpecArgs(algorithm="ecdsap256sha256", key_length=256, key_type=type_)
