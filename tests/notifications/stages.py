"""One stage for each channel: a real receiver on this machine, and what has come to it."""

import base64
import io
import json
import os
import socket
import ssl
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from typing import Any

import paramiko
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from notifications.channel import Attachment, Channel
from notifications.channels import CHANNELS
from notifications.options import Options

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes ok!").decode()
PASSWORD = "Pa55word-of-the-stage"
DOCUMENT = b"%PDF-1.4 what was faxed"


@dataclass
class Given:
    """Secrets by name, as the settings would find them."""

    named: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def secret_file(self, name: str, place: str) -> str:
        return self.variable(name, place)

    def variable(self, name: str, place: str) -> str:
        if name not in self.named:
            self.problems.append(f"{place} is not there")
        return self.named.get(name, "")


def made(kind: str, table: dict[str, Any], **secrets: str) -> Channel:
    """The channel of a table; a problem with it fails the test."""
    given = Given(secrets)
    options = Options({"name": "it", **table}, "destination it", given)
    options.text("name")
    channel = CHANNELS[kind](options)
    options.close()
    assert given.problems == []
    return channel


def attachment(data: bytes = DOCUMENT, kind: str = "pdf", place: int = 1) -> Attachment:
    def write(into: Any) -> None:
        into.write(data)

    return Attachment(kind, len(data), "ab" * 32, place, write)


class Stage(ABC):
    """A receiver. `came` is everything that arrived, as text; `refuse` has it take nothing."""

    secrets: Sequence[str] = ()
    shows_id = True
    """Whether the notice's id arrives too; where only people read, the fax's own must do."""

    @abstractmethod
    def channel(self, **more: Any) -> Channel:
        """A channel that leads here, with more keys in its table."""

    @abstractmethod
    def came(self) -> list[str]: ...

    @abstractmethod
    def refuse(self) -> None: ...

    @abstractmethod
    def vanish(self) -> None:
        """Be gone, as after a power cut."""


# --- HTTP: webhooks and Apprise ------------------------------------------------------------


@dataclass
class HttpServer:
    """Answers every POST with the next status of `statuses`, the last one for ever."""

    statuses: list[int] = field(default_factory=lambda: [204])
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    trust: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        if self.trust is not None:
            self._server.socket = self.trust.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                owner.requests.append((self.path, dict(self.headers.items()), body))
                more = len(owner.statuses) > 1
                self.send_response(owner.statuses.pop(0) if more else owner.statuses[0])
                for name, value in owner.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class WebhookStage(Stage):
    secrets = (SECRET, SECRET.removeprefix("whsec_"))

    def __init__(self) -> None:
        self.server = HttpServer()

    def channel(self, **more: Any) -> Channel:
        url = f"http://127.0.0.1:{self.server.port}/hook"
        return made("webhook", {"url": url, "secret_env": "s", **more}, s=SECRET)

    def came(self) -> list[str]:
        return [f"{path} {headers} {body.decode()}" for path, headers, body in self.server.requests]

    def refuse(self) -> None:
        self.server.statuses = [500]

    def vanish(self) -> None:
        self.server.close()


class AppriseStage(Stage):
    secrets = ("T0ken-in-the-path",)
    shows_id = False

    def __init__(self) -> None:
        self.server = HttpServer([200])

    def channel(self, **more: Any) -> Channel:
        url = f"json://127.0.0.1:{self.server.port}/{self.secrets[0]}"
        return made("apprise", {"url_env": "u", **more}, u=url)

    def came(self) -> list[str]:
        return [body.decode() for _, _, body in self.server.requests]

    def refuse(self) -> None:
        self.server.statuses = [500]

    def vanish(self) -> None:
        self.server.close()


# --- a command -----------------------------------------------------------------------------


class CommandStage(Stage):
    """A program that keeps each standard input as one line."""

    def __init__(self, folder: Path) -> None:
        self.kept = folder / "kept"
        self.program = folder / "program"
        self._write(f"data = sys.stdin.read(); open({str(self.kept)!r}, 'a').write(data + '\\n')")

    def _write(self, body: str) -> None:
        self.program.write_text(f"#!{sys.executable}\nimport sys\n{body}\n")
        self.program.chmod(0o700)

    def channel(self, **more: Any) -> Channel:
        return made("command", {"argv": [str(self.program)], **more})

    def came(self) -> list[str]:
        return self.kept.read_text().splitlines() if self.kept.exists() else []

    def refuse(self) -> None:
        self._write("sys.exit(3)")

    def vanish(self) -> None:
        self.program.unlink()


# --- files ---------------------------------------------------------------------------------


