"""Thirty bad days in minutes: what RingCentral held is compared with what we have, fax by fax."""
