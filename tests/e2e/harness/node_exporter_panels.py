"""What a dashboard for node_exporter asks: our own expressions, in the shapes and over the names that the panels of the
published "Node Exporter Full" have. $host stands for the matchers of one host, $window for the range of a rate.

Left out is what node_exporter says of its textfile collector and of its own process beyond CPU time and open files,
what it says only when told to by a flag (systemd, processes, interrupts, tcpstat), and what versions after 1.5 added.
"""


def _gauges(prefix, names, suffix=""):
    return tuple(f"{prefix}{name}{suffix}{{$host}}" for name in names.split())


def _rates(prefix, names, suffix=""):
    return tuple(f"rate({gauge}[$window])" for gauge in _gauges(prefix, names, suffix))


_CORES = "count(count by (cpu) (node_cpu_seconds_total{$host}))"
_DISKS = 'device=~"[a-z]+|nvme[0-9]+n[0-9]+"'
_HUGE_PAGE = "node_memory_Hugepagesize_bytes{$host}"
_RESERVED = "node_memory_Cached_bytes{$host} + node_memory_Buffers_bytes{$host} + node_memory_SReclaimable_bytes{$host}"
_NAMED_CHIP = "on (chip) group_left (chip_name) node_hwmon_chip_names{$host}"


def _cpu_rate(comparison, mode):
    return f'rate(node_cpu_seconds_total{{$host,mode{comparison}"{mode}"}}[$window])'


def _average_wait(done, spent):
    return (f"(rate({done}{{$host}}[$window]) > bool 0)"
            f" * (rate({spent}{{$host}}[$window]) / rate({done}{{$host}}[$window]))")


def _full(total, left, matchers="$host"):
    return f"100 * ({total}{{{matchers}}} - {left}{{{matchers}}}) / {total}{{{matchers}}}"


