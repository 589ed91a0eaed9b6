#!/bin/sh
# Units, user and folders, settings, manual, completion and catalogue into a root; `make install` puts the programs there.
#
# usage: tools/install.sh DESTDIR PREFIX SYSCONFDIR BUILD
set -eu

destdir=$1 prefix=$2 sysconfdir=$3 build=$4
units=$destdir$prefix/lib/systemd/system

# What is installed names the daemons and the settings where they are.
put() {
	install -D -m 644 /dev/null "$2"
	sed "s|/usr/lib/tdv/|$prefix/lib/tdv/|; s|/etc/tdv/|$sysconfdir/tdv/|" "$1" >"$2"
}

for unit in systemd/*.service systemd/*.target systemd/*.d/*.conf; do
	put "$unit" "$units/${unit#systemd/}"
done
install -d "$units/tdv.target.wants"
for unit in systemd/tdv-*.service; do
	ln -sf "../${unit#systemd/}" "$units/tdv.target.wants/${unit#systemd/}"
done
put systemd/tdv.sysusers "$destdir$prefix/lib/sysusers.d/tdv.conf"
put systemd/tdv.tmpfiles "$destdir$prefix/lib/tmpfiles.d/tdv.conf"

# Somebody's settings stay as they are.
settings=$destdir$sysconfdir/tdv/tdv.conf
[ -e "$settings" ] || install -D -m 644 "$build/share/tdv.conf" "$settings"

(cd "$build/share" && find man bash-completion locale -type f) | while read -r file; do
	install -D -m 644 "$build/share/$file" "$destdir$prefix/share/$file"
done
