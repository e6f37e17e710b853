"""Front door: the Flask application factory. Registers, decides nothing."""

from flask import Flask

from handlers import webhook
from wiring import webhook_door


def create_app(door: webhook.Door | None = None) -> Flask:
    """The web process. Without `door` it is wired from the environment."""
    app = Flask("faxkeep", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = webhook.MAX_BODY
    # Nobody we know doubles a slash, and werkzeug's redirect is a page with the address in it.
    app.url_map.merge_slashes = False
    app.extensions["webhook"] = door or webhook_door()
    app.register_blueprint(webhook.blueprint)
    app.register_error_handler(Exception, webhook.short_error)
    return app
