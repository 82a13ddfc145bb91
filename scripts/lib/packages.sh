# The Debian packages Sonde needs, in two groups. Why each is there: vendor/README.md, which tests/arch compares with this.
# shellcheck shell=bash disable=SC2034

# What building and running the daemon needs.
SONDE_BUILD_PACKAGES=(
  g++ cmake ninja-build ccache pkg-config
  clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev
  prometheus-cpp-dev libspdlog-dev nlohmann-json3-dev libmicrohttpd-dev libcli11-dev libyaml-cpp-dev
  libcurl4-openssl-dev libssl-dev libre2-dev libsqlite3-dev
)

# What the tests, the fuzzers and the benchmarks need on top.
SONDE_TEST_PACKAGES=(
  libgtest-dev libgmock-dev libbenchmark-dev node-llhttp nodejs clang-format libclang-rt-14-dev
  nginx-light wrk curl prometheus python3 python3-yaml iproute2 procps
  prometheus-node-exporter prometheus-process-exporter prometheus-blackbox-exporter openssl postgresql nftables e2fsprogs mount perl-base binutils
  prometheus-alertmanager python3-aiosmtpd
)

# Packages that bring a service Debian would start and enable; the tests only want their programs.
SONDE_SERVICE_PACKAGES=(
  nginx-light prometheus prometheus-node-exporter prometheus-process-exporter prometheus-blackbox-exporter postgresql
  prometheus-alertmanager
)
