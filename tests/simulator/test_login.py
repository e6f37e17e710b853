"""Sessions: grants, life of tokens, five at a time, and the words for a dead one."""

import base64
import json
from datetime import datetime, timedelta

import pytest

from simulator import NewAccount, NewExtension

MAILBOX = "/restapi/v1.0/account/~/extension/~"


def code(answer):
    return answer.json()["errors"][0]["errorCode"]


def test_a_token_expires_by_the_simulated_clock(simulator, client):
    assert client.get(MAILBOX).status_code == 200
    simulator.advance(3601)
    answer = client.get(MAILBOX)
    assert (answer.status_code, code(answer)) == (401, "OAU-128")


def test_the_sixth_session_pushes_out_the_first(client):
    first = client.token
    for _ in range(5):
        client.login()
    assert client.get(MAILBOX).status_code == 200
    client.token = first
    answer = client.get(MAILBOX)
    assert (answer.status_code, code(answer)) == (401, "OAU-213")


def test_the_time_to_live_can_be_asked_for_within_bounds(client):
    assert 598 <= client.login(access_token_ttl="1").json()["expires_in"] <= 600
    assert 898 <= client.login(access_token_ttl="900").json()["expires_in"] <= 900


def test_a_refresh_token_is_single_use_but_may_be_repeated_for_ten_seconds(simulator, client):
    first = client.login().json()
    old_access = client.token
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    fresh = client.login(**form).json()
    client.token = old_access
    assert client.get(MAILBOX).status_code == 401
    client.token = fresh["access_token"]
    assert client.get(MAILBOX).status_code == 200
    assert client.login(**form).json()["access_token"] == fresh["access_token"]
    simulator.advance(11)
    refused = client.login(**form)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_wrong_credentials_are_refused(simulator, client):
    assert code(client.login(assertion="nobody")) == "OAU-140"
    assert client.login(grant_type="password").json()["error"] == "unsupported_grant_type"
    client.env["RC_APP_CLIENT_SECRET"] = "wrong"
    assert code(client.login()) == "OAU-153"


def test_a_disabled_user_cannot_log_in(simulator, client):
    user = simulator.accounts()[0]["extensions"][0]["id"]
    simulator.change_extension(user, status="Disabled")
    assert code(client.login()) == "OAU-141"


def claims(env):
    coded = env["RC_USER_JWT"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(coded + "=="))


def test_a_jwt_may_end(simulator, client):
    user = simulator.accounts()[0]["extensions"][0]["id"]
    end = datetime.fromisoformat(simulator.now()) + timedelta(hours=1)
    assert "exp" not in claims(client.env)
    old, changed = client.env, simulator.change_extension(user, jwt_expires=end.isoformat())
    assert code(client.login()) == "OAU-140"
    client.env = changed["env"]
    assert claims(client.env) == {**claims(old), "exp": int(end.timestamp())}
    assert client.login().status_code == 200
    simulator.advance(3601)
    refused = client.login()
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert (code(refused), refused.json()["error_description"]) == ("OAU-210", "Token expired")
    client.env = simulator.change_extension(user, jwt_expires="")["env"]
    assert client.login().status_code == 200


def test_a_new_extension_may_have_a_jwt_that_has_ended(simulator, client):
    account, new = simulator.accounts()[0]["id"], NewExtension(jwt_expires="2020-01-01T00:00:00Z")
    client.env = simulator.add_extension(account, new)["env"]
    assert code(client.login()) == "OAU-210"
    with pytest.raises(ValueError, match="someday"):
        NewExtension(jwt_expires="someday")


def test_on_the_day_credentials_change_everybody_is_out(simulator, login):
    first, second, _ = (each["id"] for each in simulator.accounts()[0]["extensions"])
    one, two = login(first), login(second)
    new = simulator.new_credentials(first)
    assert {code(one.get(MAILBOX)), code(two.get(MAILBOX))} == {"OAU-213"}
    assert code(one.login()) == "OAU-153"
    one.env["RC_APP_CLIENT_SECRET"] = new["RC_APP_CLIENT_SECRET"]
    assert code(one.login()) == "OAU-140"
    one.env = new
    two.env["RC_APP_CLIENT_SECRET"] = new["RC_APP_CLIENT_SECRET"]
    assert one.login().status_code == two.login().status_code == 200


def test_headers_that_are_missing_or_wrong(client):
    assert code(client.get(MAILBOX, headers={"Authorization": ""})) == "AGW-401"
    assert code(client.get(MAILBOX, headers={"Authorization": "Basic eDp5"})) == "AGW-402"


def test_control_ends_sessions(simulator, client):
    assert simulator.revoke_tokens() == 1
    assert code(client.get(MAILBOX)) == "OAU-213"


def test_an_app_without_the_scope_is_told_so(simulator, client):
    simulator.change_account(scopes=["ReadMessages"])
    answer = client.ask("PUT", f"{MAILBOX}/message-store/1", json={"readStatus": "Read"})
    assert (answer.status_code, code(answer)) == (403, "CMN-401")


def test_only_administrators_see_other_mailboxes(simulator, login):
    first, second, _ = (each["id"] for each in simulator.accounts()[0]["extensions"])
    path = "/restapi/v1.0/account/~/extension/{}/message-store"
    assert login(first).get(path.format(second)).status_code == 200
    answer = login(second).get(path.format(first))
    assert (answer.status_code, code(answer)) == (403, "CMN-408")


def test_accounts_are_separate(simulator, login):
    other = simulator.add_account(NewAccount("Other", [NewExtension()]))
    stranger = login(other["extensions"][0]["id"])
    own = simulator.accounts()[0]["id"]
    assert stranger.get(f"/restapi/v1.0/account/{own}/extension").status_code == 404
