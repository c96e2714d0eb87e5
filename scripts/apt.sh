#!/bin/sh
# Installs the Debian packages that are named, unless all of them are there: then it needs neither root nor a network.
set -eu

if ! command -v dpkg-query >/dev/null; then
	echo "This is no Debian: install these packages' counterparts yourself: $*" >&2
	exit 0
fi

missing=""
for package in "$@"; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Installing Debian packages:$missing"
root=""
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "This needs root, and there is no sudo. As root, run: apt-get install$missing" >&2
		exit 1
	fi
	root=sudo
fi
# What may have been asked of the caller for other programs does not reach apt: it must not ask, nor fail over locales.
apt_get() {
	$root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q -y -o Dpkg::Use-Pty=0 "$@"
}
# Another repository of this machine may be out of order, which does not matter here.
apt_get update || echo "apt-get update failed; trying with what was known before" >&2
# shellcheck disable=SC2086 # one word each
apt_get install --no-install-recommends $missing
