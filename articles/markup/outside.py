"""A text that leaves the site: on paper, or as a file of its own."""

from dataclasses import replace

from .document import Inline, Mark
from .read import read
from .texts import rewrite
from .write import write


def with_whole_addresses(html: str, *, site: str) -> str:
    """Stored markup in which links to pages of the site name it too: `/plans/` becomes `https://…/plans/`."""

    def whole(mark: Mark) -> Mark:
        return replace(mark, href=site + mark.href) if mark.href.startswith("/") else mark

    def edit(inline: Inline) -> Inline:
        return tuple(replace(run, marks=tuple(map(whole, run.marks))) for run in inline)

    return write(rewrite(read(html), edit))
