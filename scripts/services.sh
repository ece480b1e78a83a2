#!/usr/bin/env bash
# PostgreSQL, MariaDB, Redis and Cassandra on loopback, for the tests: from Debian's packages, and Cassandra from Maven's,
# in .services/, on ports of their own.
# usage: services.sh up|down|kill|status [postgres|mysql|redis|cassandra]...       (all four unless told)
#
# `up` installs what is missing, starts what is not running, and returns when each answers. Doing it again is harmless.
# PostgreSQL and MariaDB take connections with TLS too: for `localhost`, by a certificate of .services/tls/ca.pem. Ports are
# others where ES_POSTGRES_PORT, ES_MYSQL_PORT, ES_REDIS_PORT and ES_CASSANDRA_PORT say so.
# A server is known by the pid file in its own folder, and nothing else is ever signalled.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
home=$(dirname "$scripts")/.services
postgres_port=${ES_POSTGRES_PORT:-55432} mysql_port=${ES_MYSQL_PORT:-53306} redis_port=${ES_REDIS_PORT:-56379}
cassandra_port=${ES_CASSANDRA_PORT:-59042} cassandra_ring_port=57000
patience=90

die() { echo "services: $*" >&2; exit 1; }

# Runs a command until it succeeds; gives up after $patience seconds.
await() {
    local what=$1 end=$((SECONDS + patience))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || die "$what: no success within $patience s; its log is in $home"
        sleep 0.05
    done
}

# The process id in a file, if the process that wrote it still runs the program named.
running() {
    local file=$1 program=$2 pid
    pid=$(head -n 1 "$file" 2>/dev/null) && [ -n "$pid" ] || return 1
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$program" ] || return 1
    # A zombie is in no folder.
    readlink "/proc/$pid/cwd" >/dev/null || return 1
    echo "$pid"
}

stopped() { ! running "$@"; }

# Waits until a server answers or is gone: one that was just killed is neither. Succeeds where it is gone.
gone() {
    local answers=$1
    shift
    await "$1" answers_or_gone "$answers" "$@"
    ! running "$@" >/dev/null
}
answers_or_gone() {
    local answers=$1
    shift
    stopped "$@" || "$answers"
}

# Whether no process works in a folder. Those of a PostgreSQL that was killed go on for a moment without it.
deserted() { ! readlink /proc/[0-9]*/cwd | grep -qxF "$1"; }

# Before a server starts: another's on its port would be taken for it. One that was killed holds it a moment longer.
free() { await "$1: port $2 is to come free" is_free "$2"; }
is_free() { ! : <>"/dev/tcp/127.0.0.1/$1"; }

# The ports are of the range from which clients get theirs: one that asks for a server that is down may be given the
# server's own port, be connected to itself, and keep the server from starting for a minute. Best not to give them away.
reserve_ports() {
    local file=/proc/sys/net/ipv4/ip_local_reserved_ports list
    [ -w $file ] || return 0
    list=$(cat $file)
    # Where the system refuses it, patience has to do.
    echo "${list:+$list,}$postgres_port,$mysql_port,$redis_port,$cassandra_port,$cassandra_ring_port" 2>/dev/null >$file || :
}

# What is missing for the servers asked for.
install_packages() {
    local missing=() service
    for service in "$@"; do
        case $service in
            postgres)
                [ -n "$(postgres_bin)" ] || missing+=(postgresql)
                command -v openssl >/dev/null || missing+=(openssl)
                ;;
            mysql)
                command -v mariadbd >/dev/null || missing+=(mariadb-server-core)
                command -v mariadb >/dev/null || missing+=(mariadb-client-core)
                command -v openssl >/dev/null || missing+=(openssl)
                ;;
            redis) command -v redis-server >/dev/null || missing+=(redis-server) ;;
            cassandra)
                [ -n "$(java17)" ] || missing+=(openjdk-17-jre-headless)
                [ -d "$home/cassandra/lib" ] || command -v mvn >/dev/null || missing+=(maven)
                ;;
        esac
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || die "these packages are missing: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=300 update
    apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# The newest PostgreSQL that is installed.
