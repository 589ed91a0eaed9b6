#!/usr/bin/env bash
# Handlers hold no socket, no file, no clock, no randomness and no memory of their own (ARCHITECTURE.md, Layers): proved by the
# symbols that their objects leave to the linker.  Allowed are
#   the turn and the store as handlers see them (the list below), what schemagen wrote, libshared/domain
#   (which is checked the same way), other objects of the same service, and a few functions of libc that only compute.
# Not checked: main.o, adapters*.o and door*.o, which are there to reach the world; what they offer to the service's own
# table (<service>.o: its adapters, its door, its questions) begins with the service's name.
# usage: BUILD=build tools/checks/purity.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}

allowed='
turn_date turn_subject turn_rule turn_origin turn_authority turn_emit turn_ask turn_timer turn_reply turn_scratch
turn_room turn_continue
store_walk_deinit store_count
codec_decode codec_encode
ensure_failed
buffer_append buffer_append_text buffer_bytes buffer_clear buffer_extend
bytes_of bytes_of_text bytes_of_hash bytes_equal bytes_are_text hash_equal hash_is_zero hex_encode hex_decode
put_u16 put_u32 put_u64 get_u16 get_u32 get_u64
date_from_civil date_to_civil date_parse date_format date_of_instant instant_of_date instant_format
digest_sha256 merkle_leaf merkle_node merkle_root
memcmp memcpy memmove memset __memcpy_chk __memmove_chk __memset_chk
strlen strcmp strncmp bsearch
__stack_chk_fail _GLOBAL_OFFSET_TABLE_
'

# Without functions that make JSON, which takes memory.
generated=$(nm --defined-only "$BUILD"/gen/*.o | awk 'NF == 3 { print $3 }' | grep -v '_json$')
findings=0
checked=0

pure() { # name of the group, its objects…
	local group=$1
	shift
	local own undefined worldly
	own=$(nm --defined-only "$@" | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }')
	worldly=$(find "$BUILD/services/$group" \( -name 'adapters*.o' -o -name 'door*.o' \) -exec nm --defined-only {} + \
		2>/dev/null | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' || true)
	for object in "$@"; do
		checked=$((checked + 1))
		undefined=$(nm -u "$object" | awk '{ print $NF }' | grep -Ev '^(__asan_|__ubsan_|__gcov_)' || true)
		local impure also=""
		[ "$(basename "$object")" != "$group.o" ] || also=$worldly
		impure=$(comm -23 <(sort -u <<<"$undefined") \
			<(tr ' ' '\n' <<<"$allowed $generated $domain $own $also" | sort -u) | grep . || true)
		for symbol in $impure; do
			local source=${object#"$BUILD"/}
			source=${source%.o}.c
			local line
			line=$(grep -nm1 -- "\b$symbol\b" "$source" | cut -d: -f1 || true)
			echo "$source:${line:-1}: $group uses $symbol, which is not pure (tools/checks/purity.sh)"
			findings=$((findings + 1))
		done
	done
}

domain=""
domain_objects=$(find "$BUILD"/libshared/domain -name '*.o' 2>/dev/null | sort)
if [ -n "$domain_objects" ]; then
	# shellcheck disable=SC2086
	pure domain $domain_objects
	# shellcheck disable=SC2086
	domain=$(nm --defined-only $domain_objects | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }')
fi
for folder in services/*/; do
	service=$(basename "$folder")
	objects=$(find "$BUILD/services/$service" -name '*.o' ! -name main.o ! -name 'adapters*.o' ! -name 'door*.o' \
		2>/dev/null | sort)
	# shellcheck disable=SC2086
	[ -z "$objects" ] || pure "$service" $objects
done

if [ "$checked" -eq 0 ]; then
	echo "$BUILD/services:1: there are no objects to check: make first"
	exit 1
fi
echo "purity: $checked objects, $findings findings"
[ "$findings" -eq 0 ]
