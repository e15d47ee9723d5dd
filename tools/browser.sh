#!/bin/sh
# Looks for the Chromium that the browser tests open pages in. On Debian, as root, installs it; elsewhere says what to do and
# goes on: without it those tests are skipped, with the reason. TEQUIO_NO_APT=1 leaves the machine as it is.
set -u
command -v chromium >/dev/null 2>&1 && exit 0
if [ "${TEQUIO_NO_APT:-}" != 1 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 &&
    grep -q '^ID=debian$' /etc/os-release 2>/dev/null; then
    echo "browser: installing Chromium for the browser tests (apt-get install chromium)"
    if { apt-get install -y --no-install-recommends chromium || { apt-get update && apt-get install -y --no-install-recommends chromium; }; } >/dev/null 2>&1; then
        exit 0
    fi
fi
echo "browser: no «chromium» here, so the browser tests are skipped (Debian: apt install chromium)"
exit 0
