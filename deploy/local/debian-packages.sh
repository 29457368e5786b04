#!/usr/bin/env bash
# Installs from Debian's packages what the tests need and pip cannot bring: RabbitMQ, mongod's libraries, poppler, a browser.
set -euo pipefail
missing=()
compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server' >/dev/null || missing+=(rabbitmq-server)
ldconfig -p | grep -q 'libcurl.so.4 ' || missing+=(libcurl4)
ldconfig -p | grep -q 'libssl.so.3 ' || missing+=(libssl3)
command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium fonts-dejavu-core)
command -v pdftotext >/dev/null || missing+=(poppler-utils)
[ -d /usr/share/poppler/cMap ] || missing+=(poppler-data)
[ ${#missing[@]} -eq 0 ] && exit 0
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
	echo "These Debian packages are missing: ${missing[*]}. Install them as root, then run make test again." >&2
	exit 2
fi
echo "Installing from Debian: ${missing[*]}"
# No broker of the machine's own is wanted: the tests start theirs.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
	"${as_root[@]}" chmod +x "$policy"
	trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
