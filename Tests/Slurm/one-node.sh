#!/usr/bin/env bash
# A Slurm of one node for the tests: one-node.sh start DIR [OWNER], one-node.sh stop DIR, and
# one-node.sh check DIR, which only sees to it that Slurm is installed. With the number of a process
# OWNER, the node also stops when that process is gone.
#
# All that it has, configuration, keys, sockets, logs, lies in DIR, and its ports are its own, so
# that it runs beside a Slurm that the machine may have. After "start", commands with
# SLURM_CONF=DIR/slurm.conf speak to it. Missing packages are installed where that is possible (by
# root, with apt). Status 77: there can be no Slurm here; the last line says why.
set -euo pipefail

packages=(slurmctld slurmd slurm-client munge)
export PATH="$PATH:/usr/sbin:/sbin"

skip() {
  echo "$*" >&2
  exit 77
}

have_all() {
  local command
  for command in munged slurmctld slurmd sbatch squeue scancel scontrol sinfo; do
    command -v "$command" > /dev/null || return 1
  done
}

install() {
  have_all && return 0
  [ "$(id -u)" -eq 0 ] || skip "Slurm is not installed, and only root can install it"
  command -v apt-get > /dev/null || skip "Slurm is not installed, and there is no apt to do it"
  # The packages must not start services of the machine; one that has such a rule keeps its own.
  local rule=/usr/sbin/policy-rc.d made=
  if [ ! -e "$rule" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$rule"
    chmod +x "$rule"
    made=yes
  fi
  get() {
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 "$@" < /dev/null \
      > "$dir/apt.log" 2>&1
  }
  get install --yes --no-install-recommends "${packages[@]}" \
    || { get update && get install --yes --no-install-recommends "${packages[@]}"; } || true
  [ -z "$made" ] || rm -f "$rule"
  have_all || skip "Slurm cannot be installed: $(tail -n 1 "$dir/apt.log")"
}

# A port that nothing listens on, counted from $1.
free_port() {
  local port=$1
  while (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; do port=$((port + 1)); done
  echo "$port"
}

# Runs a function in the background without the files that this script's caller left open: who
# started the script may wait until all of them are closed.
detached() {
  (
    for file in /proc/"$BASHPID"/fd/*; do
      file=${file##*/}
      if [ "$file" -gt 2 ] && [ "$file" -ne 255 ]; then eval "exec $file>&-"; fi
    done
    "$@"
  ) < /dev/null > /dev/null 2>&1 &
}

# Starts a daemon whose process is written to DIR/$1.pid.
daemon() { detached become "$@"; }

become() {
  local name=$1
  shift
  echo "$BASHPID" > "$dir/$name.pid"
  exec "$@" > "$dir/$name.out" 2>&1
}

# Stops the node when its owner is gone.
watch_owner() {
  while kill -0 "$owner" && [ -e "$dir/slurmd.pid" ]; do sleep 1; done
  if [ -e "$dir/slurmd.pid" ]; then stop; fi
}

wait_for() {
  local what=$1 tries
  shift
  for tries in $(seq 300); do
    if "$@" > /dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  stop
  skip "$what does not start; $(tail -n 1 "$dir/$what.out" 2> /dev/null)"
}

start() {
  mkdir -p "$dir/state" "$dir/spool"
  chmod 755 "$dir" "$dir/state" "$dir/spool"
  install
  local user host base
  user=$(id -un)
  host=$(hostname)
  host=${host%%.*}
  base=$((20000 + $$ % 20000))

  head -c 1024 /dev/urandom > "$dir/munge.key"
  chmod 600 "$dir/munge.key"
  # --force, since the folder's parents may be writable by others, as /tmp is.
  daemon munged munged --foreground --force --key-file="$dir/munge.key" \
    --socket="$dir/munge.socket" --pid-file="$dir/munged.own.pid" --log-file="$dir/munged.log" \
    --seed-file="$dir/munge.seed" --num-threads=2
  wait_for munged munge --socket="$dir/munge.socket" --no-input

  cat > "$dir/slurm.conf" << CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port "$base")
SlurmdPort=$(free_port $((base + 1000)))
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
SlurmUser=$user
SlurmdUser=$user
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.own.pid
SlurmdPidFile=$dir/slurmd.own.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
PlugStackConfig=$dir/plugstack.conf
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=1000
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
KillWait=2
MessageTimeout=5
MaxArraySize=${MAX_ARRAY_SIZE:-101}
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 RealMemory=20000 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
  # Two CPUs and much memory are promised whatever the machine has; the tests' tasks are small.
  echo "SlurmdParameters=config_overrides" >> "$dir/slurm.conf"
  : > "$dir/plugstack.conf"
  export SLURM_CONF="$dir/slurm.conf"
  daemon slurmctld slurmctld -D
  wait_for slurmctld scontrol ping
  daemon slurmd slurmd -D
  wait_for slurmd idle
  if [ -n "$owner" ]; then detached watch_owner; fi
}

idle() { [ "$(sinfo --noheader --format=%t)" = idle ]; }

stop() {
  export SLURM_CONF="$dir/slurm.conf"
  local name pid tries
  if [ -e "$dir/slurmctld.pid" ]; then scancel --quiet --user="$(id -un)" 2> /dev/null || true; fi
  # Tasks end before the daemon that would have to end them.
  for tries in $(seq 50); do
    [ -n "$(squeue --noheader 2> /dev/null)" ] || break
    sleep 0.1
  done
  # The daemons have nothing to save, and some take many seconds to take their leave.
  for name in slurmd slurmctld munged; do
    [ -e "$dir/$name.pid" ] || continue
    pid=$(cat "$dir/$name.pid")
    rm -f "$dir/$name.pid"
    kill -9 "$pid" 2> /dev/null || true
  done
}

[ $# -ge 2 ] || {
  echo "usage: one-node.sh start DIR [OWNER] | stop DIR | check DIR" >&2
  exit 64
}
mkdir -p "$2"
dir=$(cd "$2" && pwd)
owner=${3:-}
case $1 in
  check) install ;;
  start) start ;;
  stop) stop ;;
  *) exit 64 ;;
esac
