"""What a channel is: it carries one notice to one destination, or says why it could not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from notifications.notice import Notice


@dataclass(frozen=True)
class Attachment:
    """One archived document of a fax: `kind` is pdf or tiff, `place` counts from 1.

    `write` brings its plain bytes, `size` of them; it raises NotDelivered if it cannot.
    """

    kind: str
    size: int
    sha256: str
    place: int
    write: Callable[[BinaryIO], None]

    @property
    def content_type(self) -> tuple[str, str]:
        return ("application", "pdf") if self.kind == "pdf" else ("image", "tiff")


@dataclass(frozen=True)
class Documents:
    """The documents of a fax, or in one clause why they cannot be had."""

    attachments: tuple[Attachment, ...] = ()
    missing: str = ""


NO_DOCUMENTS = Documents()


class Channel(Protocol):
    """One destination's way. Every call is bounded in time; it may be called from any thread.

    A crash may have a notice carried twice: whatever a channel can do to make the second one
    harmless it does by the notice's id.
    """

    @property
    def wants_documents(self) -> bool:
        """Whether it can do something with the documents of a fax."""

    @property
    def with_number(self) -> bool:
        """Whether the settings ask for the other party's number to be told."""

    def deliver(self, notice: Notice, documents: Documents) -> str:
        """Carry it; "" or a remark for the record, without any datum of the fax.

        Raises:
            NotDelivered: it was not taken; the words hold no secret and no datum of the fax.
        """
