"""The phone numbers of an account, and who sees which."""

import pytest
import requests

from simulator import NewAccount, NewExtension, Refusal

PATH = "/restapi/v1.0/account/~/phone-number"


def usages(answer):
    return [each["usageType"] for each in answer.json()["records"]]


def test_an_account_has_a_main_number_and_each_extension_its_own(simulator, client):
    main, *direct = client.get(PATH).json()["records"]
    assert (main["usageType"], main["paymentType"]) == ("MainCompanyNumber", "Local")
    assert (main["type"], main["status"]) == ("VoiceFax", "Normal")
    assert "extension" not in main
    people = simulator.accounts()[0]["extensions"]
    assert [each["phoneNumber"] for each in direct] == [each["phone"] for each in people]
    assert [str(each["extension"]["id"]) for each in direct] == [each["id"] for each in people]
    assert direct[0]["extension"]["extensionNumber"] == people[0]["number"]
    assert [each["type"] for each in direct] == ["VoiceFax", "FaxOnly", "VoiceFax"]


def test_numbers_are_paged_and_filtered(client):
    body = client.get(f"{PATH}?perPage=3").json()
    assert (len(body["records"]), body["paging"]["totalElements"]) == (3, 4)
    assert len(client.get(body["navigation"]["nextPage"]["uri"]).json()["records"]) == 1
    assert usages(client.get(f"{PATH}?usageType=MainCompanyNumber")) == ["MainCompanyNumber"]


def test_others_see_direct_numbers_only(simulator, login):
    user = login(simulator.accounts()[0]["extensions"][1]["id"])
    assert usages(user.get(PATH)) == ["DirectNumber"] * 3


def test_it_is_heavy_and_needs_its_scope(simulator, client):
    assert client.get(PATH).headers["X-Rate-Limit-Group"] == "heavy"
    simulator.change_account(scopes=["ReadMessages"])
    assert client.get(PATH).json()["errorCode"] == "CMN-401"


def test_numbers_can_be_added(simulator, client):
    account = simulator.accounts()[0]["id"]
    second = simulator.accounts()[0]["extensions"][1]["id"]
    fax = simulator.add_number(account, "CompanyFaxNumber", "FaxOnly", second)
    voice = {"usage": "CompanyNumber", "type": "VoiceOnly"}
    url = f"{simulator.control_url}/accounts/{account}/numbers"
    assert requests.post(url, json=voice, timeout=5).json().items() >= voice.items()
    records = client.get(PATH).json()["records"]
    assert len({each["phoneNumber"] for each in records}) == 6
    assert (str(records[-2]["id"]), records[-2]["type"]) == (fax["id"], "FaxOnly")
    simulator.remove_extension(second)
    left = client.get(PATH).json()["records"]
    assert len(left) == 5
    assert "extension" not in left[-2]


@pytest.mark.parametrize(
    "values", [("Nobodys", "FaxOnly"), ("CompanyNumber", "Telex"), ("DirectNumber", "VoiceFax")]
)
def test_senseless_numbers_are_refused(simulator, values):
    with pytest.raises(ValueError, match="number"):
        simulator.add_number("", *values)


def test_an_extension_of_another_account_has_no_number_here(simulator):
    other = simulator.add_account(NewAccount("Other", [NewExtension()]))
    with pytest.raises(Refusal):
        simulator.add_number("", "DirectNumber", "VoiceFax", other["extensions"][0]["id"])


def test_no_two_accounts_share_a_number(simulator):
    first = simulator.accounts()[0]["id"]
    simulator.add_account(NewAccount("Other", [NewExtension()] * 4))
    simulator.add_extension(first, NewExtension())
    numbers = [n["phoneNumber"] for account in simulator.accounts() for n in account["numbers"]]
    assert len(set(numbers)) == len(numbers) == 10
