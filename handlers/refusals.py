"""What RingCentral's refusals of a fax mean, in plain words, and what to do about them. Pure.

Codes: developers.ringcentral.com/guide/basics/errors and the API reference of createFaxMessage.
"""

from dataclasses import dataclass

from errors import PermissionMissing, RingCentralError

_DOCUMENT = "Save the document anew, as PDF, and send that."
_SIZE = "Split the fax, or send fewer or smaller documents."
_NUMBER = "Check the numbers."
_ASK = "RingCentral's support can tell more."
_FILE = "Give the file a plain name with the ending that fits its content."


@dataclass(frozen=True)
class Refusal:
    """Why RingCentral did not take a fax, and what to do; no number or name."""

    words: str
    advice: str


_KNOWN = {
    "CMN-101": Refusal("RingCentral finds something in the request invalid", _ASK),
    "CMN-102": Refusal(
        "RingCentral has no such mailbox or message", "`faxkeep census` lists them."
    ),
    "MSG-337": Refusal("A document is too large for RingCentral", _SIZE),
    "MSG-338": Refusal("The documents are too large together for RingCentral", _SIZE),
    "MSG-340": Refusal("RingCentral cannot send faxes for this mailbox", _ASK),
    "MSG-341": Refusal("This mailbox may not send faxes", "Ask an administrator of the account."),
    "MSG-343": Refusal(
        "RingCentral does not send this fax again in the state that it is in",
        "It may have reached everybody by now: look with `faxkeep show`.",
    ),
    "MSG-344": Refusal("RingCentral takes a recipient for an extension number", _NUMBER),
    "MSG-347": Refusal("RingCentral finds nothing in the request to send", _ASK),
    "MSG-348": Refusal("RingCentral does not take a document of this type", _DOCUMENT),
    "MSG-353": Refusal("RingCentral cannot tell the type of a document", _FILE),
    "MSG-355": Refusal("RingCentral cannot tell the type of a document", _FILE),
    "MSG-365": Refusal("RingCentral does not understand the country", "Leave the country out."),
    "MSG-370": Refusal("RingCentral finds a file name too long", _FILE),
}
_NO_PERMISSION = Refusal(
    "RingCentral's app or user may not send faxes",
    "The app needs the permission Faxes, the user OutboundFaxes; then send it again.",
)


def refusal_of(error: RingCentralError) -> Refusal:
    """The refusal in words, with RingCentral's own code."""
    known = _KNOWN.get(error.code)
    if known is None and isinstance(error, PermissionMissing):
        known = _NO_PERMISSION
    known = known or Refusal("RingCentral refuses the fax", _ASK)
    told = " ".join(filter(None, (error.code, error.parameter))) or f"HTTP {error.status}"
    return Refusal(f"{known.words} ({told}).", known.advice)
