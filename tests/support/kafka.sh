#!/usr/bin/env bash
# A real Apache Kafka for tests and benchmarks, without containers: brokers in KRaft mode, run from Maven's artifacts.
#
#   kafka.sh install                          fetches it into the cache folder; prints `export MUSTER_KAFKA=<folder>`
#   kafka.sh start DIR [--nodes 3] [--port N] [--secure] [--owner PID]
#                                             makes a cluster in DIR, or starts those of its nodes that do not run;
#                                             returns when they answer. All end, and DIR goes, when the process PID is gone.
#   kafka.sh stop DIR [NODE]                  ends the nodes, or one of them, as a service manager does
#   kafka.sh kill DIR [NODE]                  SIGKILL
#
# DIR/address/<LISTENER> holds the addresses to give to a client, one file a listener. PLAINTEXT is always there. With --secure
# there are also
#   SASL_PLAINTEXT, SASL_SSL   user `muster`, password `w1ck-0il`, mechanism PLAIN or SCRAM-SHA-512
#   SSL, EXPIRED               certificates of DIR/tls/ca.pem, that of EXPIRED out of date since 2020
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
home="${MUSTER_KAFKA:-${XDG_CACHE_HOME:-$HOME/.cache}/muster-kafka}"
# Small, and quick to start: these brokers live for seconds.
java_options="${MUSTER_KAFKA_JAVA:--Xms96m -Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1}"

fail() { echo "kafka.sh: $*" >&2; exit 1; }

install() {
  local wanted
  wanted="$(cksum <"$here/kafka.pom.xml")"
  if [ "$(cat "$home/installed" 2>/dev/null)" != "$wanted" ]; then
    rm -rf "$home/jars" && mkdir -p "$home"
    mvn -q -B -f "$here/kafka.pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
      -DoutputDirectory="$home/jars" >&2
    echo "$wanted" >"$home/installed"
  fi
  echo "export MUSTER_KAFKA='$home'"
}

