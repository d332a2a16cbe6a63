"""Applications, their X numbers and their bindings."""

from collections.abc import Iterable, Mapping
from itertools import chain

from simulator.client import shapes as told
from simulator.config import ConfigError, Origin, number_options
from simulator.contract.profile import ProfileError
from simulator.control import shapes
from simulator.control.asked import Answer, Asked
from simulator.control.deps import ControlDeps
from simulator.control.paging import Place, page, walked
from simulator.control.problems import Problem, unknown
from simulator.exchange.apps import App, AppSpec, EndedBinding, NumberSpec
from simulator.exchange.exchange import Exchange
from simulator.telephony.bindings.book import Binding
from simulator.telephony.numbering import XNumber

UNCHANGEABLE = {
    "app_key": "is what the application is known by; add another application instead",
    "mode": "is fixed for an application's life; add another application instead",
    "extension_digits": "is fixed for an application's life; add another application instead",
    "subscription_ids": "are only for new applications; add another application instead",
    "numbers": "are added with POST /control/v1/apps/{app_key}/numbers",
    "number_pool": "is only for new applications; add numbers with POST /control/v1/apps/{app_key}/numbers",
}


def known_app(exchange: Exchange, app_key: str) -> App:
    """The application; raises Problem 404 with the nearest one."""
    app = exchange.app(app_key)
    if app is None:
        keys = [other.app_key for other in exchange.apps()]
        raise unknown("application", app_key, keys, f"there is {', '.join(keys[:20]) or 'none'}")
    return app


class AppRoutes:
    """Routes under /apps."""

    def __init__(self, deps: ControlDeps) -> None:
        self._exchange = deps.exchange
        self._make_spec = deps.make_spec

    async def listed(self, _: Asked) -> Answer:
        """GET /apps."""
        return Answer({"apps": [shapes.app(app) for app in self._exchange.apps()]})

    async def one(self, asked: Asked) -> Answer:
        """GET /apps/{app_key}."""
        return Answer(shapes.app(known_app(self._exchange, asked.path["app_key"])))

    async def add(self, asked: Asked) -> Answer:
        """POST /apps: members as in `[[apps]]` of pnsim.toml."""
        app = self._exchange.add_app(self._spec(asked.body, "POST /apps"))
        return Answer(shapes.app(app), status=201)

    async def change(self, asked: Asked) -> Answer:
        """PATCH /apps/{app_key}: the members given replace what was there, the others stay."""
        app = known_app(self._exchange, asked.path["app_key"])
        for name in asked.body:
            if name in UNCHANGEABLE:
                raise Problem(422, "unchangeable member", f"{name} {UNCHANGEABLE[name]}")
        body = {"edition": app.spec.edition, **asked.body}
        if "edition" in asked.body:
            body.setdefault("profile", shapes.changed_settings(app.profile, app.spec.edition))
        whole = {"app_key": app.app_key, "app_secret": app.secret, "mode": app.mode, **body}
        spec = self._spec(whole, f"PATCH /apps/{app.app_key}")
        changes = {name: getattr(spec, name) for name in body}
        return Answer(shapes.app(self._exchange.change_app(app.app_key, **changes)))

    async def remove(self, asked: Asked) -> Answer:
        """DELETE /apps/{app_key}."""
        self._exchange.remove_app(known_app(self._exchange, asked.path["app_key"]).app_key)
        return Answer(None, status=204)

    async def numbers(self, asked: Asked) -> Answer:
        """GET /apps/{app_key}/numbers: in the order of their digits, in pages."""
        app = known_app(self._exchange, asked.path["app_key"])
        cursor = asked.query["cursor"]
        place = None if cursor is None else (cursor,)
        found, following = page(app.pool, _place, place, asked.query["limit"], newest_first=False)
        return Answer({"numbers": [shapes.number(number, app) for number in found], "next": following})

    async def add_numbers(self, asked: Asked) -> Answer:
        """POST /apps/{app_key}/numbers."""
        app = known_app(self._exchange, asked.path["app_key"])
        try:
            options = number_options(asked.body["numbers"], Origin("the body"), ("numbers",))
        except ConfigError as refused:
            raise Problem(422, "wrong value", str(refused)) from None
        specs = [NumberSpec(option.number, option.area_code) for option in options]
        added = self._exchange.add_numbers(app.app_key, specs)
        return Answer({"numbers": [shapes.number(number, app) for number in added]}, status=201)

    async def bindings(self, asked: Asked) -> Answer:
        """GET /apps/{app_key}/bindings in pages, the oldest first; with history behind them the ended ones, oldest end first."""
        app = known_app(self._exchange, asked.path["app_key"])
        self._exchange.now()
        ended: Iterable[EndedBinding | Binding] = app.ended if asked.query["history"] else ()
        everything = chain(app.bindings, ended)
        found, following = walked(everything, _name, asked.query["cursor"], asked.query["limit"])
        return Answer({"bindings": [_shown(one) for one in found], "next": following})

    def _spec(self, body: Mapping[str, object], where: str) -> AppSpec:
        try:
            return self._make_spec(body, where)
        except (ConfigError, ProfileError) as refused:
            raise Problem(422, "wrong application", str(refused)) from None


def _place(number: XNumber) -> Place:
    return (number.number,)


def _name(one: EndedBinding | Binding) -> str:
    """What a page may end with; one that ended is not the one that lived."""
    return f"ended {one.binding.subscription_id}" if isinstance(one, EndedBinding) else one.subscription_id


def _shown(one: EndedBinding | Binding) -> told.Binding:
    return shapes.ended_binding(one) if isinstance(one, EndedBinding) else shapes.binding(one)