postgres_bin() { printf '%s\n' /usr/lib/postgresql/*/bin | grep -v '\*' | sort -V | tail -n 1; }

# Runs a command as the server's own user, in its folder; as we are, where we are not root.
as() {
    local user=$1
    shift
    cd "$home"
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid="$user" --regid="$user" --init-groups "$@"
    else
        "$@"
    fi
}

folder() {
    local user=$1 folder=$2
    [ "$(id -u)" = 0 ] || { mkdir -p "$folder"; return; }
    id "$user" >/dev/null 2>&1 || useradd --system --user-group --no-create-home --shell /usr/sbin/nologin "$user"
    mkdir -p "$home"
    install -d -m 700 -o "$user" -g "$user" "$folder"
}

# A certificate for `localhost` by an authority of our own, and an authority that signed nothing.
certificates() {
    local dir=$home/tls new
    [ ! -f "$dir/server.pem" ] || return 0
    new=$(mktemp -d "$home/tls.XXXXXX")
    for ca in ca other-ca; do
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=es test $ca" \
            -keyout "$new/$ca.key" -out "$new/$ca.pem" 2>/dev/null
    done
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
        -keyout "$new/server.key" -out "$new/server.csr" 2>/dev/null
    openssl x509 -req -in "$new/server.csr" -CA "$new/ca.pem" -CAkey "$new/ca.key" -CAcreateserial -days 3650 \
        -extfile <(echo subjectAltName=DNS:localhost) -out "$new/server.pem" 2>/dev/null
    chmod 755 "$new"
    chmod 644 "$new"/*.pem
    rm -rf "$dir"
    mv "$new" "$dir"
}

# A server's own copy of the certificate and its key, which nobody else may read.
certificate_of() {
    local user=$1 folder=$2 file
    certificates
    for file in server.pem server.key; do
        install -m 600 "$home/tls/$file" "$folder/$file"
        [ "$(id -u)" != 0 ] || chown "$user" "$folder/$file"
    done
}

postgres_up() {
    local bin dir=$home/postgres
    bin=$(postgres_bin)
    if [ ! -f "$dir/PG_VERSION" ]; then
        folder postgres "$dir"
        as postgres "$bin/initdb" -D "$dir" -U es --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
    fi
    certificate_of postgres "$dir"
    if postgres_answers >/dev/null 2>&1 && [ "$(postgres_sql postgres 'SHOW ssl')" = off ]; then
        # Started without TLS, by an older script.
        postgres_down
    fi
    if gone postgres_answers "$dir/postmaster.pid" postgres; then
        await postgres deserted "$dir"
        # PostgreSQL would take a zombie's process id for a server that runs.
        rm -f "$dir/postmaster.pid"
        free postgres $postgres_port
        # A client's own port may be this one for a moment: they are of one range.
        await postgres as postgres "$bin/pg_ctl" -D "$dir" -s -w -t $patience -l "$dir/log" start -o \
            "-p $postgres_port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 \
            -c ssl=on -c ssl_cert_file=server.pem -c ssl_key_file=server.key"
    fi
    await postgres postgres_answers
    [ -n "$(postgres_sql postgres "SELECT 1 FROM pg_database WHERE datname = 'es'")" ] ||
        postgres_sql postgres 'CREATE DATABASE es'
}

postgres_sql() { "$(postgres_bin)/psql" -qAtX -h 127.0.0.1 -p $postgres_port -U es -d "$1" -c "$2"; }

postgres_answers() { postgres_sql postgres 'SELECT 1'; }

postgres_down() {
    stopped "$home/postgres/postmaster.pid" postgres >/dev/null ||
        as postgres "$(postgres_bin)/pg_ctl" -D "$home/postgres" -s -w -m fast stop
}

mysql_up() {
    local dir=$home/mysql
    if [ ! -d "$dir/mysql" ]; then
        folder mysql "$dir"
        as mysql mariadb-install-db --no-defaults --datadir="$dir" --auth-root-authentication-method=normal \
            --skip-test-db --skip-name-resolve >/dev/null
    fi
    certificate_of mysql "$dir"
    if mysql_answers >/dev/null 2>&1 && [ -z "$(mysql_sql "SELECT 1 WHERE @@have_ssl = 'YES'")" ]; then
        mysql_down
    fi
    if gone mysql_answers "$dir/pid" mariadbd; then
        free mysql $mysql_port
        rm -f "$dir/pid"
        mysql_start
        await mysql mysql_answers_or_starts
    fi
    await mysql mysql_answers
    mysql_sql "CREATE USER IF NOT EXISTS es@'127.0.0.1'; GRANT ALL ON *.* TO es@'127.0.0.1' WITH GRANT OPTION;
        CREATE DATABASE IF NOT EXISTS es CHARACTER SET utf8mb4"
}

mysql_sql() { mariadb --no-defaults --socket="$home/mysql/sock" -u root -e "$1"; }

mysql_start() {
    local dir=$home/mysql
    as mysql setsid mariadbd --no-defaults --datadir="$dir" --port=$mysql_port --bind-address=127.0.0.1 \
        --socket="$dir/sock" --pid-file="$dir/pid" --skip-name-resolve --max-connections=300 \
        --ssl-cert="$dir/server.pem" --ssl-key="$dir/server.key" \
        </dev/null >>"$dir.log" 2>&1 &
    mysql_job=$!
}

# A client's own port may be this one for a moment, as they are of one range: the server ends then, and starts again.
mysql_answers_or_starts() {
    mysql_answers || { kill -0 "$mysql_job" || mysql_start; false; }
}

mysql_answers() { mysql_sql 'SELECT 1'; }

mysql_down() {
    local pid
    pid=$(running "$home/mysql/pid" mariadbd) || return 0
    kill "$pid"
    await mysql stopped "$home/mysql/pid" mariadbd
}

redis_up() {
    local dir=$home/redis
    folder redis "$dir"
    if gone redis_answers "$dir/pid" redis-server; then
        free redis $redis_port
        as redis redis-server --port $redis_port --bind 127.0.0.1 --dir "$dir" --daemonize yes \
            --pidfile "$dir/pid" --logfile "$dir/log" --save "" >/dev/null
    fi
    await redis redis_answers
}

redis_answers() { [ "$(redis-cli -p $redis_port ping)" = PONG ]; }

redis_down() {
    stopped "$home/redis/pid" redis-server >/dev/null || redis-cli -p $redis_port shutdown nosave
    await redis stopped "$home/redis/pid" redis-server
}

# Cassandra 5 runs on Java 17, and not on the newest.
java17() { printf '%s\n' /usr/lib/jvm/java-17-openjdk*/bin/java | grep -v '\*' | head -n 1; }