def files_in(folder: Path) -> list[str]:
    """Each file's name and content."""
    return [
        f"{path.relative_to(folder)}\n{path.read_text()}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


class FolderStage(Stage):
    def __init__(self, folder: Path) -> None:
        self.root = folder / "share"
        self.root.mkdir()

    def channel(self, **more: Any) -> Channel:
        return made("folder", {"path": str(self.root), **more})

    def came(self) -> list[str]:
        return files_in(self.root)

    def refuse(self) -> None:
        for name in ("index.csv", "2026"):  # neither can be written any more
            path = self.root / name
            path.unlink() if path.is_file() else None
        (self.root / "index.csv").mkdir()
        (self.root / "2026").write_text("in the way")

    def vanish(self) -> None:
        self.root.rename(self.root.with_name("unmounted"))


class SftpStage(Stage):
    """An SFTP server on a folder of this machine."""

    secrets = (PASSWORD,)

    def __init__(self, folder: Path) -> None:
        self.root = folder / "served"
        (self.root / "faxes").mkdir(parents=True)
        self.key = paramiko.Ed25519Key.from_private_key(io.StringIO(openssh_key()))
        self.refusing = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[paramiko.Transport] = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def host_key(self) -> str:
        return f"{self.key.get_name()} {self.key.get_base64()}"

    def channel(self, **more: Any) -> Channel:
        table = {
            "host": "127.0.0.1",
            "port": self._listener.getsockname()[1],
            "host_key": self.host_key,
            "user": "fax",
            "password_env": "p",
            "path": "/faxes",
        }
        return made("sftp", {**table, **more}, p=PASSWORD)

    def came(self) -> list[str]:
        return files_in(self.root / "faxes")

    def refuse(self) -> None:
        self.refusing = True

    def vanish(self) -> None:
        self.close()

    def close(self) -> None:
        with suppress(OSError):  # closing alone does not wake whoever waits in accept
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for transport in self._open:
            transport.close()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(plain)
            transport.add_server_key(self.key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, stage=self)
            self._open.append(transport)
            try:
                transport.start_server(server=_Door())
            except (paramiko.SSHException, EOFError, OSError):
                transport.close()


class _Door(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        good = (username, password) == ("fax", PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, server: Any, stage: SftpStage) -> None:
        super().__init__(server)
        self.stage = stage

    def _real(self, path: str) -> Path:
        return self.stage.root / str(PurePosixPath(path)).lstrip("/")

    def _try(self, act: Callable[[], Any]) -> Any:
        if self.stage.refusing:
            return paramiko.SFTP_PERMISSION_DENIED
        try:
            return act() or paramiko.SFTP_OK
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def stat(self, path: str) -> Any:
        return self._try(lambda: paramiko.SFTPAttributes.from_stat(self._real(path).stat()))

    lstat = stat

    def mkdir(self, path: str, attr: Any) -> Any:
        return self._try(self._real(path).mkdir)

    def remove(self, path: str) -> Any:
        return self._try(self._real(path).unlink)

    def posix_rename(self, oldpath: str, newpath: str) -> Any:
        return self._try(lambda: self._real(oldpath).replace(self._real(newpath)) and None)

    def open(self, path: str, flags: int, attr: Any) -> Any:
        def opened() -> paramiko.SFTPHandle:
            writes = flags & (os.O_WRONLY | os.O_RDWR)
            mode = "ab" if flags & os.O_APPEND else "wb" if writes else "rb"
            handle = paramiko.SFTPHandle(flags)
            file = self._real(path).open(mode)
            handle.readfile = handle.writefile = file  # type: ignore[attr-defined]
            handle.stat = lambda: paramiko.SFTPAttributes.from_stat(os.fstat(file.fileno()))  # type: ignore[method-assign]
            return handle

        return self._try(opened)


def openssh_key() -> str:
    return (
        Ed25519PrivateKey.generate()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.OpenSSH,
            serialization.NoEncryption(),
        )
        .decode()
    )


# --- e-mail --------------------------------------------------------------------------------


class MailStage(Stage):
    """A mail server that wants STARTTLS and a login."""

    secrets = (PASSWORD,)

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "mail.pem"
        self.letters: list[tuple[list[str], bytes]] = []
        self.refusing = ""
        self.refused_recipients: set[str] = set()
        self._controller = _Controller(self, hostname="127.0.0.1", port=0, **self._rules(folder))
        self._controller.start()

    def _rules(self, folder: Path) -> dict[str, Any]:
        return {
            "tls_context": server_context(self.certificate),
            "require_starttls": True,
            "auth_required": True,
            "authenticator": self._authenticate,
        }

    @property
    def port(self) -> int:
        port: int = self._controller.server.sockets[0].getsockname()[1]
        return port

    def channel(self, **more: Any) -> Channel:
        table = {
            "host": "localhost",
            "port": self.port,
            "user": "fax",
            "password_env": "p",
            "ca_file": str(self.certificate),
            "from": "faxkeep@clinic.example",
            "to": ["desk@clinic.example"],
        }
        return made("mail", {**table, **more}, p=PASSWORD)

    def came(self) -> list[str]:
        return [data.decode() for _, data in self.letters]

    def refuse(self) -> None:
        self.refusing = "554 5.7.1 refused because of T0p-secret text"

    def vanish(self) -> None:
        self.close()

    def close(self) -> None:
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.stop(no_assert=True)

    def _authenticate(self, *given: Any) -> AuthResult:
        data = given[-1]
        good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        return AuthResult(success=good, handled=False)

    # The handler of aiosmtpd

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused_recipients:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        if self.refusing:
            return self.refusing
        self.letters.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        """Instead of aiosmtpd's, which asks at port 0."""
        port = self.server.sockets[0].getsockname()[1]
        with socket.create_connection(("127.0.0.1", port), 1) as first:
            first.recv(1024)


def server_context(certificate: Path) -> ssl.SSLContext:
    """TLS for localhost with a certificate of its own, which is written to that file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private = certificate.with_suffix(".key")
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return context


@contextmanager
def staged(kind: str, folder: Path) -> Iterator[Stage]:
    """The stage of a channel, closed at the end."""
    make: dict[str, Callable[[], Stage]] = {
        "webhook": WebhookStage,
        "apprise": AppriseStage,
        "command": lambda: CommandStage(folder),
        "folder": lambda: FolderStage(folder),
        "sftp": lambda: SftpStage(folder),
        "mail": lambda: MailStage(folder),
    }
    stage = make[kind]()
    try:
        yield stage
    finally:
        for part in (stage, getattr(stage, "server", None)):
            if hasattr(part, "close"):
                part.close()


def decoded(text: str) -> Any:
    return json.loads(text)
