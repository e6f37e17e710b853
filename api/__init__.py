"""The HTTP API for programs: what Faxkeep knows and does, as JSON, for holders of a token."""
