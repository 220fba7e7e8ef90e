"""Looking for paid text where it must not be: what to look for, as whom, how to fetch, and what was seen."""
