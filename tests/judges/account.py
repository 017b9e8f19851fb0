"""An AWS account as boto3 shows it, asked without a look at how the stand-in puts things there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

import jmespath
from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import ClientError

ABSENT = ("NotFound", "NoSuch", "DoesNotExist")
"""In the codes of errors that only say that nothing is there."""


@dataclass(frozen=True)
class Account:
    """One account of the moto at `url`."""

    url: str
    id: str
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])

    def at(self, service: str, region: str) -> Any:
        """A boto3 client as anybody would make it."""
        if (service, region) not in self._clients:
            session: Any = Session(aws_access_key_id="anybody", aws_secret_access_key="anybody", region_name=region)
            client = session.client(service, endpoint_url=self.url, config=Config(s3={"addressing_style": "path"}))
            client.meta.events.register("before-send", self._address)
            self._clients[service, region] = client
        return self._clients[service, region]

    def ask(self, service: str, region: str, operation: str, path: str, **arguments: Any) -> Any:
        """All pages, at a JMESPath; None also where the answer is that there is nothing."""
        client = self.at(service, region)
        try:
            if client.can_paginate(operation):
                answer = client.get_paginator(operation).paginate(**arguments).build_full_result()
            else:
                answer = getattr(client, operation)(**arguments)
        except ClientError as error:
            told = cast("dict[str, Any]", error.response).get("Error", {})
            if any(word in str(told.get("Code")) for word in ABSENT):
                return None
            raise
        return jmespath.search(path, answer)

    def _address(self, request: Any, **_: Any) -> None:
        """Real credentials would tell the account: moto takes a header for them. Names before the host's are for a real network."""
        request.headers["x-moto-account-id"] = self.id
        request.url = urlunsplit(urlsplit(str(request.url))._replace(netloc=urlsplit(self.url).netloc))
