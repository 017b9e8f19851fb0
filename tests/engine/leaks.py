"""Looks for secret values wherever a person, a log or a backup could show them."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from sandbox.contract import Record
from sandbox.sealing import Secret
from sandbox.world import World

KEEPERS: dict[str, tuple[str, ...]] = {
    "random:index/randomPassword:RandomPassword": ("result",),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("authToken",),
    "aws:secretsmanager/secretVersion:SecretVersion": ("secretString",),
    "gcp:redis/instance:Instance": ("authString",),
    "gcp:secretmanager/secretVersion:SecretVersion": ("secretData",),
    "tls:index/privateKey:PrivateKey": ("privateKeyPemPkcs8",),
    "tls:index/selfSignedCert:SelfSignedCert": ("privateKeyPem",),
    "kubernetes:core/v1:Secret": ("stringData",),
    "gcp:sql/user:User": ("password",),
    "azure-native:keyvault:Secret": ("properties", "value"),
    "azure-native:dbforpostgresql:Server": ("administratorLoginPassword",),
}
"""The only things in the world that may hold a secret, and where they do: stores, databases that are told one, caches that make one."""
NAMES: dict[str, tuple[str, ...]] = {
    "gcp:artifactregistry/repository:Repository": (
        "remoteRepositoryConfig",
        "upstreamCredentials",
        "usernamePasswordCredentials",
        "username",
    ),
}
"""Where a cloud is told an account's name that people give beside its token: it keeps it as a name, and the state as a secret."""
PUBLIC = frozenset({"effectiveLabels", "pulumiLabels", "serverCaCerts", "encryptedData"})
"""Marked as secret as a whole, though they are none: by GCP's SDK labels, and certificates of authorities with their dates; by the engine
what a SealedSecret holds, since it was made from secrets, though none but the cluster's controller can open it."""
VAULT = "vault.db"
"""The stand-ins' own keeping place, readable by the owner only; a cloud has one too."""
CLOUD = "moto.pickle"
"""That cloud, where moto plays it."""
CERTIFICATE = "-----BEGIN CERTIFICATE-----"
"""What everybody may read, also where it stands beside its private key in one Secret."""
SHORTEST = 12
"""Characters; shorter texts are no secrets of this project and occur by chance."""


def secrets_in(world: World) -> set[str]:
    """By where they are kept, whether they were marked secret or not, and whatever else was marked."""
    kept = {
        text for record in world.all() if record.type in KEEPERS for text in _at({**record.outputs, **record.inputs}, KEEPERS[record.type])
    }
    marked = {text for record in world.all() for text in _marked(vars(world.sealed(record)))}
    return {text for text in kept | marked if len(text) >= SHORTEST and not text.startswith(CERTIFICATE)}


def _at(properties: Mapping[str, Any], path: Sequence[str]) -> Iterator[str]:
    """None where there is none: a replica has no password of its own. Of a mapping, each of its values."""
    first, *rest = path
    value = properties.get(first)
    if rest:
        yield from _at(cast("Mapping[str, Any]", value or {}), rest)
    elif isinstance(value, Mapping):
        yield from (str(item) for item in cast("Mapping[str, Any]", value).values())
    elif value:
        yield str(value)


def missing(given: Iterable[str], values: Iterable[str]) -> list[str]:
    """What of the given is nowhere: a value may be a document that holds several."""
    known = list(values)
    return [one for one in given if not any(one in value for value in known)]


def in_text(text: str, values: Iterable[str]) -> list[str]:
    """Those of the values that the text holds in some spelling."""
    return [value for value in values if any(spelling in text for spelling in spellings(value))]


def in_files(folder: Path, values: Iterable[str]) -> list[str]:
    """`file: value` for each value in plain text below the folder, but for the vault and the cloud's own world."""
    wanted = {value: [spelling.encode() for spelling in spellings(value)] for value in values}
    found: list[str] = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink() or path.name.startswith((VAULT, CLOUD)):
            continue
        raw = path.read_bytes()
        content = gzip.decompress(raw) if path.suffix == ".gz" else raw
        found += [f"{path.relative_to(folder)}: {value}" for value, forms in wanted.items() if any(form in content for form in forms)]
    return found


def in_world(world: World, values: Iterable[str]) -> list[str]:
    """`type id: value` for each thing that is no keeper and holds a value, marked secret or not: a cloud shows it to every reader.

    A place of `NAMES` may hold it.
    """
    wanted = list(values)
    return [
        f"{record.type} {record.id}: {value}"
        for record in world.all()
        if record.type not in KEEPERS
        for value in in_text(json.dumps(_shown(record), ensure_ascii=False), wanted)
    ]


def _shown(record: Record) -> list[Mapping[str, Any]]:
    path = NAMES.get(record.type, ())
    return [_nameless(properties, path) for properties in (record.inputs, record.outputs)]


def _nameless(properties: Mapping[str, Any], path: Sequence[str]) -> Mapping[str, Any]:
    """Without what stands at the path."""
    if not path or path[0] not in properties:
        return properties
    first, *rest = path
    inner = properties[first]
    return {**properties, first: _nameless(cast("Mapping[str, Any]", inner), rest) if rest and isinstance(inner, Mapping) else None}


def spellings(value: str) -> set[str]:
    """As it is, inside JSON, inside a URL, and in base64 wherever it may begin."""
    return {value, json.dumps(value)[1:-1], quote(value, safe=""), *(_base64(value, shift) for shift in range(3))}


def _base64(value: str, shift: int) -> str:
    """The characters that depend on the value alone, when `shift` bytes stand before it."""
    encoded = base64.b64encode(b"\0" * shift + value.encode()).decode().rstrip("=")
    tail = (shift + len(value.encode())) % 3
    return encoded[(0, 2, 3)[shift] : len(encoded) - (1 if tail else 0)]


def _marked(value: Any, secret: bool = False) -> Iterator[str]:
    if isinstance(value, Secret):
        yield from _marked(value.value, True)
    elif isinstance(value, dict):
        for name, item in cast("dict[str, Any]", value).items():
            if name not in PUBLIC:
                yield from _marked(item, secret)
    elif isinstance(value, list):
        for item in value:  # pyright: ignore[reportUnknownVariableType]: JSON
            yield from _marked(item, secret)
    elif secret and isinstance(value, str):
        yield value
