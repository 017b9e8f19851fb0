"""What is deleted softly: it keeps its name until it is purged, which purge protection puts off for weeks."""

from __future__ import annotations

from sandbox.azure.identity import spelled
from sandbox.azure.lookup import KEY, VAULT, find, part
from sandbox.contract import Properties, Record, Refused, Request, World
from sandbox.reflection.model import Schema

SECRET = "azure-native:keyvault:Secret"


def _mark(type_: str, name: str, id_: str) -> str:
    """A vault's name is taken for everybody, a key's and a secret's in its vault."""
    return name.lower() if type_ == VAULT else id_.lower()


def bury(record: Record, world: World) -> None:
    """Notes what stays. A vault takes its keys and secrets with it, and gives them back with itself."""
    if record.type == VAULT:
        days = part(record.outputs, "properties.softDeleteRetentionInDays")
    elif record.type in (KEY, SECRET):
        above = find(world, record.id.rpartition("/")[0].rpartition("/")[0], VAULT)
        days = part(above.outputs, "properties.softDeleteRetentionInDays") if above else 90
    else:
        return
    world.keep(record.type, _mark(record.type, str(record.outputs.get("name")), record.id), f"for {days} days after its deletion")


def admit(request: Request, schema: Schema, inputs: Properties, world: World) -> None:
    """Raises Refused for the name of something that is deleted and not purged."""
    if request.type not in (VAULT, KEY, SECRET):
        return
    name = str(inputs.get({VAULT: "vaultName", KEY: "keyName", SECRET: "secretName"}[request.type]))
    why = world.kept(request.type, _mark(request.type, name, spelled(request, schema, inputs)))
    if why is None or (request.type == VAULT and part(inputs, "properties.createMode") == "recover"):
        return
    if request.type == VAULT:
        raise Refused(
            "ConflictError",
            f"A vault with the same name already exists in deleted state ({name}, {why}). You need to either recover or purge existing key"
            " vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.",
        )
    what = "Key" if request.type == KEY else "Secret"
    raise Refused(
        "ObjectIsDeletedButRecoverable",
        f"{what} {name} is currently in a deleted but recoverable state, and its name cannot be reused ({why}); in this state, the object"
        " can only be recovered or purged.",
    )
