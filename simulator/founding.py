"""Makes up accounts and extensions: ids, numbers and names."""

from simulator import numbers
from simulator.credentials import new_jwt, new_secret
from simulator.events import announce_extension
from simulator.extensions import NewAccount, NewExtension
from simulator.state import Account, Extension, Number
from simulator.world import World

FIRST = [
    "Ada",
    "Ben",
    "Cleo",
    "Dan",
    "Eve",
    "Finn",
    "Gwen",
    "Hugo",
    "Iris",
    "Jack",
    "Kit",
    "Lena",
    "Max",
    "Nora",
    "Omar",
    "Pia",
]
LAST = [
    "Archer",
    "Baker",
    "Carter",
    "Dyer",
    "Fisher",
    "Glover",
    "Hooper",
    "Mason",
    "Porter",
    "Sawyer",
    "Tyler",
    "Webb",
]
TYPES = ("User", "FaxUser", "User", "Department", "User")


def standard_account(size: int) -> NewAccount:
    """An account with `size` extensions of the usual kinds."""
    people = [NewExtension(type=TYPES[index % len(TYPES)]) for index in range(size)]
    return NewAccount(extensions=people)


def found_account(world: World, new: NewAccount) -> Account:
    """Add an account; its first extension is an administrator."""
    position = len(world.accounts) + 1
    account = Account(
        id=world.new_id(),
        position=position,
        name=new.name or f"Company {position}",
        client_id=f"client-{position}-{world.draw('credentials').getrandbits(64):016x}",
        client_secret=new_secret(world),
    )
    world.accounts[account.id] = account
    main = numbers.company_number(account)
    numbers.add(account, Number(world.new_id(), main, "MainCompanyNumber", "VoiceFax"))
    for each in new.extensions:
        found_extension(world, account, each)
    return account


def found_extension(world: World, account: Account, new: NewExtension) -> Extension:
    """Add an extension and tell who listens to the extension list."""
    position = sum(each.account_id == account.id for each in world.everybody.values())
    extension = Extension(
        id=world.new_id(),
        account_id=account.id,
        number=str(101 + position),
        name=new.name or f"{FIRST[position % len(FIRST)]} {LAST[position % len(LAST)]}",
        phone=numbers.direct_number(account, position),
        type=new.type,
        status=new.status,
        admin=new.admin or position == 0,
        content_type=new.content_type,
        jwt_expires=new.jwt_expires,
    )
    extension.jwt = new_jwt(world, extension)
    account.extensions[extension.id] = world.everybody[extension.id] = extension
    kind = "FaxOnly" if extension.type == "FaxUser" else "VoiceFax"
    number_id, phone = world.new_id(), extension.phone
    numbers.add(account, Number(number_id, phone, "DirectNumber", kind, extension.id))
    announce_extension(world, extension, "Create")
    return extension
