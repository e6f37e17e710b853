"""Walks a list from page to page by the addresses that RingCentral gives."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from errors import Unreachable
from ringcentral_api.calls import Call
from ringcentral_api.directory import next_page
from ringcentral_api.hosts import Hosts


def pages_of(first: Call, ask: Callable[[Call], object], hosts: Hosts) -> Iterator[object]:
    """Each page's answer; Unreachable for a list that runs in circles, HostRefused outside."""
    call: Call | None = first
    seen: set[str] = set()
    while call is not None:
        page = ask(call)
        yield page
        uri = next_page(page)
        if uri in seen:
            raise Unreachable("RingCentral's list runs in circles.")
        seen.add(uri or "")
        call = None if uri is None else replace(call, url=hosts.follow(call.url, uri), params=())
