#!/bin/sh
# Everything that tdv, tdv-facility and tdv-seed say has its Vietnamese: no message of the sources is missing from po/vi.po, none is untranslated.  And the
# reasons, which the schema has in Vietnamese, have their English; and every message has its words.
set -eu
cd "$(dirname "$0")/../.."
pot=$(mktemp)
trap 'rm -f "$pot"' EXIT
xgettext --from-code=UTF-8 -k_ -kN_ -k_n:1,2 -o "$pot" tools/tdv/*.c tools/tdv/*.h tools/common/*.c tools/facility/*.c tools/seed/*.c
msgcmp po/vi.po "$pot"

missing=0
for reason in $(awk '/^enum reason/ { on = 1; next } /^[a-z]/ { on = 0 } on && $2 == "=" { print $1 }' schemas/common.schema); do
	grep -q "{ reason_$reason," tools/common/language.c || { echo "tools/common/language.c: no English for reason $reason"; missing=1; }
done
# And so have the rules.
for rule in $(awk '/^rule / { print $2 }' schemas/eligibility.rules); do
	grep -q "{ \"$rule\"," tools/tdv/rule_words.c || { echo "tools/tdv/rule_words.c: no English for rule $rule"; missing=1; }
done
# And whatever a log may hold is a sentence in `tdv trace`, never a row of fields.
for message in $(awk '/^message 0x/ { print $3 }' schemas/*.schema); do
	grep -q "{ message_type_$message," tools/tdv/trace_words.c || { echo "tools/tdv/trace_words.c: no words for $message"; missing=1; }
done
# And whatever tdv-facility tells has its words; of blanks, an event of the schema.
events=$(grep -hoE '\bsay\(f, .*' tools/facility/*.c | grep -oE '^say\(f, [^,]*("[a-z ]+"[^",]*)+,' | grep -oE '"[a-z ]+"' | tr -d '"' | sort -u)
blanks=$(awk '/^enum stock_event/ { on = 1; next } /^[a-z]/ { on = 0 } on && $2 == "=" { print $1 }' schemas/common.schema)
[ "$(printf '%s\n' "$events" | wc -l)" -gt 14 ] || { echo "tools/checks/catalogue.sh: what tdv-facility tells is not found"; missing=1; }
while read -r event; do
	grep -qF "{ \"$event\"," tools/facility/say.c || { echo "tools/facility/say.c: no words for $event"; missing=1; }
done <<-EVENTS
	$events
	$blanks
EVENTS
# And what the door says beside a fault is known to tdv, which says it in Vietnamese.
grep -hoE '(wire_fault_[a-z_]+, |^[[:space:]]*return |no_space \? |" : )"[a-z][^"]+"' services/intake/door*.c | grep -oE '"[^"]+"$' |
	grep -E ' ' | sort -u >"$pot"
while read -r detail; do
	grep -qF "N_(${detail%\"}" tools/common/door_words.c || { echo "tools/common/door_words.c: not here: $detail"; missing=1; }
done <"$pot"
[ "$(wc -l <"$pot")" -gt 15 ] || { echo "tools/checks/catalogue.sh: the door's faults are not found"; missing=1; }
exit $missing