#: Expressions by the group of panels they are for.
PANELS = {
    "cpu": (
        f"100 * (1 - avg({_cpu_rate('=', 'idle')}))",
        f"avg(sum without (mode) ({_cpu_rate('=~', '.*irq')}))",
        f"avg(sum without (mode) ({_cpu_rate('!~', 'idle|user|system|iowait|irq|softirq')}))",
        *(f"sum({_cpu_rate('=', mode)}) / scalar({_CORES})"
          for mode in "user nice system iowait irq softirq steal idle".split()),
        "sum by (instance) (rate(node_cpu_guest_seconds_total{$host}[$window]))"
        " / on (instance) group_left () sum by (instance) (rate(node_cpu_seconds_total{$host}[$window]))",
        _CORES,
        *_gauges("node_cpu_scaling_frequency_", "hertz"),
        *(f"avg(node_cpu_scaling_frequency_{bound}_hertz{{$host}})" for bound in ("min", "max")),
        *_rates("node_schedstat_", "running_seconds waiting_seconds timeslices", "_total")),
    "load": (
        *_gauges("node_load", "1 5 15"),
        f"100 * scalar(node_load1{{$host}}) / {_CORES}",
        "node_time_seconds{$host} - node_boot_time_seconds{$host}"),
    "pressure": _rates(
        "node_pressure_", "cpu_waiting memory_waiting memory_stalled io_waiting io_stalled", "_seconds_total"),
    "memory": (
        "clamp_min(100 * (1 - node_memory_MemAvailable_bytes{$host} / node_memory_MemTotal_bytes{$host}), 0)",
        f"node_memory_MemTotal_bytes{{$host}} - node_memory_MemFree_bytes{{$host}} - ({_RESERVED})",
        _RESERVED,
        *(f"node_memory_{kind}_bytes{{$host}} / node_memory_MemTotal_bytes{{$host}}"
          for kind in ("Active", "Inactive")),
        f"(node_memory_HugePages_Total{{$host}} - node_memory_HugePages_Free{{$host}}) * {_HUGE_PAGE}",
        *(f"node_memory_HugePages_{kind}{{$host}} * {_HUGE_PAGE}" for kind in ("Rsvd", "Surp", "Total")),
        *_gauges("node_memory_",
                 "MemTotal MemFree Buffers Cached Slab SReclaimable SUnreclaim PageTables KernelStack Percpu"
                 " Committed_AS CommitLimit Dirty Writeback WritebackTmp NFS_Unstable Mapped Shmem ShmemHugePages"
                 " ShmemPmdMapped Active_anon Active_file Inactive_anon Inactive_file AnonPages AnonHugePages"
                 " Unevictable Mlocked VmallocTotal VmallocUsed VmallocChunk DirectMap4k DirectMap2M DirectMap1G"
                 " HardwareCorrupted",
                 "_bytes")),
    "swap": (
        f"(node_memory_SwapTotal_bytes{{$host}} > bool 0) * ("
        f"{_full('node_memory_SwapTotal_bytes', 'node_memory_SwapFree_bytes')})",
        "node_memory_SwapTotal_bytes{$host} - node_memory_SwapFree_bytes{$host}",
        *_gauges("node_memory_", "SwapCached Zswap Zswapped", "_bytes")),
    "vmstat": (
        *_rates("node_vmstat_", "pgpgin pgpgout pswpin pswpout pgfault pgmajfault oom_kill"),
        "rate(node_vmstat_pgfault{$host}[$window]) - rate(node_vmstat_pgmajfault{$host}[$window])"),
    "disk": (
        *(f"rate(node_disk_{name}_total{{$host,{_DISKS}}}[$window])"
          for name in "reads_completed writes_completed read_bytes written_bytes io_time_seconds".split()),
        _average_wait("node_disk_reads_completed_total", "node_disk_read_time_seconds_total"),
        _average_wait("node_disk_writes_completed_total", "node_disk_write_time_seconds_total"),
        *_rates("node_disk_",
                "io_time_weighted_seconds reads_merged writes_merged discards_completed discards_merged"
                " discarded_sectors discard_time_seconds flush_requests flush_requests_time_seconds", "_total"),
        "node_disk_io_now{$host}"),
    "filesystem": (
        _full("node_filesystem_size_bytes", "node_filesystem_avail_bytes", '$host,mountpoint="/",fstype!="rootfs"'),
        _full("node_filesystem_size_bytes", "node_filesystem_avail_bytes", '$host,device!~"rootfs"'),
        'node_filesystem_size_bytes{$host,device!~"rootfs"} - node_filesystem_avail_bytes{$host,device!~"rootfs"}',
        'node_filesystem_device_error{$host,device!~"rootfs",fstype!~"tmpfs"}',
        *_gauges("node_filesystem_", "free_bytes files files_free readonly"),
        *_gauges("node_filefd_", "allocated maximum")),
    "network": (
        *(f"8 * rate(node_network_{way}_bytes_total{{$host}}[$window])" for way in ("receive", "transmit")),
        *(f"(node_network_speed_bytes{{$host}} > bool 0)"
          f" * (rate(node_network_{way}_bytes_total{{$host}}[$window]) / node_network_speed_bytes{{$host}})"
          for way in ("receive", "transmit")),
        *_rates("node_network_receive_", "packets errs drop compressed multicast nohandler frame fifo", "_total"),
        *_rates("node_network_transmit_", "packets errs drop compressed fifo colls carrier", "_total"),
        'node_network_up{$host,operstate="up"}',
        "node_network_speed_bytes{$host} * 8",
        *_gauges("node_network_", "carrier mtu_bytes"),
        "node_arp_entries{$host}"),
    "conntrack": _gauges("node_nf_conntrack_", "entries entries_limit"),
    "sockstat": (
        *_gauges("node_sockstat_",
                 "TCP_alloc TCP_inuse TCP_orphan TCP_tw TCP_mem TCP_mem_bytes UDP_inuse UDP_mem UDP_mem_bytes"
                 " UDPLITE_inuse RAW_inuse FRAG_inuse FRAG_memory sockets_used"),
        *(f"(node_sockstat_{kind}_inuse{{$host}} > bool 0)"
          f" * (node_sockstat_{kind}_mem_bytes{{$host}} / node_sockstat_{kind}_inuse{{$host}})"
          for kind in ("TCP", "UDP"))),
    "softnet": _rates("node_softnet_", "processed dropped times_squeezed", "_total"),
    "netstat": (
        *_rates("node_netstat_",
                "IpExt_InOctets IpExt_OutOctets Icmp_InMsgs Icmp_OutMsgs Icmp_InErrors Tcp_InSegs Tcp_OutSegs"
                " Tcp_InErrs Tcp_OutRsts Tcp_RetransSegs Tcp_ActiveOpens Tcp_PassiveOpens"
                " TcpExt_ListenOverflows TcpExt_ListenDrops TcpExt_TCPSynRetrans TcpExt_TCPTimeouts"
                " TcpExt_SyncookiesSent TcpExt_SyncookiesRecv TcpExt_SyncookiesFailed"
                " Udp_InDatagrams Udp_OutDatagrams Udp_InErrors Udp_NoPorts Udp_RcvbufErrors"
                " Udp_SndbufErrors UdpLite_InErrors"),
        "node_netstat_Tcp_CurrEstab{$host}",
        *(f'node_udp_queues{{$host,ip="v4",queue="{queue}"}}' for queue in ("rx", "tx"))),
    "timex": (
        *_gauges("node_timex_",
                 "sync_status offset_seconds estimated_error_seconds maxerror_seconds loop_time_constant tick_seconds"
                 " frequency_adjustment_ratio tai_offset_seconds pps_frequency_hertz pps_stability_hertz"
                 " pps_jitter_seconds pps_shift_seconds"),
        *_rates("node_timex_pps_", "calibration error stability_exceeded jitter", "_total")),
    "processes": (
        *_gauges("node_procs_", "running blocked"),
        *_rates("node_", "forks context_switches intr", "_total"),
        *_gauges("node_entropy_", "available_bits pool_size_bits")),
    "hwmon": (
        *(f"node_hwmon_{name}{{$host}} * {_NAMED_CHIP}"
          for name in "temp_celsius temp_max_celsius temp_crit_celsius fan_rpm fan_min_rpm".split()),
        "(node_cooling_device_max_state{$host} > bool 0)"
        " * (100 * node_cooling_device_cur_state{$host} / node_cooling_device_max_state{$host})"),
    "scrape": (
        *_gauges("node_scrape_collector_", "success duration_seconds"),
        "rate(process_cpu_seconds_total{$host}[$window])",
        *_gauges("process_", "open_fds max_fds resident_memory_bytes virtual_memory_bytes virtual_memory_max_bytes")),
}
