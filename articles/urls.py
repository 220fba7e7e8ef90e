"""The addresses of the public site. Standing pages answer any single word, so this file is included last."""

from django.contrib.sitemaps.views import sitemap
from django.urls import include, path, register_converter

from articles.api import application
from articles.api.document import openapi_json
from articles.api.reference import api_page
from articles.caching import public_file
from articles.feeds import Format
from articles.sitemaps import SITEMAPS
from articles.views.article import article, gift_link, mail_link, open_article
from articles.views.author import author
from articles.views.card import card
from articles.views.copies import article_markdown, article_print
from articles.views.corrections import corrections
from articles.views.feeds import author_feed, feeds, section_feed, site_feed, topic_feed
from articles.views.front import front_page
from articles.views.giving import end_gift, give_article, given
from articles.views.news_sitemap import news_sitemap, news_sitemap_part
from articles.views.page import page
from articles.views.personal_feeds import own_feeds, personal_feed, revoke_feed
from articles.views.reading import reading
from articles.views.robots import robots
from articles.views.search import search
from articles.views.section import section
from articles.views.sitemap_index import sitemap_index
from articles.views.theme import theme
from articles.views.topic import topic


class FormatConverter:
    """The ending of a feed's address: `rss` or `atom`."""

    regex = "rss|atom"

    def to_python(self, value: str) -> Format:
        return Format(value)

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(FormatConverter, "format")

urlpatterns = [
    path("", front_page, name="front_page"),
    path("articles/<slug:slug>/", article, name="article"),
    path("articles/<slug:slug>.md", article_markdown, name="article_markdown"),
    path("articles/<slug:slug>/print/", article_print, name="article_print"),
    path("cards/<slug:slug>-<slug:digest>.png", card, name="card"),
    path("articles/<slug:slug>/open/", open_article, name="open_article"),
    path("articles/<slug:slug>/give/", give_article, name="give_article"),
    path("articles/<slug:slug>/gift/<slug:token>/", gift_link, name="gift_link"),
    path("articles/<slug:slug>/letter/<str:token>/", mail_link, name="mail_link"),
    path("account/reading/", reading, name="account_reading"),
    path("account/given/", given, name="account_given"),
    path("account/given/<int:pk>/end/", end_gift, name="end_gift"),
    path("sections/<slug:slug>/", section, name="section"),
    path("topics/<slug:slug>/", topic, name="topic"),
    path("authors/<slug:slug>/", author, name="author"),
    path("search/", search, name="search"),
    path("corrections/", corrections, name="corrections"),
    path("rss.xml", site_feed, {"kind": Format.RSS}, name="rss"),
    path("atom.xml", site_feed, {"kind": Format.ATOM}, name="atom"),
    path("sections/<slug:slug>/<format:kind>.xml", section_feed, name="section_feed"),
    path("topics/<slug:slug>/<format:kind>.xml", topic_feed, name="topic_feed"),
    path("authors/<slug:slug>/<format:kind>.xml", author_feed, name="author_feed"),
    path("feeds/", feeds, name="feeds"),
    path("feeds/<str:token>/<format:kind>.xml", personal_feed, name="personal_feed"),
    path("account/feeds/", own_feeds, name="account_feeds"),
    path("account/feeds/<int:pk>/revoke/", revoke_feed, name="revoke_feed"),
    path("sitemap.xml", sitemap_index, name="sitemap"),
    path(
        "sitemap-<slug:section>.xml",
        public_file(sitemap),
        {"sitemaps": SITEMAPS},
        name="sitemap_part",
    ),
    path("api/", api_page, name="api_page"),
    path("api/v1/openapi.json", openapi_json, name="openapi"),
    path("api/v1/", include(application.urlpatterns)),
    path("news-sitemap.xml", news_sitemap, name="news_sitemap"),
    path("news-sitemap-<int:part>.xml", news_sitemap_part, name="news_sitemap_part"),
    path("robots.txt", robots, name="robots"),
    path("theme.css", theme, name="theme"),
    path("<slug:slug>/", page, name="page"),
]
