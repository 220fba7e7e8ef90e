"""All checks in the order in which they are told, each as strict as it is until the house decides."""

from typing import Final

from editorial.models import CheckRule
from editorial.preflight import heading, house_style, links, pictures, quotations, structure, typesetting
from editorial.preflight.check import Check

BLOCK, WARN = CheckRule.Level.BLOCK, CheckRule.Level.WARN

CHECKS: Final = (
    Check("headline", "A headline", BLOCK, heading.headline_missing),
    Check("text", "A text", BLOCK, heading.text_missing),
    Check("section", "A section that exists", BLOCK, heading.section_missing),
    Check("alt_text", "Pictures without alternative text", BLOCK, pictures.missing_alt),
    Check("empty_links", "Links without words", BLOCK, links.empty_links),
    Check("newsroom_links", "Links into the newsroom", BLOCK, links.newsroom_links),
    Check("open_places", "Places left open (TK, XXX, ???)", WARN, structure.open_places),
    Check("headline_length", f"Headline over {heading.HEADLINE} characters", WARN, heading.headline_length),
    Check("standfirst", "A standfirst, except over wire copy", WARN, heading.standfirst_missing),
    Check(
        "standfirst_length",
        f"Standfirst over {heading.STANDFIRST} characters",
        WARN,
        heading.standfirst_length,
    ),
    Check("byline", "A byline or a source", WARN, heading.byline),
    Check("dateline", "Place and date of wire copy", WARN, heading.dateline),
    Check("dead_links", "Links that are dead", WARN, links.dead_links),
    Check("own_links", "Links to pages of ours that readers cannot open", WARN, links.own_links),
    Check("link_words", "Links that do not say where they lead", WARN, links.link_words),
    Check("quotation_marks", "Unbalanced quotation marks", WARN, quotations.quotation_marks),
    Check("house_style", "House style", WARN, house_style.house_style),
    Check("repeated_words", "Words that stand twice", WARN, typesetting.repeated_words),
    Check("spaces", "Needless spaces", WARN, typesetting.spaces),
    Check("paywall", "A paywall divider that divides nothing", WARN, structure.paywall_place),
    Check("heading_order", "Headings in order", WARN, structure.heading_order),
    Check("table_head", "Tables without a head", WARN, structure.table_head),
    Check("embed_title", "Embeds without a title", WARN, structure.embed_title),
    Check("search_description", "A description for search engines", WARN, heading.search_description),
    Check("search_length", "Words for search engines that are too long", WARN, heading.search_length),
)
