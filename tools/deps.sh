#!/bin/sh
# Installs the Debian packages that are missing, and nothing when none is.
#
# usage: tools/deps.sh [build|test|ci|all|bench|peers]...     (build)
#
# build: what `make` needs.  test: what `make check` needs as well.  ci: the linters and the second compiler.
# bench: what draws `make bench`'s plot.  peers: the servers that `make bench-peers` measures beside, and their C clients;
# their packages' own services are not started.
set -eu

# python3-minimal would do for the generator; the standard library's csv and json come with python3.
build="gcc libc6-dev make python3 gettext
	libzmq3-dev liblmdb-dev libssl-dev libmsgpack-dev libsystemd-dev libjansson-dev libinih-dev libcsv-dev libunistring-dev
	libjpeg62-turbo-dev"
test="lmdb-utils python3-zmq python3-msgpack openssl systemd man-db
	strace xfsprogs e2fsprogs iproute2 iptables"
bench="gnuplot-nox"
peers="postgresql-15 redis-server rabbitmq-server nats-server libpq-dev libhiredis-dev librabbitmq-dev libnats-dev"
ci="gcovr clang clang-tidy cppcheck libclang-rt-14-dev git"

wanted=""
for group in "${@:-build}"; do
	case $group in
	build) wanted="$wanted $build" ;;
	test) wanted="$wanted $build $test" ;;
	ci | all) wanted="$wanted $build $test $ci" ;;
	bench) wanted="$wanted $bench" ;;
	peers) wanted="$wanted $peers" ;;
	*)
		echo "usage: tools/deps.sh [build|test|ci|all|bench|peers]..." >&2
		exit 2
		;;
	esac
done

if ! command -v dpkg-query >/dev/null; then
	echo "deps: this is not Debian; install what these packages hold:" $wanted >&2
	exit 1
fi

missing() {
	installed=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
		sed -n 's/^installed //p')
	for package in $wanted; do
		printf '%s\n' "$installed" | grep -qxF "$package" || printf '%s\n' "$package"
	done | sort -u
}

absent=$(missing)
[ -n "$absent" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "deps: these packages are missing, and there is neither root nor sudo to install them; as root:" >&2
		echo "  apt-get install --no-install-recommends" $absent >&2
		exit 1
	fi
	as_root="sudo"
fi

echo "deps: installing" $absent
apt() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}
log=$(mktemp)
policy=""
trap 'rm -f "$log"; [ -z "$policy" ] || $as_root rm -f "$policy"' EXIT
# Debian's packages start their services unless this file says no (invoke-rc.d); one that is there stays as it is.
case " $absent " in
*-server* | *postgresql*)
	if [ ! -e /usr/sbin/policy-rc.d ]; then
		policy=/usr/sbin/policy-rc.d
		printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
		$as_root chmod 755 "$policy"
	fi
	;;
esac
if ! { apt update && apt install --no-install-recommends $absent; } >"$log" 2>&1; then
	tail -n 25 "$log" >&2
	echo "deps: apt-get could not install them (its last lines are above); is there a network and a Debian mirror?" >&2
	exit 1
fi
absent=$(missing)
if [ -n "$absent" ]; then
	echo "deps: still missing:" $absent >&2
	exit 1
fi
echo "deps: done"
