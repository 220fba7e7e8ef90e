"""Where a story shows in what was mailed."""

from articles.models import Article
from articles.surfaces import surface
from newsletters.queries import released_editions


@surface("newsletter_edition")
def edition(story: Article) -> list[str]:
    found = released_editions().filter(stories=story)[:3]
    return [each.get_absolute_url() for each in found]
