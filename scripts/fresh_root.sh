#!/usr/bin/env bash
# Runs a command in a clone of this checkout in a bare Debian that has git, make, Python and sudo only, as somebody who
# has just got such a machine would. Needs root, and debootstrap, which it installs.
#
#   scripts/fresh_root.sh bookworm|trixie 'make demo && make test'
#
# What is not committed is not tried. These variables are read:
#
#   FRESH_USER=1   as an ordinary user who may use sudo, instead of as root
#   FRESH_ROOTS    where the roots lie (default: /var/tmp/coinop-fresh), to be used again; delete one for a new start
#   FRESH_BIND     folders of this machine, separated by colons, that are to be seen there too: a mirror of packages
#
# How apt and pip reach their packages is copied from this machine.
set -euo pipefail
suite=$1 command=$2
project=$(cd "$(dirname "$0")/.." && pwd)
roots=${FRESH_ROOTS:-/var/tmp/coinop-fresh}
root=$roots/$suite
user=newcomer
mounted=()

[ "$(id -u)" = 0 ] || { echo "This needs root: run it with sudo." >&2; exit 1; }
command -v debootstrap >/dev/null || "$project/scripts/apt.sh" debootstrap

make_root() {
	local mirror
	mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null |
		head -n 1 | tr -d ' ' || true)
	mkdir -p "$roots"
	# shellcheck disable=SC2086 # nothing, for debootstrap's own mirror, or one word
	debootstrap --variant=minbase --include=ca-certificates,git,make,python3,sudo "$suite" "$root" $mirror
	cp /etc/apt/apt.conf.d/99* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
	cp --dereference /etc/pip.conf /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
	cp --dereference --remove-destination /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
	chroot "$root" useradd --create-home --shell /bin/bash $user
	echo "$user ALL=(ALL) NOPASSWD:ALL" >"$root/etc/sudoers.d/$user"
	# pip's configuration of this machine's user, for all users there.
	[ -e "$HOME/.config/pip/pip.conf" ] && cat "$HOME/.config/pip/pip.conf" >>"$root/etc/pip.conf"
	touch "$root/.ready"
}

unmount() {
	local index
	for ((index = ${#mounted[@]} - 1; index >= 0; index--)); do
		umount "${mounted[index]}" 2>/dev/null || umount --lazy "${mounted[index]}"
	done
}
trap unmount EXIT
# Without these, a signal would end the script without what is done at its exit.
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

mount_here() {
	mkdir -p "$2"
	mount "${@:3}" "$1" "$2"
	mounted+=("$2")
}

[ -e "$root/.ready" ] || make_root
mount_here proc "$root/proc" -t proc
mount_here /sys "$root/sys" --bind
mount_here /dev "$root/dev" --bind
mount_here devpts "$root/dev/pts" -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5
mount_here tmpfs "$root/dev/shm" -t tmpfs
IFS=: read -ra binds <<<"${FRESH_BIND:-}"
for folder in "${binds[@]}"; do
	mount_here "$folder" "$root$folder" --bind
done

rm -rf "$root/srv/project"
git clone --quiet "$project" "$root/srv/project"
home=/root who=()
if [ -n "${FRESH_USER:-}" ]; then
	home=/home/$user who=(--userspec=$user)
	chroot "$root" chown -R $user /srv/project
fi
settings=("HOME=$home" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8)
for name in "${!PIP_@}"; do
	settings+=("$name=${!name}")
done
chroot "${who[@]}" "$root" /usr/bin/env -i "${settings[@]}" bash -c "cd /srv/project && $command"
