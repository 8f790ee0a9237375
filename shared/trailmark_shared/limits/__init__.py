"""Every bound of the system, with its unit in its name; one module for each theme.

A bound that is crossed gives a named error (``errors.LimitExceededError`` or a protocol error) and
loses nothing. Relations between bounds are asserted at import, so that a careless change fails at
once. Each bound has a test that crosses it. Whoever needs one asks this package, whatever the
theme: ``limits.BODY_BYTES_MAX``.
"""

# An installed folder counts as a library, even where it is this very one.
# pyright: reportWildcardImportFromLibrary=false

from trailmark_shared.limits.bodies import *
from trailmark_shared.limits.wire import *
from trailmark_shared.limits.serving import *
from trailmark_shared.limits.joining import *
from trailmark_shared.limits.graph import *
from trailmark_shared.limits.web import *
from trailmark_shared.limits.pages import *

assert BODY_BYTES_MAX >= 4 * TEXT_CHARS_MAX, "the longest text must fit into a body"
assert TITLE_CHARS_MAX <= TEXT_CHARS_MAX
assert BODY_BYTES_MAX % SEAL_BLOCK_BYTES == 0
assert PAGE_BYTES_MAX + BODY_BYTES_MAX < FRAME_BYTES_MAX, "a full page must fit into a frame"
assert BACKOFF_MIN_MS < BACKOFF_MAX_MS <= HEALTHY_MS
assert POST_BYTES_MAX >= FRAME_BYTES_MAX
assert CREDENTIAL_RENEW_MS < CREDENTIAL_TTL_MS
assert ENCOURAGEMENT_CHARS_MAX <= TEXT_CHARS_MAX
assert 2 * SUPPORTERS_MAX < SUPPORTER_LINKS_MAX, "every supporter's link can be replaced"
assert 2 * ERASURE_PROOF_BYTES_MAX < REQUEST_BYTES_MAX, "a proof in base64 must fit into a request"
assert min(WRAPS_MAX, HEADS_MAX) > DEVICES_PER_SPACE_MAX + RECOVERED_BEYOND_MAX + 1, (
    "a box and a head for each device and recovery code"
)
assert 256 * WRAPS_MAX < STATEMENT_BYTES_MAX, "all boxes of a key must fit into a statement"
assert PROOF_MS < WEB_SESSION_IDLE_MS
assert PASSWORD_REST_CHARS_MIN < PASSWORD_CHARS_MIN < PASSWORD_CHARS_JUDGED < PASSWORD_CHARS_MAX
assert PASSWORD_CHECKS_AT_ONCE <= PASSWORD_CHECKS_WAITING_MAX
assert SEEN_MS < WEB_SESSION_IDLE_MS <= WEB_SESSION_MAX_MS
assert SEEN_MS < SUPPORTER_SESSION_IDLE_MS <= SUPPORTER_SESSION_MAX_MS < SUPPORTER_LINK_TTL_MS
assert 3 * 48 * FIRM_TOLD_MAX + STATEMENTS_HANDED_BYTES_MAX * 4 // 3 + 4096 < BUNDLE_BYTES_MAX, (
    "all that a bundle may tell must fit into it"
)
assert 2 * BUNDLE_BYTES_MAX < REQUEST_BYTES_MAX, "a bundle in base64 must fit into a request"
assert 12 * TEXT_CHARS_MAX < PAGE_FORM_BYTES_MAX, "the longest text fits, each byte as three"
assert 4 * TEXT_CHARS_MAX < DRAFT_BYTES_MAX
