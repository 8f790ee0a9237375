"""What the pages ask about the person's devices, and who answers."""

from trailmark_client.behind_pages.own import OwnDevices
from trailmark_client.web.own import Own


def test_the_shell_answers_every_question_of_the_pages() -> None:
    questions = {name for name in vars(Own) if not name.startswith("_")}

    assert questions <= set(vars(OwnDevices))
