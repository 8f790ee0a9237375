"""Consents, history and looks of FHIR R4, one by one."""

import base64
from typing import Any

import msgspec
import pytest

from tests.support.entries import CARE, START, a_text, an_entry
from trailmark_shared.domain.consent import CONSENT_TEXTS, consent_sha256
from trailmark_shared.events.access import AccessGranted, AccessRevoked, ConsentText
from trailmark_shared.events.agreements import AgreementRecorded
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalDrafted, GoalReworded
from trailmark_shared.exports.fhir_history import consent, looked, provenance
from trailmark_shared.exports.fhir_values import urn
from trailmark_shared.projections.history import goal_history
from trailmark_shared.projections.readers import Reading, readings

SPACE = a_text(1)
ID = a_text(2)


def reading(role: str = "therapist", *, ended: bool = False, **terms: Any) -> Reading:  # noqa: ANN401
    terms.setdefault("consent", ConsentText(version=2, sha256=consent_sha256(2)))
    data = AccessGranted(
        member=a_text(7),
        name="Dr Demo",
        role=role,  # pyright: ignore[reportArgumentType]
        classes=("goals",),
        **terms,
    )
    entries = [an_entry(1, data, subject=50, lane=CARE)]
    if ended:
        entries.append(an_entry(2, AccessRevoked(), subject=50, lane=CARE))
    [found] = readings([entries])
    return found


class TestConsents:
    def test_a_live_grant_is_active_and_holds_the_words(self) -> None:
        found = consent(reading(actions=("view",), purpose="care"), SPACE, START)
        data = base64.b64decode(found["sourceAttachment"]["data"]).decode()

        assert (found["status"], data) == ("active", CONSENT_TEXTS[2])
        assert found["provision"]["class"] == [{"system": "urn:trailmark:class", "code": "goals"}]
        assert found["provision"]["action"] == [{"text": "view"}]
        assert found["provision"]["purpose"][0]["code"] == "care"

    @pytest.mark.parametrize(
        ("terms", "status"),
        [
            ({"ended": True}, "inactive"),
            ({"until": "2020-01-01"}, "inactive"),
            ({"until": "2030-01-01"}, "active"),
        ],
    )
    def test_one_that_is_over_is_inactive(self, terms: dict[str, Any], status: str) -> None:
        found = consent(reading(**terms), SPACE, START)

        assert found["status"] == status
        assert "end" in found["provision"]["period"]

    def test_unknown_words_and_unsent_grants_are_not_made_up(self) -> None:
        unknown = reading(consent=ConsentText(version=9, sha256="0" * 64))
        unsent = msgspec.structs.replace(unknown, begins=None)
        found = consent(unsent, SPACE, START)

        assert "data" not in found["sourceAttachment"]
        assert "dateTime" not in found


def test_provenance_says_who_when_and_why() -> None:
    entries = [
        an_entry(1, GoalDrafted(title="a"), subject=2),
        an_entry(2, GoalReworded(title="b"), subject=2, base=(1,), reason=Reason(code="obstacle")),
        an_entry(3, AgreementRecorded(answer="agree"), subject=2, actor=f"member/{a_text(7)}"),
    ]
    changes = goal_history(entries)
    drafted, reworded, agreed = (
        provenance([each for each in changes if each.event == a_text(number)], SPACE)
        for number in (1, 2, 3)
    )

    assert drafted["activity"]["coding"][0]["code"] == "CREATE"
    assert reworded["activity"]["coding"][0]["code"] == "UPDATE"
    assert reworded["reason"][0]["coding"][0]["code"] == "obstacle"
    assert agreed["agent"][0]["who"] == {"reference": urn(a_text(7))}
    assert drafted["target"] == [{"reference": urn(ID)}]


def test_a_look_is_told_with_how_it_ended() -> None:
    seen = looked(a_text(7), "Dr Demo", "timeline", START, SPACE)
    refused = looked(a_text(7), None, "refused:ended", START, SPACE)

    assert (seen["outcome"], refused["outcome"]) == ("0", "4")
    assert seen["id"] != refused["id"]
