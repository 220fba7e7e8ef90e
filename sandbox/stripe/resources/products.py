"""Products: https://docs.stripe.com/api/products."""

from sandbox.stripe.errors import invalid
from sandbox.stripe.params import Spec, boolean, filled, list_of, metadata, text, url
from sandbox.stripe.resources.operation import (
    ACTIVE,
    CREATED,
    Operation,
    listing,
    merge_metadata,
    retrieval,
    tombstone,
)
from sandbox.stripe.shapes.catalog import product_shape
from sandbox.stripe.store import Obj, among, equals
from sandbox.stripe.work import Work, new_id

FIELDS: Spec = {
    "active": boolean,
    "description": text,
    "images": list_of(url),
    "metadata": metadata,
    "name": filled,
    "statement_descriptor": text,
    "tax_code": text,
    "unit_label": text,
    "url": url,
}


def create(work: Work, params: Obj) -> Obj:
    """A new product; its id may be chosen."""
    id = params.pop("id", None) or new_id("prod")
    if work.store.get(id):
        raise invalid(f"Product already exists: {id}", param="id", code="resource_already_exists")
    product = product_shape(id, work.now, params["name"])
    merge_metadata(product, params)
    return work.create(product | params, event="product.created")


def update(work: Work, params: Obj, id: str) -> Obj:
    """Change what was sent."""
    product = work.get("product", id)
    if params.get("default_price"):
        work.refer("price", params["default_price"], param="default_price")
    merge_metadata(product, params)
    return work.save(product | params | {"updated": work.now}, event="product.updated")


def delete(work: Work, params: Obj, id: str) -> Obj:
    """Delete a product that has no prices."""
    product = work.get("product", id)
    if work.all("price", equals("product", id)):
        raise invalid("This product cannot be deleted because it has one or more user-created prices.")
    return tombstone(work, product, event="product.deleted")


OPERATIONS = (
    Operation("POST", "/v1/products", create, {**FIELDS, "id": filled}, needs=["name"]),
    listing(
        "/v1/products",
        "product",
        {**ACTIVE, **CREATED, "ids": list_of(filled)},
        {"ids": lambda ids: among("id", ids)},
    ),
    retrieval("/v1/products/{product}", "product"),
    Operation("POST", "/v1/products/{product}", update, {**FIELDS, "default_price": text}),
    Operation("DELETE", "/v1/products/{product}", delete),
)
