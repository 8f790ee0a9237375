"""What templates show is ready to read."""

import msgspec

from trailmark_server.pages import views


def test_views_are_frozen_so_that_a_template_cannot_change_what_others_show() -> None:
    structs = [
        each
        for each in vars(views).values()
        if isinstance(each, type) and issubclass(each, msgspec.Struct)
    ]

    assert structs
    assert [] == [each.__name__ for each in structs if not each.__struct_config__.frozen]
