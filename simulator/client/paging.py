"""The lists of the control plane: a page of each, and whole those that are asked for whole.

`limit` is how many a page holds at most, `cursor` the `next` of the page before; the last page has none.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from simulator.client.errors import ControlError
from simulator.client.page_shapes import BindingPage, CallPage, MessagePage, NotificationPage, NumberPage
from simulator.client.shapes import Binding, Call, Message, Notification, Number
from simulator.client.wire import path

if TYPE_CHECKING:
    from simulator.client.wire import Wire

PAGE = 1000
"""As many as a page may hold."""
GONE = 410
TRIES = 5
"""How often a walk begins anew when what its last page ended with is gone."""


class Pages:
    """The part of ControlClient that reads lists."""

    _wire: "Wire"

    async def numbers(self, app_key: str) -> list[Number]:
        """The X numbers of an application in the order of their digits, read page by page."""
        return await _whole("numbers", lambda cursor: self.numbers_page(app_key, cursor=cursor))

    async def numbers_page(self, app_key: str, *, limit: int = PAGE, cursor: str | None = None) -> NumberPage:
        """Some of them."""
        query = {"limit": limit, "cursor": cursor}
        return cast("NumberPage", await self._wire.get(path("apps", app_key, "numbers"), query))

    async def bindings(self, app_key: str, *, history: bool = False) -> list[Binding]:
        """What is bound, the oldest first, read page by page; with history then what ended, and why."""
        return await _whole("bindings", lambda cursor: self.bindings_page(app_key, history=history, cursor=cursor))

    async def bindings_page(
        self, app_key: str, *, history: bool = False, limit: int = PAGE, cursor: str | None = None
    ) -> BindingPage:
        """Some of them; ControlError 410 where what the page before ended with is gone."""
        query = {"history": "true" if history else None, "limit": limit, "cursor": cursor}
        return cast("BindingPage", await self._wire.get(path("apps", app_key, "bindings"), query))

    async def calls(self, app_key: str | None = None, limit: int = 100) -> list[Call]:
        """The latest calls, newest first."""
        return (await self.calls_page(app_key, limit=limit))["calls"]

    async def calls_page(self, app_key: str | None = None, *, limit: int = 100, cursor: str | None = None) -> CallPage:
        """Calls, the newest first, and where the next page begins."""
        query = {"app_key": app_key, "limit": limit, "cursor": cursor}
        return cast("CallPage", await self._wire.get("/calls", query))

    async def messages(self, app_key: str | None = None, limit: int = 100) -> list[Message]:
        """The latest SMS, newest first."""
        return (await self.messages_page(app_key, limit=limit))["messages"]

    async def messages_page(
        self, app_key: str | None = None, *, limit: int = 100, cursor: str | None = None
    ) -> MessagePage:
        """SMS, the newest first, and where the next page begins."""
        query = {"app_key": app_key, "limit": limit, "cursor": cursor}
        return cast("MessagePage", await self._wire.get("/messages", query))

    async def notifications(
        self,
        *,
        call_id: str | None = None,
        message_id: str | None = None,
        number: str | None = None,
        app_key: str | None = None,
        state: str | None = None,
        limit: int = 100,
    ) -> list[Notification]:
        """The latest notifications of a call, an SMS, an X number or an application, in a `state` such as exhausted."""
        about = {"call_id": call_id, "message_id": message_id, "number": number}
        return (await self.notifications_page(**about, app_key=app_key, state=state, limit=limit))["notifications"]

    async def notifications_page(self, /, *, limit: int = 100, **where: str | None) -> NotificationPage:
        """The same, newest first, and where the next page begins: its `cursor` is a word beside `call_id` and the others."""
        return cast("NotificationPage", await self._wire.get("/notifications", {**where, "limit": limit}))


async def _whole(name: str, read: Callable[[str | None], Awaitable[Any]]) -> list[Any]:
    """A list, page after page; begun anew when a page cannot be gone on from."""
    for attempt in range(1, TRIES + 1):
        try:
            return await _walked(name, read)
        except ControlError as refused:
            if refused.status != GONE or attempt == TRIES:
                raise
    raise AssertionError("the last try answers or raises")


async def _walked(name: str, read: Callable[[str | None], Awaitable[Any]]) -> list[Any]:
    page = await read(None)
    found = list(page[name])
    while page["next"] is not None:
        page = await read(page["next"])
        found += page[name]
    return found
