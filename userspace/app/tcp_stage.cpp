#include "app/tcp_stage.h"

#include "decode/tcp_decoder.h"

namespace sonde::app {

using decode::TcpFlag;
using decode::TcpSample;
using decode::TcpSide;

void TcpStage::on_record(std::span<const std::byte> record) {
  ++record_count_;
  if (const auto rejected = decode::decode_tcp(record, sample_)) {
    ++rejects_[static_cast<std::size_t>(*rejected)];
    return;
  }
  if (sample_.pid <= 0) return;  // nobody holds it yet; the next sweep finds out who does
  find_process(sample_);
  const inventory::Service& service = parts_.finder.of(sample_, parts_.clock.kernel_now());
  if (sample_.side == TcpSide::kListener) take_listener(sample_, service);
  parts_.book.take(sample_, service.name);
}

void TcpStage::take_listener(const TcpSample& sample, const inventory::Service& service) {
  const auto cookie = static_cast<std::uint64_t>(sample.cookie);
  if (!sample.has(TcpFlag::kClosed)) {
    parts_.finder.note_listener(sample, service);
    if (!sweeping_) return;
    listeners_.insert(cookie);
    ports_.insert(sample.local.port);
    return;
  }
  if (listeners_.erase(cookie) == 0) return;
  gone_.push_back({service.name, sample.local.port, sample.pid, to_wall(sample.at, parts_.clock.offset())});
}

void TcpStage::find_process(const TcpSample& sample) {
  if (parts_.processes == nullptr || parts_.targets.ports.empty()) return;
  if (!target_processes_.insert(sample.pid).second) return;
  // A full map is counted by the sensor's own losses and costs this process its resources, nothing else.
  if (!parts_.processes->add_target(sample.pid)) target_processes_.erase(sample.pid);
}

void TcpStage::begin_sweep() {
  sweeping_ = true;
  ports_.clear();
  parts_.book.begin_sweep();
}

void TcpStage::end_sweep(const measure::ListenCounters& listens) {
  sweeping_ = false;
  parts_.book.end_sweep(listens);
  for (const GoneListener& listener : gone_) {
    if (ports_.contains(listener.port)) continue;
    parts_.watch.listener_gone(listener.service, listener.port, listener.pid, listener.at);
  }
  gone_.clear();
}

}  // namespace sonde::app
