"""The tree of errors: each says whether it is permanent, when to retry, and its exit code.

FaxkeepError                     exit 1
├── UserError                    exit 2   the person can mend it; printed without traceback
│   ├── SettingsError                     every problem with the settings, at once
│   ├── NotSendable                       every problem with a fax that is to be sent, at once
│   ├── KeyReused                         an idempotency key came with another request
│   └── WrongState                        what is asked for is not possible (any more)
├── Later                        exit 75  not a failure: the same step will work after `retry_after`
│   └── RateLimited                       all calls of this login and group must wait
├── RingCentralError             exit 4   RingCentral answered, and the answer is no
│   ├── LoginRefused                      permanent: credentials, not the network
│   ├── PermissionMissing                 permanent until an administrator changes something
│   ├── NotFound                          permanent: no such message, content, subscription
│   ├── SyncTokenRefused                  a full synchronization is required
│   ├── HostRefused                       permanent: an address outside the configured hosts
│   └── Unreachable                       temporary: network, 5xx, time-out, broken answer
├── Unsure                       exit 8   RingCentral may have taken a fax; look before repeating
├── DocumentRefused              exit 6   bytes that failed the truth check; kept aside, tried again
├── NotDelivered                 exit 1   a destination did not take a notice; tried again for days
├── ArchiveError                 exit 5   a key, file or ledger line is missing, changed or extra
│   └── KeyMissing                        permanent: this process holds no key for that
└── CatalogError                 exit 7   the database cannot be used
"""

from collections.abc import Sequence
from typing import Protocol


class FaxkeepError(Exception):
    """Base of all errors raised on purpose; `str(error)` is one plain sentence for a person."""

    exit_code = 1
    permanent = True
    installation_wide = False
    """True when it concerns everything and not one fax: work waits until it is mended."""
    retry_after: float | None = None
    """Seconds after which a repetition may work; None when the caller should use its own pause."""


class UserError(FaxkeepError):
    """Something the person at the keyboard can mend."""

    exit_code = 2


class SettingsError(UserError):
    """All problems with the settings at once, one per line."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Told(Protocol):
    """A problem with one field of a fax: what is wrong, and what to do."""

    @property
    def field(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def advice(self) -> str: ...


class NotSendable(UserError):
    """All that is wrong with a fax that is to be sent, at once."""

    def __init__(self, problems: Sequence[Told]) -> None:
        self.problems = tuple(problems)
        told = (f"{each.field}: {each.words} {each.advice}".rstrip() for each in problems)
        super().__init__("\n".join(told))


class KeyReused(UserError):
    """An idempotency key that named a request before came with a different one."""


class WrongState(UserError):
    """What is asked for is not possible in the state that the thing is in."""


class Later(FaxkeepError):
    """Not a failure: the step is too early. Repeat it after `retry_after` seconds."""

    exit_code = 75
    permanent = False

    def __init__(self, reason: str, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


class RateLimited(Later):
    """Not a failure: RingCentral's limit for this login is used up; whatever shares it waits."""


class RingCentralError(FaxkeepError):
    """RingCentral's answer was an error.

    `status` is the HTTP status (0 when there was none), `code` its errorCode ("" when none).
    """

    exit_code = 4

    def __init__(
        self, message: str, *, status: int = 0, code: str = "", parameter: str = ""
    ) -> None:
        self.status = status
        self.code = code
        self.parameter = parameter
        super().__init__(message)


class LoginRefused(RingCentralError):
    """RingCentral refuses the credentials."""

    installation_wide = True


class PermissionMissing(RingCentralError):
    """The app lacks a scope, or the user a permission."""

    installation_wide = True


class NotFound(RingCentralError):
    """RingCentral has no such thing (any more)."""


class SyncTokenRefused(RingCentralError):
    """The sync token is no longer good; a full synchronization is required."""

    permanent = False


class HostRefused(RingCentralError):
    """An address outside the configured API and media hosts; the token was not sent there."""

    installation_wide = True


class Unreachable(RingCentralError):
    """Network trouble, a 5xx, a time-out or an answer that cannot be read. Worth repeating."""

    permanent = False
    installation_wide = True

    def __init__(
        self, message: str, *, status: int = 0, code: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, status=status, code=code)
        self.retry_after = retry_after


class Unsure(FaxkeepError):
    """A fax was handed over and no clear answer came. Sending it again may send it twice.

    `status` and `code` are those of the answer, if one came (0 and "" else).
    """

    exit_code = 8

    def __init__(self, message: str, *, status: int = 0, code: str = "") -> None:
        self.status = status
        self.code = code
        super().__init__(message)


class DocumentRefused(FaxkeepError):
    """The bytes are not the whole, true document. `reason` is a short stable word for it."""

    exit_code = 6
    permanent = False

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


class NotDelivered(FaxkeepError):
    """A destination did not take a notice.

    `whole`: it takes nothing at present, not only not this notice. `gone`: it wants no more.
    """

    permanent = False

    def __init__(
        self,
        message: str,
        *,
        whole: bool = False,
        gone: bool = False,
        retry_after: float | None = None,
    ) -> None:
        self.whole = whole
        self.gone = gone
        self.retry_after = retry_after
        super().__init__(message)


class ArchiveError(FaxkeepError):
    """The archive is not as it should be."""

    exit_code = 5
    installation_wide = True


class KeyMissing(ArchiveError):
    """This process holds no key that opens what was asked for."""


class CatalogError(FaxkeepError):
    """The catalog database cannot be used."""

    exit_code = 7
    installation_wide = True
