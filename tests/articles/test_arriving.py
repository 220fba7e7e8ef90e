"""Who comes to read, who only looks ahead, and whether a form is of this site."""

import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from articles.arriving import is_arriving, is_from_here, is_program

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {APPLE}"
ANDROID = f"Mozilla/5.0 (Linux; Android 14; K) {WEBKIT}"

PEOPLE = {
    "Chrome": f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/131.0.0.0 Safari/537.36",
    "Chrome on Android": f"{ANDROID} Chrome/131.0.0.0 Mobile Safari/537.36",
    "Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Safari": f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/18.1 Safari/605.1.15",
    "Safari on a telephone": f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1",
    "Edge": f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
    "Samsung": f"{ANDROID} SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
    "Opera Mini": "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; en) Presto/2.12.423 Version/12.16",
    "Facebook": f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/489.0.0.0;FBBV/1;FBDV/iPhone16,1;FBLC/en_US]",
    "Instagram": f"{IPHONE} Mobile/15E148 Instagram 355.0.0.0 (iPhone16,1; iOS 18_1; en_US)",
    "LinkedIn": f"{IPHONE} Mobile/15E148 [LinkedInApp]/9.30",
    "Google's app": f"{IPHONE} GSA/340.0 Mobile/15E148 Safari/604.1",
    "Pinterest": f"{IPHONE} Mobile/15E148 [Pinterest/iOS]",
    "a web view": "Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 Chrome/131.0 Safari/537.36",
    "a Cubot": f"Mozilla/5.0 (Linux; Android 9; CUBOT X19) {WEBKIT} Chrome/96.0 Mobile Safari/537.36",
    "a Cubot of another name": f"Mozilla/5.0 (Linux; Android 11; Cubot) {WEBKIT} Chrome/96.0 Safari/537.36",
    "a reader of codes": f"{ANDROID} Version/4.0 Chrome/131.0 Mobile Safari/537.36 QRScanner/3.1",
    "Lynx": "Lynx/2.9.0 libwww-FM/2.14 SSL-MM/1.4.1",
    "w3m": "w3m/0.5.3",
    "none": "",
}

PROGRAMS = {
    "Google": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Google's pictures": "Googlebot-Image/1.0",
    "Google on a telephone": f"{ANDROID} Chrome/131.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +x)",
    "Bing": f"Mozilla/5.0 {WEBKIT} (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116",
    "Bing's preview": f"Mozilla/5.0 (Windows NT 6.1) {WEBKIT} Chrome/100 Safari/537.36 BingPreview/1.0b",
    "Baidu": "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Yahoo": "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
    "Apple": "Mozilla/5.0 (Macintosh) AppleWebKit/600 Version/8.0.2 Safari/600 (Applebot/0.1)",
    "GPTBot": f"Mozilla/5.0 {WEBKIT}; compatible; GPTBot/1.2; +https://openai.com/gptbot",
    "the archive": "ia_archiver (+http://www.alexa.com/site/help/webmasters)",
    "Facebook's card": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Slack's card": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Telegram's card": "TelegramBot (like TwitterBot)",
    "WhatsApp's card": "WhatsApp/2.23.20.0",
    "LinkedIn's card": "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient)",
    "Skype's card": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "a watch": "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    "another watch": "Site24x7 Website Monitoring/1.0",
    "curl": "curl/8.5.0",
    "wget": "Wget/1.21.4",
    "requests": "python-requests/2.32.3",
    "urllib": "Python-urllib/3.11",
    "aiohttp": "Python/3.11 aiohttp/3.9.1",
    "Go": "Go-http-client/2.0",
    "Java": "Java/17.0.2",
    "OkHttp": "okhttp/4.12.0",
    "a browser without a face": f"Mozilla/5.0 (X11; Linux) {WEBKIT} HeadlessChrome/131.0 Safari/537.36",
}


@pytest.mark.parametrize("agent", PEOPLE.values(), ids=list(PEOPLE))
def test_a_persons_browser_is_no_program(agent: str) -> None:
    request = RequestFactory().get("/", headers={"User-Agent": agent})
    assert (is_program(request), is_arriving(request)) == (False, True)


@pytest.mark.parametrize("agent", PROGRAMS.values(), ids=list(PROGRAMS))
def test_a_program_that_says_so_is_one(agent: str) -> None:
    request = RequestFactory().get("/", headers={"User-Agent": agent})
    assert (is_program(request), is_arriving(request)) == (True, False)


@pytest.mark.parametrize(
    ("headers", "comes"),
    [
        ({}, True),
        ({"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}, True),
        ({"Sec-Fetch-Dest": "iframe"}, False),
        ({"Sec-Fetch-Dest": "embed"}, False),
        ({"Sec-Fetch-Dest": "empty"}, False),
        ({"Sec-Fetch-Dest": "document", "Sec-Purpose": "prefetch"}, False),
        ({"Sec-Fetch-Dest": "document", "Sec-Purpose": "prefetch;prerender"}, False),
        ({"Sec-Purpose": "prefetch;anonymous-client-ip"}, False),
        ({"Purpose": "Prefetch"}, False),
        ({"X-Purpose": "preview"}, False),
        ({"X-Moz": "prefetch"}, False),
    ],
    ids=str,
)
def test_a_page_that_is_opened_is_told_from_one_that_is_fetched(headers: dict[str, str], comes: bool) -> None:
    assert is_arriving(RequestFactory().get("/", headers=headers)) is comes


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
def test_only_a_get_arrives(method: str) -> None:
    assert not is_arriving(RequestFactory().generic(method, "/"))


@pytest.mark.parametrize(
    ("headers", "is_here"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Sec-Fetch-Site": "same-site", "Origin": "https://shop.magazine.example"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": ""}, False),
        ({"Origin": "https://magazine.example"}, True),
        ({"Origin": "http://testserver"}, True),
        ({"Origin": "https://testserver"}, False),
        ({"Origin": "https://magazine.example.evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
    ],
    ids=str,
)
def test_a_form_is_of_this_site_or_refused(
    settings: Settings, headers: dict[str, str], is_here: bool
) -> None:
    settings.SITE_URL = "https://magazine.example"
    assert is_from_here(RequestFactory().post("/", headers=headers)) is is_here
