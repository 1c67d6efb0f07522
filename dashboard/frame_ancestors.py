"""Which other sites may show the embedding page and the plain pages in a frame."""

from __future__ import annotations

import os
import re

SETTING = "MONITOR_FRAME_ANCESTORS"
OWN_SITE = "'self'"
# what a policy's list of sources may hold, so that the setting can add no other directive
_SOURCE = re.compile(r"'self'|'none'|\*|https?://(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::(?:\d{1,5}|\*))?")


def frame_ancestors() -> str:
    """The sources of ``frame-ancestors``, by default the own site only.

    Raises ValueError if the setting holds anything but hosts.
    """
    wanted = os.environ.get(SETTING, "").split() or [OWN_SITE]
    for source in wanted:
        if not _SOURCE.fullmatch(source):
            raise ValueError(
                f"{SETTING}: '{source[:60]}' is no site. Expected such as: 'self' https://www.braunschweig.de https://*.example.org"
            )
    return " ".join(wanted)
