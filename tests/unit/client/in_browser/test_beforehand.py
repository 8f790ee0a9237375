"""What is kept for every later start: nothing of a person, and nothing of the browser it ran in."""

import json
import subprocess
import sys

from trailmark_adapters.browser import MODULE

# In a process of its own: here, other tests have opened stores and drawn chance.
LOOK = f"""
import json, os, random, sqlite3, sys, time

before = random.getstate()
forbidden = []
def watch(event, arguments):
    if event in ("sqlite3.connect", "socket.connect", "subprocess.Popen"):
        forbidden.append(event)
sys.addaudithook(watch)
os.urandom = lambda length: forbidden.append("os.urandom") or bytes(length)

from trailmark_client.in_browser.beforehand import prepare
prepare()

from trailmark_client.web.rendering import templates
print(json.dumps([forbidden, random.getstate() == before, {MODULE!r} in sys.modules,
                  templates.cache_info().currsize]))
"""


def test_nothing_is_opened_drawn_or_held() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK], capture_output=True, check=True, timeout=50, text=True
    )
    forbidden, is_chance_untouched, holds_browser, prepared = json.loads(done.stdout)

    assert [] == forbidden
    assert is_chance_untouched
    assert not holds_browser
    assert prepared == 1
