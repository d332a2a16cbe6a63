"""Pages of the control plane's lists, as `simulator.control.paging` makes them."""

from typing import TypedDict

from simulator.client.shapes import Binding, Call, Message, Notification, Number


class NumberPage(TypedDict):
    """Some X numbers of an application; `next` is the cursor of the following page, None on the last."""

    numbers: list[Number]
    next: str | None


class BindingPage(TypedDict):
    """Some bindings of an application; `next` is the cursor of the following page, None on the last."""

    bindings: list[Binding]
    next: str | None


class CallPage(TypedDict):
    """Some calls, the newest first; `next` is the cursor of the following page, None on the last."""

    calls: list[Call]
    next: str | None


class MessagePage(TypedDict):
    """Some SMS, the newest first; `next` is the cursor of the following page, None on the last."""

    messages: list[Message]
    next: str | None


class NotificationPage(TypedDict):
    """Some notifications, the newest first; `next` is the cursor of the following page, None on the last."""

    notifications: list[Notification]
    next: str | None
