#!/usr/bin/env bash
# Runs PostgreSQL, MariaDB, Redis and Cassandra on loopback for the tests, in .services/, on ports of their own. The servers
# come from Debian packages; Cassandra comes from Maven.
# usage: services.sh install|up|down|kill|pause|resume|status [SERVICE]...
#   postgres mysql redis cassandra         the default
#   cassandra-tls                          a node with TLS only and a password: user and password `cassandra`
#   cassandra-cluster                      three nodes; cassandra-1 to cassandra-3 are services too
#
# `install` installs missing packages. `up` installs too, starts the services that are down, and returns when each answers.
# Both can be repeated.
# `kill` simulates a power failure. `pause` stops a Cassandra node until `resume`, `up` or `down`.
# PostgreSQL and MariaDB accept TLS connections too: for `localhost`, with a certificate of .services/tls/ca.pem. The
# certificate of cassandra-tls is for 127.0.0.1.
# These variables change the ports: ES_POSTGRES_PORT, ES_MYSQL_PORT, ES_REDIS_PORT, ES_CASSANDRA_PORT, ES_CASSANDRA_TLS_PORT,
# ES_CASSANDRA_CLUSTER_PORT, and ES_CASSANDRA_RING_PORT for the first port between Cassandra nodes.
# A server is identified by the pid file in its own folder; no other process is ever signalled.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
home=$(dirname "$scripts")/.services
postgres_port=${ES_POSTGRES_PORT:-55432} mysql_port=${ES_MYSQL_PORT:-53306} redis_port=${ES_REDIS_PORT:-56379}
cassandra_port=${ES_CASSANDRA_PORT:-59042} cassandra_tls_port=${ES_CASSANDRA_TLS_PORT:-59142}
cassandra_cluster_port=${ES_CASSANDRA_CLUSTER_PORT:-59242} ring=${ES_CASSANDRA_RING_PORT:-57000}
timeout_seconds=180

# The Cassandra nodes: address, client port, ring port, authentication, TLS only, commit log sync. A single node syncs before
# it acknowledges, because it has no replicas that keep the writes that it forgets when it is killed.
declare -A nodes=(
    [cassandra]="127.0.0.1 $cassandra_port $ring AllowAll false group"
    [cassandra-tls]="127.0.0.1 $cassandra_tls_port $((ring + 10)) Password true group"
    [cassandra-1]="127.0.0.1 $cassandra_cluster_port $((ring + 20)) AllowAll false periodic"
    [cassandra-2]="127.0.0.2 $cassandra_cluster_port $((ring + 20)) AllowAll false periodic"
    [cassandra-3]="127.0.0.3 $cassandra_cluster_port $((ring + 20)) AllowAll false periodic"
)
declare -A commitlog=(
    [group]="commitlog_sync: group\ncommitlog_sync_group_window: 1ms"
    [periodic]="commitlog_sync: periodic\ncommitlog_sync_period: 1000ms"
)

die() { echo "services: $*" >&2; exit 1; }

# Runs an action on a service. All Cassandra nodes share their actions.
run_action() { "${1%%-*}_$2" "$1"; }

# Repeats a command until it succeeds, for at most $timeout_seconds seconds.
await() {
    local description=$1 end=$((SECONDS + timeout_seconds))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || die "$description: no success within $timeout_seconds s; see its log in $home"
        sleep 0.05
    done
}

# Prints the process id in a file if that process still runs the named program.
running() {
    local file=$1 program=$2 pid
    pid=$(head -n 1 "$file" 2>/dev/null) && [ -n "$pid" ] || return 1
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$program" ] || return 1
    # A zombie has no working folder.
    readlink "/proc/$pid/cwd" >/dev/null || return 1
    echo "$pid"
}

stopped() { ! running "$@"; }

# Waits until a server answers or is gone; a server that was just killed is neither. Succeeds if it is gone.
gone() {
    await "$1" answers_or_gone "$@"
    ! running "$2" "$3" >/dev/null
}
answers_or_gone() { stopped "$2" "$3" || run_action "$1" answers; }

# Succeeds if no process works in a folder. Child processes of a killed PostgreSQL survive it for a moment.
has_no_processes() { ! readlink /proc/[0-9]*/cwd | grep -qxF "$1"; }

# Waits until a port is free before a server starts. Another server on the port would be mistaken for this one, and a killed
# server holds its port a moment longer.
free() { await "$1: waiting for port $2 to become free" is_free "${@:2}"; }
is_free() {
    local port=$1 address=${2:-127.0.0.1}
    ! : <>"/dev/tcp/$address/$port"
}

