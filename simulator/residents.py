"""The simulator's methods about accounts and extensions."""

from typing import Any

from simulator import founding, numbers, removal, retention, truth
from simulator.credentials import end_of, new_jwt, new_secret
from simulator.events import announce_extension
from simulator.extensions import NewAccount, NewExtension
from simulator.levers import Json, Levers
from simulator.shaping import assign
from simulator.state import Number


class Residents(Levers):
    """Who lives in the simulated RingCentral."""

    @property
    def env(self) -> dict[str, str]:
        """What a client needs to log in as the first account's administrator."""
        return self.env_for()

    def env_for(self, extension_id: str = "") -> dict[str, str]:
        """What a client needs to log in as this extension's user."""
        with self._world.lock:
            return truth.environment(self._world, self._extension(extension_id))

    def accounts(self) -> list[Json]:
        """Every account, its extensions and their credentials."""
        with self._world.lock:
            return [truth.account_view(self._world, each) for each in self._world.accounts.values()]

    def add_account(self, new: NewAccount) -> Json:
        """Add an account."""
        with self._world.lock:
            return truth.account_view(self._world, founding.found_account(self._world, new))

    def add_extension(self, account_id: str, new: NewExtension) -> Json:
        """Add an extension; an event tells of it."""
        with self._world.lock:
            account = self._account(account_id)
            extension = founding.found_extension(self._world, account, new)
            return truth.extension_view(self._world, extension)

    def add_number(self, account_id: str, usage: str, type: str, extension: str = "") -> Json:
        """Add a phone number, mapped to an extension or to none; its digits are made up.

        `usage` and `type` are RingCentral's, see `simulator.numbers`.
        """
        with self._world.lock:
            account = self._account(account_id)
            digits = numbers.company_number(account)
            number = Number(self._world.new_id(), digits, usage, type, extension)
            numbers.add(account, number)
            return truth.number_view(number)

    def change_account(self, account_id: str = "", **values: Any) -> Json:
        """Set scopes, inbox_limit, retention_days, hipaa, other_extensions or refresh_tokens."""
        with self._world.lock:
            account = self._account(account_id)
            if "scopes" in values:
                values["scopes"] = frozenset(values["scopes"])
            names = "scopes inbox_limit retention_days hipaa other_extensions refresh_tokens"
            assign(account, names.split(), values)
            retention.sweep(self._world)
            return truth.account_view(self._world, account)

    def change_extension(self, extension_id: str, **values: Any) -> Json:
        """Set name, type, status, admin, content_type, readable or jwt_expires; an event tells."""
        with self._world.lock:
            extension = self._extension(extension_id)
            before = extension.jwt_expires
            end_of(values.get("jwt_expires", before))  # raises before anything is set
            names = "name type status admin content_type readable jwt_expires"
            assign(extension, names.split(), values)
            if extension.jwt_expires != before:
                extension.jwt = new_jwt(self._world, extension)
            if extension.status != "Enabled":
                self._logins.revoke(extension_id=extension.id)
            announce_extension(self._world, extension, "Update")
            return truth.extension_view(self._world, extension)

    def remove_extension(self, extension_id: str) -> None:
        """Take an extension away, with its faxes, sessions and subscriptions; an event tells."""
        with self._world.lock:
            extension = self._extension(extension_id)
            self._logins.revoke(extension_id=extension.id)
            removal.remove(self._world, extension)

    def new_credentials(self, extension_id: str = "") -> dict[str, str]:
        """A new client secret for the account and a new JWT for this user; all sessions end.

        Returns the new environment of a client; the old one is refused from now on.
        """
        with self._world.lock:
            extension = self._extension(extension_id)
            account = self._world.accounts[extension.account_id]
            account.client_secret = new_secret(self._world)
            extension.jwt = new_jwt(self._world, extension)
            for each in account.extensions:
                self._logins.revoke(extension_id=each)
            return truth.environment(self._world, extension)
