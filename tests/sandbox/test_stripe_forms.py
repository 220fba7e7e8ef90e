"""Stripe's form encoding."""

import pytest

from sandbox.stripe.errors import ApiError
from sandbox.stripe.forms import decode


def test_brackets_make_hashes_and_arrays() -> None:
    encoded = (
        "items%5B0%5D[price]=p1&items[1][price]=p2&metadata[a b]=c%26d&expand[]=x&expand[]=y&name=Zo%C3%AB+A"
    )
    assert decode(encoded) == {
        "items": [{"price": "p1"}, {"price": "p2"}],
        "metadata": {"a b": "c&d"},
        "expand": ["x", "y"],
        "name": "Zoë A",
    }


def test_array_keeps_the_order_of_its_indexes() -> None:
    assert decode("a[10]=k&a[2]=b&a[1]=a") == {"a": ["a", "b", "k"]}


def test_empty_value_is_kept() -> None:
    assert decode("metadata[gone]=&email=") == {"metadata": {"gone": ""}, "email": ""}


@pytest.mark.parametrize("encoded", ["a=1&a[b]=2", "[a]=1", "a[b=1", "a=%ff", "a" + "[b]" * 20 + "=1"])
def test_nonsense_is_refused(encoded: str) -> None:
    with pytest.raises(ApiError) as refused:
        decode(encoded)
    assert refused.value.status == 400
