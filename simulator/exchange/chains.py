"""Who is told first: of what is told about one call, SMS or X number the first attempts go out one after the other."""

from simulator.delivery.delivery import Delivery


class Chains:
    """Deliveries in line behind the first attempts about the same; one that is about several waits for each of them."""

    def __init__(self) -> None:
        self._behind: dict[str, list[Delivery] | None] = {}
        """What has a first attempt outstanding, and what waits behind it; None where nothing does."""
        self._others: dict[str, int] = {}
        """How many more than one a delivery waits behind."""

    def __len__(self) -> int:
        return len(self._behind)

    def __contains__(self, about_id: str) -> bool:
        return about_id in self._behind

    def begin(self, about_id: str) -> None:
        """A first attempt about this is outstanding now; what waits behind another one goes on waiting."""
        self._behind.setdefault(about_id, None)

    def go_next(self, delivery: Delivery) -> bool:
        """Whether it goes before all that wait behind the first attempt about the same; not where there is none."""
        waiting = self._behind.get(delivery.about_id)
        if waiting is None:
            return False
        waiting.insert(0, delivery)
        return True

    def line_up(self, delivery: Delivery) -> bool:
        """Whether its first attempt may be made now; else `follow` gives it back when it may."""
        ahead = 0
        for notification in delivery.notifications:
            about_id = notification.about_id
            if about_id not in self._behind:
                self._behind[about_id] = None
                continue
            ahead += 1
            if (waiting := self._behind[about_id]) is not None:
                waiting.append(delivery)
            else:
                self._behind[about_id] = [delivery]  # a handful at most: a deque takes 600 bytes to begin with
        if ahead > 1:
            self._others[delivery.delivery_id] = ahead - 1
        return not ahead

    def follow(self, about_id: str) -> Delivery | None:
        """A first attempt about this has ended: the delivery that may go now, if one may."""
        waiting = self._behind.get(about_id)
        if not waiting:
            self._behind.pop(about_id, None)
            return None
        delivery = waiting.pop(0)
        others = self._others.pop(delivery.delivery_id, 0)
        if others > 1:
            self._others[delivery.delivery_id] = others - 1
        return None if others else delivery

    def forget(self, delivery: Delivery) -> None:
        """It goes nowhere, nor does what waits behind it."""
        self._others.pop(delivery.delivery_id, None)
        for notification in delivery.notifications:
            self._behind.pop(notification.about_id, None)
