#!/bin/bash
# Boots a real Linux with three SR-IOV NICs (QEMU's igb, Intel 82576) on two NUMA nodes under pure software emulation,
# runs JOBDIR/job.sh in it as root and ends with the job's exit status. Needs no root, no KVM, no network in the guest.
#
#   run-guest.sh JOBDIR      JOBDIR is /out in the guest, writable; what the job prints goes to stdout as it comes
#
# REPO=dir      mounted read-only at /repo                 CACHE=dir   default ~/.cache/vfleet-kernel-vm, 330 MB
# LIBVIRT=0|1|2 none, nodedev driver, domains with qemu    MIRROR=url  default: the Debian mirror of this machine's apt
# TIMEOUT=300   seconds a boot may take                    SMP=2 MEM=1536 APPEND= QEXTRA=
#
# Exit status 69 means that the guest cannot be made here, 70 that no result came: QEMU or the guest died three times, or
# the time was up.
set -euo pipefail

JOBDIR=$(readlink -f "$1")
CACHE=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vfleet-kernel-vm}
LIBVIRT=${LIBVIRT:-0} TIMEOUT=${TIMEOUT:-300} SMP=${SMP:-2} MEM=${MEM:-1536}
BEGIN_SECONDS=180
QEMU_SUITE=bookworm-backports GUEST_SUITE=trixie
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
HERE=$(dirname "$(readlink -f "$0")")
QEMU=$CACHE/qemu

GUEST_PACKAGES="base-files busybox-static bash coreutils util-linux iproute2 ethtool kmod udev perl-base libstdc++6 libatomic1"
[ "$LIBVIRT" -lt 1 ] || GUEST_PACKAGES+=" libvirt-daemon libvirt-daemon-driver-nodedev libvirt-clients"
[ "$LIBVIRT" -lt 2 ] || GUEST_PACKAGES+=" libvirt-daemon-driver-qemu qemu-system-x86"
MODULES="overlay netfs fscache 9pnet 9p 9pnet_virtio virtio_ring virtio virtio_pci virtio_pci_modern_dev virtio_pci_legacy_dev
  igb igbvf dca i2c-algo-bit vfio vfio_iommu_type1 vfio-pci vfio-pci-core irqbypass vfio_virqfd 8021q garp mrp stp llc bonding
  tls macvlan macvtap tap tun dummy bridge virtio_net net_failover failover nvme nvme-core nvme-auth"
# What a domain inside of the guest runs: the guest's own kernel, with a power button.
[ "$LIBVIRT" -lt 2 ] || MODULES+=" button evdev"
BOOT_MODULES="virtio virtio_ring virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci overlay fscache netfs 9pnet 9p 9pnet_virtio"

# What the guest is made of names its folder: a changed recipe makes a new guest.
RECIPE=$(cat "$HERE/guest/initramfs-init.sh" "$HERE/guest/init.sh" <(echo "$GUEST_SUITE $GUEST_PACKAGES $MODULES") | sha256sum | cut -c1-12)
GUEST=$CACHE/guest-$LIBVIRT-$RECIPE
ROOTFS=$GUEST/rootfs

say() { printf '[%4ss] %s\n' "$SECONDS" "$*" >&2; }

# apt with lists, cache and an empty dpkg status of its own: nothing of the machine is touched.
own_apt() { # folder suite...
  local dir=$1 suite; shift
  mkdir -p "$dir"/{lists/partial,cache/archives/partial,parts}; : > "$dir/status"; : > "$dir/sources.list"
  for suite in "$@"; do echo "deb [signed-by=$KEYRING arch=amd64] $MIRROR $suite main" >> "$dir/sources.list"; done
  cat > "$dir/apt.conf" <<E
Dir::Etc::sourcelist "$dir/sources.list"; Dir::Etc::sourceparts "$dir/parts"; Dir::Etc::preferencesparts "$dir/parts"; Dir::Etc::preferences "/dev/null";
Dir::State "$dir"; Dir::State::lists "$dir/lists"; Dir::State::status "$dir/status"; Dir::Cache "$dir/cache";
APT::Architecture "amd64"; APT::Install-Recommends "false"; APT::Sandbox::User ""; Debug::NoLocking "1";
E
  apt-get -c "$dir/apt.conf" -qq update
}

download() { local dir=$1; shift; apt-get -c "$dir/apt.conf" -qq -y -d install "$@" > /dev/null; }

unpack() { # apt folder, target
  local deb
  for deb in "$1"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -C "$2" -x --keep-directory-symlink --no-same-owner \
      --exclude=./usr/share/{doc,man,locale,i18n,bash-completion} --exclude=./lib/modules --exclude=./usr/lib/modules --exclude=./boot
  done
}

