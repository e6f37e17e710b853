"""Hands /control to the control endpoints and every other path to the API."""

from typing import TYPE_CHECKING

from simulator.ask import body_of
from simulator.endpoints import ENDPOINTS
from simulator.orders import Order
from simulator.refusals import Refusal, not_found
from simulator.wire import Application, Request, Response, answer

if TYPE_CHECKING:
    from simulator.simulator import Simulator


class Control:
    """Answers /control itself and hands every other path to the API."""

    def __init__(self, simulator: "Simulator", api: Application) -> None:
        self._simulator = simulator
        self._api = api

    def __call__(self, request: Request) -> Response:
        """Answer one request."""
        if not request.path.startswith("/control"):
            return self._api(request)
        try:
            return self._obey(request)
        except Refusal as refusal:
            return answer(refusal.body(), refusal.status)
        except (ValueError, KeyError, TypeError) as problem:
            return answer({"message": f"Not understood: {problem}"}, 400)

    def _obey(self, request: Request) -> Response:
        for endpoint in ENDPOINTS:
            found = endpoint.pattern.match(request.path.rstrip("/"))
            if found and request.method == endpoint.method:
                order = Order(found.groupdict().get("id", ""), body_of(request), request)
                result = endpoint.action(self._simulator, order)
                return result if isinstance(result, Response) else answer(result)
        raise not_found()
