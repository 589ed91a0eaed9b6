#!/bin/sh
# Everything that tdv says has its Vietnamese: no message of the sources is missing from po/vi.po, none is untranslated.
set -eu
cd "$(dirname "$0")/../.."
pot=$(mktemp)
trap 'rm -f "$pot"' EXIT
xgettext --from-code=UTF-8 -k_ -kN_ -o "$pot" tools/tdv/*.c tools/tdv/*.h
msgcmp po/vi.po "$pot"
