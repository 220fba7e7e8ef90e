"""Reading parameters: what each call accepts, and Stripe's refusals for everything else.

A kind is a function of the raw value and the parameter's name that gives the typed value or raises ApiError.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.stripe.errors import invalid, missing_param, unknown_param

Kind = Callable[[Any, str], Any]
Spec = dict[str, Kind]


def read(
    raw: Mapping[str, Any], spec: Spec, *, needs: Sequence[str] = (), inside: str = ""
) -> dict[str, Any]:
    """Check and convert `raw` by `spec`. Only what was sent is in the result."""
    for key in raw:
        if key not in spec:
            raise unknown_param(_name(inside, key))
    for key in needs:
        if raw.get(key) in (None, ""):
            raise missing_param(_name(inside, key))
    return {key: spec[key](value, _name(inside, key)) for key, value in raw.items()}


def _name(inside: str, key: str) -> str:
    return f"{inside}[{key}]" if inside else key


def text(raw: Any, name: str) -> str | None:
    """A string; the empty one unsets the value."""
    if not isinstance(raw, str):
        raise invalid(f"Invalid string: {raw}", param=name)
    if len(raw) > 5000:
        raise invalid(f"Invalid string: {raw[:20]}…; must be at most 5000 characters", param=name)
    return raw or None


def filled(raw: Any, name: str) -> str:
    """A string that must not be empty."""
    value = text(raw, name)
    if value is None:
        hint = "We assume empty values are an attempt to unset a parameter; however it cannot be unset."
        message = f"You passed an empty string for '{name}'. {hint}"
        raise invalid(message, param=name, code="parameter_invalid_empty")
    return value


def url(raw: Any, name: str) -> str:
    """An absolute http or https address."""
    value = filled(raw, name)
    if not value.startswith(("http://", "https://")):
        raise invalid("Not a valid URL", param=name, code="url_invalid")
    return value


def email(raw: Any, name: str) -> str | None:
    """An e-mail address, or empty to unset it."""
    value = text(raw, name)
    if value and ("@" not in value[1:-1] or " " in value):
        raise invalid(f"Invalid email address: {value}", param=name, code="email_invalid")
    return value


def integer(raw: Any, name: str) -> int:
    """A whole number."""
    try:
        return int(str(raw))
    except ValueError:
        raise invalid(f"Invalid integer: {raw}", param=name, code="parameter_invalid_integer") from None


def boolean(raw: Any, name: str) -> bool:
    """`true` or `false`."""
    if raw not in ("true", "false"):
        raise invalid(f"Invalid boolean: {raw}", param=name)
    return bool(raw == "true")


def metadata(raw: Any, name: str) -> dict[str, str] | None:
    """A flat hash of strings; None when the whole of it is to be cleared (`metadata=`)."""
    if raw == "":
        return None
    if raw == []:
        return {}
    if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
        raise invalid("Invalid hash: metadata takes one level of keys with string values", param=name)
    if len(raw) > 50 or any(len(key) > 40 or len(value) > 500 for key, value in raw.items()):
        raise invalid("Metadata takes up to 50 keys of 40 characters, values of 500 characters", param=name)
    return raw


def one_of(*values: str) -> Kind:
    """One of the given words."""

    def kind(raw: Any, name: str) -> str:
        if raw not in values:
            key = name.rpartition("[")[2].rstrip("]")
            raise invalid(f"Invalid {key}: must be one of {', '.join(values)}", param=name)
        return str(raw)

    return kind


def list_of(item: Kind) -> Kind:
    """An array; the empty string empties it."""

    def kind(raw: Any, name: str) -> list[Any]:
        if raw == "":
            return []
        if not isinstance(raw, list):
            raise invalid("Invalid array", param=name)
        return [item(value, f"{name}[{index}]") for index, value in enumerate(raw)]

    return kind


def hash_of(spec: Spec, *, needs: Sequence[str] = ()) -> Kind:
    """A nested hash; the empty string unsets it."""

    def kind(raw: Any, name: str) -> dict[str, Any] | None:
        if raw == "":
            return None
        if raw != [] and not isinstance(raw, dict):
            raise invalid("Invalid object", param=name)
        return read(raw or {}, spec, needs=needs, inside=name)

    return kind


def mapping_of(kind: Kind) -> Kind:
    """A hash whose keys are the caller's own, for instance currencies."""

    def read_all(raw: Any, name: str) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise invalid("Invalid object", param=name)
        return {key: kind(value, f"{name}[{key}]") for key, value in raw.items()}

    return read_all


def either(word: str, kind: Kind) -> Kind:
    """A fixed word such as `now`, or else a value of `kind`."""
    return lambda raw, name: word if raw == word else kind(raw, name)


_BOUNDS = hash_of(dict.fromkeys(("gt", "gte", "lt", "lte"), integer))


def time_range(raw: Any, name: str) -> dict[str, int]:
    """A moment (Unix seconds), or bounds such as `created[gte]`."""
    if isinstance(raw, dict):
        return dict(_BOUNDS(raw, name))
    moment = integer(raw, name)
    return {"gte": moment, "lte": moment}


ADDRESS = hash_of(dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"), text))
