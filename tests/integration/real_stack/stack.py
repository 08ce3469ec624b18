"""The whole stack: nginx's servers, and what each of them does differently."""

from __future__ import annotations

import socket
import ssl
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import trustme
from attrs import field, frozen

from liner_async import LinerClient
from tests.integration.real_stack.processes import (
    Service,
    make_mariadb,
    make_nginx,
    make_php,
)
from tests.integration.real_stack.tables import TABLES, Database

API = Path(__file__).parent / "api"
KEY = "key-that-no-log-may-hold"


@frozen(kw_only=True)
class Server:
    """One of nginx's servers.

    Attributes:
        database: which of the two databases PHP reads.
        settings: further lines of nginx's `server` block.
        sort: SQL's order of a list.
        first_query: what PHP asks the database first, "rows" or "count".
        gap: microseconds that PHP spends between the two queries.
        pool: whose workers answer: the eight of "php", or the one of "php-single", whose queue is
            so short that nginx answers 502 to what does not fit.
    """

    database: str = "sqlite"
    settings: str = ""
    sort: str = "id"
    first_query: str = "rows"
    gap: int = 0
    pool: str = "php"


TLS = "ssl_certificate chain.pem; ssl_certificate_key key.pem;"
SERVERS: Mapping[str, Server] = {
    "plain": Server(),
    "mariadb": Server(database="mariadb"),
    "few_requests": Server(settings="keepalive_requests 3;"),
    "short_keep_alive": Server(settings="keepalive_timeout 10ms;"),
    "no_keep_alive": Server(settings="keepalive_timeout 0;"),
    "gzip": Server(settings="gzip on; gzip_types application/json; gzip_min_length 1;"),
    "limited_503": Server(settings="limit_req zone=slow burst=4 nodelay;"),
    "limited_429": Server(
        settings="limit_req zone=slow burst=4 nodelay; limit_req_status 429;",
    ),
    "tls": Server(settings=TLS),
    "mutual_tls": Server(
        settings=TLS + "ssl_client_certificate authority.pem; ssl_verify_client on;",
    ),
    "slow": Server(gap=20_000),
    "single": Server(gap=10_000, pool="php-single"),
    "slow_tls": Server(gap=20_000, settings=TLS),
    "status": Server(settings="location = /status { stub_status; }"),
    "rows_then_count": Server(database="mariadb", gap=2_000),
    "count_then_rows": Server(database="mariadb", gap=2_000, first_query="count"),
    "newest_first": Server(database="mariadb", sort="id DESC", gap=2_000, first_query="count"),
}


@frozen(kw_only=True)
class Stack:
    """The running services.

    Attributes:
        ports: where each server of SERVERS listens.
        trusting: a TLS context that trusts the servers' certificate.
        known: the same, with a certificate of the client's own.
    """

    folder: Path
    ports: Mapping[str, int]
    databases: Mapping[str, Database]
    nginx: Service
    php: Service
    trusting: ssl.SSLContext = field(repr=False)
    known: ssl.SSLContext = field(repr=False)

    def url(self, server: str, scheme: str = "http") -> str:
        """Return the address of a server."""
        return f"{scheme}://127.0.0.1:{self.ports[server]}"

    def client(self, server: str = "plain", key: str = KEY, **options: Any) -> LinerClient:
        """Return a client of a server, with default settings unless told otherwise."""
        scheme = "https" if "ssl" in options else "http"
        return LinerClient(self.url(server, scheme), key, **options)

    def connections(self) -> int:
        """Return how many connections nginx has open, but the one that asks."""
        with urlopen(f"{self.url('status')}/status") as answer:
            return int(answer.read().split()[2]) - 1

    def requests(self, server: str) -> list[str]:
        """Return nginx's log lines of a server so far."""
        log = self.folder / f"{server}.access.log"
        return log.read_text().splitlines() if log.exists() else []


@contextmanager
def running_stack() -> Iterator[Stack]:
    """Start everything on loopback, in a temporary folder, and stop it at the end."""
    with ExitStack() as at_exit:
        # A short path: a socket's path must be.
        folder = Path(at_exit.enter_context(tempfile.TemporaryDirectory(prefix="stack-")))
        databases = {
            "sqlite": Database("sqlite", folder / "liner.sqlite"),
            "mariadb": Database("mariadb", folder / "mariadb.sock"),
        }
        mariadb = databases["mariadb"].place
        at_exit.enter_context(make_mariadb(folder, mariadb, lambda: _accepts(mariadb)))
        for database in databases.values():
            database.create()
            for table in TABLES:
                table.create(database)
        php_socket = folder / "php.sock"
        php = at_exit.enter_context(make_php(folder, php_socket, lambda: _accepts(php_socket)))
        trusting, known = _certificates(folder)
        ports = dict(zip(SERVERS, _free_ports(len(SERVERS)), strict=True))
        blocks = "".join(
            _block(name, server, ports[name], databases[server.database], folder)
            for name, server in SERVERS.items()
        )
        zone = "limit_req_zone $binary_remote_addr zone=slow:1m rate=40r/s;\n"
        nginx = at_exit.enter_context(
            make_nginx(folder, zone + blocks, lambda: _accepts(("127.0.0.1", ports["plain"])))
        )
        yield Stack(
            folder=folder,
            ports=ports,
            databases=databases,
            nginx=nginx,
            php=php,
            trusting=trusting,
            known=known,
        )


def _block(name: str, server: Server, port: int, database: Database, folder: Path) -> str:
    parameters = {
        "SCRIPT_FILENAME": API / "index.php",
        "QUERY_STRING": "$query_string",
        "REQUEST_METHOD": "$request_method",
        "REQUEST_URI": "$request_uri",
        "CONTENT_TYPE": "$content_type",
        "CONTENT_LENGTH": "$content_length",
        "SERVER_PROTOCOL": "$server_protocol",
        "LINER_KEY": KEY,
        "LINER_DSN": database.dsn,
        "LINER_SORT": server.sort,
        "LINER_FIRST_QUERY": server.first_query,
        "LINER_GAP": server.gap,
    }
    passed = "\n".join(f'fastcgi_param {each} "{of}";' for each, of in parameters.items())
    secure = "ssl" if TLS in server.settings else ""
    return f"""
server {{
listen 127.0.0.1:{port} {secure};
access_log {folder / name}.access.log witness;
{server.settings}
location / {{
fastcgi_pass unix:{folder / f"{server.pool}.sock"};
{passed}
}}
}}
"""


def _certificates(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Write the server's certificate; return contexts without and with one of the client's."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    server = authority.issue_cert("127.0.0.1")
    server.private_key_pem.write_to_path(folder / "key.pem")
    for part in server.cert_chain_pems:
        part.write_to_path(folder / "chain.pem", append=True)
    trusting, known = ssl.create_default_context(), ssl.create_default_context()
    authority.configure_trust(trusting)
    authority.configure_trust(known)
    authority.issue_cert("client.example").configure_cert(known)
    return trusting, known


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _accepts(address: Path | tuple[str, int]) -> bool:
    is_path = isinstance(address, Path)
    with socket.socket(socket.AF_UNIX if is_path else socket.AF_INET) as probe:
        return probe.connect_ex(str(address) if is_path else address) == 0
