#include "cli/host_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace sonde::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t bit(unsigned number) { return std::uint64_t{1} << number; }
constexpr std::uint64_t kBpf = bit(39);
constexpr std::uint64_t kPerfmon = bit(38);
constexpr std::uint64_t kPtrace = bit(19);
constexpr std::uint64_t kReadSearch = bit(2);
constexpr std::uint64_t kSysAdmin = bit(21);

/// A host on which nothing is wrong, seen by a process with just the rights it needs.
HostFacts good_facts() {
  HostFacts facts;
  facts.kernel_release = "6.1.0-18-amd64";
  facts.has_btf = true;
  facts.effective_capabilities = kBpf | kPerfmon | kPtrace | kReadSearch;
  facts.lockdown = Lockdown::kNone;
  facts.tracefs_mounted = true;
  facts.cgroup = CgroupHierarchy::kV2;
  facts.cgroup2_path = "/sys/fs/cgroup";
  facts.in_initial_pid_namespace = true;
  facts.bpf_stats_enabled = 0;
  facts.unprivileged_bpf_disabled = 2;
  return facts;
}

Check find(const std::vector<Check>& checks, const std::string& name) {
  const auto found = std::find_if(checks.begin(), checks.end(), [&](const Check& check) { return check.name == name; });
  return found == checks.end() ? Check{"no check of that name", CheckState::kBad, "", ""} : *found;
}

TEST(HostChecks, find_nothing_to_mend_on_a_good_host) {
  for (const Check& check : check_host(good_facts())) {
    EXPECT_EQ(check.state, CheckState::kOk) << check.name;
    EXPECT_EQ(check.remedy, "") << check.name;
    EXPECT_NE(check.detail, "") << check.name;
  }
}

struct FactRow {
  const char* name;
  std::function<void(HostFacts&)> change;
  const char* check;
  CheckState state;
  const char* detail;
  const char* remedy;
};

class ChangedFact : public testing::TestWithParam<FactRow> {};

TEST_P(ChangedFact, changes_one_check_and_says_how_to_mend_it) {
  HostFacts facts = good_facts();
  GetParam().change(facts);
  const auto checks = check_host(facts);
  const Check check = find(checks, GetParam().check);
  EXPECT_EQ(check.state, GetParam().state);
  EXPECT_THAT(check.detail, HasSubstr(GetParam().detail));
  EXPECT_THAT(check.remedy, HasSubstr(GetParam().remedy));
  for (const Check& other : checks) {
    EXPECT_TRUE(other.name == check.name || other.state == CheckState::kOk) << other.name;
  }
}

constexpr auto kOk = CheckState::kOk;
constexpr auto kWarn = CheckState::kWarn;
constexpr auto kBad = CheckState::kBad;

INSTANTIATE_TEST_SUITE_P(
    Facts, ChangedFact,
    testing::Values(
        FactRow{"no_btf", [](HostFacts& f) { f.has_btf = false; }, "type information", kBad, "no sensor can be loaded",
                "CONFIG_DEBUG_INFO_BTF=y"},
        FactRow{"no_capability", [](HostFacts& f) { f.effective_capabilities = 0; }, "capabilities", kBad,
                "holds none that matter", "setcap cap_bpf,cap_perfmon,cap_sys_ptrace,cap_dac_read_search=ep"},
        FactRow{"no_bpf", [](HostFacts& f) { f.effective_capabilities &= ~kBpf; }, "capabilities", kBad,
                "without CAP_BPF it may not load sensors", "AmbientCapabilities=CAP_BPF CAP_PERFMON CAP_SYS_PTRACE"},
        FactRow{"no_perfmon", [](HostFacts& f) { f.effective_capabilities &= ~kPerfmon; }, "capabilities", kBad,
                "without CAP_PERFMON it may not attach", "--cap-add BPF --cap-add PERFMON"},
        FactRow{"no_ptrace", [](HostFacts& f) { f.effective_capabilities &= ~kPtrace; }, "capabilities", kWarn,
                "without CAP_SYS_PTRACE it may not see other users", "run it with sudo"},
        FactRow{"no_read_search", [](HostFacts& f) { f.effective_capabilities &= ~kReadSearch; }, "capabilities", kWarn,
                "without CAP_DAC_READ_SEARCH it may not read tracefs", "run it with sudo"},
        FactRow{"old_style_sys_admin",
                [](HostFacts& f) { f.effective_capabilities = kSysAdmin | kPtrace | kReadSearch; }, "capabilities", kOk,
                "holds CAP_BPF CAP_PERFMON", ""},
        FactRow{"root", [](HostFacts& f) { f.is_root = true; }, "capabilities", kOk, "root, holds", ""},
        FactRow{"confidential", [](HostFacts& f) { f.lockdown = Lockdown::kConfidentiality; }, "lockdown", kWarn,
                "refuses sensors", "lockdown=integrity"},
        FactRow{"integrity", [](HostFacts& f) { f.lockdown = Lockdown::kIntegrity; }, "lockdown", kOk, "integrity", ""},
        FactRow{"lockdown_unknown", [](HostFacts& f) { f.lockdown = Lockdown::kUnknown; }, "lockdown", kOk, "not known",
                ""},
        FactRow{"no_tracefs", [](HostFacts& f) { f.tracefs_mounted = false; }, "tracefs", kWarn, "not mounted",
                "sudo mount -t tracefs tracefs /sys/kernel/tracing"},
        FactRow{"cgroup_v1", [](HostFacts& f) { f.cgroup = CgroupHierarchy::kV1; }, "cgroups", kWarn,
                "--only cgroup:PATH cannot work", "unified_cgroup_hierarchy=1"},
        FactRow{"cgroup_hybrid", [](HostFacts& f) { f.cgroup = CgroupHierarchy::kHybrid; }, "cgroups", kOk,
                "v1, with v2 at /sys/fs/cgroup", ""},
        FactRow{"container", [](HostFacts& f) { f.in_initial_pid_namespace = false; }, "pid namespace", kWarn,
                "services cannot be named", "docker run --pid=host"},
        FactRow{"no_proc", [](HostFacts& f) { f.in_initial_pid_namespace.reset(); }, "pid namespace", kWarn,
                "not known", "mount -t proc"},
        FactRow{"no_release", [](HostFacts& f) { f.kernel_release.clear(); }, "kernel", kWarn, "osrelease",
                "mount -t proc"},
        FactRow{"bpf_for_everyone", [](HostFacts& f) { f.unprivileged_bpf_disabled = 0; }, "unprivileged BPF", kWarn,
                "every user", "sysctl kernel.unprivileged_bpf_disabled=2"},
        FactRow{"stats_on", [](HostFacts& f) { f.bpf_stats_enabled = 1; }, "cost of hooks", kOk, "measured, which", ""},
        FactRow{"stats_unknown", [](HostFacts& f) { f.bpf_stats_enabled.reset(); }, "cost of hooks", kOk, "not known",
                ""}),
    [](const auto& row) { return row.param.name; });

TEST(HostChecks, do_not_ask_for_rights_that_are_not_needed) {
  HostFacts facts = good_facts();
  facts.effective_capabilities = 0;
  const Check check = find(check_host(facts), "capabilities");
  EXPECT_THAT(check.remedy, AllOf(Not(HasSubstr("NET_ADMIN")), Not(HasSubstr("SYS_ADMIN"))));
}

}  // namespace
}  // namespace sonde::cli
