# The Debian packages Sonde needs, in two groups. Why each is there: vendor/README.md, which tests/arch compares with this.
# shellcheck shell=bash disable=SC2034

# What building and running the daemon needs.
SONDE_BUILD_PACKAGES=(
  g++ cmake ninja-build ccache pkg-config
  clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev
  prometheus-cpp-dev libspdlog-dev nlohmann-json3-dev libmicrohttpd-dev libcli11-dev libyaml-cpp-dev
  libcurl4-openssl-dev libssl-dev libre2-dev libsqlite3-dev libc-ares-dev libpq-dev libmariadb-dev
  libhowardhinnant-date-dev tzdata libical-dev
)

# What the tests, the fuzzers and the benchmarks need on top.
SONDE_TEST_PACKAGES=(
  libgtest-dev libgmock-dev libbenchmark-dev node-llhttp nodejs clang-format libclang-rt-14-dev
  nginx-light wrk curl prometheus prometheus-alertmanager python3 python3-yaml python3-aiosmtpd iproute2 procps
  prometheus-node-exporter prometheus-process-exporter prometheus-blackbox-exporter openssl postgresql mariadb-server
  redis-server dnsmasq-base nftables e2fsprogs mount perl-base binutils
)

# Packages that bring a service Debian would start and enable; the tests only want their programs.
SONDE_SERVICE_PACKAGES=(
  nginx-light prometheus prometheus-alertmanager prometheus-node-exporter prometheus-process-exporter prometheus-blackbox-exporter postgresql
  mariadb-server redis-server
)
