"""Before anything reads a request: who sent it, and for which host it is.

Only a proxy that `ACCORD_PROXIES` names may say for whom it asks; what anybody else says of that is removed. A request
for another host than this service's is answered here, so that no page ever repeats a host that somebody made up.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

from werkzeug.sansio.utils import host_is_trusted

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK = ("localhost", "127.0.0.1")
"""What this service is called on its own machine."""

_SAYS_WHO = re.compile(
    r"HTTP_(X_FORWARDED|FORWARDED|X_REAL|X_CLIENT|CLIENT_IP|TRUE_CLIENT|X_SCHEME|X_ORIGINAL|X_REWRITE).*"
)
"""Headers by which a request says from where it comes and what for; only three of them are ever used, from a proxy."""


class NoNetwork(ValueError):
    """A text is no address of a proxy, nor of a network of proxies; the sentence says so."""


def read_networks(text: str) -> tuple[Network, ...]:
    """Read addresses and networks, with commas between them. Raises NoNetwork.

    >>> [str(one) for one in read_networks("10.0.0.7, 192.0.2.0/28,::1")]
    ['10.0.0.7/32', '192.0.2.0/28', '::1/128']
    """
    found = []
    for one in filter(None, (each.strip() for each in text.split(","))):
        try:
            found.append(ipaddress.ip_network(one))
        except ValueError:
            raise NoNetwork(
                f"‘{one}’ is not the address of a proxy. Use addresses or networks with commas between them, such as "
                "127.0.0.1,10.1.2.0/24."
            ) from None
    return tuple(found)


def host_of(address: str) -> str:
    """Return the host in an address of this service.

    >>> host_of("https://Accord.example:8443/here")
    'accord.example'
    """
    return (urlsplit(address).hostname or "").encode("idna").decode("ascii")


def is_loopback(address: str) -> bool:
    """Whether an address is one on the same machine."""
    return host_of(address) in LOOPBACK


class Front:
    """A WSGI app around another, which is told the true client and is only asked for its own hosts."""

    def __init__(self, app: Callable[..., Any], hosts: Sequence[str], proxies: Sequence[Network]) -> None:
        """Stand before an app; `hosts` are the names it answers to, `proxies` who may say for whom they ask."""
        self._app = app
        self._hosts = list(hosts)
        self._proxies = proxies
        self._has_warned = False

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass a request on, or refuse it."""
        self._name_client(environ)
        host = environ.get("HTTP_HOST", "").lower()
        if host_is_trusted(host, self._hosts):
            environ["HTTP_HOST"] = host
            return self._app(environ, start_response)
        body = _refusal(self._hosts[0]).encode()
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", "default-src 'none'"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        start_response("421 Misdirected Request", headers)
        return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]

    def _name_client(self, environ: dict[str, Any]) -> None:
        """Take over from a proxy who the client is; leave in no header what anybody says about that."""
        said = {name: environ.pop(name) for name in list(environ) if _SAYS_WHO.fullmatch(name)}
        if not said:
            return
        if not self._is_proxy(environ.get("REMOTE_ADDR", "")):
            self._warn()
            return
        client = self._client(environ["REMOTE_ADDR"], said.get("HTTP_X_FORWARDED_FOR", ""))
        environ["REMOTE_ADDR"] = client
        environ.pop("REMOTE_PORT", None)
        if (scheme := _last(said, "HTTP_X_FORWARDED_PROTO").lower()) in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme
        if host := _last(said, "HTTP_X_FORWARDED_HOST"):
            environ["HTTP_HOST"] = host

    def _client(self, peer: str, forwarded: str) -> str:
        """Return who asked: the last address that is no proxy of ours; what stands before it anybody can say."""
        client = peer
        for text in reversed(forwarded.split(",")):
            address = _address_in(text)
            if address is None:
                break
            client = address
            if not self._is_proxy(address):
                break
        return client

    def _is_proxy(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        return any(found in network for network in self._proxies)

    def _warn(self) -> None:
        if not self._has_warned:
            self._has_warned = True
            logging.getLogger(__name__).warning(
                "A request says for whom it asks, and ACCORD_PROXIES does not name where it came from: what it says is"
                " left out. If your proxy sent it, name the proxy there."
            )


def _address_in(text: str) -> str | None:
    """Return the address in an entry of a list of clients, with or without a port; nothing if there is none."""
    text = text.strip().strip('"')
    bracketed = re.fullmatch(r"\[([^\]]+)\](:\d+)?", text)
    with_port = re.fullmatch(r"([\d.]+):\d+", text)
    text = bracketed[1] if bracketed else with_port[1] if with_port else text
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def _last(said: Mapping[str, str], name: str) -> str:
    return said.get(name, "").rpartition(",")[2].strip()


def _refusal(host: str) -> str:
    """Return the page for another host; it repeats nothing of what was asked."""
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>Another address – Accord</title></head>'
        "<body><h1>This service has another address</h1><p>What was asked for is for a host that is not this one. "
        f"Nothing was read or changed.</p><p>Open it by its own address, which has the host {escape(host)}.</p>"
        "</body></html>\n"
    )
