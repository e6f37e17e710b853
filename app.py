"""Front door: the Flask application factory. Registers, decides nothing."""

from flask import Flask

import api
from handlers import healthz, webhook
from wiring import FrontDoor, front_door


def create_app(front: FrontDoor | None = None) -> Flask:
    """The web process. Without `front` it is wired from the environment."""
    front = front or front_door()
    app = Flask("faxkeep", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = webhook.MAX_BODY
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    # Nobody we know doubles a slash, and werkzeug's redirect is a page with the address in it.
    app.url_map.merge_slashes = False
    app.extensions["webhook"] = front.webhook
    app.extensions["healthz"] = front.health
    app.register_blueprint(webhook.blueprint)
    app.register_blueprint(healthz.blueprint)
    if front.api is None:
        app.register_error_handler(Exception, webhook.short_error)
        return app
    api.register(app, front.api)
    app.register_error_handler(Exception, api.errors_below(api.ROOT, webhook.short_error))
    return app
