"""A public DNS zone on Azure: signed, with the authorities that may issue certificates."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import dns

from components.azure_group import Group, tags
from components.core import Component
from components.dns.outputs import DnsOutputs
from components.dns.spec import DnsSpec
from components.site import Site

CAA_TTL_SECONDS = 3600
ANYWHERE = "global"
"""The only location that the service takes: zones are served from everywhere, whatever the resource group's region."""


class AzureDns(Component[DnsOutputs]):
    TYPE = "azure:Dns"

    def __init__(self, name: str, spec: DnsSpec, site: Site, group: Group, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        zone = dns.Zone(
            f"{name}-zone",
            zone_name=spec.domain,
            resource_group_name=group.name,
            location=ANYWHERE,
            zone_type=dns.ZoneType.PUBLIC,
            tags=tags(site),
            opts=self.protected(spec.deletion_protected),
        )
        dns.RecordSet(
            f"{name}-caa",
            relative_record_set_name="@",
            record_type="CAA",
            zone_name=zone.name,
            resource_group_name=group.name,
            ttl=CAA_TTL_SECONDS,
            caa_records=caa(spec),
            opts=self.child,
        )
        # Protected with the zone: once the registrar has the zone's DS record, an unsigned zone is answered to nobody who validates.
        signed = self.protected(spec.deletion_protected)
        dns.DnssecConfig(f"{name}-dnssec", zone_name=zone.name, resource_group_name=group.name, opts=signed)
        self.publish(DnsOutputs(domain=spec.domain, zone_id=zone.name, ref=zone.id, name_servers=zone.name_servers.apply(list)))


def caa(spec: DnsSpec) -> list[dns.CaaRecordArgs]:
    """Who may issue certificates; nobody when none is named. Others' attempts are reported to the operators."""
    issuers = [dns.CaaRecordArgs(flags=0, tag="issue", value=authority) for authority in spec.caa or (";",)]
    return [*issuers, dns.CaaRecordArgs(flags=0, tag="iodef", value=f"mailto:{spec.ops_email}")]
