"""Stories in the admin, and what the desk sets for itself: reviews, checks, house style, types of story."""

from editorial.admin.checks import CheckRuleAdmin
from editorial.admin.house_style import HouseStyleTermAdmin
from editorial.admin.review_paths import ReviewPathAdmin
from editorial.admin.stories import ArticleAdmin
from editorial.admin.story_types import StoryTemplateAdmin

__all__ = ["ArticleAdmin", "CheckRuleAdmin", "HouseStyleTermAdmin", "ReviewPathAdmin", "StoryTemplateAdmin"]
