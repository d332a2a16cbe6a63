"""Where the page is, as a person opens it."""

from urllib.parse import quote


def page_address(control: str, token: str) -> str:
    """The page's address; the token is in its fragment, which no browser sends and no log has (semantics 24)."""
    return f"{control}/#token={quote(token, safe='')}"
