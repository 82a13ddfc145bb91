#include "inventory/cgroup.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace sonde::inventory {
namespace {

#define ID_A "8f3b1c0d9e7a6f5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b"
#define ID_B "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define POD_SLICE "pod2f48f7a5_7f5e_4ae4_9c1b_3d2b6a1f0e9d.slice"

struct CgroupRow {
  const char* name;
  std::string text;
  const char* unit;
  const char* container_label;
  const char* container_id;
};

void PrintTo(const CgroupRow& row, std::ostream* out) { *out << row.name; }

class CgroupCase : public testing::TestWithParam<CgroupRow> {};

TEST_P(CgroupCase, names_the_innermost_unit_and_container) {
  const CgroupPlace place = find_place(GetParam().text);
  EXPECT_EQ(place.systemd_unit, GetParam().unit);
  EXPECT_EQ(place.container_label, GetParam().container_label);
  EXPECT_EQ(place.container_id, GetParam().container_id);
}

const auto row_name = [](const auto& row) { return std::string(row.param.name); };

INSTANTIATE_TEST_SUITE_P(
    Units, CgroupCase,
    testing::Values(
        CgroupRow{"systemd_v2", "0::/system.slice/nginx.service\n", "nginx.service", "", ""},
        CgroupRow{"template_instance", "0::/system.slice/system-postgresql.slice/postgresql@15-main.service\n",
                  "postgresql@15-main.service", "", ""},
        CgroupRow{"subgroup_of_a_delegated_unit", "0::/system.slice/php8.2-fpm.service/pool-www\n",
                  "php8.2-fpm.service", "", ""},
        CgroupRow{"systemd_v1",
                  "11:memory:/system.slice/mysql.service\n10:cpu,cpuacct:/system.slice/mysql.service\n"
                  "2:cpuset:/\n1:name=systemd:/system.slice/mysql.service\n",
                  "mysql.service", "", ""},
        CgroupRow{"hybrid", "3:cpuset:/\n1:name=systemd:/system.slice/redis.service\n0::/system.slice/redis.service\n",
                  "redis.service", "", ""},
        CgroupRow{"hybrid_where_only_v2_knows", "1:name=systemd:/\n0::/system.slice/redis.service\n", "redis.service",
                  "", ""},
        CgroupRow{"hybrid_where_the_lines_differ",
                  "4:memory:/a.service\n3:cpu:/b.service\n0::/c.service\n1:name=systemd:/d.service\n", "d.service", "",
                  ""},
        CgroupRow{"v2_beside_controllers", "4:memory:/a.service\n0::/c.service\n3:cpu:/b.service\n", "c.service", "",
                  ""},
        CgroupRow{"controllers_that_differ", "4:memory:/a.service\n3:cpu:/b.service\n", "a.service", "", ""},
        CgroupRow{"name_that_systemd_had_to_escape", "0::/system.slice/_cpu.service\n", "cpu.service", "", ""},
        CgroupRow{"removed_cgroup", "0::/system.slice/cron.service (deleted)\n", "cron.service", "", ""},
        CgroupRow{"seen_from_another_cgroup_namespace", "0::/../../system.slice/ssh.service\n", "ssh.service", "", ""},
        CgroupRow{"unit_of_a_user", "0::/user.slice/user-1000.slice/user@1000.service/app.slice/syncthing.service\n",
                  "syncthing.service", "", ""},
        CgroupRow{"quadlet_container_in_its_own_unit", "0::/system.slice/web.service/libpod-payload-" ID_A "\n",
                  "web.service", "8f3b1c0d9e7a", ID_A},
        CgroupRow{"systemd_in_docker", "0::/system.slice/docker-" ID_A ".scope/system.slice/nginx.service\n",
                  "nginx.service", "8f3b1c0d9e7a", ID_A},
        CgroupRow{"systemd_in_lxc", "0::/lxc.payload.web1/system.slice/apache2.service\n", "apache2.service", "web1",
                  ""}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Nobody, CgroupCase,
    testing::Values(
        CgroupRow{"login_session", "0::/user.slice/user-1000.slice/session-3.scope\n", "", "", ""},
        CgroupRow{"service_manager_of_a_user", "0::/user.slice/user-1000.slice/user@1000.service/init.scope\n", "", "",
                  ""},
        CgroupRow{"desktop_application",
                  "0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-firefox-4242.scope\n", "", "",
                  ""},
        CgroupRow{"root", "0::/\n", "", "", ""}, CgroupRow{"init", "0::/init.scope\n", "", "", ""},
        CgroupRow{"container_monitor_of_podman", "0::/machine.slice/libpod-conmon-" ID_A ".scope\n", "", "", ""},
        CgroupRow{"container_monitor_of_lxc", "0::/lxc.monitor.web1\n", "", "", ""}, CgroupRow{"empty", "", "", "", ""},
        CgroupRow{"only_a_line_break", "\n", "", "", ""},
        CgroupRow{"garbage", std::string("\xFF") + '\0' + ":::\n::\n0:\n:/\nnginx.service\n0:/a.service\n", "", "", ""},
        CgroupRow{"suffix_without_a_name", "0::/system.slice/.service\n", "", "", ""},
        CgroupRow{"digits_too_few_for_a_container", "0::/docker/8f3b1c0d9e7a\n", "", "", ""},
        CgroupRow{"sixty_four_letters", "0::/docker/" + std::string(64, 'x') + "\n", "", "", ""},
        CgroupRow{"digits_glued_to_a_word", "0::/cache" ID_A "\n", "", "", ""},
        CgroupRow{"hundred_kilobytes_of_letters", "0::/" + std::string(100'000, 'a') + "\n", "", "", ""},
        CgroupRow{"hundred_kilobytes_of_slashes", "0::" + std::string(100'000, '/') + "\n", "", "", ""}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Containers, CgroupCase,
    testing::Values(
        CgroupRow{"docker_v1_cgroupfs",
                  "12:memory:/docker/" ID_A "\n5:cpu,cpuacct:/docker/" ID_A "\n1:name=systemd:/docker/" ID_A
                  "\n0::/system.slice/containerd.service\n",
                  "", "8f3b1c0d9e7a", ID_A},
        CgroupRow{"docker_v1_systemd",
                  "4:memory:/system.slice/docker-" ID_A ".scope\n1:name=systemd:/system.slice/docker-" ID_A ".scope\n",
                  "", "8f3b1c0d9e7a", ID_A},
        CgroupRow{"docker_v2_cgroupfs", "0::/docker/" ID_A "\n", "", "8f3b1c0d9e7a", ID_A},
        CgroupRow{"docker_v2_systemd", "0::/system.slice/docker-" ID_A ".scope\n", "", "8f3b1c0d9e7a", ID_A},
        CgroupRow{"docker_without_systemd", "3:memory:/docker/" ID_A "\n1:name=systemd:/\n0::/\n", "", "8f3b1c0d9e7a",
                  ID_A},
        CgroupRow{"docker_below_its_engine", "0::/system.slice/docker.service/docker/" ID_A "\n", "", "8f3b1c0d9e7a",
                  ID_A},
        CgroupRow{"docker_systemd_own_init", "0::/system.slice/docker-" ID_A ".scope/init.scope\n", "", "8f3b1c0d9e7a",
                  ID_A},
        CgroupRow{"docker_in_docker", "0::/docker/" ID_A "/docker/" ID_B "\n", "", "0123456789ab", ID_B},
        CgroupRow{"podman", "0::/machine.slice/libpod-" ID_A ".scope/container\n", "", "8f3b1c0d9e7a", ID_A},
        CgroupRow{"podman_rootless",
                  "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID_A ".scope/container\n", "",
                  "8f3b1c0d9e7a", ID_A},
        CgroupRow{"kubernetes_containerd_systemd",
                  "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-" POD_SLICE "/cri-containerd-" ID_A
                  ".scope\n",
                  "", "8f3b1c0d9e7a", ID_A},
        CgroupRow{"kubernetes_containerd_cgroupfs",
                  "0::/kubepods/burstable/pod2f48f7a5-7f5e-4ae4-9c1b-3d2b6a1f0e9d/" ID_A "\n", "", "8f3b1c0d9e7a",
                  ID_A},
        CgroupRow{"kubernetes_containerd_mixed_drivers",
                  "0::/system.slice/containerd.service/kubepods-besteffort-" POD_SLICE ":cri-containerd:" ID_A "\n", "",
                  "8f3b1c0d9e7a", ID_A},
        CgroupRow{"kubernetes_crio_systemd",
                  "0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-" POD_SLICE "/crio-" ID_A
                  ".scope\n",
                  "", "8f3b1c0d9e7a", ID_A},
        CgroupRow{"kubernetes_crio_cgroupfs",
                  "0::/kubepods/besteffort/pod2f48f7a5-7f5e-4ae4-9c1b-3d2b6a1f0e9d/crio-" ID_A "\n", "", "8f3b1c0d9e7a",
                  ID_A},
        CgroupRow{"kubernetes_in_docker",
                  "0::/docker/" ID_A "/kubelet.slice/kubelet-kubepods.slice/cri-containerd-" ID_B ".scope\n", "",
                  "0123456789ab", ID_B},
        CgroupRow{"lxc", "0::/lxc/101/ns/init.scope\n", "", "101", ""},
        CgroupRow{"lxc_payload", "0::/lxc.payload.web1/init.scope\n", "", "web1", ""},
        CgroupRow{"nspawn_scope", "0::/machine.slice/machine-foo.scope/payload/init.scope\n", "", "foo", ""},
        CgroupRow{"nspawn_unit", "0::/machine.slice/systemd-nspawn@foo.service/payload\n", "", "foo", ""}),
    row_name);

TEST(Cgroup, believes_the_path_of_the_line_that_knew_most) {
  EXPECT_EQ(find_place("4:memory:/docker/" ID_A "\n1:name=systemd:/\n0::/system.slice/containerd.service\n").path,
            "/docker/" ID_A);
  EXPECT_EQ(find_place("4:memory:/jobs/7\n1:name=systemd:/\n0::/\n").path, "/jobs/7");
  EXPECT_EQ(find_place("0::/system.slice/cron.service (deleted)\n").path, "/system.slice/cron.service");
  EXPECT_EQ(find_place("0::/a:b\n").path, "/a:b");
  EXPECT_EQ(find_place("").path, "/");
}

TEST(Cgroup, reads_a_last_line_without_a_line_break) {
  EXPECT_EQ(find_place("0::/system.slice/nginx.service").systemd_unit, "nginx.service");
}

TEST(UnescapeUnit, undoes_hexadecimal_escapes_and_nothing_else) {
  EXPECT_EQ(unescape_unit("backup@mnt-big\\x2ddisk.service"), "backup@mnt-big-disk.service");
  EXPECT_EQ(unescape_unit("\\x2D\\x2d"), "--");
  for (const char* plain : {"", "\\", "\\x", "\\x2", "\\xg2", "\\x2g", "\\x-1", "\\x 1", "x2d", "a\\b"}) {
    EXPECT_EQ(unescape_unit(plain), plain);
  }
}

}  // namespace
}  // namespace sonde::inventory
