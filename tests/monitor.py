"""Listens to what a program registers, in the engine's place."""

from __future__ import annotations

from typing import Any, cast

from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import resource_pb2

from tests.answers import Answers
from tests.wire import secrets

STACK = "pulumi:pulumi:Stack"


class Monitor(mocks.MockMonitor):
    """Also keeps parents, options and component outputs, and makes URNs as the engine does: with the whole chain of parents' types."""

    def __init__(self, answers: Answers, where: str) -> None:
        super().__init__(answers)
        self._where = where
        self.requests: dict[str, Any] = {}
        self.outputs: dict[str, dict[str, Any]] = {}
        self.secret_outputs: dict[str, tuple[str, ...]] = {}

    def GetDeploymentInfo(self, request: Any) -> Any:  # noqa: N802, RUF100  the name is gRPC's
        """Without references to resources: one that is read on the registering thread makes Outputs that the program awaits for ever."""
        info = super().GetDeploymentInfo(request)  # pyright: ignore[reportUnknownMemberType]  # untyped in the SDK
        info.supportedFeatures.remove(resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES)
        return info

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        chain = parent.split("::")[2] if parent else STACK
        qualified = type_ if chain == STACK else f"{chain}${type_}"
        return f"urn:pulumi:{self._where}::{qualified}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802, RUF100  the name is gRPC's
        response = super().RegisterResource(request)  # pyright: ignore[reportUnknownMemberType]  # untyped in the SDK
        if request.type != STACK:
            assert response.urn not in self.requests, f"duplicate resource URN {response.urn}"
            self.requests[response.urn] = request
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802, RUF100  the name is gRPC's
        self.outputs[request.urn] = plain(rpc.deserialize_properties(request.outputs))
        self.secret_outputs[request.urn] = tuple(secrets(request.outputs))
        return super().RegisterResourceOutputs(request)  # pyright: ignore[reportUnknownMemberType]  # untyped in the SDK

    def secret_exports(self) -> tuple[str, ...]:
        return tuple(path for urn, paths in self.secret_outputs.items() if f"::{STACK}::" in urn for path in paths)


def plain(value: Any) -> Any:
    value = rpc.unwrap_rpc_secret(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [plain(item) for item in cast("list[Any]", value)]
    return value
