"""The errors Stripe's API answers with: https://docs.stripe.com/api/errors."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class ApiError(Exception):
    """A refusal in Stripe's own shape.

    `keeps_changes` marks the refusals that leave traces: a declined charge exists, although the call failed.
    """

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    keeps_changes: bool = False

    def __str__(self) -> str:
        return self.message

    def body(self) -> dict[str, Any]:
        """The JSON body of the answer; keys without a value are left out, as Stripe does."""
        named = {"code": self.code, "message": self.message, "param": self.param, "type": self.type}
        error = {key: value for key, value in named.items() if value is not None}
        if self.code:
            error["doc_url"] = "https://docs.stripe.com/error-codes/" + self.code.replace("_", "-")
        return {"error": error | self.details}


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    """A request that makes no sense (400)."""
    return ApiError(400, message, param=param, code=code)


def missing_param(param: str) -> ApiError:
    """A parameter the call cannot do without (400)."""
    return invalid(f"Missing required param: {param}.", param=param, code="parameter_missing")


def unknown_param(param: str) -> ApiError:
    """A parameter this server does not know (400), whether or not the real Stripe does."""
    return invalid(f"Received unknown parameter: {param}", param=param, code="parameter_unknown")


def no_such(noun: str, id: str, *, param: str, status: int) -> ApiError:
    """An id that names nothing: 404 when it stands in the address, 400 when it stands in a parameter."""
    message = f"No such {noun}: '{id}'"
    return ApiError(status, message, code="resource_missing", param=param)


def unrecognized_request(method: str, path: str) -> ApiError:
    """An address this server does not know (404)."""
    hint = "Please see https://docs.stripe.com or we can help at https://support.stripe.com/."
    return ApiError(404, f"Unrecognized request URL ({method}: {path}). {hint}")


def card_error(
    code: str, message: str, *, decline_code: str | None = None, param: str | None = None, **details: Any
) -> ApiError:
    """A card that was refused (402). What the attempt left behind is kept."""
    if decline_code:
        details["decline_code"] = decline_code
    return ApiError(402, message, "card_error", code, param, details, keeps_changes=True)
