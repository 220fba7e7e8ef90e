"""User-Agent headers in words a reader knows."""

# The first match counts: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome",
            "Chrome": "Chrome", "Safari": "Safari"}  # fmt: skip
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "CrOS": "ChromeOS",
           "Mac OS": "Mac", "Linux": "Linux"}  # fmt: skip


def browser_name(user_agent: str) -> str:
    """`Firefox on Linux`, as far as the header tells."""
    name = next((name for mark, name in BROWSERS.items() if mark in user_agent), "Some browser")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    return f"{name} on {system}" if system else name
