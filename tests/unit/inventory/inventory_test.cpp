#include "inventory/inventory.h"

#include <gtest/gtest.h>

#include <ostream>
#include <set>
#include <string>

#include "base/utf8.h"
#include "inventory/service_name.h"
#include "support/fake_process_source.h"

namespace sonde::inventory {
namespace {

using std::chrono::seconds;

constexpr KernelTime kStart{seconds{1000}};
const std::string kContainer = "8f3b1c0d9e7a6f5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b";

ProcessHint hint_of(std::int32_t pid, const char* comm, std::uint16_t port = 0) { return {pid, 1, comm, port}; }

struct NameRow {
  const char* title;
  FakeProcess process;
  const char* hint_comm;
  std::string name;
  NameSource source;
  std::string unit;
  std::string container;
};

void PrintTo(const NameRow& row, std::ostream* out) { *out << row.title; }

class NameCase : public testing::TestWithParam<NameRow> {};

TEST_P(NameCase, comes_from_the_best_source) {
  FakeProcessSource source;
  source.processes[42] = GetParam().process;
  Inventory inventory({}, source);
  const Service& service = inventory.service_for(hint_of(42, GetParam().hint_comm), kStart);
  EXPECT_EQ(service.name, GetParam().name);
  EXPECT_EQ(service.source, GetParam().source);
  EXPECT_EQ(service.systemd_unit, GetParam().unit);
  EXPECT_EQ(service.container_id, GetParam().container);
}

INSTANTIATE_TEST_SUITE_P(
    Names, NameCase,
    testing::Values(NameRow{"unit",
                            {"0::/system.slice/nginx.service\n", "/usr/sbin/nginx", "nginx"},
                            "nginx",
                            "nginx",
                            NameSource::kSystemdUnit,
                            "nginx.service",
                            ""},
                    NameRow{"template_instance",
                            {"0::/system.slice/foo@bar.service\n", "/usr/bin/foo", "foo"},
                            "foo",
                            "foo@bar",
                            NameSource::kSystemdUnit,
                            "foo@bar.service",
                            ""},
                    NameRow{"escaped_unit",
                            {"0::/system.slice/my\\x2dapp.service\n", "/usr/bin/app", "app"},
                            "app",
                            "my-app",
                            NameSource::kSystemdUnit,
                            "my\\x2dapp.service",
                            ""},
                    NameRow{"container",
                            {"0::/system.slice/docker-" + kContainer + ".scope\n", "/usr/bin/python3.11", "python3"},
                            "python3",
                            "8f3b1c0d9e7a",
                            NameSource::kContainer,
                            "",
                            kContainer},
                    NameRow{"machine",
                            {"0::/machine.slice/machine-my\\x2dbox.scope/payload\n", "/bin/x", "x"},
                            "x",
                            "my-box",
                            NameSource::kContainer,
                            "",
                            ""},
                    NameRow{"executable",
                            {"0::/user.slice/user-0.slice/session-3.scope\n", "/usr/bin/python3.11", "python3"},
                            "python3",
                            "python3.11",
                            NameSource::kExecutable,
                            "",
                            ""},
                    NameRow{"comm_of_the_main_thread",
                            {"0::/\n", {}, "java"},
                            "pool-1-thread-3",
                            "java",
                            NameSource::kProcessName,
                            "",
                            ""},
                    NameRow{"unreadable_process", {}, "sshd", "sshd", NameSource::kProcessName, "", ""},
                    NameRow{
                        "garbage", {"\xFF\xFE", "", ""}, "w\xFF", "w\xEF\xBF\xBD", NameSource::kProcessName, "", ""},
                    NameRow{"nothing_at_all", {}, "", "unknown", NameSource::kProcessName, "", ""}),
    [](const auto& row) { return std::string(row.param.title); });

TEST(Inventory, names_a_process_that_is_already_gone_by_its_comm) {
  const FakeProcessSource source;
  Inventory inventory({}, source);
  const Service& service = inventory.service_for(hint_of(4242, "curl"), kStart);
  EXPECT_EQ(service.name, "curl");
  EXPECT_EQ(service.source, NameSource::kProcessName);
}

TEST(Inventory, applies_rules_to_the_program_a_process_was_started_with) {
  const FakeProcessSource nobody;
  ServiceRule rule;
  rule.name = "checkout";
  rule.executable = "/opt/shop/*";
  Inventory inventory({.rules = {rule}}, nobody);
  const ProcessHint gone{7, 1, "perl", 0};
  EXPECT_EQ(inventory.service_for(gone, KernelTime{}).name, "perl");
  const Service& told = inventory.service_started_by("/opt/shop/bin/perl", gone, KernelTime{});
  EXPECT_EQ(told.name, "checkout");
  EXPECT_EQ(told.source, NameSource::kRule);
  EXPECT_EQ(inventory.service_for(gone, KernelTime{}).id, told.id) << "remembered";
}

TEST(Inventory, makes_every_name_fit_for_a_label) {
  FakeProcessSource source;
  source.processes[1] = {"0::/a/evil\\x0a\\xff.service\n", {}, {}};
  source.processes[2] = {"0::/a/" + std::string(250, 'a') + ".service\n", {}, {}};
  Inventory inventory({}, source);
  for (const std::int32_t pid : {1, 2}) {
    const Service& service = inventory.service_for(hint_of(pid, "x"), kStart);
    EXPECT_TRUE(is_valid_utf8(service.name));
    EXPECT_EQ(service.name.find('\n'), std::string::npos);
    EXPECT_LE(service.name.size(), kMaxNameBytes);
  }
}

TEST(Inventory, puts_rules_before_everything_else) {
  FakeProcessSource source;
  source.processes[1] = {"0::/system.slice/nginx.service\n", "/usr/sbin/nginx", "nginx"};
  source.processes[2] = {"0::/docker/" + kContainer + "\n", "/usr/bin/node", "node"};
  Inventory inventory(
      {{ServiceRule{"edge", "nginx", {}, {}, {}, {}}, ServiceRule{"shop", {}, {}, {}, "8f3b1c0d9e7a", {}},
        ServiceRule{"late", {}, "n*", {}, {}, {}}}},
      source);
  EXPECT_EQ(inventory.service_for(hint_of(1, "nginx"), kStart).name, "edge");
  EXPECT_EQ(inventory.service_for(hint_of(2, "node"), kStart).name, "shop");
  EXPECT_EQ(inventory.service_for(hint_of(2, "node"), kStart).source, NameSource::kRule);
  EXPECT_EQ(inventory.service_for(hint_of(3, "nobody"), kStart).name, "late");
}

TEST(Inventory, applies_a_process_rule_to_the_main_thread_of_a_process) {
  FakeProcessSource source;
  source.processes[1] = {"0::/\n", "/usr/bin/java", "orders"};
  Inventory inventory({{ServiceRule{"shop", {}, "orders", {}, {}, {}}}}, source);
  EXPECT_EQ(inventory.service_for(hint_of(1, "pool-1-thread-3"), kStart).name, "shop");
}

TEST(Inventory, tells_services_of_one_process_apart_by_port) {
  FakeProcessSource source;
  source.processes[1] = {"0::/system.slice/nginx.service\n", "/usr/sbin/nginx", "nginx"};
  ServiceRule rule;
  rule.name = "admin";
  rule.port = std::uint16_t{8081};
  Inventory inventory({{rule}}, source);
  EXPECT_EQ(inventory.service_for(hint_of(1, "nginx", 8081), kStart).name, "admin");
  EXPECT_EQ(inventory.service_for(hint_of(1, "nginx", 80), kStart).name, "nginx");
  EXPECT_EQ(inventory.service_for(hint_of(1, "nginx"), kStart).name, "nginx") << "a client has no port of its own";
}

TEST(Inventory, gives_one_id_to_one_name_of_one_source) {
  FakeProcessSource source;
  source.processes[1] = {"0::/system.slice/nginx.service\n", {}, {}};
  source.processes[2] = {"0::/system.slice/nginx.service/worker\n", {}, {}};
  source.processes[3] = {"0::/\n", "/usr/sbin/nginx", {}};
  Inventory inventory({}, source);
  const Service& master = inventory.service_for(hint_of(1, "nginx"), kStart);
  EXPECT_EQ(inventory.service_for(hint_of(2, "nginx"), kStart).id, master.id);
  EXPECT_NE(inventory.service_for(hint_of(3, "nginx"), kStart).id, master.id);
  EXPECT_EQ(inventory.service_count(), 2u);
  EXPECT_EQ(&inventory.service(master.id), &master);
  EXPECT_EQ(inventory.service(ServiceId{7}).name, kUnknownService);
}

TEST(Inventory, sends_names_beyond_its_limit_to_other_and_counts_them) {
  const FakeProcessSource source;
  Inventory inventory({}, source);
  for (std::size_t i = 0; i < Inventory::kMaxServices; ++i) {
    inventory.service_for(hint_of(1, ("job-" + std::to_string(i)).c_str()), kStart);
  }
  EXPECT_EQ(inventory.overflow_count(), 0u);
  const ServiceId other = inventory.service_for(hint_of(2, "one-too-many"), kStart).id;
  EXPECT_EQ(inventory.service(other).name, kOverflowService);
  EXPECT_EQ(inventory.service_for(hint_of(2, "two-too-many"), kStart).id, other);
  EXPECT_EQ(inventory.service_for(hint_of(3, "job-0"), kStart).name, "job-0");
  EXPECT_EQ(inventory.overflow_count(), 2u);
  EXPECT_EQ(inventory.service_count(), Inventory::kMaxServices + 1);
}

}  // namespace
}  // namespace sonde::inventory
