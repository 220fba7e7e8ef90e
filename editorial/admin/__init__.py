"""Stories in the admin, and what the desk sets: who may read, reviews, checks, style, types of story."""

from editorial.admin.access_rules import AccessRuleAdmin
from editorial.admin.checks import CheckRuleAdmin
from editorial.admin.house_style import HouseStyleTermAdmin
from editorial.admin.review_paths import ReviewPathAdmin
from editorial.admin.stories import ArticleAdmin
from editorial.admin.story_types import StoryTemplateAdmin, StoryTypeAdmin

__all__ = [
    "AccessRuleAdmin",
    "ArticleAdmin",
    "CheckRuleAdmin",
    "HouseStyleTermAdmin",
    "ReviewPathAdmin",
    "StoryTemplateAdmin",
    "StoryTypeAdmin",
]