build_qemu() {
  local apt=$CACHE/apt-qemu
  rm -rf "$QEMU" "$apt"; mkdir -p "$QEMU"
  own_apt "$apt" bookworm "$QEMU_SUITE"
  download "$apt" -t "$QEMU_SUITE" qemu-system-x86
  unpack "$apt" "$QEMU"
  rm -rf "$apt"; touch "$QEMU/complete"
  say "qemu ready: $(du -sh "$QEMU" | cut -f1)"
}

build_guest() {
  local apt=$CACHE/apt-guest kernel=$GUEST/kernel package version applet
  rm -rf "$GUEST" "$apt"; mkdir -p "$ROOTFS"/usr/{bin,sbin,lib,lib64} "$kernel"
  for dir in bin sbin lib lib64; do ln -sn usr/$dir "$ROOTFS/$dir"; done
  mkdir -p "$ROOTFS"/{proc,sys,dev,run,tmp,root,etc,var,out,repo,mnt}; ln -sn /run "$ROOTFS/var/run"; ln -sn /run/lock "$ROOTFS/var/lock"
  own_apt "$apt" "$GUEST_SUITE"
  # shellcheck disable=SC2086
  download "$apt" $GUEST_PACKAGES
  unpack "$apt" "$ROOTFS"
  package=$(apt-cache -c "$apt/apt.conf" depends linux-image-amd64 | awk '/Depends: linux-image/{print $2; exit}'); version=${package#linux-image-}
  (cd "$GUEST" && apt-get -c "$apt/apt.conf" -qq download "$package" 2> /dev/null)
  unpack_kernel "$GUEST/${package}"_*.deb "$kernel" "$version"
  for applet in $("$ROOTFS/usr/bin/busybox" --list); do
    [ -e "$ROOTFS/usr/bin/$applet" ] || [ -e "$ROOTFS/usr/sbin/$applet" ] || ln -s busybox "$ROOTFS/usr/bin/$applet"
  done
  build_initrd
  install -m 755 "$HERE/guest/init.sh" "$ROOTFS/init"
  rm -rf "$apt" "$kernel" "$GUEST/${package}"_*.deb; touch "$GUEST/complete"
  say "guest ready: $(du -sh "$GUEST" | cut -f1), kernel $version"
}

unpack_kernel() { # deb, scratch folder, version
  local patterns=() module
  for module in $MODULES; do patterns+=("*/$module.ko*"); done
  # tar complains about names that this kernel has built in
  dpkg-deb --fsys-tarfile "$1" | tar -C "$2" -x --no-same-owner --wildcards '*/vmlinuz-*' '*/modules.builtin' '*/modules.builtin.modinfo' '*/modules.order' "${patterns[@]}" 2> /dev/null || true
  mkdir -p "$ROOTFS/usr/lib/modules"
  cp -r "$2/usr/lib/modules/$3" "$ROOTFS/usr/lib/modules/" 2> /dev/null || cp -r "$2/lib/modules/$3" "$ROOTFS/usr/lib/modules/"
  find "$ROOTFS/usr/lib/modules" -name '*.ko.xz' -exec xz -d {} +
  "$ROOTFS/usr/lib64/ld-linux-x86-64.so.2" --argv0 depmod --library-path "$ROOTFS/usr/lib/x86_64-linux-gnu" "$ROOTFS/usr/bin/kmod" -b "$ROOTFS" "$3"
  cp "$2/boot/vmlinuz-$3" "$GUEST/vmlinuz"
  [ "$LIBVIRT" -lt 2 ] || install -D -m 644 "$GUEST/vmlinuz" "$ROOTFS/boot/vmlinuz"
}

# Only busybox and the modules that mount the root over 9p.
build_initrd() {
  local dir=$GUEST/initrd n=10 module file
  mkdir -p "$dir"/{bin,mod,proc,sys,dev,lower,rw,new}; cp "$ROOTFS/usr/bin/busybox" "$dir/bin/"
  for module in $BOOT_MODULES; do
    file=$(find "$ROOTFS/usr/lib/modules" -name "$module.ko")
    [ -z "$file" ] || cp "$file" "$dir/mod/$((n++))-$module.ko"
  done
  install -m 755 "$HERE/guest/initramfs-init.sh" "$dir/init"
  (cd "$dir" && find . | "$ROOTFS/usr/bin/busybox" cpio -o -H newc 2> /dev/null) > "$GUEST/initrd.cpio"
  rm -rf "$dir"
}

boot() {
  local half=$((MEM / 2)) libraries=$QEMU/usr/lib/x86_64-linux-gnu:$QEMU/lib/x86_64-linux-gnu
  local machine=(-nodefaults -no-user-config -display none -no-reboot -machine q35 -accel tcg,thread=multi -cpu max -smp "$SMP" -m "$MEM"
    -object "memory-backend-ram,id=m0,size=${half}M" -object "memory-backend-ram,id=m1,size=${half}M" -numa node,nodeid=0,cpus=0,memdev=m0 -numa node,nodeid=1,cpus=1,memdev=m1
    -device intel-iommu,intremap=on
    -device pxb-pcie,id=pxb0,bus=pcie.0,bus_nr=64,numa_node=0 -device pcie-root-port,id=rp0,bus=pxb0,chassis=1,slot=11 -device pcie-root-port,id=rp2,bus=pxb0,chassis=3,slot=13
    -device pxb-pcie,id=pxb1,bus=pcie.0,bus_nr=128,numa_node=1 -device pcie-root-port,id=rp1,bus=pxb1,chassis=2,slot=12
    -netdev hubport,id=n0,hubid=0 -device igb,bus=rp0,netdev=n0,mac=52:54:00:aa:00:01
    -netdev hubport,id=n1,hubid=0 -device igb,bus=rp2,netdev=n1,mac=52:54:00:aa:00:02
    -netdev hubport,id=n2,hubid=0 -device igb,bus=rp1,netdev=n2,mac=52:54:00:aa:00:03
    -fsdev "local,id=root,path=$ROOTFS,security_model=none,readonly=on" -device virtio-9p-pci,bus=pcie.0,fsdev=root,mount_tag=root
    -fsdev "local,id=out,path=$JOBDIR,security_model=none" -device virtio-9p-pci,bus=pcie.0,fsdev=out,mount_tag=out
    -smbios type=1,manufacturer=QEMU,product=SRIOV-lab -serial stdio -kernel "$GUEST/vmlinuz" -initrd "$GUEST/initrd.cpio"
    -append "console=ttyS0 quiet loglevel=3 panic=-1 intel_iommu=on mitigations=off nokaslr ${APPEND:-}")
  [ -z "${REPO:-}" ] || machine+=(-fsdev "local,id=repo,path=$REPO,security_model=none,readonly=on,multidevs=remap" -device virtio-9p-pci,bus=pcie.0,fsdev=repo,mount_tag=repo)
  # shellcheck disable=SC2206
  machine+=(${QEXTRA:-})
  local status watchdog
  end_unless_begun & watchdog=$!
  set +e
  LD_LIBRARY_PATH=$libraries timeout --foreground "$TIMEOUT" "$QEMU/usr/bin/qemu-system-x86_64" -pidfile "$JOBDIR/qemu.pid" -L "$QEMU/usr/share/qemu" -L "$QEMU/usr/share/seabios" "${machine[@]}" < /dev/null 2>&1 \
    | sed -u -e '/hub 0 is not connected/d' -e 's/\r//g'
  status=${PIPESTATUS[0]}
  kill "$watchdog" 2> /dev/null; wait "$watchdog" 2> /dev/null
  set -e
  return "$status"
}

# The emulated machine hangs now and then before its init has begun the job, which would take all the time there is.
end_unless_begun() {
  local second
  for ((second = 0; second < BEGIN_SECONDS; second++)); do
    [ ! -e "$JOBDIR/job.log" ] || return 0
    sleep 1
  done
  kill "$(cat "$JOBDIR/qemu.pid")" 2> /dev/null
}

# Two test runs may find the cache empty at once.
mkdir -p "$CACHE"; exec 9> "$CACHE/lock"; flock 9
trap 'say "the guest cannot be made of Debian packages here"; exit 69' EXIT
if [ ! -e "$QEMU/complete" ] || [ ! -e "$GUEST/complete" ]; then
  MIRROR=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' | grep -m1 '/debian/*$')}
fi
[ -e "$QEMU/complete" ] || build_qemu
[ -e "$GUEST/complete" ] || build_guest
trap - EXIT; exec 9>&-

for attempt in 1 2 3; do
  rm -f "$JOBDIR/rc" "$JOBDIR/job.log"
  say "booting (attempt $attempt)"
  status=0; boot || status=$?
  if [ -e "$JOBDIR/rc" ]; then exit "$(cat "$JOBDIR/rc")"; fi
  if [ "$status" = 124 ]; then say "no result after $TIMEOUT s"; exit 70; fi
  # QEMU's emulated IOMMU aborts now and then (iotlb_to_section)
  say "QEMU ended with $status and left no result"
done
exit 70
