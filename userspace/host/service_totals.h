#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "decode/types.h"
#include "host/reading_writer.h"

namespace sonde::host {

/// The fields of decode::Usage in their order; times in nanoseconds.
enum Amount : std::size_t {
  kUser,
  kSystem,
  kRunQueueWait,
  kMinorFaults,
  kMajorFaults,
  kRead,
  kWritten,
  kVoluntary,
  kInvoluntary,
  kAmounts
};
using Amounts = std::array<std::uint64_t, kAmounts>;

void add_to(Amounts& sum, const Amounts& more);

/// What the living processes of a service have.
struct ServiceGauges {
  std::uint64_t processes = 0;
  std::uint64_t threads = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t swap_bytes = 0;
  std::uint64_t open_fds = 0;
  std::uint64_t oldest_start_ns = ~0ULL;  ///< CLOCK_BOOTTIME
  double fd_ratio = 0;                    ///< the largest open_fds / fd_limit of any process

  void add(const decode::ProcessFacts& process);
  void add(const ServiceGauges& other);
};

/// The sums of each service. At most `max_services` have series of their own, and keep them until they are forgotten;
/// the rest is summed up as "other". Newcomers wait for the end of the sweep: if not all of them find a place, those
/// with living processes come first, then those that used most CPU time.
/// threads: one at a time.
class ServiceTotals {
 public:
  /// Stands for a service until end_sweep() or forget_the_gone() say that places were released.
  using Place = std::uint32_t;
  static constexpr Place kOther = 0;

  explicit ServiceTotals(std::size_t max_services);

  Place place_of(const std::string& service);
  [[nodiscard]] bool is_released(Place place) const { return place >= services_.size() || !services_[place].is_used; }
  [[nodiscard]] const std::string& name_of(Place place) const { return services_[place].name; }

  void begin_sweep();
  void add_living(Place place, const decode::ProcessFacts& process) { services_[place].next.add(process); }
  /// `cpu_ns` is what the process used since it began.
  void add_usage(Place place, const Amounts& growth, std::uint64_t cpu_ns);
  void add_ended(Place place) { services_[place].is_active = true; }
  /// True if places were released: move what stands there to kOther.
  [[nodiscard]] bool end_sweep();

  /// Drops the services that had no process for an hour. True if places were released.
  [[nodiscard]] bool forget_the_gone(std::uint64_t boot_now_ns);
  void write(ReadingWriter& out, std::uint64_t boot_now_ns) const;

 private:
  struct Service {
    std::string name;
    Amounts totals{};
    ServiceGauges swept;               // of the last whole sweep
    ServiceGauges next;                // of the one under way
    std::uint64_t cpu_ns = 0;          // used so far by the processes of the sweep under way
    std::uint64_t last_active_ns = 0;  // as forget_the_gone() was told; 0 if it never found it active
    bool is_active = true;             // one of its processes ended since then
    bool is_used = true;               // false: free_places_ has it
    bool is_newcomer = true;
  };

  bool admit_newcomers();
  void release(Place place);
  void trim_places();
  [[nodiscard]] std::vector<const Service*> written_services() const;

  std::size_t max_services_;
  std::vector<Service> services_;  // the first one is "other"
  std::unordered_map<std::string, Place> places_;
  std::vector<Place> free_places_;
  std::vector<Place> newcomers_;
  std::size_t series_count_ = 0;
};

}  // namespace sonde::host
