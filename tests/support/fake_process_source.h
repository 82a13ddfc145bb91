#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "inventory/process_source.h"

namespace sonde::inventory {

/// One process of a FakeProcessSource; what is not set cannot be read.
struct FakeProcess {
  std::optional<std::string> cgroup;
  std::optional<std::string> executable;
  std::optional<std::string> process_name;
  bool is_exiting = false;
};

/// Processes that exist in a test only; counts how often it is asked.
class FakeProcessSource final : public ProcessSource {
 public:
  std::map<std::int32_t, FakeProcess> processes;
  mutable int cgroup_reads = 0;
  mutable int executable_reads = 0;
  mutable int process_name_reads = 0;

  [[nodiscard]] int reads() const { return cgroup_reads + executable_reads + process_name_reads; }

  [[nodiscard]] Result<std::string> cgroup(std::int32_t pid) const override {
    ++cgroup_reads;
    return fact(pid, &FakeProcess::cgroup);
  }

  [[nodiscard]] Result<bool> is_exiting(std::int32_t pid) const override {
    const auto process = processes.find(pid);
    if (process == processes.end()) return Error{Code::kNotFound, "process " + std::to_string(pid) + " is gone"};
    return process->second.is_exiting;
  }

  [[nodiscard]] Result<std::string> executable(std::int32_t pid) const override {
    ++executable_reads;
    return fact(pid, &FakeProcess::executable);
  }

  [[nodiscard]] Result<std::string> process_name(std::int32_t pid) const override {
    ++process_name_reads;
    return fact(pid, &FakeProcess::process_name);
  }

 private:
  [[nodiscard]] Result<std::string> fact(std::int32_t pid, std::optional<std::string> FakeProcess::*which) const {
    const auto process = processes.find(pid);
    const std::string who = "process " + std::to_string(pid);
    if (process == processes.end()) return Error{Code::kNotFound, who + " is gone"};
    if (!(process->second.*which)) return Error{Code::kPermission, who + " keeps that to itself"};
    return *(process->second.*which);
  }
};

}  // namespace sonde::inventory
