#include "app/sensors.h"

#include <iterator>
#include <utility>

namespace sonde::app {
namespace {

template <class Sensor>
std::unique_ptr<Sensor> keep(Result<std::unique_ptr<Sensor>> opened, std::vector<capture::SensorReport>& reports) {
  reports.push_back(Sensor::report_of(opened));
  return opened ? *std::move(opened) : nullptr;
}

template <class Sensor>
void add_costs(const std::unique_ptr<Sensor>& sensor, std::vector<capture::HookCost>& into) {
  if (!sensor) return;
  std::vector<capture::HookCost> costs = sensor->hook_costs();
  std::move(costs.begin(), costs.end(), std::back_inserter(into));
}

template <class Sensor>
void add_losses(const char* name, const std::unique_ptr<Sensor>& sensor, std::vector<SensorLoss>& into) {
  if (!sensor) return;
  for (capture::Loss& loss : sensor->losses()) into.push_back({name, std::move(loss)});
}

}  // namespace

std::vector<capture::HookCost> Sensors::hook_costs() const {
  std::vector<capture::HookCost> all;
  add_costs(traffic, all);
  add_costs(tcp, all);
  add_costs(process, all);
  add_costs(block, all);
  return all;
}

std::vector<SensorLoss> Sensors::losses() const {
  std::vector<SensorLoss> all;
  add_losses("traffic", traffic, all);
  add_losses("tcp", tcp, all);
  add_losses("process", process, all);
  add_losses("block", block, all);
  return all;
}

Sensors open_sensors(const capture::CaptureOptions& options) {
  Sensors sensors;
  // The traffic sensor notes the first use of connections in a map of the tcp sensor's.
  sensors.tcp = keep(capture::TcpSensor::open(options), sensors.reports);
  capture::CaptureOptions traffic_options = options;
  if (sensors.tcp) traffic_options.first_use_map = sensors.tcp->first_use_map();
  sensors.traffic = keep(capture::TrafficSensor::open(traffic_options), sensors.reports);
  sensors.process = keep(capture::ProcessSensor::open(options), sensors.reports);
  sensors.block = keep(capture::BlockSensor::open(), sensors.reports);
  return sensors;
}

}  // namespace sonde::app
