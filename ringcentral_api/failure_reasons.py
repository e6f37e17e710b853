"""What RingCentral's error codes of a fax mean, in plain words, and what can be done. Pure.

The 34 codes are those of FaxErrorCodeEnum (developers.ringcentral.com). RingCentral
explains none of them; the words and the groups are our own judgement.
"""

from dataclasses import dataclass

TRY_LATER = "try later"
FIX_NUMBER = "fix the number"
FIX_ACCOUNT = "fix the account"
FIX_DOCUMENT = "fix the document"
PARTIAL = "partial"
UNKNOWN = "unknown"

ADVICE = {
    TRY_LATER: "Send it again later: often it goes through the next time.",
    FIX_NUMBER: "Check the number, or ask the recipient for the right one, before sending again.",
    FIX_ACCOUNT: "Have an administrator of the RingCentral account settle this before sending"
    " again.",
    FIX_DOCUMENT: "Change the document before sending again: save it anew as PDF, or split it.",
    PARTIAL: "Ask the recipient which pages arrived, and send the others again.",
    UNKNOWN: "Look the fax up in RingCentral's app, or ask RingCentral's support what it means.",
}
"""The advice of each group."""


@dataclass(frozen=True)
class Reason:
    """Why a fax failed: RingCentral's code, its group of advice, and both in plain words."""

    code: str
    group: str
    words: str

    @property
    def advice(self) -> str:
        """What to do, in one sentence."""
        return ADVICE[self.group]


_KNOWN = (
    Reason("AllLinesInUse", TRY_LATER, "All of RingCentral's lines were in use."),
    Reason("CallFailed", TRY_LATER, "The call failed."),
    Reason("CallerHungUp", TRY_LATER, "The call was ended before the fax was through."),
    Reason("DBGeneralError", TRY_LATER, "RingCentral's database had an error."),
    Reason("InternalError", TRY_LATER, "RingCentral had an error of its own."),
    Reason("LineBusy", TRY_LATER, "The recipient's line was busy."),
    Reason("NoAnswer", TRY_LATER, "Nobody answered the call."),
    Reason("ReturnToDBQueue", TRY_LATER, "RingCentral put the fax back into its queue."),
    Reason("TooManyCallsPerLine", TRY_LATER, "Too many calls were made on one line."),
    Reason("Undefined", TRY_LATER, "RingCentral gives no reason."),
    Reason("CallDeclined", FIX_NUMBER, "The recipient's side declined the call."),
    Reason("InvalidNumber", FIX_NUMBER, "The number is not valid."),
    Reason("NoFaxMachine", FIX_NUMBER, "No fax machine answered at this number."),
    Reason("NotAccepted", FIX_NUMBER, "The recipient's side did not accept the fax."),
    Reason("UnknownCountryCode", FIX_NUMBER, "The number's country code is not known."),
    Reason("WrongNumber", FIX_NUMBER, "The number is wrong, or not in service."),
    Reason("AccountSuspended", FIX_ACCOUNT, "The RingCentral account is suspended."),
    Reason(
        "DestinationCountryDisabled",
        FIX_ACCOUNT,
        "The account may not call the recipient's country.",
    ),
    Reason("FaxSendingProhibited", FIX_ACCOUNT, "The account is not allowed to send faxes."),
    Reason(
        "InternationalCallingDisabled",
        FIX_ACCOUNT,
        "Calls abroad are switched off.",
    ),
    Reason("InternationalDisabled", FIX_ACCOUNT, "Faxes abroad are switched off for the account."),
    Reason("NoCallTime", FIX_ACCOUNT, "The account has no call time left."),
    Reason("NoFaxSendPermission", FIX_ACCOUNT, "The user has no permission to send faxes."),
    Reason("NoInternationalPermission", FIX_ACCOUNT, "The user has no permission to call abroad."),
    Reason("NotEnoughCredits", FIX_ACCOUNT, "The account has not enough calling credit."),
    Reason("ProhibitedDestination", FIX_ACCOUNT, "The account may not call this destination."),
    Reason("ProhibitedNumber", FIX_ACCOUNT, "The account may not call this number."),
    Reason("SkypeBillingFailed", FIX_ACCOUNT, "The call could not be charged to the account."),
    Reason("ThePhoneIsBlacklisted", FIX_ACCOUNT, "RingCentral has blocked this number."),
    Reason("UserNotFound", FIX_ACCOUNT, "RingCentral did not find the user who sends."),
    Reason("ConvertError", FIX_DOCUMENT, "The document could not be converted into a fax."),
    Reason("RenderingFailed", FIX_DOCUMENT, "The document could not be drawn as fax pages."),
    Reason("TooManyPages", FIX_DOCUMENT, "The document has too many pages."),
    Reason("SentPartially", PARTIAL, "Only a part of the pages was sent."),
)
REASONS = {reason.code: reason for reason in _KNOWN}
"""Every code that RingCentral documents."""

_CODES_OF_CALLS = {
    "busy": "LineBusy",
    "line busy": "LineBusy",
    "no answer": "NoAnswer",
    "not answered": "NoAnswer",
    "wrong number": "WrongNumber",
    "bad number": "InvalidNumber",
    "international disabled": "InternationalDisabled",
    "international restricted": "NoInternationalPermission",
    "no calling credit": "NotEnoughCredits",
    "no credit": "NotEnoughCredits",
    "internal error": "InternalError",
    "fax partially sent": "SentPartially",
    "fax prepare error": "RenderingFailed",
}
"""Words of the call log that say the same as a code."""
_LONGEST = 60


def failure_reason(code: str | None) -> Reason:
    """The reason that a faxErrorCode stands for; one that is not known, or missing, as well.

    A code that RingCentral added later is told as it is, but for what is no letter or digit.
    """
    known = REASONS.get(code or "")
    if known is not None:
        return known
    if not code:
        return Reason("", UNKNOWN, "RingCentral gave no reason.")
    shown = "".join(letter for letter in code if letter.isascii() and letter.isalnum())[:_LONGEST]
    return Reason(shown, UNKNOWN, f"RingCentral gave a reason that is not known here ({shown}).")


def reason_of_call(result: str, reason: str) -> Reason:
    """What the call log's `result` and `reason` of a call that failed say, the reason first."""
    for words in (reason, result):
        if code := _CODES_OF_CALLS.get(words.casefold()):
            return REASONS[code]
    told = "".join(c for c in (reason or result) if c.isascii() and (c.isalnum() or c == " "))
    words = f"The call log says: {told[:_LONGEST]}." if told else "The call log gives no reason."
    return Reason("", TRY_LATER, words)
