"""Every channel there is: one line each. What a channel needs of the settings its `read` says."""

from collections.abc import Callable, Mapping

from notifications.channel import Channel
from notifications.channels import apprise, command, folder, mail, sftp, webhook
from notifications.options import Options

CHANNELS: Mapping[str, Callable[[Options], Channel]] = {
    "apprise": apprise.read,
    "command": command.read,
    "folder": folder.read,
    "mail": mail.read,
    "sftp": sftp.read,
    "webhook": webhook.read,
}
