"""The paywall: the meter, links that open a story, and how long a check of someone's rights holds."""

from eir.environment import MODE, number, text

METER_VISITOR = number("METER_VISITOR", 0 if MODE == "test" else 3)
"""How many subscribers' stories a month a visitor may open; 0: none. Tests set their own meter."""
METER_REGISTERED = number("METER_REGISTERED", 0 if MODE == "test" else 10)
"""The same for a reader with an account, counted together with what they opened as a visitor."""
METERS_PER_NETWORK = number("METERS_PER_NETWORK", 20, least=1)
"""How many visitors' meters may begin in a day from one network address: clearing cookies has an end."""
GIFT_LINKS_PER_MONTH = number("GIFT_LINKS_PER_MONTH", 10)
"""How many stories a month a subscriber may give away; 0: none."""
GIFT_LINK_DAYS = number("GIFT_LINK_DAYS", 14, least=1)
"""For how many days a story that was given away can be read by its link."""
MAIL_LINK_DAYS = number("MAIL_LINK_DAYS", 14)
"""For how many days the links in our own letters open their stories to free readers; 0: not at all."""
PASS_SECONDS = number("PASS_SECONDS", 60)
"""How long a check of a reader's rights holds without asking the database again; 0: not at all."""
FEED_REQUESTS_PER_HOUR = number("FEED_REQUESTS_PER_HOUR", 30, least=1)
"""How often a personal feed may be fetched."""
API_REQUESTS_PER_MINUTE = number("API_REQUESTS_PER_MINUTE", 120, least=1)
"""How often one key may ask the API."""
SEARCH_URL = text("SEARCH_URL", "")
"""An OpenSearch or Elasticsearch index: https://user:password@host:9200/stories. Empty: the database."""
PROBE_ADDRESS = text("PROBE_ADDRESS", "")
"""Where the nightly leak probe fetches the site, caches and proxies included. Empty: within the process."""
