"""The dead-man ping: an address that is asked for as long as all is well, and misses it otherwise.

A bare GET that tells nothing of any fax, as monitors such as healthchecks.io expect it. The address
is a secret: whoever has it could say for us that all is well.
"""

import requests

from errors import Unreachable

TIMEOUT_SECONDS = 10.0


def ping(url: str, patience: float = TIMEOUT_SECONDS) -> None:
    """Ask for the address once.

    Raises:
        Unreachable: it did not answer with success; the words do not hold the address.
    """
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.get(
                url,
                timeout=patience,
                allow_redirects=False,
                stream=True,
                headers={"User-Agent": "Faxkeep", "Accept": "*/*"},
            )
            status = answer.status_code
            answer.close()
        except requests.RequestException as error:
            kind = type(error).__name__
            raise Unreachable(f"The dead-man address could not be reached ({kind}).") from None
    if not 200 <= status < 300:
        raise Unreachable(f"The dead-man address answered {status}.", status=status)