# Reserves the ports of the servers. They are in the range of client ports: a client that connects to a server that is down may
# get the server's own port, be connected to itself, and keep the server from starting for a minute.
reserve_ports() {
    local file=/proc/sys/net/ipv4/ip_local_reserved_ports list node port ring_port
    [ -w $file ] || return 0
    list=$(cat $file)
    list+=${list:+,}$postgres_port,$mysql_port,$redis_port
    for node in "${nodes[@]}"; do
        read -r _ port ring_port _ <<<"$node"
        list+=,$port,$ring_port,$((ring_port + 1))
    done
    # If the system refuses this, the timeout covers the delay.
    echo "$list" 2>/dev/null >$file || :
}

# Installs the packages and files of the given services.
install_services() {
    local service
    install_packages "$@"
    for service in "$@"; do
        [ "${service%%-*}" != cassandra ] || cassandra_jars
    done
}

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
            cassandra*)
                [ -n "$(java17)" ] || missing+=(openjdk-17-jre-headless)
                command -v openssl >/dev/null || missing+=(openssl)
                [ -d "$home/cassandra/lib" ] || command -v mvn >/dev/null || missing+=(maven)
                ;;
        esac
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || die "these packages are missing: ${missing[*]}; install them, or run this script as root"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=300 update
    apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# Prints the folder of the newest installed PostgreSQL.
postgres_bin() { printf '%s\n' /usr/lib/postgresql/*/bin | grep -v '\*' | sort -V | tail -n 1; }

# Runs a command in the services' folder as the server's own user; without root, as the current user.
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

# Creates an authority with a certificate for `localhost` and one for 127.0.0.1, and an authority that signed nothing.
certificates() {
    local dir=$home/tls new
    if [ ! -f "$dir/server.pem" ]; then
        new=$(mktemp -d "$home/tls.XXXXXX")
        for ca in ca other-ca; do
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=es test $ca" \
                -keyout "$new/$ca.key" -out "$new/$ca.pem" 2>/dev/null
        done
        certificate "$new" server DNS:localhost
        chmod 755 "$new"
        rm -rf "$dir"
        mv "$new" "$dir"
    fi
    [ -f "$dir/node.pem" ] || certificate "$dir" node IP:127.0.0.1
}

# Creates a certificate of the authority; the file appears complete.
certificate() {
    local dir=$1 name=$2 names=$3
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=es test $name" \
        -keyout "$dir/$name.key" -out "$dir/$name.csr" 2>/dev/null
    openssl x509 -req -in "$dir/$name.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 3650 \
        -extfile <(echo "subjectAltName=$names") -out "$dir/$name.new" 2>/dev/null
    chmod 644 "$dir"/*.pem "$dir/$name.new"
    mv "$dir/$name.new" "$dir/$name.pem"
}

# Gives a server its own copy of the certificate and the key, unreadable for other users.
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
        # An older script started it without TLS.
        postgres_down
    fi
    if gone postgres "$dir/postmaster.pid" postgres; then
        await postgres has_no_processes "$dir"
        # PostgreSQL would mistake a zombie's process id for a running server.
        rm -f "$dir/postmaster.pid"
        free postgres $postgres_port
        # A client may hold this port for a moment, because client ports are from the same range.
        await postgres as postgres "$bin/pg_ctl" -D "$dir" -s -w -t $timeout_seconds -l "$dir/log" start -o \
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
    if gone mysql "$dir/pid" mariadbd; then
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

# Starts the server again if it ended because a client held its port for a moment; client ports are from the same range.
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
    if gone redis "$dir/pid" redis-server; then
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

# Cassandra 5 runs on Java 17, not on newer versions.
java17() { printf '%s\n' /usr/lib/jvm/java-17-openjdk*/bin/java | grep -v '\*' | head -n 1; }

# Sets the caller's variables `$address $port $ring_port $auth $tls $sync` for a node.
node() { read -r address port ring_port auth tls sync <<<"${nodes[$1]}"; }

cassandra_up() {
    local name=$1 dir=$home/$1 address port ring_port auth tls sync
    node "$name"
    folder cassandra "$dir"
    cassandra_resume "$name"
    if gone "$name" "$dir/pid" java; then
        rm -f "$dir/pid"
        free "$name" "$port" "$address"
        free "$name" "$ring_port" "$address"
        cassandra_conf "$name"
        cassandra_start "$dir"
        await "$name" cassandra_answers_or_starts "$name"
    fi
    await "$name" cassandra_answers "$name"
}

# Downloads the server and its dependencies, which Maven has as a library. An existing folder is complete.
cassandra_jars() {
    local lib=$home/cassandra/lib
    [ ! -d "$lib" ] || return 0
    folder cassandra "$home/cassandra"
    rm -rf "$lib.new"
    mvn -B -q -f "$scripts/cassandra/pom.xml" dependency:copy-dependencies -DoutputDirectory="$lib.new" >&2
    chmod -R a+rX "$lib.new"
    mv "$lib.new" "$lib"
}

