#include "decode/process_decoder.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <limits>
#include <string_view>
#include <variant>
#include <vector>

#include "wire/process.h"

namespace sonde::decode {
namespace {

using namespace std::chrono_literals;
using RecordBytes = std::vector<std::byte>;

// Said by the sensor of a program `sleep 0.01` and of test programs of its own.
constexpr std::string_view kExecuted =
    "01000000157e0000127e0000000000000e3cd94eaf0d00006b3ed54eaf0d000001000000000000000000000000000000"
    "000000000000000079d1030000000000d818000000000000180000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000004000000000000000000000000000000040000000000000"
    "204e0000000000000500000001000000f8c80300000000000000e00f00000000736c6565700000000000000000000000"
    "2f7573722f62696e2f736c65657000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000";
constexpr std::string_view kExited =
    "02000000167e0000127e0000090000003db4f053af0d0000ef32874faf0d0000010000000000000000093d0000000000"
    "001bb70000000000d9803c0100000000b603c00200000000272000000000000000000000000000000000000000000000"
    "000000000000000001000000000000000500000000000000002050020000000000000000000000000020500200000000"
    "204e00000000000019000000010000001d26a700000000000000e00f00000000776f726b657200000000000000000000";
constexpr std::string_view kOomKilled =
    "03000000e51f0000e31f000000000000e6d57139fa4300002022320cfa430000010000000000000000c63e0500000000"
    "00a24a040000000062a9d80800000000a1dd220900000000032000000000000000000000000000000000000000000000"
    "000000000000000001000000000000002d00000000000000001013020000000000000000000000000010130200000000"
    "204e00000000000007000000010000005dc35500000000000000e00f0000000070726f636573735f73656e736f725f00"
    "6120623a632f73686f702e736c6963652f736f6e64652d6d656d6f72792d746573742d383136332f2f00000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000";
constexpr std::string_view kProcessSampled =
    "04000000137e0000127e00000000000046f3c84eaf0d0000ecd0cc2aaf0d000001000000000000000024f40000000000"
    "00cf7b050000000064d3e5080000000098d6bd1a00000000350000000000000000000000000000000000000000000000"
    "000000000000000001000000000000004000000000000000007049000000000000000000000000000070490000000000"
    "204e00000000000019000000020000001d26a700000000000000e00f00000000776f726b657200000000000000000000";
constexpr std::string_view kThreadSampled =
    "05000000137e0000147e000000000000000000000000000000127a000000000077d2080300000000184bb90e00000000"
    "010000000000000000000000000000000000000000000000000000000000000001000000000000002600000000000000";
constexpr std::array kRecords{kExecuted, kExited, kOomKilled, kProcessSampled, kThreadSampled};

RecordBytes to_bytes(std::string_view hex) {
  RecordBytes bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(std::byte{static_cast<std::uint8_t>(std::stoul(std::string(hex.substr(i, 2)), nullptr, 16))});
  }
  return bytes;
}

template <class Wire>
RecordBytes bytes_of(const Wire& wire) {
  RecordBytes bytes(sizeof(wire));
  std::memcpy(bytes.data(), &wire, sizeof(wire));
  return bytes;
}

template <class Wire>
Wire wire_of(std::string_view hex) {
  const RecordBytes bytes = to_bytes(hex);
  Wire wire;
  EXPECT_EQ(bytes.size(), sizeof(wire));
  std::memcpy(&wire, bytes.data(), sizeof(wire));
  return wire;
}

template <class Event>
Event decoded(std::string_view hex) {
  ProcessEvent event;
  EXPECT_FALSE(decode_process(to_bytes(hex), event));
  return std::get<Event>(event);
}

TEST(ProcessDecoder, reads_a_program_that_starts) {
  const auto executed = decoded<ProcessExecuted>(kExecuted);
  const ProcessFacts& process = executed.process;
  EXPECT_EQ(executed.executable, "/usr/bin/sleep");
  EXPECT_EQ(process.process_name, "sleep");
  EXPECT_EQ(process.parent_pid, 32274);
  EXPECT_EQ(process.identity, (ProcessIdentity{.pid = 32277, .started_ns = 15'046'593'035'883}));
  EXPECT_EQ(process.at, kernel_time(15'046'593'297'422));
  EXPECT_EQ(process.usage.user + process.usage.system, 250'233ns);
}

TEST(ProcessDecoder, refuses_a_program_whose_path_has_no_end) {
  auto wire = wire_of<sonde_process_executed>(kExecuted);
  std::memset(wire.executable, 'x', sizeof(wire.executable));
  ProcessEvent event;
  EXPECT_EQ(decode_process(bytes_of(wire), event), Reject::kBadValue);
}

TEST(ProcessDecoder, reads_a_process_that_ended) {
  const auto exited = decoded<ProcessExited>(kExited);
  EXPECT_EQ(exited.wait_status, 9);
  EXPECT_EQ(exited.process.process_name, "worker");
  EXPECT_EQ(exited.process.usage.user, 5'185'590ns) << "four of sixteen milliseconds' ticks";
  EXPECT_EQ(exited.process.usage.system, 15'556'771ns);
  EXPECT_EQ(exited.process.usage.run_queue_wait, 46'138'294ns);
  EXPECT_EQ(exited.process.usage.minor_faults, 8'231u);
  EXPECT_EQ(exited.process.usage.voluntary_switches, 1u);
  EXPECT_EQ(exited.process.usage.involuntary_switches, 5u);
}

TEST(ProcessDecoder, reads_a_victim_of_the_out_of_memory_killer) {
  const auto killed = decoded<OomKilled>(kOomKilled);
  const ProcessFacts& process = killed.process;
  EXPECT_EQ(process.process_name, "process_sensor_");
  EXPECT_EQ(process.identity.pid, 8165);
  EXPECT_EQ(process.resident_bytes, 34'803'712u);
  EXPECT_EQ(killed.memory_cgroup, "/sonde-memory-test-8163/shop.slice/a b:c");
}

TEST(ProcessDecoder, reads_a_living_process) {
  const ProcessFacts process = decoded<ProcessSampled>(kProcessSampled).process;
  EXPECT_EQ(process.identity.pid, 32275);
  EXPECT_EQ(process.cgroup_id, 1u);
  EXPECT_EQ(process.usage.involuntary_switches, 64u);
  EXPECT_EQ(process.resident_bytes, 4'812'800u);
  EXPECT_EQ(process.peak_resident_bytes, 4'812'800u);
  EXPECT_EQ(process.swap_bytes, 0u);
  EXPECT_EQ(process.open_fds, 25u);
  EXPECT_EQ(process.fd_limit, 20'000u);
  EXPECT_EQ(process.threads, 2u);
  EXPECT_EQ(process.executable_inode, 10'954'269u);
  EXPECT_EQ(process.executable_device, 0xfe00000u);
}

TEST(ProcessDecoder, reads_a_living_thread) {
  const auto thread = decoded<ThreadSampled>(kThreadSampled);
  EXPECT_EQ(thread.pid, 32275);
  EXPECT_EQ(thread.tid, 32276);
  EXPECT_EQ(thread.usage.user, 0ns) << "no tick met it there";
  EXPECT_EQ(thread.usage.system, 50'909'815ns);
  EXPECT_EQ(thread.usage.involuntary_switches, 38u);
  EXPECT_EQ(thread.usage.run_queue_wait, 247'024'408ns);
}

TEST(ProcessDecoder, refuses_every_record_cut_short_and_every_byte_too_many) {
  for (const std::string_view hex : kRecords) {
    const RecordBytes whole = to_bytes(hex);
    ProcessEvent event;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(decode_process(std::span(whole).first(size), event),
                size < 2 ? Reject::kTruncated : Reject::kBadLength);
    }
    RecordBytes longer = whole;
    longer.push_back(std::byte{0});
    EXPECT_EQ(decode_process(longer, event), Reject::kBadLength);
  }
}

TEST(ProcessDecoder, leaves_the_event_alone_when_it_refuses) {
  ProcessEvent event = decoded<ThreadSampled>(kThreadSampled);
  auto wire = wire_of<sonde_process_record>(kExited);
  wire.wait_status = 0x137f;
  EXPECT_TRUE(decode_process(bytes_of(wire), event));
  ASSERT_TRUE(std::holds_alternative<ThreadSampled>(event));
  EXPECT_EQ(std::get<ThreadSampled>(event).tid, 32276);
}

struct Names {
  const char* name;
  std::string_view names;
  const char* path;  ///< none: refused
};

class CgroupNames : public testing::TestWithParam<Names> {};

TEST_P(CgroupNames, become_a_path_from_the_root) {
  auto wire = wire_of<sonde_process_oom_killed>(kOomKilled);
  std::memset(wire.memory_cgroup, 0, sizeof(wire.memory_cgroup));
  std::memcpy(wire.memory_cgroup, GetParam().names.data(), GetParam().names.size());
  ProcessEvent event;
  const auto rejected = decode_process(bytes_of(wire), event);
  if (GetParam().path == nullptr) {
    EXPECT_EQ(rejected, Reject::kBadValue);
    return;
  }
  ASSERT_FALSE(rejected);
  EXPECT_EQ(std::get<OomKilled>(event).memory_cgroup, GetParam().path);
}

INSTANTIATE_TEST_SUITE_P(Rows, CgroupNames,
                         testing::Values(Names{"unknown", "", ""}, Names{"root", "/", "/"}, Names{"one", "a//", "/a"},
                                         Names{"three", "leaf/middle/top//", "/top/middle/leaf"},
                                         Names{"odd_names", ".../a b:c\xff/-//", "/-/a b:c\xff/..."},
                                         Names{"no_slash", "a", nullptr}, Names{"no_root", "a/b/", nullptr},
                                         Names{"cut", "a/b", nullptr}, Names{"more_behind_the_root", "a//b", nullptr},
                                         Names{"two_roots", "a///", nullptr}, Names{"line_end", "a\nb//", nullptr}),
                         [](const auto& row) { return row.param.name; });

TEST(ProcessDecoder, refuses_names_of_cgroups_without_end) {
  auto wire = wire_of<sonde_process_oom_killed>(kOomKilled);
  std::memset(wire.memory_cgroup, '/', sizeof(wire.memory_cgroup));
  ProcessEvent event;
  EXPECT_EQ(decode_process(bytes_of(wire), event), Reject::kBadValue);
}

TEST(ProcessDecoder, refuses_a_victim_that_cannot_be) {
  auto wire = wire_of<sonde_process_oom_killed>(kOomKilled);
  wire.process.tgid = 0;
  ProcessEvent event;
  EXPECT_EQ(decode_process(bytes_of(wire), event), Reject::kBadValue);
}

TEST(ProcessDecoder, accepts_a_victim_of_whom_only_the_number_is_known) {
  sonde_process_oom_killed wire{};
  wire.process.kind = SONDE_PROCESS_OOM_KILL;
  wire.process.tgid = 7;
  ProcessEvent event;
  ASSERT_FALSE(decode_process(bytes_of(wire), event));
  EXPECT_EQ(std::get<OomKilled>(event).process.identity.pid, 7);
}

struct Ticks {
  const char* name;
  std::uint64_t user_ns;
  std::uint64_t system_ns;
  std::uint64_t run_ns;
  std::chrono::nanoseconds user;
  std::chrono::nanoseconds system;
};

class UserAndSystem : public testing::TestWithParam<Ticks> {};

TEST_P(UserAndSystem, divide_the_exact_time_as_the_ticks_do) {
  auto wire = wire_of<sonde_thread_sample>(kThreadSampled);
  wire.usage.user_ns = GetParam().user_ns;
  wire.usage.system_ns = GetParam().system_ns;
  wire.usage.run_ns = GetParam().run_ns;
  ProcessEvent event;
  ASSERT_FALSE(decode_process(bytes_of(wire), event));
  EXPECT_EQ(std::get<ThreadSampled>(event).usage.user, GetParam().user);
  EXPECT_EQ(std::get<ThreadSampled>(event).usage.system, GetParam().system);
}

constexpr std::uint64_t kCentury = 3'155'760'000'000'000'000;

INSTANTIATE_TEST_SUITE_P(
    Rows, UserAndSystem,
    testing::Values(Ticks{"nothing", 0, 0, 0, 0ns, 0ns}, Ticks{"no_tick", 0, 0, 999, 999ns, 0ns},
                    Ticks{"only_user", 4, 0, 999, 999ns, 0ns}, Ticks{"only_system", 0, 4, 999, 0ns, 999ns},
                    Ticks{"both", 12, 4, 1'000, 750ns, 250ns}, Ticks{"ticks_without_time", 12, 4, 0, 0ns, 0ns},
                    Ticks{"rounded", 1, 2, 100, 33ns, 67ns},
                    Ticks{"a_century", kCentury, kCentury, kCentury, std::chrono::nanoseconds{kCentury / 2},
                          std::chrono::nanoseconds{kCentury / 2}}),
    [](const auto& row) { return row.param.name; });

struct Status {
  const char* name;
  std::int32_t status;
  bool plausible;
};

class WaitStatus : public testing::TestWithParam<Status> {};

TEST_P(WaitStatus, is_accepted_only_if_wait_could_say_it) {
  auto wire = wire_of<sonde_process_record>(kExited);
  wire.wait_status = GetParam().status;
  ProcessEvent event;
  const auto rejected = decode_process(bytes_of(wire), event);
  EXPECT_EQ(!rejected, GetParam().plausible);
  if (rejected) return;
  EXPECT_EQ(std::get<ProcessExited>(event).wait_status, GetParam().status);
}

INSTANTIATE_TEST_SUITE_P(Rows, WaitStatus,
                         testing::Values(Status{"exit_0", 0, true}, Status{"exit_255", 0xff00, true},
                                         Status{"sigkill", 9, true}, Status{"segv_with_core", 139, true},
                                         Status{"last_signal", 64, true}, Status{"no_such_signal", 65, false},
                                         Status{"stopped", 0x137f, false}, Status{"continued", 0xffff, false},
                                         Status{"core_without_signal", 0x80, false},
                                         Status{"exit_code_and_signal", 0x0109, false},
                                         Status{"too_wide", 0x10000, false}, Status{"negative", -1, false}),
                         [](const auto& row) { return row.param.name; });

struct Lie {
  const char* name;
  void (*tell)(sonde_process_record&);
  Reject reject = Reject::kBadValue;
};

class LyingProcess : public testing::TestWithParam<Lie> {};

TEST_P(LyingProcess, is_refused_by_reason) {
  auto wire = wire_of<sonde_process_record>(kProcessSampled);
  GetParam().tell(wire);
  ProcessEvent event;
  EXPECT_EQ(decode_process(bytes_of(wire), event), GetParam().reject);
}

constexpr std::uint64_t kTooMuch = std::numeric_limits<std::uint64_t>::max();

INSTANTIATE_TEST_SUITE_P(
    Fields, LyingProcess,
    testing::Values(Lie{"kind_0", [](sonde_process_record& wire) { wire.kind = 0; }, Reject::kUnknownKind},
                    Lie{"kind_6", [](sonde_process_record& wire) { wire.kind = 6; }, Reject::kUnknownKind},
                    Lie{"kind_of_a_thread", [](sonde_process_record& wire) { wire.kind = SONDE_THREAD_SAMPLE; },
                        Reject::kBadLength},
                    Lie{"pid_0", [](sonde_process_record& wire) { wire.tgid = 0; }},
                    Lie{"negative_pid", [](sonde_process_record& wire) { wire.tgid = 0x80000001; }},
                    Lie{"parent", [](sonde_process_record& wire) { wire.parent_tgid = 0xffffffff; }},
                    Lie{"status_of_the_living", [](sonde_process_record& wire) { wire.wait_status = 9; }},
                    Lie{"name", [](sonde_process_record& wire) { std::memset(wire.process_name, 'x', 16); }},
                    Lie{"time", [](sonde_process_record& wire) { wire.at_ns = kTooMuch; }},
                    Lie{"start", [](sonde_process_record& wire) { wire.started_ns = kTooMuch; }},
                    Lie{"user_time", [](sonde_process_record& wire) { wire.usage.user_ns = kTooMuch; }},
                    Lie{"run_time", [](sonde_process_record& wire) { wire.usage.run_ns = kTooMuch; }},
                    Lie{"wait", [](sonde_process_record& wire) { wire.usage.run_queue_wait_ns = kTooMuch; }},
                    Lie{"written", [](sonde_process_record& wire) { wire.usage.written_bytes = kTooMuch; }},
                    Lie{"switches", [](sonde_process_record& wire) { wire.usage.involuntary_switches = kTooMuch; }},
                    Lie{"resident", [](sonde_process_record& wire) { wire.resident_bytes = kTooMuch; }},
                    Lie{"swap", [](sonde_process_record& wire) { wire.swap_bytes = kTooMuch; }},
                    Lie{"peak", [](sonde_process_record& wire) { wire.peak_resident_bytes = kTooMuch; }},
                    Lie{"threads", [](sonde_process_record& wire) { wire.threads = 0xffffffff; }}),
    [](const auto& row) { return row.param.name; });

TEST(ProcessDecoder, refuses_a_thread_without_a_number) {
  auto wire = wire_of<sonde_thread_sample>(kThreadSampled);
  wire.pid = 0;
  ProcessEvent event;
  EXPECT_EQ(decode_process(bytes_of(wire), event), Reject::kBadValue);
}

TEST(ProcessDecoder, takes_no_limit_for_the_largest_number) {
  auto wire = wire_of<sonde_process_record>(kProcessSampled);
  wire.fd_limit = kTooMuch;
  ProcessEvent event;
  ASSERT_FALSE(decode_process(bytes_of(wire), event));
  EXPECT_EQ(std::get<ProcessSampled>(event).process.fd_limit, kTooMuch);
}

}  // namespace
}  // namespace sonde::decode
