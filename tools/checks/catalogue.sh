#!/bin/sh
# Everything that tdv says has its Vietnamese: no message of the sources is missing from po/vi.po, none is untranslated.  And the
# reasons, which the schema has in Vietnamese, have their English.
set -eu
cd "$(dirname "$0")/../.."
pot=$(mktemp)
trap 'rm -f "$pot"' EXIT
xgettext --from-code=UTF-8 -k_ -kN_ -o "$pot" tools/tdv/*.c tools/tdv/*.h
msgcmp po/vi.po "$pot"

missing=0
for reason in $(awk '/^enum reason/ { on = 1; next } /^[a-z]/ { on = 0 } on && $2 == "=" { print $1 }' schemas/common.schema); do
	grep -q "{ reason_$reason," tools/tdv/language.c || { echo "tools/tdv/language.c: no English for reason $reason"; missing=1; }
done
exit $missing
