#!/bin/busybox sh
# First process of the small guest that runs inside of a domain. The kernel itself answers to hot unplug; this one says
# when it is there, and powers off when it is asked to.
b=/bin/busybox
$b mount -t devtmpfs dev /dev; $b mount -t proc proc /proc; $b mount -t sysfs sys /sys
for module in /mod/*; do $b insmod "$module"; done
echo "small guest ready" > /dev/ttyS0
# The power button is an input device; any event on it is a press.
for event in /sys/class/input/event*; do
  case $($b cat "$event/device/name") in
    'Power Button') $b head -c 1 "/dev/input/${event##*/}" > /dev/null && $b poweroff -f & ;;
  esac
done
exec $b sleep 100000
