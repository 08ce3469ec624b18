"""Start, stop and restart nginx, php-fpm and MariaDB in a temporary folder."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest
from attrs import define, field

from tests.support.waiting import eventually

PACKAGES = "nginx-light php-fpm php-sqlite3 php-mysql mariadb-server"


def program(pattern: str) -> str:
    """Return the path of a program, also where only an administrator would look."""
    folders = [*os.environ["PATH"].split(os.pathsep), "/usr/local/sbin", "/usr/sbin", "/sbin"]
    found = [path for folder in folders for path in sorted(Path(folder).glob(pattern))]
    if not found:
        pytest.fail(f"no {pattern}; on Debian: apt-get install {PACKAGES}")
    return str(found[-1])


def user_name() -> str:
    """Return who runs the tests; the services run as the same."""
    return pwd.getpwuid(os.getuid()).pw_name


@define
class Service:
    """A program in the foreground that can be stopped and started again."""

    command: list[str]
    log: Path
    is_up: Callable[[], bool]
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the program, and wait until it accepts connections."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self.command, stdout=log, stderr=log)
        eventually(self._has_started, f"{self.command[0]} to start, see {self.log}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it, together with the requests that it is answering."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Stop it and start it again."""
        self.stop()
        self.start()

    def reload(self) -> None:
        """Have it replace its workers by new ones; the old ones end when they have answered."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _has_started(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        return self.is_up()


def make_mariadb(folder: Path, socket: Path, is_up: Callable[[], bool]) -> Service:
    """Make an empty database, and the server that serves it on a socket."""
    data, log = folder / "mariadb", folder / "mariadb.log"
    shared = ["--no-defaults", f"--datadir={data}", f"--user={user_name()}"]
    install = [program("mariadb-install-db"), *shared, "--skip-test-db"]
    with log.open("ab") as output:
        subprocess.run(
            [*install, "--auth-root-authentication-method=normal"],
            stdout=output,
            stderr=output,
            check=True,
        )
    options = [
        f"--socket={socket}",
        f"--pid-file={folder / 'mariadb.pid'}",
        "--skip-networking",
        "--innodb-flush-log-at-trx-commit=0",  # nobody needs this database after a crash
        "--innodb-buffer-pool-size=32M",
    ]
    return Service([program("mariadbd"), *shared, *options], log, is_up)


def make_php(folder: Path, socket: Path, is_up: Callable[[], bool]) -> Service:
    """Make php-fpm with eight workers, and a pool of one whose queue is short beside `socket`."""
    user = user_name()
    logging = f"""
catch_workers_output = yes
php_admin_value[error_log] = {folder / "php.log"}
php_admin_flag[log_errors] = on
php_admin_flag[display_errors] = off
"""
    settings = folder / "php-fpm.conf"
    settings.write_text(f"""
[global]
daemonize = no
error_log = {folder / "php.log"}
[api]
user = {user}
listen = {socket}
listen.owner = {user}
pm = static
pm.max_children = 8
{logging}
[single]
user = {user}
listen = {socket.with_name("php-single.sock")}
listen.owner = {user}
listen.backlog = 2
pm = static
pm.max_children = 1
{logging}
""")
    command = [program("php-fpm[0-9]*"), "--nodaemonize", "--fpm-config", str(settings)]
    as_root = ["--allow-to-run-as-root"] if os.getuid() == 0 else []
    return Service([*command, *as_root], folder / "php-fpm.out", is_up)


def make_nginx(folder: Path, servers: str, is_up: Callable[[], bool]) -> Service:
    """Make nginx with these `server` blocks."""
    scratch = "\n".join(
        f"{kind}_temp_path {folder / f'nginx-{kind}'};"
        for kind in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi")
    )
    user = f"user {user_name()};" if os.getuid() == 0 else ""
    settings = folder / "nginx.conf"
    settings.write_text(f"""
daemon off;
pid {folder / "nginx.pid"};
error_log {folder / "nginx-error.log"};
worker_processes 2;
{user}
events {{ worker_connections 512; }}
http {{
{scratch}
default_type text/html;
log_format witness '$remote_addr "$request" $status "$http_user_agent" '
    'connection=$connection encoding=$sent_http_content_encoding tls=$ssl_protocol';
{servers}
}}
""")
    command = [program("nginx"), "-c", str(settings), "-e", str(folder / "nginx-error.log")]
    return Service(command, folder / "nginx.out", is_up)
