#include <chrono>
#include <string>
#include <utility>

#include "host/collectors.h"

namespace sonde::host {

std::vector<CollectorFailure> run_collectors(std::span<const CollectorSpec> specs, const CollectContext& context,
                                             ReadingWriter& out) {
  const SystemClock clock;
  std::vector<CollectorFailure> failures;
  for (const CollectorSpec& spec : specs) {
    const KernelTime began = clock.kernel_now();
    Result<> collected = spec.collect(context, out);
    const std::chrono::duration<double> took = clock.kernel_now() - began;
    const std::string name(spec.name);
    out.gauge("node_scrape_collector_duration_seconds", "How long each collector took.")
        .add(took.count(), {{"collector", name}});
    out.gauge("node_scrape_collector_success",
              "Whether each collector got all it looks for; 0 also where there is no such thing.")
        .add(collected ? 1 : 0, {{"collector", name}});
    if (!collected && collected.error().code != Code::kNotFound) {
      failures.push_back(CollectorFailure{spec.name, std::move(collected).error()});
    }
  }
  return failures;
}

}  // namespace sonde::host
