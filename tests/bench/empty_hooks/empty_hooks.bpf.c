/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/kernel.h"

char LICENSE[] SEC("license") = "GPL";

SEC("tp_btf/sock_send_length") int BPF_PROG(empty_send, struct sock* sk, int result, int flags) { return 0; }
SEC("tp_btf/sock_recv_length") int BPF_PROG(empty_receive, struct sock* sk, int result, int flags) { return 0; }
SEC("tp_btf/sk_data_ready") int BPF_PROG(empty_data_ready, struct sock* sk) { return 0; }
SEC("tp_btf/inet_sock_set_state") int BPF_PROG(empty_state, struct sock* sk, int old_state, int new_state) { return 0; }
