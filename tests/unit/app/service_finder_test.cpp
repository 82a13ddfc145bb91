#include "app/service_finder.h"

#include <gtest/gtest.h>

#include "support/fake_process_source.h"

namespace sonde::app {
namespace {

using decode::TcpSide;

decode::ProcessFacts process(std::int32_t pid, std::string name, std::uint64_t cgroup_id = 1) {
  decode::ProcessFacts facts;
  facts.identity = {.pid = pid, .started_ns = 1};
  facts.process_name = std::move(name);
  facts.cgroup_id = cgroup_id;
  return facts;
}

decode::TcpSample listener(std::int32_t pid, std::uint16_t port) {
  decode::TcpSample sample;
  sample.pid = pid;
  sample.process_name = "node";
  sample.side = TcpSide::kListener;
  sample.local.port = port;
  return sample;
}

class Finder : public testing::Test {
 protected:
  inventory::FakeProcessSource source_;
  KernelTime now_{};
};

TEST_F(Finder, takes_a_process_that_is_gone_for_what_its_like_in_the_same_cgroup_was) {
  source_.processes[10] = {.cgroup = "0::/\n", .executable = "/opt/shop/bin/server", .process_name = "worker"};
  ServiceFinder finder({}, source_);
  EXPECT_EQ(finder.of(process(10, "worker"), now_).name, "server");
  EXPECT_EQ(finder.of(process(11, "worker"), now_).name, "server") << "never seen alive";
  EXPECT_EQ(finder.of(process(12, "worker", 2), now_).name, "worker") << "another cgroup";
  EXPECT_EQ(finder.of(process(13, "other"), now_).name, "other") << "another name";
}

TEST_F(Finder, names_a_process_that_is_gone_and_has_no_like_by_the_program_it_was_started_with) {
  ServiceFinder finder({}, source_);
  const decode::ProcessFacts gone = process(5, "shop");
  EXPECT_EQ(finder.of(decode::ProcessExecuted{gone, "/opt/shop/bin/checkout"}, now_).name, "checkout");
  EXPECT_EQ(finder.of(gone, now_).name, "checkout") << "its end is told after its start";
  EXPECT_EQ(finder.of(decode::ProcessExecuted{process(6, "cart"), "bin/cart"}, now_).name, "cart");
  EXPECT_EQ(finder.of(process(6, "cart"), now_).source, inventory::NameSource::kProcessName)
      << "a relative path names no file";
}

TEST_F(Finder, names_a_process_by_the_port_it_listens_on) {
  source_.processes[20] = {.cgroup = "0::/\n", .executable = "/usr/bin/node", .process_name = "node"};
  inventory::ServiceRule rule;
  rule.name = "shop";
  rule.port = 8080;
  ServiceFinder finder({.rules = {rule}}, source_);
  EXPECT_EQ(finder.of(process(20, "node"), now_).name, "node");
  const inventory::Service& service = finder.of(listener(20, 8080), now_);
  EXPECT_EQ(service.name, "shop");
  finder.note_listener(listener(20, 8080), service);
  EXPECT_EQ(finder.of(process(20, "node"), now_).name, "shop");
  finder.forget(20);
  EXPECT_EQ(finder.of(process(20, "node"), now_).name, "node");
}

TEST_F(Finder, calls_a_command_a_service_once_it_listens) {
  source_.processes[30] = {.cgroup = "0::/\n", .executable = "/usr/bin/node", .process_name = "node"};
  ServiceFinder finder({}, source_);
  const inventory::Service& service = finder.of(process(30, "node"), now_);
  EXPECT_FALSE(finder.is_service(service));
  finder.note_listener(listener(30, 8080), service);
  EXPECT_TRUE(finder.is_service(service));
}

TEST_F(Finder, calls_a_unit_a_service) {
  source_.processes[40] = {.cgroup = "0::/system.slice/shop.service\n", .executable = "/bin/x", .process_name = "x"};
  ServiceFinder finder({}, source_);
  EXPECT_TRUE(finder.is_service(finder.of(process(40, "x"), now_)));
}

}  // namespace
}  // namespace sonde::app
