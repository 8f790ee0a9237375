"""The account tables: their port, their rows by theme, and the two ways in which they are kept."""

from trailmark_server.storage.accounts.access_log import AccessEntry, AccessPlace
from trailmark_server.storage.accounts.joining import Acquaintance, Invitation
from trailmark_server.storage.accounts.port import AccountRows, AccountStore
from trailmark_server.storage.accounts.spaces import Device, DeviceInvitation, Space
from trailmark_server.storage.accounts.therapists import SignInLink, Therapist, WebSession

__all__ = [
    "AccessEntry",
    "AccessPlace",
    "AccountRows",
    "AccountStore",
    "Acquaintance",
    "Device",
    "DeviceInvitation",
    "Invitation",
    "SignInLink",
    "Space",
    "Therapist",
    "WebSession",
]
