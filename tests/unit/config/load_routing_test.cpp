#include "config/load_routing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "app/alert_language.h"
#include "config/alertmanager_file.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

class LoadRouting : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = (std::filesystem::temp_directory_path() / "sonde_routing_XXXXXX").string();
    ASSERT_NE(::mkdtemp(directory_.data()), nullptr);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(directory_ + "/" + name) << text; }

  [[nodiscard]] Expected<Config, std::vector<ConfigFault>> load() const {
    return load_file(directory_ + "/sonde.yaml", parts_);
  }

  [[nodiscard]] std::string faults() const {
    const auto config = load();
    return config ? "" : render_faults(config.error());
  }

  std::string directory_;
  const SystemSecrets secrets_{};
  const LoadParts parts_{secrets_, app::alert_language()};
};

const std::string kOwn =
    "notify: {alertmanager_file: am.yml, webhook: [{name: hub, url: 'http://hub'}], fallback: hub}\n";
const std::string kTheirs =
    "route: {receiver: team}\n"
    "receivers:\n"
    "- name: team\n"
    "  webhook_configs: [{url_file: url}]\n"
    "templates: [x]\n";

TEST_F(LoadRouting, reads_the_file_of_alertmanager_and_what_lies_beside_it) {
  write("sonde.yaml", kOwn);
  write("am.yml", kTheirs);
  write("url", "http://team/\n");
  const auto config = load();
  ASSERT_TRUE(config) << render_faults(config.error());
  EXPECT_EQ(config->routing.root.receiver, "team");
  EXPECT_EQ(config->notify.receivers.at(0), (notify::Receiver{"team", {"team/webhook"}}));
  ASSERT_THAT(config->notify.channels, SizeIs(2));
  EXPECT_EQ(std::get<notify::Webhook>(config->notify.channels[1].to).url, "http://team/");
  EXPECT_THAT(render_faults(config->notices), HasSubstr("am.yml:5:12: templates: has no effect"));
}

TEST_F(LoadRouting, has_alertmanagers_times_where_its_file_gives_none) {
  write("sonde.yaml", kOwn);
  write("am.yml", "route: {receiver: a, group_interval: 1m}\nreceivers: [{name: a}]\n");
  const auto config = load();
  ASSERT_TRUE(config) << render_faults(config.error());
  EXPECT_EQ(config->routing.root.group_wait, 30s);
  EXPECT_EQ(config->routing.root.group_interval, 1min);
  EXPECT_EQ(config->routing.root.repeat_interval, 4h);
}

TEST_F(LoadRouting, reads_it_anew_and_leaves_what_is_loaded_alone) {
  write("sonde.yaml", kOwn);
  write("am.yml", "route: {receiver: a}\nreceivers: [{name: a}]\nmaintenance: [{name: m, schedule: [{}]}]\n");
  const auto config = load();
  ASSERT_TRUE(config) << render_faults(config.error());
  write("am.yml", kTheirs);
  EXPECT_FALSE(load_routing(*config, parts_)) << "the address is not there yet";
  write("url", "http://team/");
  const auto routing = load_routing(*config, parts_);
  ASSERT_TRUE(routing) << render_faults(routing.error());
  EXPECT_EQ(routing->plan.root.receiver, "team");
  EXPECT_THAT(routing->channels, SizeIs(2));
  EXPECT_THAT(routing->notices, SizeIs(1));
  EXPECT_EQ(config->routing.root.receiver, "a");
}

TEST_F(LoadRouting, keeps_sondes_own_maintenance_beside_that_of_the_file) {
  write("sonde.yaml", "notify: {alertmanager_file: am.yml, maintenance: [{name: own, schedule: [{}]}]}\n");
  write("am.yml", "route: {receiver: a}\nreceivers: [{name: a}]\nmaintenance: [{name: m, schedule: [{}]}]\n");
  const auto config = load();
  ASSERT_TRUE(config) << render_faults(config.error());
  EXPECT_THAT(config->routing.maintenance, SizeIs(2));
  const auto again = load_routing(*config, parts_);
  ASSERT_TRUE(again) << render_faults(again.error());
  EXPECT_EQ(again->plan, config->routing);
  write("am.yml", "route: {receiver: a}\nreceivers: [{name: a}]\nmaintenance: [{name: own, schedule: [{}]}]\n");
  EXPECT_THAT(faults(),
              HasSubstr("am.yml: maintenance: a window is called 'own', and so is one in notify.maintenance"));
}

TEST_F(LoadRouting, without_such_a_file_what_is_loaded_stands) {
  write("sonde.yaml",
        "notify: {route: {receiver: a}, receivers: [{name: a, channels: hub}], webhook: [{name: hub, url: "
        "'http://hub'}]}\n");
  const auto config = load();
  ASSERT_TRUE(config) << render_faults(config.error());
  const auto routing = load_routing(*config, parts_);
  ASSERT_TRUE(routing);
  EXPECT_EQ(routing->plan, config->routing);
  EXPECT_EQ(routing->receivers, config->notify.receivers);
  EXPECT_THAT(routing->channels, SizeIs(1));
}

TEST_F(LoadRouting, tells_the_faults_of_both_files_at_once) {
  write("sonde.yaml", "notify: {alertmanager_file: am.yml, timeoutt: 1s}\n");
  write("am.yml", "route: {receiver: b}\nreceivers: [{name: a, webhook_configs: [{url_file: url}]}]\n");
  const std::string told = faults();
  EXPECT_THAT(told, HasSubstr("/sonde.yaml:1:37: notify.timeoutt: unknown key"));
  EXPECT_THAT(told, HasSubstr("/am.yml:1:19: route.receiver: there is no receiver 'b'"));
  EXPECT_THAT(told, HasSubstr("/am.yml:2:52: receivers[0].webhook_configs[0].url_file: the secret is missing: the "
                              "file, looked for beside this one, cannot be read: No such file"));
}

TEST_F(LoadRouting, says_which_file_is_not_there) {
  write("sonde.yaml", kOwn);
  EXPECT_THAT(faults(), HasSubstr("/am.yml: cannot be read: open '" + directory_ + "/am.yml': No such file"));
}

TEST_F(LoadRouting, finds_the_fallback_in_either_file) {
  write("am.yml", kTheirs);
  write("url", "http://team/");
  write("sonde.yaml", "notify: {alertmanager_file: am.yml, fallback: team/webhook}\n");
  EXPECT_EQ(faults(), "");
  write("sonde.yaml", "notify: {alertmanager_file: am.yml, fallback: team/webhok}\n");
  EXPECT_THAT(faults(), HasSubstr("notify.fallback is 'team/webhok', and there is no such channel: did you mean "
                                  "'team/webhook'?"));
}

TEST_F(LoadRouting, looks_at_no_secret_for_whoever_only_asks) {
  write("sonde.yaml", kOwn);
  write("am.yml", kTheirs);
  const UnseenSecrets unseen;
  const auto config = load_file(directory_ + "/sonde.yaml", {unseen, app::alert_language()});
  ASSERT_TRUE(config) << render_faults(config.error());
  EXPECT_EQ(config->routing.root.receiver, "team");
}

}  // namespace
}  // namespace sonde::config
