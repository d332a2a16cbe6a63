"""GET /metrics: how the simulator fares, for Prometheus. Everything is read when it is asked for; nothing is kept here."""

import platform
from collections.abc import Iterable, Iterator
from math import isinf
from typing import TYPE_CHECKING

from simulator import __version__
from simulator.control.asked import Answer, Asked
from simulator.control.broadcast import Broadcast
from simulator.control.deps import ControlDeps
from simulator.exchange.tally import Seconds

if TYPE_CHECKING:
    from prometheus_client.core import Metric

Row = tuple[tuple[str, ...], float]


class Metrics:
    """The collector of one simulator's own registry."""

    def __init__(self, deps: ControlDeps, broadcast: Broadcast) -> None:
        self._deps = deps
        self._exchange = deps.exchange
        self._broadcast = broadcast

    async def text(self, _: Asked) -> Answer:
        """GET /metrics, in Prometheus's text format."""
        from prometheus_client import CollectorRegistry  # noqa: PLC0415 - 40 ms that only those pay who ask
        from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest  # noqa: PLC0415 - see above

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return Answer(text=generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    def collect(self) -> Iterator["Metric"]:
        """Every metric with its value of now."""
        yield from self._counted()
        yield from self._durations()
        yield from self._waiting()
        yield from self._journal()
        yield from self._about()

    def _counted(self) -> Iterator["Metric"]:
        tally = self._exchange.tally
        yield _counter(
            "pnsim_api_requests",
            "Requests to the API, answered.",
            ("operation", "code", "status"),
            tally.requests(),
        )
        yield _counter(
            "pnsim_control_requests",
            "Requests to the control plane, answered; `route` is the pattern.",
            ("method", "route", "status"),
            self._deps.requests.items(),
        )
        yield _counter(
            "pnsim_notifications",
            "Notifications that came to an end: acknowledged or exhausted.",
            ("kind", "outcome"),
            tally.notifications.items(),
        )
        yield _counter(
            "pnsim_attempts",
            "Attempts that ended, by the class of the answer's status or the kind of failure.",
            ("kind", "result"),
            tally.attempts.items(),
        )
        yield _counter(
            "pnsim_contract_violations",
            "Notifications of the simulator that broke their schema and were not sent: its bug.",
            (),
            [((), self._exchange.violations)],
        )

    def _durations(self) -> Iterator["Metric"]:
        tally = self._exchange.tally
        yield _histogram("pnsim_api_request_seconds", "From a request's head to its answer.", tally.request_seconds)
        yield _histogram("pnsim_attempt_seconds", "How long attempts took.", tally.attempt_seconds)
        yield _histogram(
            "pnsim_scheduler_lag_seconds", "How late the ticker of a running clock woke.", tally.lag_seconds
        )

    def _waiting(self) -> Iterator["Metric"]:
        exchange, outbox = self._exchange, self._exchange.outbox
        yield _gauge("pnsim_outbox_deliveries", "Deliveries that have not come to an end.", outbox.open_deliveries())
        yield _gauge("pnsim_outbox_ready", "Deliveries whose next attempt may start.", len(outbox.ready))
        yield _gauge("pnsim_attempts_in_flight", "Attempts under way.", outbox.in_flight)
        yield _gauge("pnsim_retry_queue", "Deliveries that wait for a retry.", len(outbox.retries))
        yield _gauge("pnsim_calls_under_way", "Calls that were not released.", exchange.calls_under_way)
        yield _gauge("pnsim_deadlines", "Things that will happen by themselves.", len(exchange.deadlines))
        bindings = [((app.app_key,), float(len(app.bindings))) for app in exchange.apps()]
        yield _labelled("pnsim_bindings", "Bindings of each application.", ("app_key",), bindings)

    def _journal(self) -> Iterator["Metric"]:
        journal = self._exchange.journal
        yield _gauge("pnsim_journal_rows", "Rows of the journal that are kept.", journal.rows_kept)
        yield _gauge("pnsim_journal_bytes", "Bytes that those hold on to, roughly.", journal.bytes_kept)
        yield _counter("pnsim_journal_appended", "Rows written to the journal.", (), [((), journal.last_position)])
        yield _counter("pnsim_journal_dropped", "Rows that made room for newer ones.", (), [((), journal.dropped)])
        yield _gauge("pnsim_feed_watchers", "Those who follow the live feed.", self._broadcast.watchers)

    def _about(self) -> Iterator["Metric"]:
        clock = self._exchange.clock
        yield _gauge("pnsim_story_time_seconds", "The story's instant, in Unix time.", clock.now().timestamp())
        yield _gauge("pnsim_clock_scale", "Story seconds per wall second; 0 stands still.", clock.scale)
        about = ((__version__, platform.python_version()), 1.0)
        yield _labelled("pnsim_build_info", "What runs here.", ("version", "python"), [about])


def _counter(name: str, about: str, labels: tuple[str, ...], rows: Iterable[Row]) -> "Metric":
    from prometheus_client.core import CounterMetricFamily  # noqa: PLC0415 - see Metrics.text

    metric = CounterMetricFamily(name, about, labels=labels)
    for values, count in sorted(rows):
        metric.add_metric(values, count)
    return metric


def _labelled(name: str, about: str, labels: tuple[str, ...], rows: Iterable[Row]) -> "Metric":
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - see Metrics.text

    metric = GaugeMetricFamily(name, about, labels=labels)
    for values, value in rows:
        metric.add_metric(values, value)
    return metric


def _gauge(name: str, about: str, value: float) -> "Metric":
    return _labelled(name, about, (), [((), float(value))])


def _histogram(name: str, about: str, seconds: Seconds) -> "Metric":
    from prometheus_client.core import HistogramMetricFamily  # noqa: PLC0415 - see Metrics.text

    buckets = [("+Inf" if isinf(bound) else str(bound), count) for bound, count in seconds.up_to()]
    return HistogramMetricFamily(name, about, buckets=buckets, sum_value=seconds.total)
