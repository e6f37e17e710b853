"""A copy of each document to an SFTP server, whose host key the settings name."""

import io
import logging
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from errors import NotDelivered
from notifications.channel import Attachment, Documents
from notifications.copies import copy
from notifications.names import DEFAULT, template_problem
from notifications.notice import Notice
from notifications.options import Options

PATIENCE_SECONDS = 20.0
"""For the connection, the login and each answer."""


@dataclass(frozen=True)
class Login:
    """Where, whose key it must be, and who we are there: with a key, or with a password."""

    host: str
    port: int
    host_key: Any
    user: str
    password: str = field(default="", repr=False)
    key: Any = field(default=None, repr=False)


@dataclass(frozen=True)
class Sftp:
    """Copies into one folder of a server."""

    login: Login
    root: PurePosixPath
    template: str = DEFAULT
    with_number: bool = False
    wants_documents = True

    def deliver(self, notice: Notice, documents: Documents) -> str:
        """Carry it. Raises NotDelivered."""
        with _refusals(), _session(self.login) as session:
            copy(SftpShelf(session, self.root), self.template, notice, documents)
        return ""


@dataclass(frozen=True)
class SftpShelf:
    """The files below one folder of a server."""

    session: Any
    root: PurePosixPath

    def write(self, name: PurePosixPath, attachment: Attachment) -> None:
        path = self.root / name
        self._make_folders(name.parent)
        partial = str(path.with_name(f".{path.name}.partial"))
        with self.session.open(partial, "wb") as file:
            file.set_pipelined(True)
            attachment.write(file)
        if self.session.stat(partial).st_size != attachment.size:
            raise NotDelivered("the server did not keep the whole document")
        self._rename(partial, str(path))

    def tail(self, name: PurePosixPath, size: int) -> bytes:
        with suppress(FileNotFoundError), self.session.open(str(self.root / name), "rb") as file:
            file.seek(max(0, (file.stat().st_size or 0) - size))
            found: bytes = file.read(size)
            return found
        return b""

    def append(self, name: PurePosixPath, data: bytes) -> None:
        with self.session.open(str(self.root / name), "ab") as file:
            file.write(data)

    def _make_folders(self, parent: PurePosixPath) -> None:
        for folder in [*reversed(parent.parents), parent][1:]:
            path = str(self.root / folder)
            try:
                self.session.stat(path)
            except FileNotFoundError:
                self.session.mkdir(path, 0o700)

    def _rename(self, partial: str, path: str) -> None:
        try:
            self.session.posix_rename(partial, path)
        except OSError:
            # A server without that extension renames only where nothing is.
            with suppress(FileNotFoundError):
                self.session.remove(path)
            self.session.rename(partial, path)


@contextmanager
def _session(login: Login) -> Iterator[Any]:
    library = _library()
    plain = socket.create_connection((login.host, login.port), PATIENCE_SECONDS)
    with closing(library.Transport(plain)) as transport:
        transport.banner_timeout = transport.auth_timeout = PATIENCE_SECONDS
        transport.connect(login.host_key, login.user, login.password or None, login.key)
        with closing(library.SFTPClient.from_transport(transport)) as session:
            session.get_channel().settimeout(PATIENCE_SECONDS)
            yield session


def _library() -> Any:
    """Paramiko, without its log, which tells of hosts, users and paths."""
    # Only here: it takes a quarter of a second, and most commands need none of it.
    import paramiko

    log = logging.getLogger("paramiko")
    log.propagate = False
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    return paramiko


@contextmanager
def _refusals() -> Iterator[None]:
    library = _library()
    try:
        yield
    except library.AuthenticationException:
        raise NotDelivered("the server refuses the login", whole=True) from None
    except library.SSHException as error:
        said = "the server could not be used"
        if "host key" in str(error).lower():
            said = "the server shows another host key than the settings name"
        raise NotDelivered(f"{said} ({type(error).__name__})", whole=True) from None
    except (OSError, EOFError) as error:
        kind = type(error).__name__
        raise NotDelivered(f"the server could not be used ({kind})", whole=True) from None


def read(options: Options) -> Sftp:
    """The server that a table describes."""
    password, key = options.secret("password", needed=False), options.secret("key", needed=False)
    if not password and not key:
        options.problem("give password_file, password_env, key_file or key_env")
    login = Login(
        host=options.host("host"),
        port=options.whole("port", 22, 1, 65535),
        host_key=_host_key(options),
        user=options.text("user"),
        password=password,
        key=_key(options, key) if key else None,
    )
    template = options.text("file_name", DEFAULT)
    if problem := template_problem(template):
        options.problem(f"file_name {problem}")
    root = PurePosixPath(options.absolute("path"))
    return Sftp(login, root, template, options.switch("with_number"))


def _host_key(options: Options) -> Any:
    text = options.text("host_key")
    library = _library()
    entry = None
    with suppress(library.SSHException, ValueError):
        entry = library.hostkeys.HostKeyEntry.from_line(f"host {text}")
    if text and (entry is None or entry.key is None):
        options.problem("host_key must be as `ssh-keyscan` shows it: ssh-ed25519 AAAA...")
        return None
    return entry and entry.key


def _key(options: Options, text: str) -> Any:
    library = _library()
    for kind in (library.Ed25519Key, library.ECDSAKey, library.RSAKey):
        with suppress(library.SSHException, ValueError):
            return kind.from_private_key(io.StringIO(text + "\n"))
    options.problem("key must be a private key in OpenSSH's form, without a passphrase")
    return None
