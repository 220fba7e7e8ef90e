"""Reading the sample stories: a header of `key: value` lines, an empty line, the text in the body markup."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STORIES = Path(__file__).parent / "stories"


@dataclass(frozen=True)
class StoryFile:
    slug: str
    header: dict[str, str]
    body: str

    def text(self, key: str) -> str:
        return self.header.get(key, "")

    def many(self, key: str, separator: str) -> list[str]:
        return [part.strip() for part in self.text(key).split(separator) if part.strip()]

    @property
    def days_ago(self) -> int:
        return int(self.header["days_ago"])


def read_stories() -> Iterator[StoryFile]:
    """Every sample story, the oldest first."""
    stories = [_read(path) for path in STORIES.glob("*.html")]
    yield from sorted(stories, key=lambda story: (-story.days_ago, story.slug))


def _read(path: Path) -> StoryFile:
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    lines = (line.partition(":") for line in head.splitlines())
    return StoryFile(path.stem, {key.strip(): value.strip() for key, _, value in lines}, body.strip())
