"""A server over the network: TLS as the URL asks for it, and a password that nobody is ever shown."""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import subprocess
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from typer.testing import CliRunner

from tests.storage.conftest import PASSWORD
from workbench import Workbench
from workbench.cli import app
from workbench.errors import DatabaseUnavailable, InvalidInput, NotAllowed, WorkbenchError
from workbench.settings import Settings
from workbench.storage import Database
from workbench.storage.upkeep.backup import back_up, restore

MARKER = "hunter2"


def opened(url: str, home: Path = Path("/nonexistent")) -> Workbench:
    return Workbench(Settings(home=home, database_url=url))


@dataclass
class Tls:
    """What stands before a server and speaks TLS for it, with a certificate of its own making."""

    address: tuple[str, int]
    certificate: Path
    secured: list[str] = field(default_factory=list)


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    what = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    who = ("-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1")
    command = ["openssl", "req", *what, *who, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for one in (source, sink):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def serve(listening: socket.socket, context: ssl.SSLContext, port: int, tls: Tls) -> None:
    """PostgreSQL's way into TLS: eight bytes that ask for it, an S, then the handshake."""
    with contextlib.suppress(OSError):
        while True:
            client, _ = listening.accept()
            with contextlib.suppress(OSError), client:
                client.recv(8, socket.MSG_WAITALL)
                client.sendall(b"S")
                with (
                    context.wrap_socket(client, server_side=True) as inside,
                    socket.create_connection(("127.0.0.1", port)) as server,
                ):
                    tls.secured.append(inside.version() or "")
                    back = threading.Thread(target=pump, args=(server, inside), daemon=True)
                    back.start()
                    pump(inside, server)
                    back.join()


@pytest.fixture
def tls(desk: str, tmp_path: Path) -> Iterator[Tls]:
    certificate, key = make_certificate(tmp_path, "desk")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    port = int(desk.rpartition(":")[2].partition("/")[0])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Tls(address=listening.getsockname(), certificate=certificate)
        thread = threading.Thread(target=serve, args=(listening, context, port, made), daemon=True)
        thread.start()
        yield made
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def through(desk: str, tls: Tls, **options: str) -> str:
    start = desk.rpartition("@")[0]
    asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in options.items())
    return f"{start}@127.0.0.1:{tls.address[1]}/desk?{asked}"


def test_a_certificate_that_is_known_lets_the_record_through(desk: str, tls: Tls) -> None:
    workbench = opened(through(desk, tls, sslmode="verify-full", sslrootcert=str(tls.certificate)))
    assert workbench.history().empty
    workbench.close()
    assert tls.secured
    assert set(tls.secured) <= {"TLSv1.2", "TLSv1.3"}


def test_a_certificate_of_somebody_else_is_refused(desk: str, tls: Tls, tmp_path: Path) -> None:
    other, _ = make_certificate(tmp_path, "other")
    with pytest.raises(DatabaseUnavailable, match="certificate verify failed") as caught:
        opened(through(desk, tls, sslmode="verify-full", sslrootcert=str(other))).history()
    assert MARKER not in everything(caught.value)
    with pytest.raises(DatabaseUnavailable, match="does not exist"):
        opened(through(desk, tls, sslmode="verify-full", sslrootcert="/no/such/file")).history()


def test_tls_asked_of_a_server_that_has_none_is_refused_in_one_sentence(desk: str) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        opened(f"{desk}?sslmode=require").history()
    said = str(caught.value)
    assert "server does not support SSL, but SSL was required" in said
    assert "\n" not in said
    assert MARKER not in everything(caught.value)


def test_options_of_the_url_are_taken_in(desk: str) -> None:
    workbench = opened(f"{desk}?options=-c%20work_mem%3D7MB&application_name=mine")
    with workbench._session.database.engine().connect() as connection:
        shown = {name: connection.exec_driver_sql(f"show {name}").scalar() for name in ("work_mem", "TimeZone", "jit")}
    assert shown == {"work_mem": "7MB", "TimeZone": "UTC", "jit": "off"}
    workbench.close()


def everything(error: BaseException) -> str:
    """All that a terminal, a notebook or a log could show of an error, its whole chain included."""
    chain = traceback.TracebackException.from_exception(error)
    shown = [str(error), repr(error), repr(error.args), "".join(chain.format())]
    inner = error.__cause__ or error.__context__
    return "\n".join(shown) + (everything(inner) if inner is not None else "")


