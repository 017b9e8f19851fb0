"""The gRPC face of one package's stand-in: what the engine takes for the provider."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import TypeVar, cast

import grpc
from google.protobuf import empty_pb2, struct_pb2
from google.protobuf.message import Message

from sandbox import detail
from sandbox.contract import Failure, Instance, Properties, Refused, Request
from sandbox.hub import Cancelled, Hub
from sandbox.instances import Session, Sessions, strip, variables
from sandbox.lean import protocol_only
from sandbox.marshal import marshal, unmarshal
from sandbox.sealing import reveal, scrub, seal

with protocol_only():
    from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

Answer = TypeVar("Answer", bound=Message)


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Every failure becomes a gRPC status that says "nothing happened"; INTERNAL would leave a pending operation in the state."""

    def __init__(self, package: str, hub: Hub) -> None:
        self._package = package
        self._hub = hub
        self._sessions = Sessions()

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True, accept_outputs=True)

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=metadata.version(f"pulumi-{self._package}"))  # the engine warns of one older than the SDK

    def GetSchema(self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext) -> provider_pb2.GetSchemaResponse:
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": self._package, "version": "0.0.0"}))

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self._sessions.cancel(context.peer())
        return empty_pb2.Empty()

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        news = unmarshal(request.news)

        def check() -> provider_pb2.CheckResponse:
            known, unknown = variables(news)
            try:
                failures = self._hub.stand_in(self._package).configure(Instance(self._package, request.urn, known))
            except Exception as error:  # the engine shows a check failure better than an error of this call
                failures = (Failure("", self._explain(error)),)
            return provider_pb2.CheckResponse(
                inputs=marshal(news),
                failures=[
                    provider_pb2.CheckFailure(property=failure.path, reason=scrub(failure.reason, news))
                    for failure in failures
                    if failure.path not in unknown
                ],
            )

        return self._guard(context, "configuring", request.urn, check, news)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """A change of provider settings never replaces it: its resources would all be replaced with it."""
        same = unmarshal(request.old_inputs) == unmarshal(request.news)
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE if same else provider_pb2.DiffResponse.DIFF_SOME)

    def Configure(self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext) -> provider_pb2.ConfigureResponse:
        instance = Instance(self._package, request.urn, strip(request.variables))
        self._sessions.configure(context.peer(), instance)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, acceptResources=True, acceptOutputs=True, supportsPreview=True)

    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        args = unmarshal(request.args)

        def invoke() -> provider_pb2.InvokeResponse:
            session = self._sessions.at(context.peer())
            found = self._hub.stand_in(self._package).invoke(session.instance, request.tok, reveal(args), self._hub.view(session))
            return _invoked(marshal(seal(found, args)))

        return self._guard(context, "asking", request.tok, invoke, args)

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        olds, news = unmarshal(request.olds), unmarshal(request.news)

        def check() -> provider_pb2.CheckResponse:
            session = self._sessions.at(context.peer())
            subject = _subject(session, request, seed=request.randomSeed)
            checked = self._hub.stand_in(self._package).check(subject, reveal(olds), reveal(news))
            return provider_pb2.CheckResponse(
                inputs=marshal(seal(checked.inputs, news)),
                failures=[
                    provider_pb2.CheckFailure(property=failure.path, reason=scrub(failure.reason, news)) for failure in checked.failures
                ],
            )

        return self._guard(context, "checking", request.urn, check, news)

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        before, outputs, news = (cast(Properties, reveal(unmarshal(bag))) for bag in (request.old_inputs, request.olds, request.news))

        def diff() -> provider_pb2.DiffResponse:
            session = self._sessions.at(context.peer())
            found = self._hub.stand_in(self._package).diff(_subject(session, request), before, outputs, news)
            return _difference(detail.paths(found, before, news), found.changes, found.replaces, found.delete_before_replace)

        return self._guard(context, "comparing", request.urn, diff, unmarshal(request.news))

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        inputs = unmarshal(request.properties)

        def create() -> provider_pb2.CreateResponse:
            session = self._sessions.at(context.peer())
            subject = _subject(session, request, preview=request.preview)
            if request.preview:
                return provider_pb2.CreateResponse(properties=marshal(self._hub.preview(session, subject, inputs)))
            id_, outputs = self._hub.create(session, subject, inputs, context.is_active)
            return provider_pb2.CreateResponse(id=id_, properties=marshal(outputs))

        return self._guard(context, "creating", request.urn, create, inputs)

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        """An import sends the id only; a refresh sends what the engine remembers, which serves to keep its secrets secret."""
        olds = (unmarshal(request.inputs), unmarshal(request.properties))

        def read() -> provider_pb2.ReadResponse:
            session = self._sessions.at(context.peer())
            found = self._hub.read(session, _subject(session, request), request.id, olds)
            if found is None:
                return provider_pb2.ReadResponse(id="")
            inputs, outputs = found
            return provider_pb2.ReadResponse(id=request.id, inputs=marshal(inputs), properties=marshal(outputs))

        return self._guard(context, "reading", request.urn, read, *olds)

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        inputs = unmarshal(request.news)

        def update() -> provider_pb2.UpdateResponse:
            session = self._sessions.at(context.peer())
            subject = _subject(session, request, preview=request.preview)
            if request.preview:
                olds = (unmarshal(request.old_inputs), unmarshal(request.olds))
                foreseen = self._hub.preview(session, subject, inputs, olds, request.id)
                return provider_pb2.UpdateResponse(properties=marshal(foreseen))
            return provider_pb2.UpdateResponse(properties=marshal(self._hub.update(session, subject, request.id, inputs)))

        return self._guard(context, "updating", request.urn, update, inputs)

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        def delete() -> empty_pb2.Empty:
            session = self._sessions.at(context.peer())
            self._hub.delete(session, _subject(session, request), request.id)
            return empty_pb2.Empty()

        return self._guard(context, "deleting", request.urn, delete, unmarshal(request.properties))

    def _guard(
        self, context: grpc.ServicerContext, action: str, what: str, run: Callable[[], Answer], *secret_sources: Properties
    ) -> Answer:
        """Runs one call; what it raises reaches the person as one readable error, without secrets."""
        try:
            return run()
        except Exception as error:  # whatever it is, the engine must get an answer
            code = grpc.StatusCode.CANCELLED if isinstance(error, Cancelled) else grpc.StatusCode.FAILED_PRECONDITION
            message = f"{action} {_short(what)}: {self._explain(error)}"
            context.abort(code, scrub(message, *secret_sources))

    def _explain(self, error: Exception) -> str:
        """What the cloud said; or, for a fault of the sandbox itself, where it is (the log has the whole of it)."""
        if isinstance(error, Refused | Cancelled):
            return str(error)
        frames = traceback.extract_tb(error.__traceback__)
        self._hub.log("".join(traceback.format_list(frames)) + type(error).__name__)
        where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno} in {frames[-1].name}"
        return f"the sandbox's stand-in for {self._package} failed at {where}: {type(error).__name__}: {error}"


