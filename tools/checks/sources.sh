#!/usr/bin/env bash
# House rules as greps over our own C: file:line of each breach, exit status 1 if any.
set -uo pipefail
cd "$(dirname "$0")/../.."
found=$(mktemp)
trap 'rm -f "$found"' EXIT

report() { # what is wrong; lines of file:line:text on stdin
	sed -E "s|^([^:]*:[0-9]+):.*|\\1: $1|" | tee -a "$found"
}

mapfile -t all < <(find libshared services tools tests -name '*.[ch]' | sort)
mapfile -t ours < <(find libshared services tools -name '*.[ch]' | sort)
mapfile -t services < <(find services -name '*.[ch]' ! -name 'door*' | sort)

code() { # grep in what is left without comments and text in quotes: file:line:text
	local pattern=$1
	shift
	[ $# -gt 0 ] || return 0
	awk -v pattern="$pattern" '
		FNR == 1 { inside = 0 }
		{
			line = $0
			gsub(/\\["\\]/, "", line)
			gsub(/"[^"]*"/, "\"\"", line)
			gsub(/\/\*([^*]|\*[^\/])*\*\//, "", line)
			sub(/\/\/.*/, "", line)
			if (line ~ pattern) print FILENAME ":" FNR ":" line
		}' "$@"
}

code '^[ \t]*typedef' "${all[@]}" | report 'no typedef: write struct, enum, or the function type out'
code '(struct|enum|union)[ ]+[a-z0-9_]+_t([^a-z0-9_]|$)' "${all[@]}" | grep -v 'struct json_t' | report 'no _t: POSIX keeps such names for itself'
code '[ \t(](manager|helper|util|misc)_|_(manager|helper|util|misc)[^a-z0-9_]' "${ours[@]}" |
	report 'say what it does, not manager, helper, util or misc'
grep -nE '\b(TODO|FIXME|XXX)\b' "${all[@]}" | report 'an issue, not a note in the code'
code '(^|[^a-z0-9_])(sleep|usleep|nanosleep)[ ]*\(' "${services[@]}" | report 'services wait for input, never for time'
code '(^|[^a-z0-9_>.])(malloc|calloc|realloc|alloca|strdup|asprintf)[ ]*\(' \
	$(printf '%s\n' "${services[@]}" | grep -Ev '/(adapters|main)[^/]*$') | report 'handlers take no memory of their own'
code '(^|[^a-z0-9_])(strcat|sprintf|gets|strtok|atoi|atol)[ ]*\(|(^|[^a-z0-9_])strcpy[ ]*\([^"]*$' "${all[@]}" |
	report 'a call that cannot be used safely'
grep -nE '.{1,}[ 	]+$' "${all[@]}" | report 'blanks at the end of the line'
for file in "${ours[@]}"; do
	sed 's/\t/        /g' "$file" | LC_ALL=C.UTF-8 grep -nP '^.{131,}' | grep -vP '"[^"]{40,}"' | sed "s|^|$file:|"
done | report 'longer than 130 columns (aim at 110; sentences in tables may be longer)'

# A switch over an enum has no default, so that the compiler names the constant that a new case forgot.  One over numbers,
# characters or texts of the outside may have one.
awk 'FNR == 1 { depth = 0 }
     /[^a-z_]switch[ ]*\(/ { depth++; outside[depth] = ($0 ~ /type\)|errno|\[|getopt|option|\*[a-z]|code\)|signal/); at[depth] = 0; over = 1; enums[depth] = 0 }
     /^[ \t]*case [a-z]+_[a-z0-9_]+:/ { enums[depth]++ }
     /^[ \t]*default:/ { if (depth > 0 && enums[depth] > 0 && !outside[depth]) print FILENAME ":" FNR ":" }' "${ours[@]}" |
	report 'no default in a switch over an enum'

# One global symbol a service, and what begins with its name.
for folder in services/*/; do
	service=$(basename "$folder")
	mapfile -t files < <(find "$folder" -name '*.c' ! -name main.c | sort)
	[ "${#files[@]}" -gt 0 ] || continue
	grep -nE '^[a-z][a-z0-9_ ]*[ *]+[a-z0-9_]+\(' "${files[@]}" /dev/null | grep -Ev ':[0-9]+:(static|struct [a-z0-9_]+ \{|_Noreturn)' |
		grep -Ev "[ *](${service}_[a-z0-9_]+|main)\(" | report "global names of a service begin with ${service}_"
done

# A function that no longer fits on two screens.
awk 'FNR == 1 { start = 0 }
     /^[a-z].*[^;]$/ && !/^(struct|enum|union|static const|const|extern)[^()]*(\{|=)/ { start = FNR }
     /^}/ { if (start && FNR - start > 90) print FILENAME ":" start ":"; start = 0 }' "${ours[@]}" |
	report 'a function of more than 90 lines: cut it where it changes its subject'

echo "sources: ${#all[@]} files, $(wc -l <"$found") findings"
[ ! -s "$found" ]
