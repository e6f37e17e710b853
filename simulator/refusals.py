"""RingCentral's ways of saying no: status, errorCode, message, and the body around them."""

from typing import Any


class Refusal(Exception):
    """An error answer; `parameter` names the request parameter at fault, if one is."""

    def __init__(
        self, status: int, code: str, message: str, *, parameter: str = "", retry_after: int = 0
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.parameter, self.retry_after = parameter, retry_after

    def body(self) -> dict[str, Any]:
        """The error both in `errors[0]` and at the top level, as real servers send it."""
        error = {"errorCode": self.code, "message": self.message}
        if self.parameter:
            error["parameterName"] = self.parameter
        return {**error, "errors": [error]}


class LoginRefusal(Refusal):
    """An error of the token endpoint (RFC 6749 section 5.2) with RingCentral's code inside."""

    def __init__(self, error: str, code: str, message: str, status: int = 400) -> None:
        super().__init__(status, code, message)
        self.error = error

    def body(self) -> dict[str, Any]:
        return {"error": self.error, "error_description": self.message, **super().body()}


def invalid(parameter: str) -> Refusal:
    """400 CMN-101: a parameter's value is invalid."""
    return Refusal(400, "CMN-101", f"Parameter [{parameter}] value is invalid", parameter=parameter)


def not_found(parameter: str = "") -> Refusal:
    """404 CMN-102."""
    text = f"Resource for parameter [{parameter}] is not found"
    return Refusal(404, "CMN-102", text, parameter=parameter)


def scope_missing(scope: str) -> Refusal:
    """403 CMN-401: the app lacks a scope."""
    text = f"In order to call this API endpoint, application needs to have [{scope}] permission"
    return Refusal(403, "CMN-401", text)


def permission_missing(permission: str) -> Refusal:
    """403 CMN-408: the user lacks a permission."""
    text = f"In order to call this API endpoint, user needs to have [{permission}] permission"
    return Refusal(403, "CMN-408", text)
