"""``/api/space/erasure``: a person erases everything; their other devices ask whether it was them.

The server does not judge which devices are the person's. It erases what a signed-in device asks,
and keeps the signed statements of that device for the others: these obey none but an order that is
in force for them, so that neither an operator nor the thief of a credential can empty a device.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Literal, NoReturn

import msgspec
from litestar import Request, get, post
from litestar.params import JSONBody

from trailmark_adapters.nacl import NaclCipher
from trailmark_server.access import Right, Verb
from trailmark_server.guards import TAKES_NO_COOKIE
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sign_in.device import asking_device
from trailmark_server.storage.accounts import (
    AccountRows,
    Device,
    ErasureProof,
    SpaceErasure,
)
from trailmark_shared import limits
from trailmark_shared.device_graph.statements import SpaceErased, read_statement
from trailmark_shared.errors import DomainError, ErrorCode, EventDataError, RefusedError
from trailmark_shared.ids import SpaceId, id_from_text, text_from_id
from trailmark_shared.words import gettext

_Raw = Annotated[str, msgspec.Meta(max_length=2 * limits.STATEMENT_BYTES_MAX)]
_Raws = Annotated[list[_Raw], msgspec.Meta(min_length=1, max_length=limits.ERASURE_STATEMENTS_MAX)]


class ProofIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The order of a device to erase everything.

    Attributes:
        event: Names the order.
        statements: Signed statements in base64: what others may lack, and the order last.
    """

    event: Annotated[str, msgspec.Meta(max_length=limits.TITLE_CHARS_MAX)]
    statements: _Raws


class ProofOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a device of the person said when it erased everything; see ``ProofIn``."""

    event: str
    statements: list[str]


class ErasureOut(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of this person was erased here.

    Attributes:
        erased_at: When, milliseconds UTC.
        erased_by: ``person`` or ``operator``, as far as the server knows.
        proofs: What devices of the person said; obey none but an order that is in force.
    """

    erased_at: int
    erased_by: Literal["person", "operator"]
    proofs: list[ProofOut]


@post("/api/space/erasure", status_code=200, opt=TAKES_NO_COOKIE)
async def erase_space(
    request: Request[Any, Any, Any], services: InjectedServices, data: JSONBody[ProofIn]
) -> ErasureOut:
    """Erase everything of the person whose device asks; asked again, it adds the proof."""
    device, right = await asking_device(request, services, Verb.ERASE)
    proof = _proof(device, data)
    erasure = SpaceErasure(space=device.space, erased_at=services.now(), erased_by="person")
    await services.events.erase_space(erasure, [proof], right.check)
    services.bell.ring_access(device.space)
    return await _erasure(services, right, device.space)


@get("/api/space/erasure")
async def space_erasure(request: Request[Any, Any, Any], services: InjectedServices) -> ErasureOut:
    """Say whether, when and on whose word everything of the person was erased."""
    device, right = await asking_device(request, services, Verb.ERASE)
    return await _erasure(services, right, device.space)


def _proof(device: Device, said: ProofIn) -> ErasureProof:
    try:
        raws = [base64.b64decode(each, validate=True) for each in said.statements]
        last = read_statement(NaclCipher(), device.space, raws[-1])
    except (binascii.Error, ValueError, EventDataError):
        _refuse()
    is_small = sum(map(len, raws)) <= limits.ERASURE_PROOF_BYTES_MAX
    if not (isinstance(last.says, SpaceErased) and is_small):
        _refuse()
    return ErasureProof(
        space=device.space,
        device=device.device,
        event=id_from_text(said.event),
        bodies=msgspec.msgpack.encode(raws),
    )


def _refuse() -> NoReturn:
    raise DomainError(
        ErrorCode.INVALID_INPUT,
        gettext("a proof ends with a signed order to erase this space"),
    ) from None


async def _erasure(services: Services, right: Right, space: SpaceId) -> ErasureOut:
    def look(rows: AccountRows) -> ErasureOut:
        erasure = rows.erasure(space)
        if erasure is None:
            raise RefusedError(
                ErrorCode.NOT_FOUND, gettext("nothing of this space was erased as a whole")
            )
        return ErasureOut(
            erased_at=erasure.erased_at,
            erased_by=erasure.erased_by,
            proofs=[_proof_out(each) for each in rows.erasure_proofs(space)],
        )

    return await services.accounts.read(right.guard(look))


def _proof_out(proof: ErasureProof) -> ProofOut:
    bodies = msgspec.msgpack.decode(proof.bodies, type=list[bytes])
    return ProofOut(
        event=text_from_id(proof.event),
        statements=[base64.b64encode(each).decode() for each in bodies],
    )