cassandra_up() {
    local dir=$home/cassandra
    folder cassandra "$dir"
    cassandra_jars "$dir"
    if gone cassandra_answers "$dir/pid" java; then
        rm -f "$dir/pid"
        free cassandra $cassandra_port
        free cassandra $cassandra_ring_port
        cassandra_conf "$dir" 127.0.0.1 AllowAll
        cassandra_start "$dir"
        await cassandra cassandra_answers_or_starts
    fi
    await cassandra cassandra_answers
}

# The server and what it needs: Maven has it as a library. A folder that is there is whole.
cassandra_jars() {
    local dir=$1
    [ ! -d "$dir/lib" ] || return 0
    rm -rf "$dir/lib.new"
    mvn -B -q -f "$scripts/cassandra/pom.xml" dependency:copy-dependencies -DoutputDirectory="$dir/lib.new" >&2
    chmod -R a+rX "$dir/lib.new"
    mv "$dir/lib.new" "$dir/lib"
}

# Settings of a node in its folder, for an address of loopback and a way of asking who somebody is.
cassandra_conf() {
    local dir=$1 address=$2 auth=$3 file
    as cassandra mkdir -p "$dir/conf" "$dir/data"
    for file in cassandra.yaml logback.xml; do
        sed -e "s|@DIR@|$dir|g" -e "s|@ADDRESS@|$address|g" -e "s|@AUTH@|$auth|g" -e "s|@PORT@|$cassandra_port|g" \
            -e "s|@RING_PORT@|$cassandra_ring_port|g" "$scripts/cassandra/$file" >"$dir/conf/$file.new"
        mv "$dir/conf/$file.new" "$dir/conf/$file"
        chmod a+r "$dir/conf/$file"
    done
}

