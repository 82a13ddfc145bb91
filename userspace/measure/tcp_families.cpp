#include "measure/tcp_families.h"

#include <string>
#include <utility>

namespace sonde::measure {
namespace {

constexpr MetricType kCounter = MetricType::kCounter;
constexpr MetricType kGauge = MetricType::kGauge;
constexpr MetricType kHistogram = MetricType::kHistogram;

constexpr std::array kFamilies{
    TcpFamilyText{"sonde_tcp_connect_attempts_total", "Connections that a service began to open.", kCounter, ""},
    TcpFamilyText{"sonde_tcp_connects_total", "Connections that a service opened.", kCounter, ""},
    TcpFamilyText{"sonde_tcp_connect_failures_total", "Connections that a service could not open, by reason.", kCounter,
                  "error_type"},
    TcpFamilyText{"sonde_tcp_connect_duration_seconds", "Time from the first SYN to an open connection.", kHistogram,
                  ""},
    TcpFamilyText{"sonde_tcp_accepts_total", "Connections that peers opened to a service.", kCounter, ""},
    TcpFamilyText{"sonde_tcp_accept_wait_seconds",
                  "Time an opened connection, with its first byte if that came later, waited for the service.",
                  kHistogram, ""},
    TcpFamilyText{"sonde_tcp_connections", "Connections as of the last sweep, by state.", kGauge, "state"},
    TcpFamilyText{"sonde_tcp_sent_bytes_total", "Payload sent over TCP, repeats not counted.", kCounter, ""},
    TcpFamilyText{"sonde_tcp_received_bytes_total", "Payload received over TCP.", kCounter, ""},
    TcpFamilyText{"sonde_tcp_sent_segments_total", "TCP segments sent.", kCounter, ""},
    TcpFamilyText{"sonde_tcp_received_segments_total", "TCP segments received.", kCounter, ""},
    TcpFamilyText{"sonde_tcp_retransmits_total", "TCP segments sent again.", kCounter, ""},
    TcpFamilyText{"sonde_tcp_drops_total", "Packets that reached a TCP connection and were thrown away.", kCounter, ""},
    TcpFamilyText{"sonde_tcp_memory_drops_total", "Times a TCP connection hit a limit of socket memory.", kCounter, ""},
    TcpFamilyText{"sonde_tcp_resets_total", "TCP connections broken off, by who did it and the kernel's reason.",
                  kCounter, "direction"},
    TcpFamilyText{"sonde_tcp_rtt_seconds", "Mean smoothed round-trip time of the connections established.", kGauge, ""},
    TcpFamilyText{"sonde_tcp_rtt_variation_seconds", "Mean deviation of their round-trip times.", kGauge, ""},
    TcpFamilyText{"sonde_tcp_rtt_max_seconds", "Longest smoothed round-trip time of any one of them.", kGauge, ""},
    TcpFamilyText{"sonde_tcp_zero_window_connections", "Connections on which one side takes no more bytes for now.",
                  kGauge, "side"},
    TcpFamilyText{"sonde_tcp_listen_backlog", "Connections waiting to be accepted, of the fullest listening socket.",
                  kGauge, ""},
    TcpFamilyText{"sonde_tcp_listen_backlog_limit", "Most connections that may wait on that listening socket.", kGauge,
                  ""},
    TcpFamilyText{"sonde_tcp_listen_drops_total", "Connections that a listening socket had no place for or refused.",
                  kCounter, "reason"},
    TcpFamilyText{"sonde_tcp_synack_retransmits_total", "Answers to SYNs sent again, for the peer's ACK did not come.",
                  kCounter, ""},
    TcpFamilyText{"sonde_udp_bytes_total", "Payload moved over UDP sockets.", kCounter, "direction"},
    TcpFamilyText{"sonde_udp_messages_total", "System calls that moved bytes over UDP sockets.", kCounter, "direction"},
    TcpFamilyText{"sonde_udp_errors_total", "System calls on UDP sockets that failed.", kCounter, "direction"},
    TcpFamilyText{"sonde_unix_bytes_total", "Payload moved over unix sockets.", kCounter, "direction"},
    TcpFamilyText{"sonde_unix_messages_total", "System calls that moved bytes over unix sockets.", kCounter,
                  "direction"},
    TcpFamilyText{"sonde_unix_errors_total", "System calls on unix sockets that failed.", kCounter, "direction"},
    TcpFamilyText{"process_network_io_bytes_total", "Payload moved over TCP and UDP.", kCounter,
                  "network_io_direction"}};
static_assert(kFamilies.size() == static_cast<std::size_t>(TcpFamily::kCount), "every TcpFamily needs one row");

}  // namespace

const TcpFamilyText& text_of(TcpFamily family) { return kFamilies[static_cast<std::size_t>(family)]; }

void TcpPage::hand_over(FamilyBuilder& out) {
  for (std::size_t i = 0; i < series_.size(); ++i) {
    std::vector<Series>& series = series_[i];
    if (series.empty()) continue;
    const TcpFamilyText& text = kFamilies[i];
    // As many will come next time, give or take a few.
    const std::size_t expected = series.size() + series.size() / 16;
    out.add(Family{std::string(text.name), std::string(text.help), text.type, std::exchange(series, {})});
    series.reserve(expected);
  }
}

}  // namespace sonde::measure
