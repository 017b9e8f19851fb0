"""What a connection pooler in front of a database must be."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.vocabulary import Spec


class PoolerSpec(Spec):
    """PgBouncer in transaction mode, TLS on both sides. It takes the name `<database>-pooler` in `namespace`.

    Without `pool_size`, what the database's connection limit leaves is shared evenly among replicas (one more during a roll-out) and
    roles. `reserved` connections stay for administrators, migrations and monitoring.
    """

    namespace: str
    replicas: int = Field(default=2, ge=1, le=10)
    pool_size: int | None = Field(default=None, ge=1, description="Server connections of each replica for each role.")
    reserved: int = Field(default=40, ge=10)
    max_clients: int = Field(default=1000, ge=10, description="Client connections that each replica takes.")
    pool_mode: Literal["transaction"] = "transaction"
