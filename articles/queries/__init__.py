"""What readers are shown."""

from articles.queries.corrections import public_corrections
from articles.queries.front import FrontPage, SectionBlock, front_page_layout
from articles.queries.lists import (
    list_page,
    stories_by_author,
    stories_for_feed,
    stories_in_section,
    stories_on_topic,
)
from articles.queries.pictures import pictures_in
from articles.queries.readers import reader_of
from articles.queries.stories import (
    find_moved_story,
    find_story,
    find_withdrawn_story,
    related_stories,
    stories_after,
)

__all__ = [
    "FrontPage",
    "SectionBlock",
    "find_moved_story",
    "find_story",
    "find_withdrawn_story",
    "front_page_layout",
    "list_page",
    "pictures_in",
    "public_corrections",
    "reader_of",
    "related_stories",
    "stories_after",
    "stories_by_author",
    "stories_for_feed",
    "stories_in_section",
    "stories_on_topic",
]
