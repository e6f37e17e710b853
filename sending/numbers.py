"""Telephone numbers as a person writes them, made whole for the telephone line (E.164)."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, ValidationResult

from errors import UserError

_LONGEST = 100
_ALIASES = {"UK": "GB", "EL": "GR"}
"""RingCentral's guide writes UK; ISO 3166 and RingCentral's specification say GB."""
_TOO_LONG = "has too many digits"
_TOO_SHORT = "has too few digits"
_WHOLE = 'Give the whole number with country code, as in "+1 650 555 0123".'
_REASONS = {
    ValidationResult.INVALID_COUNTRY_CODE: ("has an unknown country code", _WHOLE),
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: ("lacks its area code", _WHOLE),
    ValidationResult.TOO_SHORT: (
        _TOO_SHORT,
        "Give the whole number. Faxes cannot be sent to extension numbers.",
    ),
    ValidationResult.TOO_LONG: (_TOO_LONG, "Give one number in each place."),
}


class WrongNumber(UserError):
    """Why something is no fax number: `words` go on after "the number", `advice` is a sentence."""

    def __init__(self, words: str, advice: str) -> None:
        self.words, self.advice = words, advice
        super().__init__(f"The number {words}. {advice}")


def country_code(country: str) -> str:
    """ISO 3166 letters in any case, also "UK"; "" stays ""; UserError for no country."""
    code = _ALIASES.get(country.strip().upper(), country.strip().upper())
    if code and code not in phonenumbers.SUPPORTED_REGIONS:
        raise UserError(
            "There is no such country. Give two letters as in ISO 3166, such as US or GB."
        )
    return code


def e164(number: str, country: str = "US") -> str:
    """`+` and digits; a number without `+` is one of the country. Raises WrongNumber."""
    return str(phonenumbers.format_number(_parsed(number, country), 0))


def country_of(number: str) -> str:
    """The ISO 3166 letters of an E.164 number's country; "" for those of none."""
    found = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    return found if found in phonenumbers.SUPPORTED_REGIONS else ""


def _parsed(number: str, country: str) -> PhoneNumber:
    code = country_code(country) or None
    try:
        parsed = phonenumbers.parse(number[: _LONGEST + 1], code)
    except NumberParseException as error:
        raise _unreadable(error, code) from None
    if parsed.extension:
        raise WrongNumber("has an extension", "Faxes cannot be sent to extension numbers.")
    if phonenumbers.is_valid_number(parsed):
        return parsed
    words, advice = _REASONS.get(
        phonenumbers.is_possible_number_with_reason(parsed),
        ("is not one that can be dialled", "Check its digits."),
    )
    raise WrongNumber(words, advice)


def _unreadable(error: NumberParseException, code: str | None) -> WrongNumber:
    kind = error.error_type
    if kind == NumberParseException.INVALID_COUNTRY_CODE and code is None:
        return WrongNumber("has no country code", _WHOLE)
    if kind == NumberParseException.INVALID_COUNTRY_CODE:
        return WrongNumber("has an unknown country code", _WHOLE)
    if kind == NumberParseException.TOO_LONG:
        return WrongNumber(_TOO_LONG, "Give one number in each place.")
    if kind == NumberParseException.NOT_A_NUMBER:
        return WrongNumber("is not a number", _WHOLE)
    return WrongNumber(_TOO_SHORT, "Give the whole number.")