# A port nobody listens on, outside the range from which clients get theirs: a broker that is killed finds its own again.
free_port() {
  local port
  while port="$(shuf -i 10000-30000 -n 1)"; do
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# A certificate for 127.0.0.1 and its key in one file: name, days it lasts, and more options.
certificate() {
  local name="$1" days="$2"
  openssl req -newkey rsa:2048 -nodes -subj "/CN=127.0.0.1" -keyout "$name.key" -out "$name.csr" 2>/dev/null
  openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days "$days" \
    -extfile <(echo "subjectAltName=IP:127.0.0.1,DNS:localhost") -out "$name.pem" 2>/dev/null
  cat "$name.key" "$name.pem" >"$name.both"
}

certificates() {
  mkdir -p "$1" && cd "$1"
  openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=muster tests" -days 3650 -keyout ca.key -out ca.pem 2>/dev/null
  certificate broker 3650
  expired
}

# openssl 3.0 cannot say when a certificate begins unless it keeps a database, as an authority does.
expired() {
  certificate expired 1
  mkdir -p authority && : >authority/index.txt && echo 1000 >authority/serial
  cat >authority/ca.cnf <<P
[ca]
default_ca = here
[here]
database = authority/index.txt
serial = authority/serial
new_certs_dir = authority
default_md = sha256
policy = any
[any]
commonName = supplied
[names]
subjectAltName = IP:127.0.0.1,DNS:localhost
P
  openssl ca -batch -config authority/ca.cnf -extensions names -in expired.csr -cert ca.pem -keyfile ca.key \
    -startdate 20190101000000Z -enddate 20200101000000Z -notext -out expired.pem 2>/dev/null
  cat expired.key expired.pem >expired.both
}

# The properties of one node: cluster folder, node, number of nodes, listeners.
properties() {
  local dir="$1" node="$2" nodes="$3" listeners="$4" copies safe voters="" map="CONTROLLER:PLAINTEXT" addresses="" other listener
  copies=$nodes safe=$((nodes > 1 ? 2 : 1))
  for other in $(seq "$nodes"); do voters+=",$other@127.0.0.1:$(cat "$dir/node$other/port.CONTROLLER")"; done
  for listener in $listeners; do
    addresses+=",$listener://127.0.0.1:$(cat "$dir/node$node/port.$listener")"
    map+=",$listener:${listener/EXPIRED/SSL}"
  done
  cat <<P
process.roles=broker,controller
node.id=$node
controller.quorum.voters=${voters#,}
controller.listener.names=CONTROLLER
listeners=${addresses#,},CONTROLLER://127.0.0.1:$(cat "$dir/node$node/port.CONTROLLER")
advertised.listeners=${addresses#,}
listener.security.protocol.map=$map
inter.broker.listener.name=PLAINTEXT
log.dirs=$dir/node$node/data
auto.create.topics.enable=false
default.replication.factor=$copies
min.insync.replicas=$safe
offsets.topic.replication.factor=$copies
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=$copies
transaction.state.log.min.isr=$safe
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=$copies
share.coordinator.state.topic.min.isr=$safe
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
# A dead broker is noticed, and an abandoned transaction aborted, within seconds.
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=500
controller.quorum.election.timeout.ms=500
controller.quorum.fetch.timeout.ms=1500
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
log.cleaner.dedupe.buffer.size=8388608
num.network.threads=2
num.io.threads=4
P
  case "$listeners" in *EXPIRED*) cat <<P
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.sasl_plaintext.plain.sasl.jaas.config=$(login Plain) user_muster="w1ck-0il";
listener.name.sasl_ssl.plain.sasl.jaas.config=$(login Plain) user_muster="w1ck-0il";
listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config=$(login Scram);
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=$(login Scram);
ssl.keystore.type=PEM
ssl.keystore.location=$dir/tls/broker.both
listener.name.expired.ssl.keystore.type=PEM
listener.name.expired.ssl.keystore.location=$dir/tls/expired.both
P
  esac
}

login() {
  local package=plain
  [ "$1" = Scram ] && package=scram
  echo "org.apache.kafka.common.security.$package.${1}LoginModule required"
}

logging() {
  cat <<P
rootLogger.level = INFO
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{HH:mm:ss.SSS} %p %c{1} %m%n
P
}

create() {
  local dir="$1" nodes="$2" port="$3" secure="$4" node listener id listeners="PLAINTEXT"
  [ "$secure" = yes ] && { listeners+=" SASL_PLAINTEXT SSL SASL_SSL EXPIRED"; (certificates "$dir/tls"); }
  mkdir -p "$dir/address" && logging >"$dir/log4j2.properties"
  for node in $(seq "$nodes"); do
    mkdir -p "$dir/node$node"
    for listener in $listeners CONTROLLER; do free_port >"$dir/node$node/port.$listener"; done
    [ -z "$port" ] || echo $((port + node - 1)) >"$dir/node$node/port.PLAINTEXT"
  done
  for listener in $listeners; do
    for node in $(seq "$nodes"); do echo "127.0.0.1:$(cat "$dir/node$node/port.$listener")"; done |
      paste -sd, >"$dir/address/$listener"
  done
  id="$(java -cp "$home/jars/*" kafka.tools.StorageTool random-uuid)"
  for node in $(seq "$nodes"); do
    properties "$dir" "$node" "$nodes" "$listeners" >"$dir/node$node/server.properties"
    java $java_options -cp "$home/jars/*" kafka.tools.StorageTool format -t "$id" -c "$dir/node$node/server.properties" \
      --add-scram 'SCRAM-SHA-512=[name=muster,password=w1ck-0il]' >"$dir/node$node/format.txt" 2>&1 &
  done
  for node in $(seq "$nodes"); do wait -n || { cat "$dir"/node*/format.txt >&2; fail "format failed"; }; done
}

running() { [ -f "$1/pid" ] && kill -0 "$(cat "$1/pid")" 2>/dev/null; }

# Each node is a process group of its own, so that no signal to the tests' group reaches it half way.
launch() {
  local dir="$1" node="$2"
  : >"$node/out.txt"
  setsid java $java_options -Dlog4j2.configurationFile="$dir/log4j2.properties" -cp "$home/jars/*" kafka.Kafka \
    "$node/server.properties" >>"$node/out.txt" 2>&1 </dev/null &
  echo $! >"$node/pid"
}

ready() {
  local node="$1" _
  for _ in $(seq 600); do
    grep -q "Kafka Server started" "$node/out.txt" && return
    running "$node" || { tail -n 30 "$node/out.txt" >&2; fail "$node did not start"; }
    sleep 0.1
  done
  tail -n 30 "$node/out.txt" >&2
  fail "$node did not answer within a minute"
}

# Ends the cluster when the process it was started for is gone, however that ended.
watch() {
  local dir="$1" owner="$2"
  setsid bash -c 'while kill -0 "$1" 2>/dev/null && [ -d "$2" ]; do sleep 1; done; cat "$2"/node*/pid 2>/dev/null | xargs -r kill -9; rm -rf "$2"' \
    watch "$owner" "$dir" >/dev/null 2>&1 </dev/null &
  echo $! >"$dir/watch"
}

start() {
  local dir="$1" nodes=1 port="" secure=no owner="" node begun=""
  shift
  while [ $# -gt 0 ]; do
    case "$1" in
      --nodes) nodes="$2"; shift 2 ;;
      --port) port="$2"; shift 2 ;;
      --owner) owner="$2"; shift 2 ;;
      --secure) secure=yes; shift ;;
      *) fail "unknown option $1" ;;
    esac
  done
  [ -d "$home/jars" ] || fail "no Kafka in $home: run $0 install"
  mkdir -p "$dir" && dir="$(cd "$dir" && pwd)"
  [ -d "$dir/node1" ] || create "$dir" "$nodes" "$port" "$secure"
  for node in "$dir"/node*; do running "$node" || { launch "$dir" "$node"; begun+=" $node"; }; done
  [ -z "$owner" ] || [ -f "$dir/watch" ] || watch "$dir" "$owner"
  for node in $begun; do ready "$node"; done
}

# Sends a signal to every node, or to one, and returns when they are gone.
finish() {
  local signal="$1" dir="$2" node
  for node in "$dir"/node${3:-*}; do running "$node" && kill "-$signal" "$(cat "$node/pid")" || true; done
  for node in "$dir"/node${3:-*}; do
    while running "$node"; do sleep 0.05; done
    rm -f "$node/pid"
  done
}

command="${1:-}"
[ $# -gt 0 ] && shift
case "$command" in
  install) install ;;
  start) start "$@" ;;
  stop) finish TERM "$@" ;;
  kill) finish KILL "$@" ;;
  *) sed -n '2,16s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
