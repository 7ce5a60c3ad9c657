#!/bin/busybox sh
# First process of the guest: mounts its root from the host over 9p, with a writable layer in memory.
b=/bin/busybox
$b mount -t devtmpfs dev /dev; $b mount -t proc proc /proc; $b mount -t sysfs sys /sys
# The modules depend on each other: three rounds load them in any order.
for round in 1 2 3; do for m in /mod/*; do [ -e $m ] && $b insmod $m 2>/dev/null && $b rm $m; done; done
$b mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=524288 root /lower || { echo "no root"; echo b > /proc/sysrq-trigger; }
$b mount -t tmpfs rw /rw; $b mkdir /rw/u /rw/w
$b mount -t overlay -o lowerdir=/lower,upperdir=/rw/u,workdir=/rw/w root /new
for d in dev proc sys; do $b mkdir -p /new/$d; $b mount --move /$d /new/$d; done
exec $b switch_root /new /init
