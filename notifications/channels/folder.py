"""A copy of each document into a folder, such as a share that others read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from errors import NotDelivered
from notifications.channel import Attachment, Documents
from notifications.copies import copy
from notifications.names import DEFAULT, template_problem
from notifications.notice import Notice
from notifications.options import Options


@dataclass(frozen=True)
class Folder:
    """Copies into one folder, which must be there: an unmounted share is not filled by mistake."""

    root: Path
    template: str = DEFAULT
    with_number: bool = False
    wants_documents = True

    def deliver(self, notice: Notice, documents: Documents) -> str:
        """Carry it. Raises NotDelivered."""
        with _refusals():
            if not self.root.is_dir():
                raise NotDelivered("the folder is not there; is its disk mounted?", whole=True)
            copy(FolderShelf(self.root), self.template, notice, documents)
        return ""


@dataclass(frozen=True)
class FolderShelf:
    """The files of one folder, of mode 0600."""

    root: Path

    def write(self, name: PurePosixPath, attachment: Attachment) -> None:
        path = self._inside(name)
        partial = path.with_name(f".{path.name}.partial")
        # Never one that lies there already: in a shared folder it could be somebody else's link.
        partial.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            with os.fdopen(os.open(partial, flags, 0o600), "wb") as file:
                attachment.write(file)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        _sync(path.parent)

    def tail(self, name: PurePosixPath, size: int) -> bytes:
        with suppress(FileNotFoundError), (self.root / name).open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - size))
            return file.read(size)
        return b""

    def append(self, name: PurePosixPath, data: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        with os.fdopen(os.open(self.root / name, flags, 0o600), "ab") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def _inside(self, name: PurePosixPath) -> Path:
        """Where it goes. A link below the folder that leads elsewhere is not followed."""
        parent = self.root / name.parent
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not parent.resolve().is_relative_to(self.root.resolve()):
            raise NotDelivered("a link in the folder leads out of it", whole=True)
        return parent / name.name


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _refusals() -> Iterator[None]:
    """An error of the file system without the file's name."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise NotDelivered(f"the folder cannot be written to: {why}", whole=True) from None


def read(options: Options) -> Folder:
    """The folder that a table describes."""
    root = Path(options.absolute("path"))
    template = options.text("file_name", DEFAULT)
    if problem := template_problem(template):
        options.problem(f"file_name {problem}")
    return Folder(root, template, options.switch("with_number"))
