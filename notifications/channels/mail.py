"""E-mail through a mail server of the user's, over TLS."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from errors import NotDelivered
from notifications.channel import Documents
from notifications.letter import Envelope, letter
from notifications.notice import Notice
from notifications.options import LOOPBACK, Options

TLS, STARTTLS, PLAIN = "tls", "starttls", "none"
PORTS = {TLS: 465, STARTTLS: 587, PLAIN: 25}
PATIENCE_SECONDS = 20.0
"""For each answer of the server."""
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})")


@dataclass(frozen=True)
class Server:
    """A mail server, and how to log in there: without a user, not at all."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = field(default="", repr=False)
    trust: ssl.SSLContext | None = None


@dataclass(frozen=True)
class Mail:
    """Sends one message to all recipients at once."""

    server: Server
    envelope: Envelope
    wants_documents: bool = False
    with_number: bool = False

    def deliver(self, notice: Notice, documents: Documents) -> str:
        """Carry it; what was left out, or how many recipients were refused. NotDelivered."""
        message = letter(self.envelope, notice, documents)
        with _answers(), self._connected() as connection:
            refused = connection.send_message(
                message, self.envelope.sender, list(self.envelope.recipients)
            )
        count = len(self.envelope.recipients)
        remarks = [f"without the document: {documents.missing}"] if documents.missing else []
        if refused:
            remarks.append(f"the mail server refused {len(refused)} of {count} recipients")
        return "; ".join(remarks)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self.server
        trust = server.trust or ssl.create_default_context()
        connection: smtplib.SMTP
        if server.security == TLS:
            connection = smtplib.SMTP_SSL(
                server.host, server.port, timeout=PATIENCE_SECONDS, context=trust
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_SECONDS)
        try:
            if server.security == STARTTLS:
                connection.starttls(context=trust)
            if server.user:
                connection.login(server.user, server.password)
            yield connection
        finally:
            # Once it has taken the message, an impolite farewell must not have it sent again.
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()


@contextmanager
def _answers() -> Iterator[None]:
    """A server's own words may quote what it was sent: only its code is told."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise NotDelivered(
            f"the mail server refuses user or password ({error.smtp_code})", whole=True
        ) from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = sorted({code for code, _ in error.recipients.values()})
        said = ", ".join(map(str, codes))
        raise NotDelivered(f"the mail server refused every recipient ({said})") from None
    except smtplib.SMTPResponseException as error:
        raise NotDelivered(f"the mail server answered {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as error:
        kind = type(error).__name__
        raise NotDelivered(f"the mail server could not be used ({kind})", whole=True) from None


def read(options: Options) -> Mail:
    """The mail server and the recipients that a table describes."""
    host = options.host("host")
    security = options.choice("security", STARTTLS, tuple(PORTS))
    if security == PLAIN and host not in LOOPBACK:
        options.problem("security none is for a mail server on 127.0.0.1 or localhost only")
    port = options.whole("port", PORTS.get(security, 0), 1, 65535)
    user = options.text("user", "")
    password = options.secret("password", needed=bool(user))
    server = Server(host, port, security, user, password, _trust(options))
    sender, recipients = options.text("from"), options.texts("to", needed=True)
    if any(not _ADDRESS.fullmatch(each) for each in (sender, *recipients) if each):
        options.problem("from and to must be plain addresses such as desk@example.org")
    envelope = Envelope(sender, recipients)
    return Mail(server, envelope, options.switch("with_document"), options.switch("with_number"))


def _trust(options: Options) -> ssl.SSLContext | None:
    """Those of this machine, or one certificate that the settings name."""
    name = options.text("ca_file", "")
    if not name:
        return None
    try:
        return ssl.create_default_context(cafile=Path(name))
    except (OSError, ssl.SSLError):
        options.problem("ca_file names no file with a certificate in it")
        return None
