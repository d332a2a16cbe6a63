"""How many steps are planned and how many are done, while conditions, rounds and jumps change the plan."""

from collections.abc import Sequence

from simulator.scenario.blocks import length, size
from simulator.scenario.language import Step


class Tally:
    """Counts steps that do something; what is left out on purpose is no longer planned. `around`: counts the same too."""

    def __init__(self, planned: int, around: "Tally | None" = None) -> None:
        self.planned = planned
        self.done = 0
        self._around = around

    def did(self) -> int:
        """One more step is done; answers how many of the whole scenario are."""
        self.done += 1
        return self._around.did() if self._around else self.done

    def plan(self, more: int) -> None:
        """So many more steps are planned, or fewer."""
        self.planned += more
        if self._around:
            self._around.plan(more)

    def inside(self, planned: int) -> "Tally":
        """The count of a part, which can be given up."""
        return Tally(planned, self)

    def give_up(self) -> None:
        """What of this part is not done will not be."""
        if self._around:
            self._around.plan(self.done - self.planned)
        self.planned = self.done

    def jumped(self, steps: Sequence[Step], before: int, after: int) -> None:
        """Within a list the steps go on at index `after`, instead of after index `before`."""
        if after > before:
            self.plan(-length(steps[before + 1 : after]))
        else:
            self.plan(length(steps[after : before + 1]))

    def left(self, steps: Sequence[Step], index: int) -> None:
        """A list is left after the step at `index`."""
        self.plan(-length(steps[index + 1 :]))

    def left_out(self, step: Step) -> None:
        """A step is not played."""
        self.plan(-size(step))