cassandra_start() {
    local dir=$1 options
    mapfile -t options < <(sed -e '/^#/d' -e "s|@DIR@|$dir|g" "$scripts/cassandra/java-options")
    # shellcheck disable=SC2016
    as cassandra setsid sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$dir/pid" "$(java17)" "${options[@]}" \
        -cp "$dir/conf:$home/cassandra/lib/*" org.apache.cassandra.service.CassandraDaemon \
        </dev/null >>"$dir/out" 2>&1 &
    cassandra_job=$!
}

# As with MySQL: a port that a client of somebody holds for a moment ends the server.
cassandra_answers_or_starts() {
    cassandra_answers || { kill -0 "$cassandra_job" || cassandra_start "$home/cassandra"; false; }
}

cassandra_answers() { ! is_free $cassandra_port; }

cassandra_down() {
    local pid
    pid=$(running "$home/cassandra/pid" java) || return 0
    kill "$pid"
    await cassandra stopped "$home/cassandra/pid" java
}

status() {
    local name=$1 file=$2 program=$3 url=$4 pid
    if pid=$(running "$home/$name/$file" "$program"); then
        echo "$name: running, pid $pid, $url"
    else
        echo "$name: down"
        return 1
    fi
}

# As a machine that loses its power would.
kill_hard() {
    local pid
    pid=$(running "$@") || return 0
    kill -9 "$pid"
}

postgres_kill() { kill_hard "$home/postgres/postmaster.pid" postgres; }
mysql_kill() { kill_hard "$home/mysql/pid" mariadbd; }
redis_kill() { kill_hard "$home/redis/pid" redis-server; }
cassandra_kill() { kill_hard "$home/cassandra/pid" java; }

postgres_status() { status postgres postmaster.pid postgres "postgresql://es@127.0.0.1:$postgres_port/es"; }
mysql_status() { status mysql pid mariadbd "mysql://es@127.0.0.1:$mysql_port/es"; }
redis_status() { status redis pid redis-server "redis://127.0.0.1:$redis_port/0"; }
cassandra_status() { status cassandra pid java "cassandra://127.0.0.1:$cassandra_port/es"; }

usage='usage: services.sh up|down|kill|status [postgres|mysql|redis|cassandra]...'
action=${1:-}
shift || :
[ $# -gt 0 ] || set -- postgres mysql redis cassandra
case $action in up | down | kill | status) ;; *) die "$usage" ;; esac
for service in "$@"; do
    case $service in postgres | mysql | redis | cassandra) ;; *) die "$usage" ;; esac
done
if [ "$action" = up ]; then
    mkdir -p "$home"
    exec 9>"$home/lock"
    flock 9
    # The servers inherit what is open; the lock is not for them to keep.
    install_packages "$@" 9>&-
    reserve_ports
    for service in "$@"; do
        ("${service}_up") 9>&-
        "${service}_status"
    done
    exit 0
fi
failed=0
for service in "$@"; do
    "${service}_$action" || failed=1
done
exit $failed
