"""What readers are shown."""

from articles.queries.corrections import public_corrections
from articles.queries.front import FrontPage, SectionBlock, front_page_layout
from articles.queries.lists import (
    latest_stories,
    list_page,
    listed_authors,
    listed_topics,
    stories_by_author,
    stories_for_feed,
    stories_in_section,
    stories_on_topic,
)
from articles.queries.meters import fresh_meter, meter_of
from articles.queries.pictures import pictures_in
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
    "fresh_meter",
    "front_page_layout",
    "latest_stories",
    "list_page",
    "listed_authors",
    "listed_topics",
    "meter_of",
    "pictures_in",
    "public_corrections",
    "related_stories",
    "stories_after",
    "stories_by_author",
    "stories_for_feed",
    "stories_in_section",
    "stories_on_topic",
]
