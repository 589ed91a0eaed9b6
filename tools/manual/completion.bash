# shellcheck shell=bash
# Completion of tdv, tdv-facility and tdv-seed: verbs, options, services, logins of the home, files.  Made by tools/manual.

_tdv_seconds() {
	case $1 in
@SECONDS_CASES@
	esac
}

_tdv_options() {
	case $1 in
@OPTION_CASES@
	*) echo '@COMMON@' ;;
	esac
}

# The site as tdv itself finds it: --home on the line, TDV_HOME, ./tdv-site, and an installed one.
_tdv_home() {
	local i
	for ((i = 1; i + 1 < ${#COMP_WORDS[@]}; i++)); do
		if [[ ${COMP_WORDS[i]} == --home ]]; then
			printf '%s' "${COMP_WORDS[i + 1]/#\~/$HOME}"
			return
		fi
	done
	printf '%s' "${TDV_HOME:-./tdv-site}"
}

_tdv_logins() {
	local home path
	home=$(_tdv_home)
	echo administrator
	for path in "$home"/keys/officers/*.pem; do
		[[ -e $path ]] && basename "$path" .pem
	done
}

_tdv_words() {
	local word
	while read -r word; do
		COMPREPLY+=("$word")
	done < <(compgen -W "$1" -- "$2")
}

_tdv_files() {
	local path
	compopt -o filenames 2>/dev/null
	while read -r path; do
		COMPREPLY+=("$path")
	done < <(compgen "$1" -- "$2")
}

# What stands behind an option; 1: it takes nothing.
_tdv_value() {
	case $1 in
	--as | --login) _tdv_words "$(_tdv_logins)" "$2" ;;
	--lang) _tdv_words 'vi en' "$2" ;;
	--service) _tdv_words '@SERVICES@' "$2" ;;
	--home | --keys | --out | --spool) _tdv_files -d "$2" ;;
	*)
		[[ " @FLAGS@ " == *" $1 "* ]] && return 1
		_tdv_files -f "$2"
		;;
	esac
}

_tdv() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb='' second='' seconds i
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--home | --as | --door | --lang) ((i++)) ;;
		-*) ;;
		*)
			if [[ -z $verb ]]; then
				verb=${COMP_WORDS[i]}
			elif [[ -z $second ]]; then
				second=${COMP_WORDS[i]}
			fi
			;;
		esac
	done
	if [[ $before == --* && $before != --*=* ]] && _tdv_value "$before" "$word"; then
		return
	fi
	if [[ -z $verb ]]; then
		_tdv_words "$([[ $word == -* ]] && echo '@COMMON@' || echo '@FIRSTS@')" "$word"
		return
	fi
	seconds=$(_tdv_seconds "$verb")
	if [[ -n $seconds && -z $second && $word != -* ]]; then
		_tdv_words "$seconds" "$word"
		# A verb that also stands alone takes files.
		[[ " $seconds" == *'  '* || $seconds == ' '* ]] && _tdv_files -f "$word"
		return
	fi
	if [[ -n $second && " $seconds " == *" $second "* ]]; then
		verb="$verb $second"
	fi
	if [[ $word == -* ]]; then
		_tdv_words "$(_tdv_options "$verb")" "$word"
		return
	fi
	case $verb in
	@OF_SERVICE@) _tdv_words '@SERVICES@' "$word" ;;
	*) _tdv_files -f "$word" ;;
	esac
}

_tdv_companion() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} options
	COMPREPLY=()
	case ${COMP_WORDS[0]##*/} in
	tdv-facility) options='@FACILITY@' ;;
	*) options='@SEED@' ;;
	esac
	if [[ $word != -* && $before == --* ]] && _tdv_value "$before" "$word"; then
		return
	fi
	_tdv_words "$options" "$word"
}

complete -F _tdv tdv
complete -F _tdv_companion tdv-facility tdv-seed
