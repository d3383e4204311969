#!/usr/bin/env bash
# Back up Atsauce: the database, the files people sent, and the secret without which a backup cannot be read.
#
#   backup.sh FOLDER [SETTINGS]
#
# FOLDER gets atsauce-DATE.db (SQLite) or atsauce-DATE.dump (PostgreSQL), and atsauce-DATE.secret where the secret is kept
# in the data folder, and atsauce-DATE.files.tar where people sent files. SETTINGS is the file of settings (default /etc/atsauce/env); variables that are set already win.
# The service may run meanwhile. The newest ATSAUCE_BACKUPS (default 14) stay, older ones are removed.
# Restoring: deploy/runbook.md. The files hold personal data: encrypt them before they leave the machine.
set -euo pipefail
umask 077

target=${1:?usage: backup.sh FOLDER [SETTINGS]}
settings=${2:-/etc/atsauce/env}
keep=${ATSAUCE_BACKUPS:-14}

# The file is read as systemd and compose read it, not run: a password may hold $ and quotes.
setting() {
    local name=$1 value=${!1-}
    if [[ -z $value && -r $settings ]]; then
        value=$(sed -n "s/^$name=//p" "$settings" | tail -n 1)
        value=${value#\"}; value=${value%\"}
    fi
    printf '%s' "$value"
}

data=$(setting ATSAUCE_DATA)
data=${data:-/var/lib/atsauce}
database=$(setting ATSAUCE_DATABASE_URL)
database=${database:-sqlite:///$data/atsauce.db}
name=$target/atsauce-$(date -u +%Y%m%dT%H%M%SZ)
mkdir -p "$target"

copy_sqlite() { # FROM TO: a consistent copy while others write
    python3 - "$1" "$2" <<'PYTHON'
import sqlite3, sys
source = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=60)
copy = sqlite3.connect(sys.argv[2])
source.backup(copy)
found = copy.execute("PRAGMA integrity_check").fetchone()[0]
copy.execute("PRAGMA journal_mode = DELETE")
copy.close()
sys.exit(None if found == "ok" else f"the copy is damaged: {found}")
PYTHON
}

copy_postgresql() { # URL TO; the password goes by the environment, where `ps` does not show it
    python3 - "$1" "$2" <<'PYTHON'
import os, sys
from urllib.parse import unquote, urlsplit
url = urlsplit(sys.argv[1])
parts = {"PGHOST": url.hostname, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
os.environ.update({name: unquote(str(part)) for name, part in parts.items() if part})
command = ["pg_dump", "--format=custom", "--no-owner", "--file", sys.argv[2], url.path.lstrip("/")]
os.execvp(command[0], command)
PYTHON
}

case $database in
    sqlite:///*)
        file=$name.db
        copy_sqlite "${database#sqlite:///}" "$file.part"
        ;;
    postgresql://*)
        file=$name.dump
        copy_postgresql "$database" "$file.part"
        pg_restore --list "$file.part" > /dev/null
        ;;
    *)
        echo "ATSAUCE_DATABASE_URL is neither sqlite:/// nor postgresql://" >&2
        exit 1
        ;;
esac
if [[ -f $data/secret ]]; then
    cp "$data/secret" "$name.secret"
fi
if [[ -d $data/attachments ]]; then # files people sent; each is written once and never changed
    tar --create --file "$name.files.tar" --directory "$data" attachments
fi
# Only a complete copy gets its name.
mv "$file.part" "$file"
echo "$file"

find "$target" -maxdepth 1 -type f \( -name 'atsauce-*.db' -o -name 'atsauce-*.dump' \) -printf '%f\n' |
    sort --reverse | tail -n "+$((keep + 1))" |
    while read -r old; do
        rm -f -- "$target/$old" "$target/${old%.*}.secret" "$target/${old%.*}.files.tar"
    done