SECRET = quote(PASSWORD, safe="")
UNREACHABLE = (
    f"postgresql://head:{SECRET}@127.0.0.1:1/desk",
    f"postgresql://head@127.0.0.1:1/desk?password={SECRET}",
    f"postgresql://head:{SECRET}@no.such.host.invalid/desk",
    f"postgresql://head:{SECRET}@127.0.0.1:99999999/desk",
    f"postgresql://head:{SECRET}@127.0.0.1:1/desk?sslmode=nonsense",
    f"postgresql://head:{SECRET}@127.0.0.1:1/desk?nonsense=1",
    f"postgresql://head:{SECRET}@127.0.0.1:1/desk?connect_timeout=soon",
    f"postgresql://head:{SECRET}@127.0.0.1:1,127.0.0.2:1/desk",
    f"postgresql://head:{MARKER}/x@host/desk",
    f"postgresql://head:{MARKER}@host:port/desk",
    f"postgresql://head:{MARKER}@[::1/desk",
    f"postgresql:head:{MARKER}",
    f"mysql://head:{MARKER}@host/desk",
    f"postgresql+asyncpg://head:{MARKER}@127.0.0.1:1/desk",
    MARKER,
    f"postgresql://head:{MARKER}%00@127.0.0.1:1/desk",
    f"postgresql://head:{MARKER}@127.0.0.1:1/de%00sk",
    f"postgresql://{MARKER * 100_000}:{MARKER}@127.0.0.1:1/desk",
)


@pytest.mark.parametrize("url", UNREACHABLE, ids=lambda url: url.replace(MARKER, "").replace(SECRET, "")[:60])
def test_no_error_of_a_database_that_cannot_be_had_shows_the_password(
    url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    where = Settings(home=tmp_path, database_url=url)
    database = Database(where)
    attempts = (
        lambda: Workbench(where).history(),
        lambda: Workbench(where).connect(url),
        database.upgrade,
        lambda: back_up(database, tmp_path / "file"),
    )
    for attempt in attempts:
        with pytest.raises(WorkbenchError) as caught:
            attempt()
        if url.count(MARKER) < 10:  # as the login's name it may be shown
            assert MARKER not in everything(caught.value)
    assert MARKER not in repr(where) + repr(database) + repr(Workbench(where)) + caplog.text


def test_a_wrong_password_is_reported_and_not_shown(desk: str) -> None:
    wrong = desk.replace(SECRET, f"{MARKER}-too")
    with pytest.raises(DatabaseUnavailable, match='password authentication failed for user "head"') as caught:
        opened(wrong).history()
    assert MARKER not in everything(caught.value)


def test_nothing_of_a_database_that_was_had_shows_the_password(
    desk: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for url in (desk, f"{desk.partition('//')[0]}//head@{desk.rpartition('@')[2]}?password={SECRET}"):
        workbench = opened(url, tmp_path)
        assert workbench.history().empty
        engine = workbench._session.database.engine()
        with engine.connect() as connection:
            shown = (
                engine,
                engine.url,
                str(engine.url),
                engine.pool,
                connection,
                workbench,
                workbench._session.database,
            )
            assert MARKER not in "".join(map(repr, shown))
        assert MARKER not in str(workbench.status())
        with pytest.raises(WorkbenchError) as caught:
            workbench.get("f" * 32)
        assert MARKER not in everything(caught.value)
        workbench.close()
    assert MARKER not in caplog.text


def test_a_login_without_a_role_is_told_so(desk: str) -> None:
    with psycopg.connect(desk, autocommit=True) as connection:
        connection.execute("create role stranger login password 'hunter2-strange'")
    try:
        url = desk.replace(f"head:{SECRET}", f"stranger:{MARKER}-strange")
        with pytest.raises(NotAllowed, match=r"stranger may not do that.*grant workbench_writer to stranger") as caught:
            opened(url).history()
        assert MARKER not in everything(caught.value)
    finally:
        with psycopg.connect(desk, autocommit=True) as connection:
            connection.execute("drop role stranger")


@pytest.mark.parametrize("command", ["status", "upgrade", "check", "roles --apply", "backup {file}", "restore {file}"])
@pytest.mark.parametrize("end", ["", "?sslmode=require"])
def test_no_command_prints_the_password(
    desk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, end: str
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", desk)
    file = tmp_path / "record.backup"
    if command.startswith("restore"):
        back_up(Database(Settings(home=tmp_path, database_url=desk)), file)
    monkeypatch.setenv("DATABASE_URL", desk + end)
    done = CliRunner().invoke(app, ["db", *command.format(file=file).split()])
    assert done.exit_code == (1 if end else 0), done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert MARKER not in done.output + done.stderr
    if end:
        assert len(done.stderr.splitlines()) == 1


def test_a_damaged_backup_does_not_show_it_either(desk: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("nothing")
    with pytest.raises(InvalidInput) as caught:
        restore(Database(Settings(home=tmp_path, database_url=desk)), tmp_path / "file")
    assert MARKER not in everything(caught.value)
