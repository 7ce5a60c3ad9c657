#!/bin/bash
# The guest's init: a minimal Debian with udev, then /out/job.sh, whose exit status goes to /out/rc.
export PATH=/usr/sbin:/usr/bin HOME=/root TERM=dumb LANG=C
ln -s /proc/self/fd /dev/fd; ln -s fd/0 /dev/stdin; ln -s fd/1 /dev/stdout; ln -s fd/2 /dev/stderr
mkdir -p /dev/pts /dev/shm; mount -t devpts devpts /dev/pts; mount -t tmpfs run /run; mount -t tmpfs shm /dev/shm; mkdir -p /run/lock
mount -t 9p -o trans=virtio,version=9p2000.L,rw,msize=524288 out /out
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=524288 repo /repo 2> /dev/null
ip link set lo up
printf 'root:x:0:0:root:/root:/bin/bash\nlibvirt-qemu:x:64055:102::/var/lib/libvirt:/usr/sbin/nologin\n' > /etc/passwd
printf 'root:x:0:\nlibvirt:x:101:\nkvm:x:102:\nlibvirt-qemu:x:64055:\n' > /etc/group
echo kernel-test > /etc/hostname; echo kernel-test > /proc/sys/kernel/hostname; echo 0123456789abcdef0123456789abcdef > /etc/machine-id
echo "127.0.0.1 localhost kernel-test" > /etc/hosts
/usr/lib/systemd/systemd-udevd --daemon 2> /dev/null
udevadm trigger --type=subsystems --action=add; udevadm trigger --type=devices --action=add; udevadm settle -t 60
mkdir -p /etc/libvirt /var/lib/libvirt /var/log/libvirt
printf 'auth_unix_ro="none"\nauth_unix_rw="none"\nunix_sock_group="root"\n' > /etc/libvirt/libvirtd.conf
printf 'user="root"\ngroup="root"\nremember_owner=0\nsecurity_driver="none"\nstdio_handler="file"\nnamespaces=[]\ncgroup_controllers=[]\n' > /etc/libvirt/qemu.conf
bash /out/job.sh 2>&1 < /dev/null | tee /out/job.log
echo "${PIPESTATUS[0]}" > /out/rc
sync
# At once: a clean power-off can hang on a stuck VF.
echo b > /proc/sysrq-trigger
