"""The account tables: their port, their rows by theme, and the two ways in which they are kept."""

from trailmark_server.storage.accounts.access_log import AccessEntry, AccessPlace
from trailmark_server.storage.accounts.erasures import ErasureProof, SpaceErasure
from trailmark_server.storage.accounts.hand_overs import HandOver
from trailmark_server.storage.accounts.joining import Acquaintance, Invitation
from trailmark_server.storage.accounts.port import AccountRows, AccountStore
from trailmark_server.storage.accounts.recovery import Recovery
from trailmark_server.storage.accounts.sign_in import (
    NOBODY,
    FailedTries,
    NoticeKind,
    Passkey,
    PasskeyChallenge,
    Password,
    Purpose,
    SecurityNotice,
)
from trailmark_server.storage.accounts.spaces import (
    Device,
    DeviceInvitation,
    DeviceStanding,
    LetInBy,
    Space,
)
from trailmark_server.storage.accounts.supporters import (
    LinkEnd,
    SupporterLink,
    SupporterSession,
)
from trailmark_server.storage.accounts.therapists import SignInLink, Therapist, Way, WebSession

__all__ = [
    "NOBODY",
    "AccessEntry",
    "AccessPlace",
    "AccountRows",
    "AccountStore",
    "Acquaintance",
    "Device",
    "DeviceInvitation",
    "DeviceStanding",
    "ErasureProof",
    "FailedTries",
    "HandOver",
    "Invitation",
    "LetInBy",
    "LinkEnd",
    "NoticeKind",
    "Passkey",
    "PasskeyChallenge",
    "Password",
    "Purpose",
    "Recovery",
    "SecurityNotice",
    "SignInLink",
    "Space",
    "SpaceErasure",
    "SupporterLink",
    "SupporterSession",
    "Therapist",
    "Way",
    "WebSession",
]
