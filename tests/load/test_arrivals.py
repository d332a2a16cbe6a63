"""When calls begin: at equal gaps or by chance, the same for the same seed, all processes together at the whole rate."""

from itertools import pairwise

import pytest

from simulator.load.arrivals import instants
from tests.load.plans import plan


def all_of(calls_per_start: int = 1, **members: object) -> list[float]:
    whole = plan(**members)
    return sorted(at for index in range(whole.workers) for at in instants(whole.share(index), calls_per_start))


def test_even_instants_of_several_processes_are_those_of_one():
    assert all_of(rate=10, seconds=0.5) == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    assert all_of(rate=10, seconds=0.5, workers=3) == pytest.approx(all_of(rate=10, seconds=0.5))
    assert all_of(2, rate=10, seconds=0.5) == pytest.approx([0, 0.2])


@pytest.mark.parametrize("workers", [1, 3])
def test_instants_by_chance_have_the_rate_and_the_spread_of_a_poisson_process(workers: int):
    drawn = all_of(rate=100, seconds=100, workers=workers, arrivals="poisson")
    gaps = [later - earlier for earlier, later in pairwise(drawn)]
    mean = sum(gaps) / len(gaps)
    spread = sum((gap - mean) ** 2 for gap in gaps) / len(gaps)
    assert drawn[0] > 0
    assert drawn[-1] < 100
    assert len(drawn) == pytest.approx(10_000, rel=0.04)
    assert spread**0.5 / mean == pytest.approx(1, rel=0.05)  # that of equal gaps is 0


def test_the_seed_says_which():
    one, again, other = (all_of(rate=50, seconds=2, arrivals="poisson", seed=seed) for seed in (1, 1, 2))
    assert one == again != other
