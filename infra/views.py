"""The Secrets of a system in the cluster, by the way that each is delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.addons.outputs import AddonsOutputs
from components.vocabulary import Spec
from components.workloads.config import CONTENT, RemoteSecret, external_secret, plain_secret, sealed_secret
from components.workloads.spec import SecretItem, SecretSpec, digest
from components.workloads.values import DatabaseUrl, KeySet, PrivateKey, RoleVerifier, UserList
from infra.backing import Backing
from infra.system import SystemSpec


@dataclass(frozen=True)
class Views:
    """Declares views and tells when their content changes."""

    system: SystemSpec
    backing: Backing
    addons: AddonsOutputs
    namespaces: Mapping[str, pulumi.Output[str]]

    def declare(self, name: str, spec: SecretSpec, parent: pulumi.Resource) -> pulumi.Resource:
        namespace, content = self.namespaces[spec.namespace], self.content(spec)
        missing = {key for key, item in spec.data.items() if item.path is not None and item.path not in self.backing.values}
        spec = spec.model_copy(update={"data": {key: item for key, item in spec.data.items() if key not in missing}})
        match spec.delivery:
            case "plain":
                return plain_secret(name, spec, namespace, self._value, pulumi.ResourceOptions(parent=parent))
            case "sealed":
                certificate, salt = self.addons.sealing, self.backing.salt
                if certificate is None or salt is None or self.addons.sealing_ready is None:
                    raise ValueError(f"{spec.name}: delivery 'sealed' needs the Sealed Secrets controller, which is not installed")
                opts = self._anew(parent, [self.addons.sealing_ready])
                return sealed_secret(name, spec, namespace, certificate, salt, self._value, content, opts)
            case "external":
                stored = [self.backing.secrets.versions[item.path] for item in spec.data.values() if item.path is not None]
                # The store and the values are met by name: no output expresses that the first fetch needs both.
                opts = self._anew(parent, [self.addons.secrets_ready, *stored])
                return external_secret(name, spec, namespace, self.addons.secret_store, self._locate, content, opts)

    def content(self, spec: SecretSpec) -> str:
        """Changes when a stored value does, and tells nothing of it: made of the description, with its rotations."""
        described: dict[str, str] = {}
        for key, item in spec.data.items():
            value = self.system.secrets.values.get(item.path or "")
            parts: list[Spec | None] = [item, value]
            match value:
                case DatabaseUrl() | RoleVerifier():
                    parts.append(self.system.roles[value.role])
                case UserList():
                    parts += [self.system.roles[role] for role in value.roles]
                case PrivateKey() | KeySet():
                    parts.append(self.system.signing[value.signing])
                case _:
                    pass
            described[key] = " ".join(part.model_dump_json() for part in parts if part is not None)
        return digest(described)

    def _anew(self, parent: pulumi.Resource, needs: list[pulumi.Resource]) -> pulumi.ResourceOptions:
        """Made anew when a value changes: an object that is ready with the old value counts as ready at once, and what waits for it would
        start with that."""
        return pulumi.ResourceOptions(
            parent=parent,
            depends_on=needs,
            replace_on_changes=[f'metadata.annotations["{CONTENT}"]'],
            delete_before_replace=True,
        )

    def _value(self, item: SecretItem) -> pulumi.Output[str]:
        return self.backing.values[item.path or ""]

    def _locate(self, item: SecretItem) -> RemoteSecret:
        if item.admin_of is not None:
            database = self.backing.databases[item.admin_of]
            return RemoteSecret(database.admin_secret, database.admin_secret_key)
        return RemoteSecret(self.backing.secrets.names[item.path or ""])
