"""Stripe's form encoding: `items[0][price]=…`, `expand[]=…`, `metadata[key]=…`."""

import re
from typing import Any
from urllib.parse import parse_qsl

from sandbox.stripe.errors import invalid

NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
MAX_DEPTH = 8


def decode(encoded: str) -> dict[str, Any]:
    """Decode a query string or form body into nested dicts and lists of strings.

    Raises ApiError for text that is not in this encoding.
    """
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise invalid("Invalid request: the body is not form-encoded UTF-8") from error
    tree: dict[str, Any] = {}
    for name, value in pairs:
        _plant(tree, _path(name), value)
    return {key: _with_lists(branch) for key, branch in tree.items()}


def _path(name: str) -> list[str]:
    match = NAME.fullmatch(name)
    path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])] if match else []
    if not path or len(path) > MAX_DEPTH:
        raise invalid(f"Invalid parameter name: {name}", param=name)
    return path


def _plant(tree: dict[str, Any], path: list[str], value: str) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(_key(tree, step), {})
        if not isinstance(tree, dict):
            raise invalid(
                f"Invalid parameter: {path[0]} is given both as a value and as a hash", param=path[0]
            )
    tree[_key(tree, path[-1])] = value


def _key(tree: dict[str, Any], step: str) -> str:
    """`[]` means "the next one"."""
    return step or str(len(tree))


def _with_lists(branch: Any) -> Any:
    if not isinstance(branch, dict):
        return branch
    if all(key.isdecimal() for key in branch):
        return [_with_lists(branch[key]) for key in sorted(branch, key=int)]
    return {key: _with_lists(value) for key, value in branch.items()}
