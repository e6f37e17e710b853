"""The parts that bring in faxes from elsewhere: an export of RingCentral's, files of others."""

import os
from datetime import timedelta
from functools import cached_property

from handlers.account_export import AccountExport, ExportImport
from handlers.importing import Importer
from wiring.following import Following


class History(Following):
    """What was there before we came."""

    @cached_property
    def importer(self) -> Importer:
        return Importer(
            catalog=self.catalog,
            archive=self.archive,
            books=self.books,
            intake=self.intake,
            owner=f"import-{os.getpid()}",
            now=self.now,
        )

    @cached_property
    def export_import(self) -> ExportImport:
        return ExportImport(self.catalog, self.importer)

    @cached_property
    def account_export(self) -> AccountExport:
        return AccountExport(
            accounts=self.accounts,
            reach=self.reach,
            archive=self.archive,
            imported=self.export_import,
            history=timedelta(days=self.settings.history_days),
            now=self.now,
            wait=self.surrounding.wait,
        )
