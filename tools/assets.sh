#!/bin/sh
# Copies what the pages use from elsewhere into the package, from the versions that assets/package-lock.json locks.
# For whoever changes a version: needs Node and npm. What it writes is committed, so that nobody else needs them.
set -eu
cd "$(dirname "$0")/.."
(cd assets && npm ci --no-audit --no-fund)

from=assets/node_modules
to=src/tequio/ui/static/ui/vendor
rm -rf "$to"
mkdir -p "$to"
cp "$from/htmx.org/dist/htmx.min.js" "$to/htmx.min.js"
cp "$from/htmx.org/LICENSE" "$to/htmx.LICENSE.txt"
cp "$from/uplot/dist/uPlot.iife.min.js" "$to/uplot.min.js"
cp "$from/uplot/dist/uPlot.min.css" "$to/uplot.min.css"
cp "$from/uplot/LICENSE" "$to/uplot.LICENSE.txt"
cp "$from/@svg-maps/mexico/mexico.svg" "$to/mexico.svg"
cp "$from/@svg-maps/mexico/LICENSE.md" "$to/mexico.LICENSE.txt"
mkdir -p tests/browser
cp "$from/axe-core/axe.min.js" tests/browser/axe.min.js
cp "$from/axe-core/LICENSE" tests/browser/axe.LICENSE.txt

version() { node -p "require('./$from/$1/package.json').version"; }
cat >"$to/README.md" <<END
# What the pages use from elsewhere

Written by \`tools/assets.sh\` from the versions locked in \`assets/package-lock.json\`. Do not edit by hand.

| File | Package | Version | Licence |
|---|---|---|---|
| htmx.min.js | htmx.org | $(version htmx.org) | 0BSD |
| uplot.min.js, uplot.min.css | uplot | $(version uplot) | MIT |
| mexico.svg | @svg-maps/mexico (Victor Cazanave and contributors) | $(version @svg-maps/mexico) | CC BY 4.0 |

The tests also use axe-core $(version axe-core) (MPL-2.0), in tests/browser.
END
echo "assets: written"