Named = (
    provider_pb2.CheckRequest
    | provider_pb2.DiffRequest
    | provider_pb2.CreateRequest
    | provider_pb2.ReadRequest
    | provider_pb2.UpdateRequest
    | provider_pb2.DeleteRequest
)


def _subject(session: Session, request: Named, seed: bytes = b"", preview: bool = False) -> Request:
    return Request(session.instance, request.urn, request.type, request.name, seed, preview)


def _invoked(found: struct_pb2.Struct) -> provider_pb2.InvokeResponse:
    answer = provider_pb2.InvokeResponse()
    getattr(answer, "return").CopyFrom(found)  # the field's name is a keyword
    return answer


def _short(what: str) -> str:
    """`type 'name'` of a URN; a function's token stays as it is."""
    if not what.startswith("urn:"):
        return what
    chain, _, name = what.split("::", 2)[2].partition("::")
    return f"{chain.rpartition('$')[2]} {name!r}"


def _difference(
    found: dict[str, tuple[detail.Kind, bool, bool]], changes: tuple[str, ...], replaces: tuple[str, ...], delete_first: bool
) -> provider_pb2.DiffResponse:
    kinds = provider_pb2.PropertyDiff.Kind
    answer = provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=changes,
        replaces=replaces,
        deleteBeforeReplace=delete_first and bool(replaces),
        hasDetailedDiff=True,
    )
    for path, (kind, replacing, of_inputs) in found.items():
        answer.detailedDiff[path].kind = kinds.Value(f"{kind}_REPLACE" if replacing else kind)
        answer.detailedDiff[path].inputDiff = of_inputs
    return answer
