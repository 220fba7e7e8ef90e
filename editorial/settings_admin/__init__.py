"""What the desk sets for itself, in the admin: reviews, checks, house style, types of story."""

from editorial.settings_admin.checks import CheckRuleAdmin
from editorial.settings_admin.house_style import HouseStyleTermAdmin
from editorial.settings_admin.review_paths import ReviewPathAdmin
from editorial.settings_admin.story_types import StoryTemplateAdmin

__all__ = ["CheckRuleAdmin", "HouseStyleTermAdmin", "ReviewPathAdmin", "StoryTemplateAdmin"]