# Writes the settings of a node into its folder. The first node of a ring is at 127.0.0.1.
cassandra_conf() {
    local name=$1 dir=$home/$1 address port ring_port auth tls sync file
    node "$name"
    as cassandra mkdir -p "$dir/conf" "$dir/data"
    if [ "$tls" = true ]; then
        cassandra_keystore "$dir/conf/keystore"
    fi
    for file in cassandra.yaml logback.xml; do
        sed -e "s|@DIR@|$dir|g" -e "s|@ADDRESS@|$address|g" -e "s|@PORT@|$port|g" -e "s|@TLS@|$tls|g" \
            -e "s|@COMMITLOG@|${commitlog[$sync]}|" -e "s|@RING_PORT@|$ring_port|g" -e "s|@RING_TLS_PORT@|$((ring_port + 1))|g" \
            -e "s|@AUTHENTICATOR@|${auth}Authenticator|g" -e "s|@AUTHORIZER@|${auth/Password/Cassandra}Authorizer|g" \
            "$scripts/cassandra/$file" >"$dir/conf/$file.new"
        mv "$dir/conf/$file.new" "$dir/conf/$file"
        chmod a+r "$dir/conf/$file"
    done
}

# Writes the certificate and the key of a node as a PKCS #12 file, which Java reads.
cassandra_keystore() {
    local file=$1
    certificates
    openssl pkcs12 -export -in "$home/tls/node.pem" -inkey "$home/tls/node.key" -passout pass:cassandra -out "$file.new"
    chmod 600 "$file.new"
    [ "$(id -u)" != 0 ] || chown cassandra "$file.new"
    mv "$file.new" "$file"
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

# As with MySQL: the server ends if a client holds its port for a moment.
cassandra_answers_or_starts() {
    cassandra_answers "$1" || { kill -0 "$cassandra_job" || cassandra_start "$home/$1"; false; }
}

cassandra_answers() {
    local address port ring_port auth tls sync
    node "$1"
    ! is_free "$port" "$address" || return 1
    # The first user is created a moment after the port opens.
    [ "$auth" = AllowAll ] || grep -q 'Created default superuser role' "$home/$1/log"
}

cassandra_down() {
    local pid
    pid=$(running "$home/$1/pid" java) || return 0
    kill "$pid"
    # A paused process receives the signal only when it continues.
    kill -CONT "$pid"
    await "$1" stopped "$home/$1/pid" java
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

# Kills a server as a power failure would. A large process takes a moment to end, during which its port still answers.
kill_hard() {
    local pid
    pid=$(running "$@") || return 0
    kill -9 "$pid"
    await "$1" stopped "$@"
}

postgres_kill() { kill_hard "$home/postgres/postmaster.pid" postgres; }
mysql_kill() { kill_hard "$home/mysql/pid" mariadbd; }
redis_kill() { kill_hard "$home/redis/pid" redis-server; }
cassandra_kill() { kill_hard "$home/$1/pid" java; }

signal() {
    local pid
    pid=$(running "$2" java) || return 0
    kill "-$1" "$pid"
}
cassandra_pause() { signal STOP "$home/$1/pid"; }
cassandra_resume() { signal CONT "$home/$1/pid"; }

postgres_status() { status postgres postmaster.pid postgres "postgresql://es@127.0.0.1:$postgres_port/es"; }
mysql_status() { status mysql pid mariadbd "mysql://es@127.0.0.1:$mysql_port/es"; }
redis_status() { status redis pid redis-server "redis://127.0.0.1:$redis_port/0"; }
cassandra_status() {
    local address port ring_port auth tls sync user=
    node "$1"
    [ "$auth" = AllowAll ] || user=cassandra:cassandra@
    status "$1" pid java "cassandra://$user$address:$port/es"
}

usage='usage: services.sh install|up|down|kill|pause|resume|status [SERVICE]...; the top of the script lists the services'
action=${1:-}
shift || :
[ $# -gt 0 ] || set -- postgres mysql redis cassandra
services=()
for service in "$@"; do
    case $service in
        postgres | mysql | redis) services+=("$service") ;;
        cassandra-cluster) services+=(cassandra-1 cassandra-2 cassandra-3) ;;
        *) [ -n "${nodes[$service]:-}" ] || die "$usage" && services+=("$service") ;;
    esac
done
case $action in
    install | up)
        mkdir -p "$home"
        exec 9>"$home/lock"
        flock 9
        # Servers inherit open files; they must not keep the lock.
        install_services "${services[@]}" 9>&-
        [ "$action" = up ] || exit 0
        reserve_ports
        for service in "${services[@]}"; do
            (run_action "$service" up) 9>&-
            run_action "$service" status
        done
        exit 0
        ;;
    pause | resume)
        for service in "${services[@]}"; do
            [ -n "${nodes[$service]:-}" ] || die "only Cassandra nodes can be paused"
        done
        ;;
    down | kill | status) ;;
    *) die "$usage" ;;
esac
failed=0
for service in "${services[@]}"; do
    run_action "$service" "$action" || failed=1
done
exit $failed
