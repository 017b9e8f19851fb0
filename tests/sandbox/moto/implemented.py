"""What moto answers, by its own code."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit

import botocore.session
from moto.core.utils import camelcase_to_underscores
from moto.s3.responses import S3Response


@lru_cache
def model(service: str) -> Any:
    """botocore's model of the service's API. Raises UnknownServiceError."""
    return _session().get_service_model(service)


@lru_cache
def _session() -> Any:
    return cast("Any", botocore.session).get_session()


def is_service(name: str) -> bool:
    return name in _session().get_available_services()


def implemented(service: str, operation: str) -> bool:
    """Whether the class that answers for the service has a method of the operation's name."""
    if service == "s3":
        return hasattr(S3Response, camelcase_to_underscores(operation)) or _in_query(operation)
    return any(hasattr(answering, camelcase_to_underscores(operation)) for answering in _answering(service))


@lru_cache
def _answering(service: str) -> frozenset[type]:
    module = f"moto.{service.replace('-', '')}"
    if importlib.util.find_spec(module) is None:
        return frozenset()
    paths = cast("dict[str, Any]", importlib.import_module(f"{module}.urls").url_paths)
    owners = [getattr(handler, "__self__", handler) for handler in paths.values()]
    return frozenset(owner if isinstance(owner, type) else type(owner) for owner in owners)


def _in_query(operation: str) -> bool:
    """S3's own way: HTTP's method, and a word of the query that says what of the bucket is meant."""
    http = cast("dict[str, str]", model("s3").operation_model(operation).http)
    word = urlsplit(http["requestUri"]).query.partition("&")[0]
    answer = getattr(S3Response, f"_bucket_response_{http['method'].lower()}", None)
    return answer is not None and (not word or f'"{word}" in querystring' in inspect.getsource(answer))
