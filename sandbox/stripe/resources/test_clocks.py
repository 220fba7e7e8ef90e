"""Test clocks: https://docs.stripe.com/api/test_clocks."""

from sandbox.stripe.billing import test_clocks
from sandbox.stripe.deadlines import DAY
from sandbox.stripe.params import Spec, filled, integer, text
from sandbox.stripe.resources.operation import Operation, listing, retrieval
from sandbox.stripe.shapes.test_clocks import test_clock_shape
from sandbox.stripe.store import Obj
from sandbox.stripe.work import TEST_CLOCK, Work, new_id

LIFE = 30 * DAY
NOUN = "test clock"


def create(work: Work, params: Obj) -> Obj:
    """A clock that stands at `frozen_time` until it is advanced, for new customers and one there may be."""
    clock = test_clock_shape(new_id("clock"), work.now, params["frozen_time"], work.now + LIFE)
    work.create(clock | {"name": params.get("name")}, event=f"{TEST_CLOCK}.created")
    if "customer" in params:
        test_clocks.adopt(work, clock, work.refer("customer", params["customer"], param="customer"))
    return work.get(TEST_CLOCK, clock["id"])


def advance(work: Work, params: Obj, id: str) -> Obj:
    """Let time go by for everything that lives by a clock."""
    return test_clocks.advance(work, work.get(TEST_CLOCK, id, noun=NOUN), params["frozen_time"])


def delete(work: Work, params: Obj, id: str) -> Obj:
    """Delete a clock with its customers."""
    return test_clocks.delete(work, work.get(TEST_CLOCK, id, noun=NOUN))


PATH = "/v1/test_helpers/test_clocks"
NEW: Spec = {"customer": filled, "frozen_time": integer, "name": text}
OPERATIONS = (
    Operation("POST", PATH, create, NEW, needs=["frozen_time"]),
    listing(PATH, TEST_CLOCK, {}),
    retrieval(f"{PATH}/{{clock}}", TEST_CLOCK, noun=NOUN),
    Operation("POST", f"{PATH}/{{clock}}/advance", advance, {"frozen_time": integer}, needs=["frozen_time"]),
    Operation("DELETE", f"{PATH}/{{clock}}", delete),
)
